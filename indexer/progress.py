"""How long things take, for whoever watches."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Shows how far a loop has come; the command line draws bars."""

    def track(self, iterable: Iterable[T], *, description: str, total: int | None = None) -> Iterator[T]:
        """The items as they are, each shown as done when the next is asked for."""


class Silent:
    """For where nobody watches: tests and the scheduler."""

    def track(self, iterable: Iterable[T], *, description: str, total: int | None = None) -> Iterator[T]:
        """The items as they are."""
        return iter(iterable)
