"""Windows of time, and the slots in them. A day is the region's local day, from midnight to midnight."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gallery.slots import slots_between


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of time, aware UTC."""

    start: datetime
    stop: datetime

    def overlaps(self, start: datetime, stop: datetime) -> bool:
        """Whether [start, stop) and the window overlap."""
        return start < self.stop and stop > self.start


def day_window(first: date, days: int, time_zone: str) -> Window:
    """The window of `days` local days from `first` on; a day on which the clocks change has 23 or 25 hours."""
    if days < 1:
        raise ValueError(f"days is {days}: index at least one day.")
    return Window(_midnight(first, time_zone), _midnight(first + timedelta(days=days), time_zone))


def slots(window: Window) -> Iterator[datetime]:
    """The starts of the slots that overlap the window, ascending."""
    return slots_between(window.start, window.stop)


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)
