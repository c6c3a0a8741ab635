"""Coverage by region, day and slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from db.models import Airing, GalleryRelease, Lineup, Lookup, Region, SlotCoverage

PRIME_TIME = (19, 23)
"""The local hours of prime time: from, to."""


@dataclass(frozen=True, slots=True)
class RegionReleases:
    """A region, the number of its current galleries, and when the newest and the oldest were built (None: none)."""

    code: str
    name: str
    time_zone: str
    galleries: int
    freshest: datetime | None
    stalest: datetime | None


@dataclass(frozen=True, slots=True)
class MeasuredSlot:
    """The coverage of a slot, as last measured: see `db.models.SlotCoverage`."""

    region: str
    slot: datetime
    airings: int
    with_cast: int
    people: int
    known: int
    measured_at: datetime


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """The sums over the slots of a region's local day, in or outside prime time. A person in two slots counts twice."""

    region: str
    day: date
    is_prime: bool
    airings: int
    with_cast: int
    people: int
    known: int
    measured_at: datetime
    """When the slot was measured whose measurement is the oldest."""


@dataclass(frozen=True, slots=True)
class SlotRelease:
    """The current gallery of a slot."""

    people: int
    templates: int
    size_bytes: int
    model_key: str
    built_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a source about a programme, and its outcome."""

    source: str
    part: str
    asked_at: datetime
    outcome: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class AiringSpan:
    """The programme of an airing, and its times."""

    programme_id: int
    start: datetime
    stop: datetime


def region_releases(
    session: Session, start: datetime, stop: datetime, *, region_code: str | None = None
) -> Sequence[RegionReleases]:
    """Every region, by code, or the given one, with the current galleries of the slots in [start, stop)."""
    release = GalleryRelease
    current = (release.region_code == Region.code) & (release.state == "current")
    wanted = (
        select(
            Region.code,
            Region.name,
            Region.time_zone,
            func.count(release.id),
            func.max(release.built_at),
            func.min(release.built_at),
        )
        .outerjoin(release, current & (release.slot >= start) & (release.slot < stop))
        .group_by(Region.code)
        .order_by(Region.code)
    )
    rows = session.execute(wanted if region_code is None else wanted.where(Region.code == region_code))
    return [RegionReleases(*row) for row in rows]


def measured_slots(
    session: Session, start: datetime, stop: datetime, *, region_code: str | None = None
) -> Sequence[MeasuredSlot]:
    """The slots that begin in [start, stop), of all regions or one, by region and time."""
    columns = (
        SlotCoverage.region_code,
        SlotCoverage.slot,
        SlotCoverage.airings,
        SlotCoverage.with_cast,
        SlotCoverage.people,
        SlotCoverage.known,
        SlotCoverage.measured_at,
    )
    wanted = select(*columns).where(SlotCoverage.slot >= start, SlotCoverage.slot < stop)
    if region_code is not None:
        wanted = wanted.where(SlotCoverage.region_code == region_code)
    rows = session.execute(wanted.order_by(SlotCoverage.region_code, SlotCoverage.slot))
    return [MeasuredSlot(*row) for row in rows]


def measured_days(
    session: Session, start: datetime, stop: datetime, *, region_code: str | None = None
) -> Sequence[MeasuredDay]:
    """The slots that begin in [start, stop), summed by region and local day, prime time apart from the rest."""
    local = func.timezone(Region.time_zone, SlotCoverage.slot)
    day, is_prime = cast(local, Date), func.extract("hour", local).between(PRIME_TIME[0], PRIME_TIME[1] - 1)
    wanted = (
        select(
            SlotCoverage.region_code,
            day,
            is_prime,
            func.sum(SlotCoverage.airings),
            func.sum(SlotCoverage.with_cast),
            func.sum(SlotCoverage.people),
            func.sum(SlotCoverage.known),
            func.min(SlotCoverage.measured_at),
        )
        .join(Region, Region.code == SlotCoverage.region_code)
        .where(SlotCoverage.slot >= start, SlotCoverage.slot < stop)
        .group_by(SlotCoverage.region_code, day, is_prime)
        .order_by(SlotCoverage.region_code, day, is_prime)
    )
    rows = session.execute(wanted if region_code is None else wanted.where(SlotCoverage.region_code == region_code))
    return [MeasuredDay(*row) for row in rows]


def slot_release(session: Session, region_code: str, slot: datetime) -> SlotRelease | None:
    """The slot's current gallery, the newest of all models; None when there is none."""
    release = GalleryRelease
    row = session.execute(
        select(release.people, release.templates, release.size_bytes, release.model_key, release.built_at)
        .where(release.region_code == region_code, release.slot == slot, release.state == "current")
        .order_by(release.built_at.desc())
        .limit(1)
    ).first()
    return SlotRelease(*row) if row else None


def airing_span(session: Session, region_code: str, airing_id: int) -> AiringSpan | None:
    """The airing, if the region receives its channel; None when there is no such airing."""
    row = session.execute(
        select(Airing.programme_id, func.lower(Airing.during), func.upper(Airing.during))
        .join(Lineup, Lineup.channel_id == Airing.channel_id)
        .where(Airing.id == airing_id, Lineup.region_code == region_code)
    ).first()
    return AiringSpan(*row) if row else None


def asked_about_programme(session: Session, programme_id: int) -> Sequence[Asked]:
    """The questions to cast sources about the programme, the latest first."""
    rows = session.execute(
        select(Lookup.source, Lookup.part, Lookup.asked_at, Lookup.outcome, Lookup.detail)
        .where(Lookup.subject == "programme", Lookup.subject_id == programme_id)
        .order_by(Lookup.asked_at.desc(), Lookup.source, Lookup.part)
    )
    return [Asked(*row) for row in rows]
