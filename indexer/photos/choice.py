"""The order of preference among the pictures on offer: a mix that begins with those most like a TV picture."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Protocol, TypeVar

from db.keys import fold


class Offered(Protocol):
    """The properties of a picture on offer that the choice uses."""

    @property
    def id(self) -> int:
        """Smaller for pictures offered earlier; sources begin with their best."""

    @property
    def source(self) -> str:
        """The source that offers it."""

    @property
    def kind(self) -> str:
        """`portrait` or `still`."""

    @property
    def of(self) -> str | None:
        """The title of the programme that a still is from."""


Photo = TypeVar("Photo", bound=Offered)


def by_preference(
    photos: Iterable[Photo], sources: Sequence[str], on_screen: Collection[str], limit: int
) -> list[Photo]:
    """All `photos` of a person, the most preferred first.

    First come stills, up to half of `limit`, with those of the titles `on_screen` (folded) before others; then
    portraits, one from each source in turn, in the order of `sources` (sources not among them go first); then the other
    stills.
    """
    ordered = sorted(photos, key=lambda photo: photo.id)
    stills = [photo for photo in ordered if photo.kind == "still"]
    stills.sort(key=lambda photo: fold(photo.of or "") not in on_screen)
    portraits = _round_robin([photo for photo in ordered if photo.kind != "still"], sources)
    return [*stills[: limit // 2], *portraits, *stills[limit // 2 :]]


def _round_robin(photos: Sequence[Photo], sources: Sequence[str]) -> Iterator[Photo]:
    by_source: dict[str, list[Photo]] = {}
    for photo in photos:
        by_source.setdefault(photo.source, []).append(photo)
    names = sorted(by_source, key=lambda name: sources.index(name) if name in sources else -1)
    rounds = zip_longest(*(by_source[name] for name in names))
    return (photo for photo in chain.from_iterable(rounds) if photo is not None)
