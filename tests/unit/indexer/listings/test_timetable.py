import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from indexer.listings.timetable import RESUMES_AFTER, filled, longest_gap, timetable
from indexer.sources.records import AiringRecord, CreditRecord

EVENING = datetime(2026, 8, 20, 18, tzinfo=UTC)
CAST = (CreditRecord("Ana Sol", "actor", "Neo", 0),)


def airing(start: int, stop: int | None, title: str = "A", *, channel: str = "one", cast: bool = False) -> AiringRecord:
    """An airing from and to so many minutes into the evening."""
    ends = None if stop is None else EVENING + timedelta(minutes=stop)
    return AiringRecord(channel, EVENING + timedelta(minutes=start), ends, title, "other", credits=CAST if cast else ())


def settled(*airings: AiringRecord) -> list[tuple[int, int, str]]:
    """The first channel's airings, in minutes."""
    minute = timedelta(minutes=1)
    [row] = timetable(airings).channels.values()
    return [((it.start - EVENING) // minute, (it.stop - EVENING) // minute, it.title) for it in row if it.stop]


def test_airings_come_sorted_by_channel() -> None:
    found = timetable([airing(60, 90, "B"), airing(0, 60, "A"), airing(0, 60, "C", channel="two")]).channels

    assert {channel: [it.title for it in row] for channel, row in found.items()} == {"one": ["A", "B"], "two": ["C"]}


def test_a_missing_stop_is_the_next_start_on_that_channel() -> None:
    found = timetable([airing(0, None, "A"), airing(20, 40, "other", channel="two"), airing(50, 60, "B")])

    assert [it.stop for it in found.channels["one"]] == [
        EVENING + timedelta(minutes=50),
        EVENING + timedelta(minutes=60),
    ]


def test_without_any_next_start_a_missing_stop_cannot_be_known() -> None:
    found = timetable([airing(0, 30), airing(30, None)])

    assert len(found.channels["one"]) == 1
    assert found.dropped == {"repeated": 0, "no_stop": 1}


def test_a_next_start_days_later_is_no_stop() -> None:
    assert timetable([airing(0, None), airing(3000, 3030)]).dropped["no_stop"] == 1


def test_of_two_with_one_start_the_newer_is_right() -> None:
    assert settled(airing(0, 30, "old"), airing(0, 45, "new")) == [(0, 45, "new")]


def test_of_two_with_one_start_one_with_a_cast_is_better() -> None:
    assert settled(airing(0, 30, "cast", cast=True), airing(0, 45, "none")) == [(0, 30, "cast")]
    assert settled(airing(0, 30, "none"), airing(0, 45, "cast", cast=True)) == [(0, 45, "cast")]


def test_the_later_start_ends_what_is_on() -> None:
    assert settled(airing(0, 60, "A"), airing(50, 90, "B")) == [(0, 50, "A"), (50, 90, "B")]


def test_an_interrupted_film_resumes() -> None:
    assert settled(airing(0, 120, "film"), airing(60, 70, "news")) == [
        (0, 60, "film"),
        (60, 70, "news"),
        (70, 120, "film"),
    ]


def test_a_film_interrupted_twice_resumes_twice() -> None:
    found = settled(airing(0, 120, "film"), airing(30, 40, "news"), airing(60, 70, "weather"))

    assert [title for *_, title in found] == ["film", "news", "film", "weather", "film"]


def test_a_few_minutes_left_are_rounding_and_do_not_resume() -> None:
    assert settled(airing(0, 65, "A"), airing(50, 60, "B")) == [(0, 50, "A"), (50, 60, "B")]


def test_what_was_interrupted_twice_over_resumes_as_soon_as_nothing_newer_does() -> None:
    found = settled(airing(0, 71, "A"), airing(10, 70, "B"), airing(50, 61, "C"))

    assert found == [(0, 10, "A"), (10, 50, "B"), (50, 61, "C"), (61, 71, "A")]


@st.composite
def listings(draw: st.DrawFn) -> list[AiringRecord]:
    starts = draw(st.lists(st.integers(0, 600), min_size=1, max_size=30))
    return [
        airing(start, draw(st.none() | st.integers(start + 1, start + 300)), str(n), cast=draw(st.booleans()))
        for n, start in enumerate(starts)
    ]


@given(listings())
def test_a_channel_never_shows_two_things_at_once_and_no_listed_moment_goes_dark(listed: list[AiringRecord]) -> None:
    row = timetable(listed).channels["one"]

    assert all(it.stop is not None and it.start < it.stop for it in row)
    assert all(it.stop is not None and it.stop <= following.start for it, following in itertools.pairwise(row))
    starts = {it.start for it in listed if it.stop is not None}
    assert starts <= {it.start for it in row} | {it.start for it in listed if it.stop is None}
    for it in listed:
        moment, gap = it.start, timedelta(0)
        while it.stop is not None and moment < it.stop:
            shown = any(other.start <= moment < other.stop for other in row if other.stop)
            gap = timedelta(0) if shown else gap + timedelta(minutes=1)
            repeated = sum(other.start == it.start for other in listed) > 1
            assert repeated or gap < RESUMES_AFTER
            moment += timedelta(minutes=1)


@given(listings())
def test_settling_what_is_settled_changes_nothing(listed: list[AiringRecord]) -> None:
    once = timetable(listed).channels["one"]

    assert timetable(once).channels.get("one", ()) == once


def minutes_of(airings: list[AiringRecord]) -> list[tuple[int, int, str]]:
    minute = timedelta(minutes=1)
    return [((it.start - EVENING) // minute, (it.stop - EVENING) // minute, it.title) for it in airings if it.stop]


def test_another_source_fills_a_gap_and_is_shortened_to_it() -> None:
    had = [airing(0, 60, "A"), airing(120, 180, "B")]

    assert minutes_of(filled(had, [airing(55, 125, "C")])) == [(0, 60, "A"), (60, 120, "C"), (120, 180, "B")]


def test_another_source_changes_nothing_that_is_known() -> None:
    had = [airing(0, 60, "A"), airing(60, 120, "B")]

    assert filled(had, [airing(0, 60, "C"), airing(10, 20, "D"), airing(0, 120, "E"), airing(50, 130, "F")]) == had


def test_less_than_half_of_an_airing_is_not_worth_a_gap() -> None:
    assert minutes_of(filled([airing(0, 60, "A")], [airing(0, 100, "C")])) == [(0, 60, "A")]


def test_what_is_around_a_known_airing_is_not_cut_in_two() -> None:
    assert minutes_of(filled([airing(50, 60, "A")], [airing(0, 120, "C")])) == [(50, 60, "A")]


@given(listings(), listings())
def test_a_filled_channel_keeps_what_it_had_and_shows_one_thing_at_a_time(
    one: list[AiringRecord], other: list[AiringRecord]
) -> None:
    had = list(timetable(one).channels["one"])
    row = filled(had, timetable(other).channels["one"])

    assert [it for it in row if it in had] == had
    assert all(it.stop is not None and it.start < it.stop for it in row)
    assert all(it.stop is not None and it.stop <= following.start for it, following in itertools.pairwise(row))


def test_the_longest_gap_is_within_what_is_asked() -> None:
    hour = timedelta(hours=1)
    row = [airing(-60, 30), airing(60, 90), airing(210, 240)]

    assert longest_gap(row, EVENING, EVENING + 4 * hour) == 2 * hour
    assert longest_gap(row, EVENING, EVENING + hour) == hour / 2
    assert longest_gap([], EVENING, EVENING + hour) == hour
    assert longest_gap([airing(0, 60)], EVENING, EVENING + hour) == timedelta(0)
