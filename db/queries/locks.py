"""Named locks that processes hold in the database: advisory locks of PostgreSQL."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import ColumnElement, Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.orm import Session

POLL_S = 0.1

_HELD = text(
    """
    SELECT name FROM unnest(CAST(:names AS text[])) AS name
    WHERE hashtextextended('findtheactor ' || name, 0) IN (
        SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
        WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    """
)


class Lock:
    """A lock that is held by a connection of its own. The server releases it as soon as this process dies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_held(self) -> bool:
        """Whether the lock is still held. It is lost when the connection is."""
        try:
            self._connection.execute(select(1))
        except DBAPIError:
            return False
        return True


@contextmanager
def exclusive_lock(engine: Engine, name: str, *, wait_s: float = 0) -> Iterator[Lock | None]:
    """Hold the named lock of this database exclusively within the block; None when another process holds it.

    Waits up to `wait_s` for it: the server needs a moment to notice that a holder was killed.
    """
    deadline = time.monotonic() + wait_s
    with _connection(engine) as connection:
        take = select(func.pg_try_advisory_lock(_lock_key(name)))
        while not (held := connection.scalar(take)) and time.monotonic() < deadline:
            time.sleep(POLL_S)
        yield Lock(connection) if held else None


@contextmanager
def shared_lock(engine: Engine, name: str) -> Iterator[None]:
    """Hold the named lock together with others. Waits while another process holds it exclusively."""
    with _connection(engine) as connection:
        connection.execute(select(func.pg_advisory_lock_shared(_lock_key(name))))
        yield


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    """A connection that releases its locks at the end. It is closed then, not pooled, in case the release failed."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            yield connection
        finally:
            with suppress(DBAPIError, PendingRollbackError):  # a lost connection has lost its locks
                connection.execute(select(func.pg_advisory_unlock_all()))
            connection.invalidate()


def held_locks(session: Session, names: Collection[str]) -> set[str]:
    """Which of these locks are held by any process."""
    return set(session.scalars(_HELD, {"names": list(names)}))


def _lock_key(name: str) -> ColumnElement[int]:
    return func.hashtextextended(f"findtheactor {name}", 0)
