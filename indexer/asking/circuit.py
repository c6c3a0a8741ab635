"""One run's dealings with its sources: who is still asked, and how each of them answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import TypeVar

import structlog

from indexer.asking.tally import Tally
from indexer.errors import (
    AddressRefused,
    NotFound,
    PageChanged,
    SourceBlocked,
    SourceError,
    SourceUnavailable,
    TooLarge,
)

Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)

_ANSWERS = (NotFound,)
_ANSWERS_OF_HOSTS = (NotFound, TooLarge, AddressRefused)
"""What is wrong with one picture only; a source that is too large, or leads inside, is none that can be asked."""

FAILURES_IN_A_ROW = 3
"""After so many, a source or a host is left in peace until the next run."""


class NotAsked(SourceUnavailable):
    """It refused us, or failed too often, earlier in this run: nothing was sent. Its state is that of the failure."""

    def __init__(self, name: str, failure: SourceError) -> None:
        super().__init__(f"{name} is left in peace until the next run: {failure}")
        self.state = failure.state


@dataclass(slots=True)
class _Record:
    failures_in_a_row: int = 0
    answered: bool = False
    first: RLock = field(default_factory=RLock)
    failure: SourceError | None = None
    blocked: bool = False
    told: bool = True


@dataclass(slots=True)
class Asking:
    """Asks sources and hosts by name, from any thread. Until one has answered, it is asked one question at a time.

    With `blocks`, one refusal is enough to stop: that is how a source means it. A host may refuse a single picture.
    """

    blocks: bool = True
    tally: Tally = field(default_factory=Tally)
    _records: dict[str, _Record] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, name: str, question: Callable[[], Answer]) -> Answer:
        """The answer to `question`. Raises its `SourceError`, or `NotAsked`."""
        with self._asking(name):
            return question()

    def health(self) -> list[tuple[str, str, str | None]]:
        """For each that was asked since this was last told: its name, how `source_health` calls its state, and why."""
        with self._lock:
            asked = [(name, record) for name, record in sorted(self._records.items()) if not record.told]
            for _, record in asked:
                record.told = True
        return [(name, *_health(record)) for name, record in asked]

    @contextmanager
    def _asking(self, name: str) -> Iterator[None]:
        with self._lock:
            record = self._records.setdefault(name, _Record())
        with nullcontext() if record.answered else record.first:
            if record.failure and (record.blocked or record.failures_in_a_row >= FAILURES_IN_A_ROW):
                raise NotAsked(name, record.failure)
            try:
                yield
            except SourceError as error:
                if isinstance(error, _ANSWERS if self.blocks else _ANSWERS_OF_HOSTS):
                    self._answered(name, record)
                else:
                    self._failed(name, record, error)
                raise
            self._answered(name, record)

    def _answered(self, name: str, record: _Record) -> None:
        self.tally.note(name)
        with self._lock:
            record.told, record.answered, record.failures_in_a_row = False, True, 0

    def _failed(self, name: str, record: _Record, error: SourceError) -> None:
        log.warning("source failed", source=name, error=str(error))
        self.tally.note(name, error)
        with self._lock:
            record.told, record.failure = False, error
            record.failures_in_a_row += 1
            record.blocked = record.blocked or (self.blocks and isinstance(error, SourceBlocked))


def _health(record: _Record) -> tuple[str, str | None]:
    """One that answers again is well, but a changed form is told whatever came after it."""
    if record.failure and (record.failures_in_a_row or isinstance(record.failure, PageChanged)):
        return record.failure.state, str(record.failure)
    return "ok", None
