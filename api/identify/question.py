"""The second step of a picture's path: understand what is asked about, a scene or a prepared programme.

`understand` reads the fields of a request in this order: a prepared programme (and nothing else counts); or else the
moment, the place, the channel, the galleries of that place and moment (`api.identify.scene`), and the airing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from api.galleries.snapshot import Channel, PreparedTitle, Region, Snapshot
from api.identify.place import locate
from api.identify.scene import Asked, Fetch, Scene, scene_at
from api.identify.upload import Words
from api.problems import Kind, Problem
from db.keys import channel_key, fold

LONGEST_ID = 19
"""The digits of the largest id; Python refuses to read numbers of thousands of digits."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the caller is, as the request says it: a region code, or coordinates."""

    region: str | None
    lat: str | None
    lon: str | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """How many people can be on screen, and how many of their faces are known."""

    people: int
    known: int


def understand(
    words: Words,
    snapshot: Snapshot,
    fetch: Fetch | None,
    *,
    tolerance: timedelta,
    default_at: datetime | None = None,
) -> tuple[Asked, Candidates]:
    """What the request asks about, and how many candidates that has.

    The moment is `default_at` (without it: now) unless the request names one. Raises `Problem` for each field that is
    wrong and when no candidate's face is known, and `NotInMemory` as `scene_at` does.
    """
    title = words.text("programme")
    if title:
        asked: Asked = find_title(snapshot, title)
    else:
        asked = _scene(words, snapshot, fetch, tolerance=tolerance, default_at=default_at)
    candidates = count_candidates(asked)
    if not candidates.known:
        said = f"None of the {candidates.people} people {_where(asked)} has a photo yet"
        members = {"people": candidates.people, "known": candidates.known}
        raise Problem(Kind.NO_KNOWN_FACES, said, candidates=members)
    return asked, candidates


def _scene(
    words: Words, snapshot: Snapshot, fetch: Fetch | None, *, tolerance: timedelta, default_at: datetime | None
) -> Scene:
    text = words.text("at")
    at = default_at if default_at and text is None else read_time(text)
    region = find_region(snapshot, Place(words.text("region"), words.text("lat"), words.text("lon")))
    channel = find_channel(region, words.text("channel"))
    scene = scene_at(fetch, snapshot, region, at, channel, tolerance)
    return find_airing(scene, words.text("airing"))


def count_candidates(asked: Asked) -> Candidates:
    """The candidates of a scene or a prepared programme."""
    people = asked.people()
    return Candidates(len(people), len(people & asked.known()))


def _where(asked: Asked) -> str:
    return f"in “{asked.programme.titles[0]}”" if isinstance(asked, PreparedTitle) else "on at that moment"


def find_region(snapshot: Snapshot, place: Place) -> Region:
    """The region of the place; `Problem` for every way in which a place can be wrong."""
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
    """The channel of the region's line-up with that slug or name; None when none was named, `Problem` when the region
    has no such channel."""
    if named is None:
        return None
    wanted = channel_key(named)
    for channel in region.channels:
        if wanted in (channel_key(channel.slug), channel_key(channel.name)) or wanted in channel.keys:
            return channel
    raise Problem(Kind.UNKNOWN_CHANNEL, f"{region.name} has no channel “{named[:40]}”")


def find_airing(scene: Scene, identity: str | None) -> Scene:
    """The scene narrowed to the airing with that id; the scene itself when none was named, `Problem` when that airing
    is not in the scene."""
    if identity is None:
        return scene
    for airing in scene.airings:
        if str(airing.id) == identity:
            return replace(scene, airing=airing)
    where = scene.channel.name if scene.channel else scene.region.name
    raise Problem(Kind.UNKNOWN_AIRING, f"“{identity[:40]}” is not on in {where} around {scene.at:%Y-%m-%d %H:%M} UTC")


def find_title(snapshot: Snapshot, named: str) -> PreparedTitle:
    """The prepared programme with that id or, in any language, that title; `Problem` when there is none, or several."""
    if named.isdecimal() and len(named) <= LONGEST_ID and int(named) in snapshot.prepared:
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
    """Read ISO 8601 with a zone as aware UTC; now when there is no text. Raises `Problem`."""
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


def _degrees(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Problem(Kind.IMPOSSIBLE_COORDINATES, f"`{name}` is “{text[:40]}”, not a number") from None
