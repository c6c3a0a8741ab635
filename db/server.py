"""The embedded server: PostgreSQL for machines without one, shared by all processes that use the same data folder.

Each process that uses the server holds a shared lock, which the kernel releases however the process ends. The last one
to finish stops the server. When all were killed, the server keeps running, and the next process uses it.
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
"""Where root keeps a cluster when the server's account cannot reach the data folder."""


@contextmanager
def running_server(data_dir: Path) -> Iterator[str]:
    """Start the data folder's server if need be, and yield the SQLAlchemy URL of its database.

    The cluster is in `<data_dir>/postgres`. When root runs us and the server's account cannot reach that folder, it is
    a link to the cluster. Safe for several processes and threads at once. Raises `EmbeddedServerError`.
    """
    data_dir = data_dir.absolute()
    with _locks(data_dir) as (gate, users):
        with _explained(data_dir), _holding(gate):
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster = _cluster(_home(data_dir))
        try:
            with _explained(data_dir), _holding(gate):
                cluster.start()
            yield cluster.url
        finally:
            with _holding(gate):
                if _is_last(users):
                    cluster.stop()


def remove_server(data_dir: Path) -> None:
    """Stop the data folder's server, even if it is in use, and delete its cluster."""
    data_dir = data_dir.absolute()
    place = data_dir / "postgres"
    if not (place.is_symlink() or place.exists()):
        return
    with _locks(data_dir) as (gate, _), _explained(data_dir), _holding(gate):
        _delete_cluster(place.resolve())
        place.unlink(missing_ok=True)


def _home(data_dir: Path) -> Path:
    """The folder of the cluster: created if need be, and accessible to the server's account."""
    place = data_dir / "postgres"
    if not (place.is_symlink() or place.exists()) and not _is_reachable(data_dir):
        home = ROOT_BASE / hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
        if home.exists():  # left over from an earlier data folder at the same path
            _delete_cluster(home)
        _make_open(ROOT_BASE, 0o755)
        place.symlink_to(home)
    home = place.resolve()
    _make_open(home, 0o711)
    return home


def _is_reachable(data_dir: Path) -> bool:
    account = server_account(data_dir / "postgres" / "cluster")
    return not account.is_other or account.can_enter(data_dir)


def _make_open(folder: Path, mode: int) -> None:
    folder.mkdir(exist_ok=True)
    if folder.stat().st_mode & 0o777 != mode:
        folder.chmod(mode)


def _cluster(home: Path) -> Cluster:
    account: Account = server_account(home / "cluster")
    return Cluster(home, account, programs_for(account, home))


def _delete_cluster(home: Path) -> None:
    if (home / "cluster").exists():
        _cluster(home).stop()
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _locks(data_dir: Path) -> Iterator[tuple[int, int]]:
    """The open lock files: the gate, held while the server is started or stopped, and the one that all users share."""
    with ExitStack() as stack:
        locks = []
        with _explained(data_dir):
            data_dir.mkdir(parents=True, exist_ok=True)
            for name in ("postgres.lock", "postgres.users"):
                locks.append(os.open(data_dir / name, os.O_RDONLY | os.O_CREAT, 0o644))
                stack.callback(os.close, locks[-1])
        yield locks[0], locks[1]


@contextmanager
def _holding(gate: int) -> Iterator[None]:
    fcntl.flock(gate, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(gate, fcntl.LOCK_UN)


def _is_last(users: int) -> bool:
    """Whether no other process uses the server. It gives up our shared lock: call it at the end, with the gate held."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _explained(data_dir: Path) -> Iterator[None]:
    """Raise an `OSError` as `EmbeddedServerError`, with advice."""
    try:
        yield
    except OSError as error:
        raise EmbeddedServerError(
            f"The database of {data_dir} cannot be used: {error}. Give this account the folder, choose another one "
            "with FTA_DATA_DIR, or set DATABASE_URL."
        ) from error
