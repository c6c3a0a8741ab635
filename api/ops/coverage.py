"""Coverage: how many people on screen in the coming days can be recognised, and why the others cannot."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.ops import ranges
from api.ops.heat_map import Cell, Day, Show, around, by_clock, cell, days_of
from api.ops.reasons import Reason, why_nobody, why_unknown
from api.ops.runs import Run, last_runs
from api.ops.sections import Section
from api.ops.services import Now, Reading
from api.problems import Kind, Problem
from db.queries.coverage import AiringCoverage, airing_coverage
from db.queries.ops.coverage import (
    Asked,
    MeasuredDay,
    MeasuredSlot,
    RegionReleases,
    SlotRelease,
    airing_span,
    asked_about_programme,
    measured_days,
    measured_slots,
    region_releases,
    slot_release,
)
from gallery.slots import SLOT, slot_of

DAYS = 14
REASONS_AT = time(21)
"""Local time of the half hour whose missing faces are explained, as an example of the evening."""

section = Section("coverage", "Coverage")


class RegionLine(BaseModel):
    """A region: its galleries, the slots of one day by local half hour, and its coming days."""

    region: RegionReleases
    slots: list[Cell | None]
    days: list[Day]


class Weakest(BaseModel):
    """The region with the smallest share of known faces in prime time, and why faces are missing in `slot`."""

    code: str
    name: str
    slot: datetime
    share: float
    reasons: list[Reason]


class Coverage(BaseModel):
    """Coverage of every region that was ever indexed; `not_indexed` names the others."""

    day: date
    show: Show
    days: list[date]
    tonight: Cell | None
    """The prime time of `day`, all regions together."""
    measured_at: datetime | None
    """When the slot that was measured longest ago was measured."""
    regions: list[RegionLine]
    running: list[Run]
    unwhole: list[Run]
    """The last runs of regions, where they failed, failed in part, or were interrupted."""
    weakest: Weakest | None
    """None when nothing was measured in the prime time of `day`, or every face is known."""
    not_indexed: list[str]


class RegionCoverage(BaseModel):
    """A region: its coming days by local half hour, and why faces are missing in this evening's half hour `tonight`."""

    region: RegionReleases
    show: Show
    days: list[Day]
    slots: dict[date, list[Cell | None]]
    tonight: datetime
    reasons: list[Reason]
    airings_without: list[Reason]
    """Why airings of that half hour have no known face; `people` counts airings."""


class SlotFigures(BaseModel):
    """One slot of a region, airing by airing."""

    region: RegionReleases
    slot: datetime
    stop: datetime
    release: SlotRelease | None
    airings: list[AiringCoverage]
    reasons: list[Reason]


class AiringFigures(BaseModel):
    """An airing and its cast; `asked` is what the cast sources answered about its programme."""

    region: RegionReleases
    slot: datetime
    airing: AiringCoverage
    reasons: list[Reason]
    asked: list[Asked]


@section.page("coverage.html")
def coverage(session: Reading, now: Now, day: ranges.Day | None = None, show: Show = "faces") -> Coverage:
    """All regions: the slots of one day, and the coming days."""
    regions = region_releases(session, now - SLOT, now + timedelta(days=DAYS))
    today = _today(regions, now)
    chosen = day or today
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    slots, measured = measured_slots(session, *around(chosen)), measured_days(session, *around(today, DAYS))
    lines, others = _lines(regions, chosen, days, slots, measured)
    tonight = cell(row for row in measured if row.is_prime and row.day == chosen)
    last = last_runs(session, now)
    return Coverage(
        day=chosen,
        show=show,
        days=days,
        tonight=tonight,
        measured_at=min((row.measured_at for row in measured), default=None),
        regions=lines,
        running=[run for run in last if run.state == "running"],
        unwhole=[run for run in last if run.state not in ("running", "done")],
        weakest=_weakest(session, lines, chosen),
        not_indexed=others,
    )


def _today(regions: Sequence[RegionReleases], now: datetime) -> date:
    """The current date in most of the regions that have galleries; without any, the date in UTC."""
    local = Counter(now.astimezone(ZoneInfo(region.time_zone)).date() for region in regions if region.galleries)
    return max(local, key=local.__getitem__, default=now.date())


