"""What can be on a screen: the loaded galleries, airings and people of one place at one moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeAlias

from api.galleries.snapshot import Channel, LoadedGallery, PreparedTitle, Region, Snapshot
from api.problems import Kind, Problem
from gallery.decide import airings_during, identify_in
from gallery.types import Airing, Answers, Vectors

_INDEX_IT = "The operator of this service can index it: `findtheactor index run --region {code}`."


@dataclass(frozen=True)
class Scene:
    """What can be on a screen during [start, stop): `galleries` are those of the slots that this overlaps."""

    region: Region
    at: datetime
    start: datetime
    stop: datetime
    channel: Channel | None
    galleries: tuple[LoadedGallery, ...]
    airing: Airing | None = None
    """The airing on the screen, if the caller named it."""

    @cached_property
    def airings(self) -> Sequence[Airing]:
        """The airings that are on during [start, stop), each once; only those of `channel` if it is given."""
        if self.airing:
            return [self.airing]
        channel = self.channel.slug if self.channel else None
        return airings_during([loaded.gallery for loaded in self.galleries], self.start, self.stop, channel)

    def people(self) -> frozenset[int]:
        """The ids of the people on screen in the airings."""
        return frozenset[int]().union(*(airing.on_screen for airing in self.airings))

    def known(self) -> frozenset[int]:
        """The ids of all people in the galleries whose faces are known, on screen or not."""
        return frozenset[int]().union(*(loaded.gallery.known for loaded in self.galleries))

    def decide(self, embeddings: Vectors, scenes: Sequence[int]) -> Answers:
        """Name the faces (embeddings are L2-normalised, shape (n, dimension)); faces with the same number in
        `scenes` are on screen together."""
        return identify_in(
            self.airings,
            [loaded.gallery for loaded in self.galleries],
            embeddings,
            start=self.start,
            stop=self.stop,
            narrowed=bool(self.channel or self.airing),
            scenes=scenes,
        )


Asked: TypeAlias = Scene | PreparedTitle
"""What a question is about: what is on somewhere at some moment, or the cast of a prepared programme."""

Fetch: TypeAlias = Callable[[str, datetime, datetime], Snapshot]
"""Takes a region code, a start and a stop; returns a snapshot that has the galleries in between. May wait for the
object storage."""


class NotInMemory(Exception):
    """The galleries of that moment must be fetched first."""


def scene_at(
    fetch: Fetch | None,
    snapshot: Snapshot,
    region: Region,
    at: datetime,
    channel: Channel | None,
    tolerance: timedelta,
) -> Scene:
    """The scene from `tolerance` before `at` to `tolerance` after it; `Problem` when the region has no gallery then.

    A gallery that is not in memory (its slot is far from now) is fetched with `fetch`; without one, `NotInMemory` is
    raised.
    """
    start, stop = at - tolerance, at + max(tolerance, timedelta(microseconds=1))
    if snapshot.not_loaded(region.code, start, stop):
        if fetch is None:
            raise NotInMemory
        snapshot = fetch(region.code, start, stop)
    galleries = snapshot.covering(region.code, start, stop)
    if galleries:
        return Scene(region, at, start, stop, channel, galleries)
    if not any(release.region == region.code for release in snapshot.releases.values()):
        raise Problem(Kind.NO_GALLERY, f"{region.name} has no gallery yet", advice=_INDEX_IT.format(code=region.code))
    raise Problem(
        Kind.NO_GALLERY, f"{region.name} has no gallery for {at:%Y-%m-%d %H:%M} UTC; {_loaded(snapshot, region)}"
    )


def _loaded(snapshot: Snapshot, region: Region) -> str:
    held = snapshot.of_region(region.code)
    if not held:
        return "none is loaded"
    return f"loaded: {held[0].slot:%Y-%m-%d %H:%M} to {held[-1].stop:%Y-%m-%d %H:%M} UTC"
