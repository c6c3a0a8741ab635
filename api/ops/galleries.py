"""Galleries: which one serves each region and half hour, how old it is, and what a rollback would bring back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from api.ops import ranges
from api.ops.sections import Section
from api.ops.services import Now, Reading
from api.problems import Kind, Problem
from db.queries.ops.galleries import (
    PreparedRow,
    RegionGalleries,
    SlotGallery,
    Stored,
    galleries_by_region,
    galleries_of,
    photos_held,
    prepared_galleries,
    region_zone,
    stored_galleries,
    undoable_publications,
)
from gallery.slots import SLOT

section = Section("galleries", "Galleries")


class Region(BaseModel):
    """The galleries of one model key that serve a region from now on."""

    galleries: RegionGalleries
    undoable: int
    """How many galleries a rollback of the last publication would change."""


class Galleries(BaseModel):
    """All galleries: those that serve, those prepared by hand, and what is in storage."""

    regions: list[Region]
    prepared: list[PreparedRow]
    stored: list[Stored]
    size_bytes: int
    """Size of all stored galleries, including those that no longer serve."""
    photos: int
    """How many photos of people are stored."""


class Day(BaseModel):
    """A local day of a region: its slots, None where there is no gallery."""

    day: date
    slots: list[SlotGallery | None]
    clocks: list[str]
    """The local start times of the slots."""


class RegionDays(BaseModel):
    """The galleries of a region and one model key, day by day."""

    code: str
    name: str
    time_zone: str
    model_keys: list[str]
    model_key: str | None
    """The model key that is shown; None when there is no gallery."""
    undoable: int
    most_people: int
    days: list[Day]
    day: date
    """The day that is shown slot by slot."""


@section.page("galleries.html")
def figures(session: Reading, now: Now) -> Galleries:
    """The galleries that serve each region from now on, and what is in storage."""
    undoable = undoable_publications(session)
    stored = list(stored_galleries(session))
    prepared = list(prepared_galleries(session))
    return Galleries(
        regions=[
            Region(galleries=row, undoable=undoable.get((row.region, row.model_key), 0))
            for row in galleries_by_region(session, now - SLOT)
        ],
        prepared=prepared,
        stored=stored,
        size_bytes=sum(it.size_bytes for it in stored) + sum(it.size_bytes for it in prepared),
        photos=photos_held(session),
    )


@section.page("region_galleries.html", "/{code}")
def region(
    session: Reading, now: Now, code: str, day: ranges.Day | None = None, model_key: str | None = None
) -> RegionDays:
    """The galleries of a region from today on, and one day slot by slot."""
    place = region_zone(session, code)
    if place is None:
        raise Problem(Kind.UNKNOWN_REGION, f"“{code}” is not a region", advice="See `/ops/galleries`.")
    zone = ZoneInfo(place.time_zone)
    today = now.astimezone(zone).date()
    rows = galleries_of(session, code, _midnight(today, zone))
    keys = sorted({row.model_key for row in rows})
    shown = model_key if model_key in keys else _of_latest(rows)
    by_slot = {row.slot: row for row in rows if row.model_key == shown}
    last = max((slot.astimezone(zone).date() for slot in by_slot), default=today)
    days = [today + timedelta(days=ahead) for ahead in range((last - today).days + 1)]
    return RegionDays(
        code=code,
        name=place.name,
        time_zone=place.time_zone,
        model_keys=keys,
        model_key=shown,
        undoable=undoable_publications(session).get((code, shown or ""), 0),
        most_people=max((row.people for row in by_slot.values()), default=0),
        days=[_day(it, zone, by_slot) for it in days],
        day=day if day in days else today,
    )


def _of_latest(rows: Sequence[SlotGallery]) -> str | None:
    """The model key of the latest publication."""
    latest = max(rows, key=lambda row: row.built_at, default=None)
    return latest.model_key if latest else None


def _day(day: date, zone: ZoneInfo, by_slot: Mapping[datetime, SlotGallery]) -> Day:
    slots = list(_slots(day, zone))
    clocks = [f"{slot.astimezone(zone):%H:%M}" for slot in slots]
    return Day(day=day, slots=[by_slot.get(slot) for slot in slots], clocks=clocks)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _slots(day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """The starts of the slots of a local day: 48, or 46 or 50 when the clocks change."""
    slot, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    while slot < end:
        yield slot
        slot += SLOT
