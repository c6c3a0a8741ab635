"""Channels that show each region the same programme at its own hour: a feed for every time zone."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from indexer.sources.records import AiringRecord

_EVENING = time(20)
_DAY_BEGINS = timedelta(hours=6)
"""A broadcaster's day ends when the night does: a show at one o'clock belongs to the evening before."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a source lists for one zone is shown here at the same time by the clock, `minutes_later`."""

    zone: str
    minutes_later: int = 0
    live: frozenset[str] = field(default_factory=frozenset)
    """Channels (names as in `channels.toml`) that have no feeds: they are on at the same moment everywhere."""

    def shown(self, airing: AiringRecord, time_zone: str) -> AiringRecord:
        """The airing as a region of `time_zone` sees it."""
        delay = self.delay(airing.start, time_zone)
        return replace(airing, start=airing.start + delay, stop=airing.stop + delay if airing.stop else None)

    def delay(self, moment: datetime, time_zone: str) -> timedelta:
        """How much later than there it is on here: one delay for a whole broadcasting day, from its evening.

        A night in which clocks change is thus neither stretched nor folded.
        """
        day = (moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) - _DAY_BEGINS).date()
        evening = datetime.combine(day, _EVENING)
        there = evening.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        here = (evening + timedelta(minutes=self.minutes_later)).replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
        return here - there
