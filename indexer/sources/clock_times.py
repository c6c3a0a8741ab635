"""Turns the clock times in a channel's listing, which have no date, into moments in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_NOON = time(12)


@dataclass(slots=True)
class ClockTimes:
    """Reads clock times in the order of a listing: a time earlier than the one before it is past midnight.

    When the clocks go back, one hour occurs twice. The second occurrence is taken where the first would lie before the
    start of the preceding programme, or further from its end.
    """

    _date: date
    _zone: ZoneInfo
    _start: datetime | None = None
    _stop: datetime | None = None

    @classmethod
    def of_day(cls, day: date, clocks: Sequence[time], time_zone: str) -> Self:
        """Times for a page about `day`, whose first programmes may have begun on the evening before.

        They have if the list begins after noon, passes midnight and goes on beyond noon: the night at the end of a
        broadcast day does not last until noon.
        """
        midnight = next((n for n in range(1, len(clocks)) if clocks[n] < clocks[n - 1]), len(clocks))
        begins_before = any(clock >= _NOON for clock in clocks[midnight:]) and clocks[0] >= _NOON
        return cls(day - _DAY if begins_before else day, ZoneInfo(time_zone))

    def next(self, clock: time, lasts: timedelta | None) -> tuple[datetime, datetime | None]:
        """Start and stop (None without a duration) of the next programme, aware UTC."""
        for day in (self._date, self._date + _DAY):
            moments = [self._moment(day, clock, fold) for fold in (0, 1)]
            possible = [moment for moment in moments if self._start is None or moment >= self._start]
            if possible:
                self._date, self._start = day, min(possible, key=self._gap)
                break
        else:
            raise AssertionError("a time of tomorrow is never before one of today")
        self._stop = self._start + lasts if lasts else None
        return self._start, self._stop

    def _moment(self, day: date, clock: time, fold: int) -> datetime:
        return datetime.combine(day, clock.replace(fold=fold), self._zone).astimezone(UTC)

    def _gap(self, moment: datetime) -> timedelta:
        return abs(moment - self._stop) if self._stop else timedelta(0)
