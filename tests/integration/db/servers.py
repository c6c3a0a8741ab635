"""Other processes that use an embedded server, and what to ask a server."""

import socket
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

SCRIPT = """
import email.parser, os, sys
from pathlib import Path
from db.server import running_server
if len(sys.argv) > 2:  # as an ordinary user, with a wheel that it can reach
    sys.path.insert(0, sys.argv[2])
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    with running_server(Path(sys.argv[1])) as url:
        print(url, flush=True)
        sys.stdin.read()
except KeyboardInterrupt:
    pass
"""


class ServerUser:
    """Another process that uses the server of a data folder, until it is told to leave or killed."""

    def __init__(self, *arguments: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def url(self) -> str:
        """Waits until the server runs."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> int:
        """Leave in good order."""
        self.process.communicate("")
        return self.process.returncode

    def kill(self) -> None:
        """`kill -9`."""
        with self.process:  # waits for it and closes the pipes
            self.process.kill()


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in a transaction; its rows, if it has any."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def socket_folder(url: str) -> Path:
    """Where the server of `url` has its socket."""
    host = make_url(url).query["host"]
    assert isinstance(host, str)
    return Path(host)


def is_running(url: str) -> bool:
    """Whether a server listens on the socket of `url`."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_folder(url) / ".s.PGSQL.5432")) == 0
