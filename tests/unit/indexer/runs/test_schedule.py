"""The night comes exactly once for each date, also where clocks change at its hour."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler

from indexer.regions import load_region, region_codes
from indexer.runs.schedule import Nightly

ZONES = sorted({zone for code in region_codes() for zone in load_region(code).zones})
AT_MIDNIGHT = ["Asia/Beirut", "America/Havana", "America/Nuuk", "Atlantic/Azores", "Australia/Lord_Howe"]
FIRST, LAST = date(2026, 1, 1), date(2036, 1, 1)


def clock_changes(zone: ZoneInfo) -> Iterator[date]:
    """The dates of a decade on which the offset of the zone changes."""
    day = FIRST
    while day < LAST:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        following = day + timedelta(days=1)
        if midnight.utcoffset() != datetime(following.year, following.month, following.day, tzinfo=zone).utcoffset():
            yield day
        day = following


@pytest.mark.parametrize("name", [*ZONES, *AT_MIDNIGHT])
def test_every_date_around_a_clock_change_has_one_night(name: str) -> None:
    zone = ZoneInfo(name)
    for changes in clock_changes(zone):
        begin = changes - timedelta(days=3)
        for hour in range(24):
            nights, now = [], datetime(begin.year, begin.month, begin.day, 12, tzinfo=zone).astimezone(UTC)
            fired: datetime | None = None
            while len(nights) < 6:
                fired = Nightly(hour, zone).get_next_fire_time(fired, fired or now)
                nights.append(fired)

            # A night whose hour is left out begins at the change, which may be the midnight after it.
            dates = [(night.astimezone(zone) - timedelta(hours=hour)).date() for night in nights]
            assert [(later - earlier).days for earlier, later in pairwise(dates)] == [1] * 5
            assert all(22 <= (b - a) / timedelta(hours=1) <= 26 for a, b in pairwise(nights))


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Beirut", 0), ("America/Havana", 0), ("Europe/Paris", 2)])
def test_a_decade_of_the_scheduler_has_as_many_nights_as_dates(zone: str, hour: int) -> None:
    job: Job = BackgroundScheduler(timezone=UTC).add_job(print, Nightly(hour, ZoneInfo(zone)))
    start = datetime(2026, 1, 1, 0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    job.next_run_time = job.trigger.get_next_fire_time(None, start)

    nights = job._get_run_times(datetime(2036, 1, 1, 0, tzinfo=ZoneInfo(zone)) - timedelta(seconds=1))

    assert len(nights) == (LAST - FIRST).days
    assert len({night.astimezone(ZoneInfo(zone)).date() for night in nights}) == len(nights)


def test_after_a_run_out_of_turn_the_next_night_follows() -> None:
    nightly, noon = Nightly(3, ZoneInfo("Europe/Paris")), datetime(2026, 8, 20, 10, tzinfo=UTC)

    assert nightly.get_next_fire_time(noon, noon) == datetime(2026, 8, 21, 1, tzinfo=UTC)
    assert nightly.get_next_fire_time(None, datetime(2026, 8, 20, 1, tzinfo=UTC)) == datetime(
        2026, 8, 20, 1, tzinfo=UTC
    )
