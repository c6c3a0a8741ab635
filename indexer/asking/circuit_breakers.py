"""Circuit breakers for sources and hosts: after a refusal, or several failures in a row, no more requests in this run.

The pattern is that of Nygard (Release It!, 2007). A circuit is never closed again within a run; the next run starts
with new ones.
"""

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

_NO_FAILURE_OF_SOURCES = (NotFound,)
_NO_FAILURE_OF_HOSTS = (NotFound, TooLarge, AddressRefused)
"""Errors that concern a single picture, not its host. For a source, the last two mean that it cannot be used."""

FAILURES_IN_A_ROW = 3
"""So many failures open the circuit of a source or host until the next run."""


class CircuitOpen(SourceUnavailable):
    """The circuit is open, because of a refusal or repeated failures: nothing was sent. `state` is the failure's."""

    def __init__(self, name: str, failure: SourceError) -> None:
        super().__init__(f"{name} is not asked again until the next run: {failure}")
        self.state = failure.state


@dataclass(slots=True)
class _Circuit:
    failures_in_a_row: int = 0
    answered: bool = False
    until_first_answer: RLock = field(default_factory=RLock)
    failure: SourceError | None = None
    refused: bool = False
    reported: bool = True


@dataclass(slots=True)
class CircuitBreakers:
    """The circuit breakers of one run, by name of source or host. Thread-safe.

    Until a source has answered once, it is asked one question at a time, so that a dead one is not asked many times at
    once. With `open_on_refusal` a single refusal opens the circuit. This is right for a source, which refuses robots as
    such; a host of pictures may refuse a single picture.
    """

    open_on_refusal: bool = True
    tally: Tally = field(default_factory=Tally)
    _circuits: dict[str, _Circuit] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def call(self, name: str, question: Callable[[], Answer]) -> Answer:
        """Ask `question` and return its answer. Raises its `SourceError`, or `CircuitOpen` without asking."""
        with self._circuit(name):
            return question()

    def health(self) -> list[tuple[str, str, str | None]]:
        """Name, `source_health` state and reason of each source that was asked since the last call."""
        with self._lock:
            asked = [(name, circuit) for name, circuit in sorted(self._circuits.items()) if not circuit.reported]
            for _, circuit in asked:
                circuit.reported = True
        return [(name, *_health(circuit)) for name, circuit in asked]

    @contextmanager
    def _circuit(self, name: str) -> Iterator[None]:
        with self._lock:
            circuit = self._circuits.setdefault(name, _Circuit())
        with nullcontext() if circuit.answered else circuit.until_first_answer:
            if circuit.failure and (circuit.refused or circuit.failures_in_a_row >= FAILURES_IN_A_ROW):
                raise CircuitOpen(name, circuit.failure)
            try:
                yield
            except SourceError as error:
                if isinstance(error, _NO_FAILURE_OF_SOURCES if self.open_on_refusal else _NO_FAILURE_OF_HOSTS):
                    self._answered(name, circuit)
                else:
                    self._failed(name, circuit, error)
                raise
            self._answered(name, circuit)

    def _answered(self, name: str, circuit: _Circuit) -> None:
        self.tally.note(name)
        with self._lock:
            circuit.reported, circuit.answered, circuit.failures_in_a_row = False, True, 0

    def _failed(self, name: str, circuit: _Circuit, error: SourceError) -> None:
        log.warning("source failed", source=name, error=str(error))
        self.tally.note(name, error)
        with self._lock:
            circuit.reported, circuit.failure = False, error
            circuit.failures_in_a_row += 1
            circuit.refused = circuit.refused or (self.open_on_refusal and isinstance(error, SourceBlocked))


def _health(circuit: _Circuit) -> tuple[str, str | None]:
    """A source that answers again is well; but a changed form is always reported, whatever came after it."""
    if circuit.failure and (circuit.failures_in_a_row or isinstance(circuit.failure, PageChanged)):
        return circuit.failure.state, str(circuit.failure)
    return "ok", None
