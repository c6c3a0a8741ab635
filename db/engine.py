"""Opening the database: one engine a process, and transactions as sessions."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import structlog
from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from db.embedded import Embedded
from db.errors import DatabaseUnavailable, SchemaError

log = structlog.get_logger(__name__)
OLDEST_SERVER = 15
"""The first version of PostgreSQL with `UNIQUE NULLS NOT DISTINCT`."""
CONNECT_TIMEOUT_S = 10
DEAD_AFTER = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
"""A server whose machine or network is gone is noticed within about a minute (tcp_user_timeout: milliseconds)."""
MISSING = ("42P01", "42703")
"""PostgreSQL's error codes for a missing table and a missing column."""
UNABLE = ("25006", "53", "57", "58", "XX")
"""The beginnings of its codes for a server that cannot do what it is asked now: it is read-only, its disk or memory is
full, it shuts down or took too long, a file cannot be read or is damaged (appendix A of its manual)."""


@contextmanager
def open_database(
    database_url: str | None,
    data_dir: Path,
    *,
    application_name: str = "findtheactor",
    statement_timeout_s: float = 60.0,
    read_only: bool = False,
    required: bool = True,
) -> Iterator[Engine]:
    """Open an engine on the given server or, without a URL, on the embedded server of `data_dir`.

    Connections use UTC, cancel a statement after `statement_timeout_s`, and are checked before use, so that they
    survive a restart of the server. The embedded server is started again if it was killed. With `read_only`, only
    `write_session` can write. Raises `DatabaseUnavailable`; unless the server is `required`, only for a wrong address.
    """
    with ExitStack() as stack:
        embedded = None if database_url else stack.enter_context(closing(Embedded(data_dir, required=required)))
        url = _postgresql_url(database_url or (embedded.url if embedded else ""))
        options = f"-c timezone=UTC -c statement_timeout={round(statement_timeout_s * 1000)}"
        if read_only:
            options += " -c default_transaction_read_only=on"
        engine = create_engine(
            url,
            pool_pre_ping=True,
            connect_args={
                "application_name": application_name,
                "connect_timeout": CONNECT_TIMEOUT_S,
                **DEAD_AFTER,
                "options": f"{options} {url.query.get('options', '')}".strip(),
            },
        )
        stack.callback(engine.dispose)
        if embedded:
            event.listen(engine, "do_connect", embedded.connect)
        try:
            _check(engine)
        except DatabaseUnavailable as error:
            if required:
                raise
            log.warning("database not available", error=str(error))
        yield engine


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """A session in one transaction: committed at the end, rolled back on an exception.

    Loaded rows stay readable afterwards. Raises `DatabaseUnavailable` when the server cannot be reached or cannot do
    its work, and `SchemaError` when it does not have the tables of this version.
    """
    try:
        with Session(engine, expire_on_commit=False) as opened, opened.begin():
            yield opened
    except TimeoutError as error:
        raise DatabaseUnavailable("Every connection to the database is in use: it answers too slowly.") from error
    except DBAPIError as error:
        code = getattr(error.orig, "pgcode", None) or ""
        if code in MISSING:
            raise SchemaError("The tables are not up to date: run `findtheactor db upgrade`.") from error
        if code.startswith(UNABLE):
            raise DatabaseUnavailable(f"The database cannot do that now: {str(error.orig).strip()}") from error
        if error.connection_invalidated or (isinstance(error, OperationalError) and not code):
            raise DatabaseUnavailable(f"The database went away: {str(error.orig).strip()}. Is it running?") from error
        raise  # ours: a deadlock, a row that exists already


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """A `session` that may write, even if the engine is read-only, as far as the account is allowed to."""
    with session(engine) as opened:
        opened.execute(text("SET TRANSACTION READ WRITE"))
        yield opened


def _postgresql_url(address: str) -> URL:
    """The URL with our driver. Accepts `postgres://` and `postgresql://`, as most hosts give it."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnavailable(
            "DATABASE_URL is not a URL such as postgresql://user:password@host:5432/name."
        ) from error
    if url.drivername not in ("postgres", "postgresql", "postgresql+psycopg2"):
        raise DatabaseUnavailable(
            f"DATABASE_URL names {url.drivername!r}, but only PostgreSQL is supported: postgresql://user@host/name."
        )
    return url.set(drivername="postgresql+psycopg2")


def _check(engine: Engine) -> None:
    """Raise `DatabaseUnavailable`, with advice, when the server cannot be reached or is too old."""
    address = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect() as connection:
            major, *_ = connection.dialect.server_version_info or (0,)
    except OperationalError as error:
        raise DatabaseUnavailable(
            f"The database {address} cannot be reached: {str(error.orig).strip()}. Check DATABASE_URL and that the "
            "server is running, or unset it to use the embedded server."
        ) from error
    if int(major) < OLDEST_SERVER:
        raise DatabaseUnavailable(f"The server of {address} is PostgreSQL {major}: {OLDEST_SERVER} or later is needed.")
