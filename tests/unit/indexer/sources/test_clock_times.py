from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.errors import SourceUnavailable
from indexer.sources.clock_times import ClockTimes
from indexer.sources.programme_television.pages import duration
from indexer.sources.programme_television.source import day_name

PARIS = ZoneInfo("Europe/Paris")
DAYS = [date(2026, 8, 20), date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)]


@given(
    day=st.sampled_from(DAYS),
    first=st.integers(0, 23 * 60),
    lengths=st.lists(st.integers(1, 180), min_size=1, max_size=40),
)
def test_an_evening_read_by_its_clock_is_the_same_evening(day: date, first: int, lengths: list[int]) -> None:
    assume(day != date(2026, 10, 25) or first >= 180)  # which of the two hours begins a page cannot be known
    start = datetime.combine(day, time(first // 60, first % 60), PARIS).astimezone(UTC)
    airings = []
    for minutes in lengths:
        airings.append((start, start + timedelta(minutes=minutes)))
        start = airings[-1][1]
    end_of_night = datetime.combine(day + timedelta(days=1), time(11, 59), PARIS)
    airings = [airing for airing in airings if airing[0] < end_of_night] or airings[:1]
    clocks = [start.astimezone(PARIS).time().replace(fold=0) for start, _ in airings]

    times = ClockTimes.of_day(day, clocks, "Europe/Paris")

    read = [times.next(clock, stop - start) for clock, (start, stop) in zip(clocks, airings, strict=True)]
    assert read == airings


def test_without_durations_the_next_day_is_still_told() -> None:
    clocks = [time(22), time(23, 30), time(0, 15), time(0, 15), time(5)]
    times = ClockTimes.of_day(date(2026, 8, 20), clocks, "Europe/Paris")

    starts = [times.next(clock, None) for clock in clocks]

    assert [f"{start:%d %H:%M}" for start, _ in starts] == ["20 20:00", "20 21:30", "20 22:15", "20 22:15", "21 03:00"]
    assert {stop for _, stop in starts} == {None}


def test_an_hour_that_comes_twice_is_told_without_durations_where_the_clock_goes_back() -> None:
    clocks = [time(1, 30), time(2, 40), time(2, 10), time(3)]
    times = ClockTimes.of_day(date(2026, 10, 25), clocks, "Europe/Paris")

    starts = [times.next(clock, None)[0] for clock in clocks]

    assert [f"{start:%d %H:%M}" for start in starts] == ["24 23:30", "25 00:40", "25 01:10", "25 02:00"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("55mn", 55),
        ("1h45", 105),
        ("1h45mn", 105),
        ("1 h 45 min", 105),
        ("2h", 120),
        ("110mn", 110),
        ("29 mins", 29),
        ("90'", 90),
    ],
)
def test_durations_are_read(text: str, minutes: int) -> None:
    assert duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "Série", "2026", "0mn", "Inédit", "h", "mn"])
def test_other_texts_are_no_durations(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 8, 19), "hier"),
        (date(2026, 8, 20), ""),
        (date(2026, 8, 21), "vendredi"),
        (date(2026, 8, 26), "mercredi"),
        (date(2026, 8, 27), "jeudiprochain"),
        (date(2026, 9, 2), "mercrediprochain"),
    ],
)
def test_days_are_called_as_the_site_does(day: date, name: str) -> None:
    assert day_name(day, today=date(2026, 8, 20)) == name


@pytest.mark.parametrize("day", [date(2026, 8, 18), date(2026, 9, 3)])
def test_a_day_that_the_site_does_not_have_is_unavailable(day: date) -> None:
    with pytest.raises(SourceUnavailable, match=day.isoformat()):
        day_name(day, today=date(2026, 8, 20))
