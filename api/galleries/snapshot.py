"""What the API has in memory: an immutable snapshot of the regions, the releases and the loaded galleries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from db.queries.prepared import PreparedProgramme
from db.queries.releases import CurrentRelease
from gallery import prepared
from gallery.decide import identify
from gallery.search import Gallery
from gallery.slots import SLOT, slots_between
from gallery.types import Airing, Answers, Person, Reference, Vectors

Key: TypeAlias = tuple[str, datetime]
"""Region code, and start of the slot."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a region's line-up."""

    slug: str
    name: str
    keys: frozenset[str] = frozenset()
    """Its other names, folded by `db.keys.channel_key`."""


@dataclass(frozen=True, slots=True)
class Region:
    """A broadcast market; `channels` in the order of its line-up."""

    code: str
    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    time_zone: str
    channels: tuple[Channel, ...]
    zones: tuple[str, ...] = ()
    """All its time zones. A point in one of them is in the region."""


@dataclass(frozen=True, slots=True)
class LoadedGallery:
    """A gallery in memory and the release that it came from."""

    region: str
    slot: datetime
    sha256: str
    """SHA-256 of the manifest, which identifies the release."""
    size_bytes: int
    built_at: datetime
    gallery: Gallery

    @property
    def stop(self) -> datetime:
        """The end of the half-open slot."""
        return self.slot + SLOT


@dataclass(frozen=True, slots=True)
class PreparedTitle:
    """A programme prepared by hand, with its gallery in memory. It can be asked about anywhere, at any time."""

    programme: PreparedProgramme
    sha256: str
    """SHA-256 of the gallery's manifest."""
    gallery: Gallery

    def people(self) -> frozenset[int]:
        """The ids of the people on screen in it."""
        return frozenset[int]().union(*(airing.on_screen for airing in self.gallery.airings))

    def known(self) -> frozenset[int]:
        """The ids of the people whose faces are known."""
        return self.gallery.known

    def decide(self, embeddings: Vectors, scenes: Sequence[int]) -> Answers:
        """Name the faces (embeddings are L2-normalised, shape (n, dimension)); faces with the same number in
        `scenes` are on screen together."""
        return identify(
            [self.gallery],
            embeddings,
            scenes=scenes,
            start=prepared.START,
            stop=prepared.STOP,
            airing=self.programme.programme_id,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent state. It never changes: a refresh makes a new one."""

    regions: Mapping[str, Region] = field(default_factory=lambda: MappingProxyType({}))
    releases: Mapping[Key, CurrentRelease] = field(default_factory=lambda: MappingProxyType({}))
    """All current releases, loaded or not."""
    galleries: Mapping[Key, LoadedGallery] = field(default_factory=lambda: MappingProxyType({}))
    prepared: Mapping[int, PreparedTitle] = field(default_factory=lambda: MappingProxyType({}))
    """By programme id."""

    def not_loaded(self, region: str, start: datetime, stop: datetime) -> tuple[CurrentRelease, ...]:
        """The region's current releases whose slots overlap [start, stop) and that are not in memory."""
        missing = (key for key in _keys(region, start, stop) if key not in self.galleries)
        return tuple(self.releases[key] for key in missing if key in self.releases)

    def covering(self, region: str, start: datetime, stop: datetime) -> tuple[LoadedGallery, ...]:
        """The region's galleries whose slots overlap [start, stop), in order of time."""
        return tuple(self.galleries[key] for key in _keys(region, start, stop) if key in self.galleries)

    def of_region(self, region: str) -> tuple[LoadedGallery, ...]:
        """All the region's galleries, in order of time."""
        return tuple(sorted((g for g in self.galleries.values() if g.region == region), key=lambda g: g.slot))

    def person(self, person_id: int) -> Person | None:
        """The person with that id in a loaded gallery; None when there is none."""
        return next((person for person in self._people() if person.id == person_id), None)

    def reference(self, sha256: str) -> Reference | None:
        """The reference photo with that digest in a loaded gallery; None when there is none."""
        return next((r for person in self._people() for r in person.references if r.sha256 == sha256), None)

    def airings_of(self, person_id: int) -> Iterator[tuple[str, Airing]]:
        """Each loaded airing that has the person in its cast, once, with the code of its region."""
        seen: set[tuple[str, int]] = set()
        for (region, _), loaded in self.galleries.items():
            for airing in loaded.gallery.airings:
                if (region, airing.id) not in seen and any(m.person_id == person_id for m in airing.cast):
                    seen.add((region, airing.id))
                    yield region, airing

    def _people(self) -> Iterator[Person]:
        galleries = [loaded.gallery for loaded in self.galleries.values()]
        for gallery in (*galleries, *(title.gallery for title in self.prepared.values())):
            yield from gallery.people


def _keys(region: str, start: datetime, stop: datetime) -> Iterator[Key]:
    """The keys of the slots that overlap [start, stop), in order."""
    return ((region, slot) for slot in slots_between(start, stop))
