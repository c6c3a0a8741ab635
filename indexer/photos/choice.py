"""Which of the pictures on offer to hold: a mix, and first what is nearest to what a television shows."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Protocol, TypeVar

from db.keys import fold


class Offered(Protocol):
    """What the choice needs to know of a picture."""

    @property
    def id(self) -> int:
        """Smaller where it was offered earlier: sources begin with their best."""

    @property
    def source(self) -> str:
        """Who offers it."""

    @property
    def kind(self) -> str:
        """`portrait` or `still`."""

    @property
    def of(self) -> str | None:
        """The programme that a still is of."""


Photo = TypeVar("Photo", bound=Offered)


def by_preference(
    photos: Iterable[Photo], sources: Sequence[str], on_screen: Collection[str], most: int
) -> list[Photo]:
    """All of the person's `photos`, the first to hold first.

    Stills, up to half of `most`, those of the titles `on_screen` (folded) before others; then portraits, one from each
    source in turn, in the order of `sources` (whoever is not among them goes first); at last the other stills.
    """
    ordered = sorted(photos, key=lambda photo: photo.id)
    stills = [photo for photo in ordered if photo.kind == "still"]
    stills.sort(key=lambda photo: fold(photo.of or "") not in on_screen)
    portraits = _in_turn([photo for photo in ordered if photo.kind != "still"], sources)
    return [*stills[: most // 2], *portraits, *stills[most // 2 :]]


def _in_turn(photos: Sequence[Photo], sources: Sequence[str]) -> Iterator[Photo]:
    by_source: dict[str, list[Photo]] = {}
    for photo in photos:
        by_source.setdefault(photo.source, []).append(photo)
    names = sorted(by_source, key=lambda name: sources.index(name) if name in sources else -1)
    rounds = zip_longest(*(by_source[name] for name in names))
    return (photo for photo in chain.from_iterable(rounds) if photo is not None)
