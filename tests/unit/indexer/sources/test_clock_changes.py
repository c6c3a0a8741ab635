"""The nights in which clocks change, to the minute, in zones with and without such nights."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gallery.slots import SLOT
from indexer.regions import load_region
from indexer.regions.feeds import Feed
from indexer.sources.records import AiringRecord
from indexer.window import day_window, slots

MINUTE = timedelta(minutes=1)

NIGHTS = [
    ("FR", date(2026, 3, 29), 23), ("FR", date(2026, 10, 25), 25), ("FR", date(2026, 7, 1), 24),
    ("GB", date(2026, 3, 29), 23), ("GB", date(2026, 10, 25), 25),
    ("IE", date(2026, 3, 29), 23), ("IE", date(2026, 10, 25), 25),
    ("US-ET", date(2026, 3, 8), 23), ("US-ET", date(2026, 11, 1), 25), ("US-ET", date(2026, 3, 29), 24),
    ("US-CT", date(2026, 3, 8), 23), ("US-CT", date(2026, 11, 1), 25),
    ("US-PT", date(2026, 3, 8), 23), ("US-PT", date(2026, 11, 1), 25),
    ("US-AZ", date(2026, 3, 8), 24), ("US-HI", date(2026, 11, 1), 24),
    ("CA-NT", date(2026, 3, 8), 23), ("CA-NT", date(2026, 11, 1), 25),
    ("CA-AT", date(2026, 3, 8), 23), ("CA-ET", date(2026, 11, 1), 25), ("CA-SK", date(2026, 3, 8), 24),
    ("FR-PM", date(2026, 3, 8), 23), ("FR-PM", date(2026, 11, 1), 25), ("FR-PM", date(2026, 3, 29), 24),
    ("FR-RE", date(2026, 3, 29), 24), ("FR-RE", date(2026, 10, 25), 24), ("FR-GP", date(2026, 3, 29), 24),
    ("FR-PF", date(2026, 10, 25), 24),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "hours"), NIGHTS)
def test_a_day_is_every_minute_that_has_its_date_and_no_other(code: str, day: date, hours: int) -> None:
    zone = ZoneInfo(load_region(code).time_zone)
    window = day_window(day, 1, zone.key)
    before = window.start - timedelta(hours=3)
    minutes = [before + n * MINUTE for n in range((hours + 6) * 60)]

    assert window.stop - window.start == timedelta(hours=hours)
    assert all((minute.astimezone(zone).date() == day) == (window.start <= minute < window.stop) for minute in minutes)


@pytest.mark.parametrize(("code", "day", "hours"), NIGHTS)
def test_the_slots_of_the_day_are_its_half_hours(code: str, day: date, hours: int) -> None:
    window = day_window(day, 1, load_region(code).time_zone)
    found = list(slots(window))

    assert all(following - slot == SLOT for slot, following in itertools.pairwise(found))
    assert found[0] <= window.start
    assert found[-1] + SLOT >= window.stop
    assert len(found) == 2 * hours  # all these zones are on a half-hour of UTC


def feed_of(code: str) -> tuple[Feed, str]:
    region = load_region(code)
    [source] = region.listings
    assert source.feed is not None
    return source.feed, region.time_zone


def moment(day: date, clock: str, zone: str, fold: int = 0) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("code", "day", "there", "here"),
    [
        ("US-PT", date(2026, 8, 20), "20:00", "20:00"),
        ("US-MT", date(2026, 8, 20), "20:00", "19:00"),
        ("US-AZ", date(2026, 8, 20), "20:00", "19:00"),
        ("US-AZ", date(2026, 1, 20), "20:00", "19:00"),
        ("US-HI", date(2026, 8, 20), "20:00", "19:00"),
        ("US-HI", date(2026, 1, 20), "22:30", "21:30"),
        ("US-AK", date(2026, 1, 20), "20:00", "20:00"),
        ("CA-NT", date(2026, 8, 20), "20:00", "20:30"),
        ("CA-ET", date(2026, 8, 20), "19:00", "19:00"),
        ("CA-SK", date(2026, 8, 20), "19:00", "19:00"),
        ("CA-SK", date(2026, 1, 20), "19:00", "19:00"),
        ("US-PT", date(2026, 3, 8), "20:00", "20:00"),
        ("US-PT", date(2026, 11, 1), "20:00", "20:00"),
        ("US-AZ", date(2026, 3, 8), "20:00", "19:00"),
        ("US-AZ", date(2026, 11, 1), "20:00", "19:00"),
    ],
)
def test_a_feed_is_on_at_its_hour_by_the_local_clock(code: str, day: date, there: str, here: str) -> None:
    feed, zone = feed_of(code)
    start = moment(day, there, feed.zone)

    assert start + feed.delay(start, zone) == moment(day, here, zone)


@pytest.mark.parametrize(
    ("code", "evening", "hours"),
    [
        ("US-PT", date(2026, 3, 7), 3), ("US-PT", date(2026, 10, 31), 3), ("US-MT", date(2026, 3, 7), 1),
        ("US-AZ", date(2026, 3, 7), 1), ("US-AZ", date(2026, 10, 31), 2), ("US-HI", date(2026, 10, 31), 5),
        ("CA-NT", date(2026, 3, 7), 0), ("CA-SK", date(2026, 3, 7), 2), ("CA-SK", date(2026, 10, 31), 3),
    ],
)  # fmt: skip
def test_one_delay_holds_for_a_whole_night_in_which_clocks_change(code: str, evening: date, hours: int) -> None:
    feed, zone = feed_of(code)
    start = moment(evening, "18:00", feed.zone)
    morning = moment(evening + timedelta(days=1), "05:59", feed.zone)
    night = [start + n * MINUTE for n in range((morning - start) // MINUTE + 1)]

    assert {feed.delay(minute, zone) for minute in night} == {timedelta(hours=hours)}


def test_an_airing_keeps_its_length_and_an_open_end_stays_open() -> None:
    feed, zone = feed_of("US-PT")
    start = moment(date(2026, 3, 8), "01:30", feed.zone)
    film = AiringRecord("nbc", start, start + timedelta(hours=2), "Film", "film")
    shown = feed.shown(film, zone)

    assert (shown.start, shown.stop) == (start + timedelta(hours=3), start + timedelta(hours=5))
    assert feed.shown(AiringRecord("nbc", start, None, "Film", "film"), zone).stop is None
