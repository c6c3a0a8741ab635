"""The embedded server as an engine uses it: started with it, and again whenever it was killed."""

from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import Any

import structlog
from sqlalchemy import URL, Dialect, make_url

from db.cluster import PORT
from db.errors import EmbeddedServerError
from db.server import running_server

log = structlog.get_logger(__name__)


class Embedded:
    """The running server of a data folder; `close` says that it is no longer needed.

    Raises `EmbeddedServerError`. Unless it is `required` at once, the first connection starts it.
    """

    def __init__(self, data_dir: Path, *, required: bool) -> None:
        self._data_dir = data_dir
        self._running = ExitStack()
        self._starting = Lock()
        self.url = _usual_url(data_dir)
        """SQLAlchemy URL of its database."""
        try:
            self.url = self._start()
        except EmbeddedServerError as error:
            if required:
                raise
            log.warning("database not started", error=str(error))

    def connect(self, dialect: Dialect, _record: object, arguments: list[Any], parameters: dict[str, Any]) -> Any:
        """Connect, for SQLAlchemy's event `do_connect`; when that fails, start the server again and retry."""
        try:
            return dialect.connect(*arguments, **parameters)
        except dialect.loaded_dbapi.OperationalError:
            address = make_url(self._start())
            return dialect.connect(*arguments, **{**parameters, "host": address.query["host"]})

    def close(self) -> None:
        """Stop the server, unless another process uses it."""
        self._running.close()

    def _start(self) -> str:
        with self._starting:
            again = ExitStack()
            url = again.enter_context(running_server(self._data_dir))
            self._running.close()  # after the new hold on the server: it must not stop in between
            self._running = again
            return url


def _usual_url(data_dir: Path) -> str:
    query = {"host": str(data_dir.absolute() / "postgres" / "socket"), "port": str(PORT)}
    return URL.create("postgresql+psycopg2", username="postgres", database="postgres", query=query).render_as_string()
