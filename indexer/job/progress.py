"""The progress of loops: shown by the command line, and counted for the heartbeat."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Shows how far a loop has come; the command line draws bars."""

    def track(self, iterable: Iterable[T], *, description: str, total: int | None = None) -> Iterator[T]:
        """Yield the items unchanged; each counts as done when the next one is requested."""


class SilentProgress:
    """Shows nothing: for tests and the scheduler."""

    def track(self, iterable: Iterable[T], *, description: str, total: int | None = None) -> Iterator[T]:
        """Yield the items unchanged."""
        return iter(iterable)


class Stage(NamedTuple):
    """How far a loop has come: `doing` describes it, `done` of `total` items (None: unknown) are done."""

    doing: str | None = None
    done: int = 0
    total: int | None = None


class CountingProgress:
    """Passes everything on to `shown`, and keeps the current stage for the heartbeat."""

    def __init__(self, shown: Progress | None = None) -> None:
        self._shown = shown or SilentProgress()
        self.stage = Stage()
        """The loop that began last. It is replaced as a whole, so any thread may read it."""

    def track(self, iterable: Iterable[T], *, description: str, total: int | None = None) -> Iterator[T]:
        """Yield the items unchanged, and count them."""
        self.stage = Stage(description, 0, total)
        for done, item in enumerate(self._shown.track(iterable, description=description, total=total), 1):
            yield item
            self.stage = Stage(description, done, total)
