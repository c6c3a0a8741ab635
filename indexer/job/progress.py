"""How long things take, for whoever watches."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Shows how far a loop has come; the command line draws bars."""

    def track(self, iterable: Iterable[T], *, description: str, total: int | None = None) -> Iterator[T]:
        """The items as they are, each shown as done when the next is asked for."""


class SilentProgress:
    """For where nobody watches: tests and the scheduler."""

    def track(self, iterable: Iterable[T], *, description: str, total: int | None = None) -> Iterator[T]:
        """The items as they are."""
        return iter(iterable)


class Stage(NamedTuple):
    """How far a loop has come: `done` of `total` (None: not known) of what `doing` says."""

    doing: str | None = None
    done: int = 0
    total: int | None = None


class CountingProgress:
    """Passes everything on to `shown`, and keeps count for those who watch from elsewhere."""

    def __init__(self, shown: Progress | None = None) -> None:
        self._shown = shown or SilentProgress()
        self.stage = Stage()
        """The loop that was begun last; replaced as a whole, so that any thread may read it."""

    def track(self, iterable: Iterable[T], *, description: str, total: int | None = None) -> Iterator[T]:
        """The items as they are, counted."""
        self.stage = Stage(description, 0, total)
        for done, item in enumerate(self._shown.track(iterable, description=description, total=total), 1):
            yield item
            self.stage = Stage(description, done, total)