def _lines(
    regions: Sequence[RegionReleases],
    chosen: date,
    days: Sequence[date],
    slots: Sequence[MeasuredSlot],
    measured: Sequence[MeasuredDay],
) -> tuple[list[RegionLine], list[str]]:
    slots_of: defaultdict[str, list[MeasuredSlot]] = defaultdict(list)
    for slot in slots:
        slots_of[slot.region].append(slot)
    days_by_region: defaultdict[str, list[MeasuredDay]] = defaultdict(list)
    for row in measured:
        days_by_region[row.region].append(row)
    lines, others = [], []
    for region in regions:
        if not (days_by_region[region.code] or slots_of[region.code] or region.galleries):
            others.append(region.name)
            continue
        at = by_clock(slots_of[region.code], region.time_zone).get(chosen, [None] * 48)
        lines.append(RegionLine(region=region, slots=at, days=days_of(days_by_region[region.code], days)))
    return lines, others


def _weakest(session: Session, lines: Sequence[RegionLine], day: date) -> Weakest | None:
    shares = [
        (of_day.prime.face_share, line.region)
        for line in lines
        for of_day in line.days
        if of_day.day == day and of_day.prime and of_day.prime.face_share is not None
    ]
    share, region = min(shares, key=lambda it: it[0], default=(1.0, None))
    if region is None or share == 1:
        return None
    slot = _evening(day, region)
    reasons = why_unknown(airing_coverage(session, region.code, slot, slot + SLOT))
    return Weakest(code=region.code, name=region.name, slot=slot, share=share, reasons=reasons)


@section.page("coverage_region.html", "/{code}")
def region_coverage(session: Reading, now: Now, code: str, show: Show = "faces") -> RegionCoverage:
    """One region: every half hour of its coming days."""
    region = _region(session, code, now)
    zone = ZoneInfo(region.time_zone)
    today = now.astimezone(zone).date()
    start, stop = around(today, DAYS)
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    at = by_clock(measured_slots(session, start, stop, region_code=code), region.time_zone)
    tonight = _evening(today, region)
    airings = airing_coverage(session, code, tonight, tonight + SLOT)
    measured = measured_days(session, start, stop, region_code=code)
    return RegionCoverage(
        region=region,
        show=show,
        days=days_of(measured, days),
        slots={day: at.get(day, [None] * 48) for day in days},
        tonight=tonight,
        reasons=why_unknown(airings),
        airings_without=why_nobody(airings),
    )


@section.page("coverage_slot.html", "/{code}/{slot}")
def slot_coverage(session: Reading, now: Now, code: str, slot: ranges.Moment) -> SlotFigures:
    """One slot of a region: what is on, and which people of each cast are known."""
    if slot.minute % 30 or slot.second or slot.microsecond:
        raise Problem(Kind.INVALID_REQUEST, "A slot begins at a half hour of UTC, such as 2026-03-01T20:30Z", advice="")
    region = _region(session, code, now)
    airings = list(airing_coverage(session, code, slot, slot + SLOT))
    release = slot_release(session, code, slot)
    return SlotFigures(
        region=region, slot=slot, stop=slot + SLOT, release=release, airings=airings, reasons=why_unknown(airings)
    )


@section.page("coverage_airing.html", "/{code}/airings/{airing_id}")
def airing_figures(session: Reading, now: Now, code: str, airing_id: ranges.Id) -> AiringFigures:
    """One airing: who is on screen, and why faces are not known."""
    region, span = _region(session, code, now), airing_span(session, code, airing_id)
    if span is None:
        said = f"{code} has no airing {airing_id} (any more)"
        raise Problem(Kind.NOT_FOUND, said, advice=f"See `/ops/coverage/{code}`.")
    around_it = airing_coverage(session, code, span.start, span.stop)
    airing = next(airing for airing in around_it if airing.id == airing_id)
    asked = list(asked_about_programme(session, span.programme_id))
    reasons = why_unknown([airing]) if airing.people else why_nobody([airing])
    return AiringFigures(region=region, slot=slot_of(span.start), airing=airing, reasons=reasons, asked=asked)


def _evening(day: date, region: RegionReleases) -> datetime:
    return datetime.combine(day, REASONS_AT, ZoneInfo(region.time_zone)).astimezone(UTC)


def _region(session: Session, code: str, now: datetime) -> RegionReleases:
    for region in region_releases(session, now - SLOT, now + timedelta(days=DAYS), region_code=code):
        return region
    raise Problem(Kind.UNKNOWN_REGION, f"“{code}” is not a region", advice="See `/ops/coverage`.")
