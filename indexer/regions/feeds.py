"""Time-shifted feeds: channels that show every time zone the same programme at the same local time."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from indexer.sources.records import AiringRecord

_EVENING = time(20)
_DAY_BEGINS = timedelta(hours=6)
"""A broadcast day ends in the morning: a programme at one o'clock belongs to the evening before."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a source lists for `zone` is shown in the region at the same local time, plus `minutes_later`."""

    zone: str
    minutes_later: int = 0
    live: frozenset[str] = field(default_factory=frozenset)
    """Channels (named as in `channels.toml`) without feeds: they show everything at the same moment everywhere."""

    def shown(self, airing: AiringRecord, time_zone: str) -> AiringRecord:
        """The airing at the time at which it is shown in a region of `time_zone`."""
        delay = self.delay(airing.start, time_zone)
        return replace(airing, start=airing.start + delay, stop=airing.stop + delay if airing.stop else None)

    def delay(self, moment: datetime, time_zone: str) -> timedelta:
        """How much later the region of `time_zone` shows what is on in the source's zone at `moment`.

        The delay is that of the evening for the whole broadcast day, so that a night in which the clocks change is
        neither stretched nor folded.
        """
        day = (moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) - _DAY_BEGINS).date()
        evening = datetime.combine(day, _EVENING)
        listed = evening.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        shown = (evening + timedelta(minutes=self.minutes_later)).replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
        return shown - listed
