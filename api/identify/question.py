"""From the words of a request to a place, a moment, a channel and the galleries that can answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TypeAlias

from api.galleries.snapshot import Channel, LoadedGallery, PreparedTitle, Region, Snapshot
from api.identify.place import locate
from api.problems import Kind, Problem
from db.keys import channel_key, fold
from gallery.decide import airings_during, identify_in
from gallery.types import Airing, Answers, Vectors

_INDEX_IT = "Whoever runs this service can index it: `findtheactor index run --region {code}`."


@dataclass(frozen=True, slots=True)
class Place:
    """Where the caller is, as asked: a region code, or coordinates."""

    region: str | None
    lat: str | None
    lon: str | None


@dataclass(frozen=True)
class Scene:
    """What can be on a screen: the galleries of the slots that overlap [start, stop)."""

    region: Region
    at: datetime
    start: datetime
    stop: datetime
    channel: Channel | None
    galleries: tuple[LoadedGallery, ...]
    airing: Airing | None = None
    """The one that it is, if the caller knows."""

    @cached_property
    def airings(self) -> Sequence[Airing]:
        """The airings on during [start, stop), on the asked channel if any, each once."""
        if self.airing:
            return [self.airing]
        channel = self.channel.slug if self.channel else None
        return airings_during([loaded.gallery for loaded in self.galleries], self.start, self.stop, channel)

    def people(self) -> frozenset[int]:
        """The ids of those on screen in the airings."""
        return frozenset[int]().union(*(airing.on_screen for airing in self.airings))

    def known(self) -> frozenset[int]:
        """The ids of those whose face is known, in the slots of the scene (on screen or not)."""
        return frozenset[int]().union(*(loaded.gallery.known for loaded in self.galleries))

    def decide(self, embeddings: Vectors, scenes: Sequence[int]) -> Answers:
        """Whose these faces are (L2-normalised, shape (n, dimension)); those of one scene are on screen together."""
        return identify_in(
            self.airings,
            [loaded.gallery for loaded in self.galleries],
            embeddings,
            start=self.start,
            stop=self.stop,
            narrowed=bool(self.channel or self.airing),
            scenes=scenes,
        )


def find_region(snapshot: Snapshot, place: Place) -> Region:
    """The region asked about; `Problem` for every way in which a place can be wrong."""
    if place.region is not None:
        if place.lat is not None or place.lon is not None:
            raise Problem(Kind.PLACE_AMBIGUOUS, "Both a region and coordinates were given")
        return region_named(snapshot, place.region)
    if place.lat is None and place.lon is None:
        raise Problem(Kind.PLACE_MISSING, "Which galleries to use depends on the place")
    if place.lat is None or place.lon is None:
        raise Problem(Kind.PLACE_INCOMPLETE, f"`{'lat' if place.lat is None else 'lon'}` is missing")
    return locate(_degrees("lat", place.lat), _degrees("lon", place.lon), snapshot.regions)


def region_named(snapshot: Snapshot, code: str) -> Region:
    """The region with that code, in any case; `Problem` if there is none."""
    region = snapshot.regions.get(code.upper())
    if region is None:
        served = ", ".join(sorted(snapshot.regions)) or "none yet"
        raise Problem(Kind.UNKNOWN_REGION, f"“{code[:40]}” is not a region; regions served: {served}")
    return region


def find_channel(region: Region, named: str | None) -> Channel | None:
    """The channel of the region's line-up with that slug, or that goes by that name; None when none was named."""
    if named is None:
        return None
    wanted = channel_key(named)
    for channel in region.channels:
        if wanted in (channel_key(channel.slug), channel_key(channel.name)) or wanted in channel.keys:
            return channel
    raise Problem(Kind.UNKNOWN_CHANNEL, f"{region.name} has no channel “{named[:40]}”")


