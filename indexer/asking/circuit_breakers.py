"""Circuit breakers of one run: which sources and hosts are still asked, and how each of them answered.

The pattern is that of Nygard (Release It!, 2007): after several failures in a row, nothing more is sent.
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

_ANSWERS = (NotFound,)
_ANSWERS_OF_HOSTS = (NotFound, TooLarge, AddressRefused)
"""What is wrong with one picture only; a source that is too large, or leads inside, is none that can be asked."""

FAILURES_IN_A_ROW = 3
"""After so many, a source or a host is not asked again until the next run."""


class CircuitOpen(SourceUnavailable):
    """The source refused us or failed too often in this run: nothing was sent. `state` is that of the failure."""

    def __init__(self, name: str, failure: SourceError) -> None:
        super().__init__(f"{name} is left in peace until the next run: {failure}")
        self.state = failure.state


@dataclass(slots=True)
class _Circuit:
    failures_in_a_row: int = 0
    answered: bool = False
    first: RLock = field(default_factory=RLock)
    failure: SourceError | None = None
    refused: bool = False
    told: bool = True


@dataclass(slots=True)
class CircuitBreakers:
    """Asks sources and hosts by name, from any thread. Until one has answered, it is asked one question at a time.

    With `open_on_refusal`, one refusal opens the circuit: that is how a source means it. A host may refuse a single
    picture.
    """

    open_on_refusal: bool = True
    tally: Tally = field(default_factory=Tally)
    _circuits: dict[str, _Circuit] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def call(self, name: str, question: Callable[[], Answer]) -> Answer:
        """The answer to `question`. Raises its `SourceError`, or `CircuitOpen`."""
        with self._circuit(name):
            return question()

    def health(self) -> list[tuple[str, str, str | None]]:
        """For each that was asked since this was last told: its name, how `source_health` calls its state, and why."""
        with self._lock:
            asked = [(name, circuit) for name, circuit in sorted(self._circuits.items()) if not circuit.told]
            for _, circuit in asked:
                circuit.told = True
        return [(name, *_health(circuit)) for name, circuit in asked]

    @contextmanager
    def _circuit(self, name: str) -> Iterator[None]:
        with self._lock:
            circuit = self._circuits.setdefault(name, _Circuit())
        with nullcontext() if circuit.answered else circuit.first:
            if circuit.failure and (circuit.refused or circuit.failures_in_a_row >= FAILURES_IN_A_ROW):
                raise CircuitOpen(name, circuit.failure)
            try:
                yield
            except SourceError as error:
                if isinstance(error, _ANSWERS if self.open_on_refusal else _ANSWERS_OF_HOSTS):
                    self._answered(name, circuit)
                else:
                    self._failed(name, circuit, error)
                raise
            self._answered(name, circuit)

    def _answered(self, name: str, circuit: _Circuit) -> None:
        self.tally.note(name)
        with self._lock:
            circuit.told, circuit.answered, circuit.failures_in_a_row = False, True, 0

    def _failed(self, name: str, circuit: _Circuit, error: SourceError) -> None:
        log.warning("source failed", source=name, error=str(error))
        self.tally.note(name, error)
        with self._lock:
            circuit.told, circuit.failure = False, error
            circuit.failures_in_a_row += 1
            circuit.refused = circuit.refused or (self.open_on_refusal and isinstance(error, SourceBlocked))


def _health(circuit: _Circuit) -> tuple[str, str | None]:
    """One that answers again is well, but a changed form is told whatever came after it."""
    if circuit.failure and (circuit.failures_in_a_row or isinstance(circuit.failure, PageChanged)):
        return circuit.failure.state, str(circuit.failure)
    return "ok", None
