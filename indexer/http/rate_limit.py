"""The rate limiter of hosts, shared by all threads and processes of this machine through one SQLite file."""

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from indexer.errors import SourceUnavailable

_TABLE = """
CREATE TABLE IF NOT EXISTS hosts (
    authority TEXT PRIMARY KEY,
    next_turn_at REAL NOT NULL DEFAULT 0,
    blocked_until REAL NOT NULL DEFAULT 0
) WITHOUT ROWID
"""
_TAKE_TURN = """
INSERT INTO hosts (authority, next_turn_at) VALUES (:authority, :now + :interval_s)
ON CONFLICT DO UPDATE SET next_turn_at = max(next_turn_at, blocked_until, :now) + :interval_s
RETURNING next_turn_at - :interval_s
"""
_BLOCK = """
INSERT INTO hosts (authority, blocked_until) VALUES (:authority, :until)
ON CONFLICT DO UPDATE SET blocked_until = max(blocked_until, :until)
"""
_BLOCKED_UNTIL = "SELECT blocked_until FROM hosts WHERE authority = :authority"
_LONGEST_BLOCK_S = 86_400
_LOCK_TIMEOUT_S = 60


class RateLimiter:
    """Spaces the requests to a host: each caller reserves the host's next free moment, and sleeps until then.

    Turns are evenly spaced, so that no window of time holds more of them than the host's rate allows. A host that sends
    `Retry-After` is blocked for every thread and process; a caller waits for it for up to `patience_s`.
    """

    def __init__(self, file: Path, patience_s: float) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._patience_s = patience_s
        self._lock = Lock()
        self._database = sqlite3.connect(
            database=file, timeout=_LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        self._set_up(time.monotonic() + _LOCK_TIMEOUT_S)

    def _set_up(self, give_up_at: float) -> None:
        """Create the table. When several processes open a new file at once, SQLite lets only one of them change the
        journal mode and fails the others without waiting, so they try again."""
        while True:
            try:
                for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", _TABLE):
                    self._database.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                    raise
                time.sleep(0.01)

    def wait_for_turn(self, authority: str, interval_s: float) -> None:
        """Reserve a turn and sleep until it comes. Raises `SourceUnavailable` when the host is blocked for longer than
        `patience_s`."""
        while True:
            self._check_block(authority)
            rows = self._run(_TAKE_TURN, authority=authority, now=time.time(), interval_s=interval_s)
            time.sleep(max(0.0, rows[0][0] - time.time()))
            if self._blocked_until(authority) <= time.time():
                return

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def back_off(self, authority: str, seconds: float) -> None:
        """Block requests to this host for `seconds` (a day at most)."""
        self._run(_BLOCK, authority=authority, until=time.time() + min(seconds, _LONGEST_BLOCK_S))

    def _check_block(self, authority: str) -> None:
        until = self._blocked_until(authority)
        if (remaining_s := until - time.time()) > self._patience_s:
            moment = f"{datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M:%S} UTC"
            raise SourceUnavailable(f"{authority} asks us to come back at {moment}.", retry_after_s=remaining_s)

    def _blocked_until(self, authority: str) -> float:
        rows = self._run(_BLOCKED_UNTIL, authority=authority)
        return rows[0][0] if rows else 0.0

    def _run(self, statement: str, **values: str | float) -> list[tuple[float]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()