def find_airing(scene: Scene, identity: str | None) -> Scene:
    """The scene of that airing alone, by its id; the scene itself when none was named."""
    if identity is None:
        return scene
    for airing in scene.airings:
        if str(airing.id) == identity:
            return replace(scene, airing=airing)
    where = scene.channel.name if scene.channel else scene.region.name
    raise Problem(Kind.UNKNOWN_AIRING, f"“{identity[:40]}” is not on in {where} around {scene.at:%Y-%m-%d %H:%M} UTC")


def find_title(snapshot: Snapshot, named: str) -> PreparedTitle:
    """The prepared programme with that id or, in any language, title; `Problem` when there is none, or several."""
    if named.isdecimal() and int(named) in snapshot.prepared:
        return snapshot.prepared[int(named)]
    wanted = fold(named)
    found = [title for title in snapshot.prepared.values() if wanted in map(fold, title.programme.titles)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Problem(Kind.AMBIGUOUS_PROGRAMME, f"“{named[:80]}” is the title of {_described(found)}")
    raise Problem(Kind.UNKNOWN_PROGRAMME, f"“{named[:80]}” has not been prepared")


def _described(titles: Iterable[PreparedTitle]) -> str:
    programmes = (title.programme for title in titles)
    return ", ".join(
        f"{programme.programme_id} ({programme.kind}, {programme.year or 'year unknown'})" for programme in programmes
    )


def read_time(text: str | None) -> datetime:
    """ISO 8601 with a zone, as aware UTC; now when absent."""
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        hint = " (in an address, write + as %2B)" if " " in text[11:] else ""
        raise Problem(Kind.MALFORMED_TIME, f"“{text[:40]}” is not a time{hint}") from None
    if moment.tzinfo is None:
        raise Problem(Kind.TIME_WITHOUT_ZONE, f"“{text[:40]}” could be any of 38 moments")
    try:
        utc = moment.astimezone(UTC)
        _ = utc - timedelta(days=1), utc + timedelta(days=1)
    except OverflowError:
        raise Problem(Kind.MALFORMED_TIME, f"“{text[:40]}” is outside the calendar") from None
    return utc


Fetch: TypeAlias = Callable[[str, datetime, datetime], Snapshot]
"""Gives a snapshot in which the galleries of a region code and time are loaded; may wait for the store."""


class NotInMemory(Exception):
    """The galleries of that moment have to be fetched first."""


def set_scene(
    fetch: Fetch | None,
    snapshot: Snapshot,
    region: Region,
    at: datetime,
    channel: Channel | None,
    tolerance: timedelta,
) -> Scene:
    """The scene of a moment; `Problem` when no gallery of the region covers it.

    Waits only for a slot far from now: without a `fetch`, `NotInMemory` is raised instead.
    """
    start, stop = at - tolerance, at + max(tolerance, timedelta(microseconds=1))
    if snapshot.not_loaded(region.code, start, stop):
        if fetch is None:
            raise NotInMemory
        snapshot = fetch(region.code, start, stop)
    galleries = snapshot.covering(region.code, start, stop)
    if not galleries and not any(release.region == region.code for release in snapshot.releases.values()):
        raise Problem(Kind.NO_GALLERY, f"{region.name} has no gallery yet", advice=_INDEX_IT.format(code=region.code))
    if not galleries:
        raise Problem(
            Kind.NO_GALLERY, f"{region.name} has no gallery for {at:%Y-%m-%d %H:%M} UTC; {_loaded(snapshot, region)}"
        )
    return Scene(region, at, start, stop, channel, galleries)


def _degrees(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Problem(Kind.IMPOSSIBLE_COORDINATES, f"`{name}` is “{text[:40]}”, not a number") from None


def _loaded(snapshot: Snapshot, region: Region) -> str:
    held = snapshot.of_region(region.code)
    if not held:
        return "none is loaded"
    return f"loaded: {held[0].slot:%Y-%m-%d %H:%M} to {held[-1].stop:%Y-%m-%d %H:%M} UTC"
