"""PostgreSQL for machines that have none: our own cluster, shared by every process that uses the same data folder.

Each user of the server holds a shared lock, which the kernel drops whatever becomes of the process; the last one to
leave stops the server. A server whose users were all killed keeps running, and the next one takes it over.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from db.account import Account, server_account
from db.binaries import programs_for
from db.cluster import Cluster
from db.errors import EmbeddedServerError

ROOT_BASE = Path("/var/lib/findtheactor")
"""Where root's clusters go when the server's account cannot reach the data folder."""


@contextmanager
def running_server(data_dir: Path) -> Iterator[str]:
    """Have the data folder's server running, and yield the SQLAlchemy URL of its database.

    The cluster is `<data_dir>/postgres`, or, when root's data folder is out of the server's reach, what a link of that
    name points to. Safe from several processes and threads at once. Raises `EmbeddedServerError`.
    """
    data_dir = data_dir.absolute()
    with _locks(data_dir) as (gate, users):
        with _explained(data_dir), _behind(gate):
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster = _cluster(_home(data_dir))
        try:
            with _explained(data_dir), _behind(gate):
                cluster.start()
            yield cluster.url
        finally:
            with _behind(gate):
                if _is_last(users):
                    cluster.stop()


def remove_server(data_dir: Path) -> None:
    """Stop the data folder's server, whoever uses it, and delete its cluster."""
    data_dir = data_dir.absolute()
    place = data_dir / "postgres"
    if not (place.is_symlink() or place.exists()):
        return
    with _locks(data_dir) as (gate, _), _explained(data_dir), _behind(gate):
        _discard(place.resolve())
        place.unlink(missing_ok=True)


def _home(data_dir: Path) -> Path:
    """The folder of the data folder's cluster, made if need be and open to the server's account."""
    place = data_dir / "postgres"
    if not (place.is_symlink() or place.exists()) and not _within_reach(data_dir):
        home = ROOT_BASE / hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
        if home.exists():  # of an earlier data folder at the same path: nothing of it is left but this
            _discard(home)
        _make_open(ROOT_BASE, 0o755)
        place.symlink_to(home)
    home = place.resolve()
    _make_open(home, 0o711)
    return home


def _within_reach(data_dir: Path) -> bool:
    account = server_account(data_dir / "postgres" / "cluster")
    return not account.is_other or account.can_enter(data_dir)


def _make_open(folder: Path, mode: int) -> None:
    folder.mkdir(exist_ok=True)
    if folder.stat().st_mode & 0o777 != mode:
        folder.chmod(mode)


def _cluster(home: Path) -> Cluster:
    account: Account = server_account(home / "cluster")
    return Cluster(home, account, programs_for(account, home))


def _discard(home: Path) -> None:
    if (home / "cluster").exists():
        _cluster(home).stop()
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _locks(data_dir: Path) -> Iterator[tuple[int, int]]:
    """The open lock files: the gate, behind which the server is started and stopped, and the users' claims."""
    with ExitStack() as stack:
        locks = []
        with _explained(data_dir):
            data_dir.mkdir(parents=True, exist_ok=True)
            for name in ("postgres.lock", "postgres.users"):
                locks.append(os.open(data_dir / name, os.O_RDONLY | os.O_CREAT, 0o644))
                stack.callback(os.close, locks[-1])
        yield locks[0], locks[1]


@contextmanager
def _behind(gate: int) -> Iterator[None]:
    fcntl.flock(gate, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(gate, fcntl.LOCK_UN)


def _is_last(users: int) -> bool:
    """Whether nobody else uses the server. Gives up our own claim, so only for leaving, behind the gate."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _explained(data_dir: Path) -> Iterator[None]:
    """Turn what the system refuses into our own error."""
    try:
        yield
    except OSError as error:
        raise EmbeddedServerError(
            f"The database of {data_dir} cannot be used: {error}. Give this account the folder, choose another one "
            "with FTA_DATA_DIR, or set DATABASE_URL."
        ) from error
