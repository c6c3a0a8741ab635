"""How the dashboard writes figures."""

from datetime import UTC, datetime, timedelta

import pytest

from api.ops.formatting import clock, count, moment, percent, plural, size, span

EVENING = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "–"),
        (0, 9, "0 %"),
        (1, 1000, "1 %"),
        (999, 1000, "99 %"),
        (5, 5, "100 %"),
        (1, 3, "33 %"),
        (0.5, 1, "50 %"),
    ],
)
def test_a_share_is_whole_only_when_nothing_is_missing(part: float, whole: float, said: str) -> None:
    assert percent(part, whole) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (None, "–"), (0.44, "0.4 s"), (52, "52 s"), (200, "3 min 20 s"), (3600, "1 h"), (7500, "2 h 5 min"),
        (timedelta(days=3, hours=4), "3 d 4 h"), (-1, "0.0 s"),
    ],
)  # fmt: skip
def test_a_length_of_time_has_two_units_at_most(length: timedelta | float | None, said: str) -> None:
    assert span(length) == said


def test_a_moment_is_in_the_zone_that_is_asked_for_and_machines_read_utc() -> None:
    assert moment(EVENING) == '<time datetime="2026-03-01T20:30:00+00:00">Sun 1 Mar 20:30 UTC</time>'
    assert moment(EVENING, "Europe/Paris") == '<time datetime="2026-03-01T20:30:00+00:00">Sun 1 Mar 21:30</time>'
    assert clock(EVENING, "Europe/Paris") == '<time datetime="2026-03-01T20:30:00+00:00">21:30</time>'
    assert moment(None) == "never"


def test_sizes_and_counts_are_short() -> None:
    assert [size(octets) for octets in (0, 999, 1000, 12_345_678)] == ["0 B", "999 B", "1.0 kB", "12.3 MB"]
    assert count(12345) == "12\u202f345"


def test_one_is_not_many() -> None:
    assert [plural(n, "person", "people") for n in (0, 1, 1234)] == ["0 people", "1 person", "1\u202f234 people"]
