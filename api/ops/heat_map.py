"""Heat maps of coverage: a row a day or region, a cell for each half hour of local time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from db.queries.ops.coverage import PRIME_TIME, MeasuredDay, MeasuredSlot

Show: TypeAlias = Literal["faces", "casts"]
"""What the cells show: the share of people on screen whose faces are known, or of airings that have a cast."""

HALF_HOURS = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(0, 1440, 30)]
PRIME = frozenset(clock for clock in HALF_HOURS if PRIME_TIME[0] <= int(clock[:2]) < PRIME_TIME[1])
WIDEST_OFFSET = timedelta(hours=14)
"""The furthest that a local midnight is from that of UTC."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The counts of one slot, or the sums of several; `slot` is the start of the first one."""

    slot: datetime | None
    airings: int = 0
    with_cast: int = 0
    people: int = 0
    known: int = 0
    cast_share: float | None = None
    """The share of airings that have a cast; None without airings."""
    face_share: float | None = None
    """The share of people on screen whose faces are known; None without people."""


@dataclass(frozen=True, slots=True)
class Day:
    """A local day: the whole day, and its prime time. None where nothing was measured."""

    day: date
    whole: Cell | None
    prime: Cell | None


def cell(counted: Iterable[MeasuredSlot | MeasuredDay]) -> Cell | None:
    """The sum of the counts; None when there are none."""
    rows = list(counted)
    if not rows:
        return None
    airings, with_cast, people, known = (
        sum(getattr(row, name) for row in rows) for name in ("airings", "with_cast", "people", "known")
    )
    first = rows[0].slot if isinstance(rows[0], MeasuredSlot) else None
    shares = with_cast / airings if airings else None, known / people if people else None
    return Cell(first, airings, with_cast, people, known, *shares)


def by_clock(slots: Iterable[MeasuredSlot], zone: str) -> dict[date, list[Cell | None]]:
    """The local days, each with a cell for each of `HALF_HOURS`. The hour that is repeated in autumn is one cell."""
    placed: defaultdict[date, defaultdict[str, list[MeasuredSlot]]] = defaultdict(lambda: defaultdict(list))
    local_zone = ZoneInfo(zone)
    for slot in slots:
        local = slot.slot.astimezone(local_zone)
        placed[local.date()][f"{local:%H}:{'30' if local.minute >= 30 else '00'}"].append(slot)
    return {day: [cell(at[clock]) if clock in at else None for clock in HALF_HOURS] for day, at in placed.items()}


def days_of(measured: Iterable[MeasuredDay], wanted: Sequence[date]) -> list[Day]:
    """The wanted days of one region."""
    by_day: defaultdict[date, list[MeasuredDay]] = defaultdict(list)
    for row in measured:
        by_day[row.day].append(row)
    return [Day(day, cell(by_day[day]), cell(row for row in by_day[day] if row.is_prime)) for day in wanted]


def around(first: date, days: int = 1) -> tuple[datetime, datetime]:
    """A period that covers those days in every time zone."""
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return midnight - WIDEST_OFFSET, midnight + timedelta(days=days) + WIDEST_OFFSET
