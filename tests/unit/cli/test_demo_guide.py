import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.demo.guide import AFTER, BEFORE, EVENING, half_hour, write_guide
from cli.demo.photos import people
from indexer.sources.records import AiringRecord
from indexer.sources.xmltv.guide import opened, parse
from indexer.window import Window

NOW = datetime(2026, 3, 29, 0, 47, tzinfo=UTC)  # shortly before the clocks change in Paris


@pytest.fixture
def airings(tmp_path: Path) -> tuple[AiringRecord, ...]:
    write_guide(tmp_path / "guide.xml", NOW)
    window = Window(NOW - timedelta(days=2), NOW + timedelta(days=2))
    with opened(tmp_path / "guide.xml") as stream:
        listing = parse(stream, around=window, language="fr")
    assert not listing.skipped
    assert listing.problem is None
    return listing.airings


def test_every_moment_of_the_evening_has_all_the_people_of_the_demo_photos(airings: tuple[AiringRecord, ...]) -> None:
    moment = NOW - timedelta(hours=1)
    while moment < NOW + AFTER - timedelta(hours=1):
        on = {credit.name for airing in airings if airing.start <= moment < airing.stop for credit in airing.credits}
        assert {person["name"] for person in people()} <= on
        moment += timedelta(minutes=5)


def test_airings_of_a_channel_follow_one_another_without_a_gap(airings: tuple[AiringRecord, ...]) -> None:
    channels = tomllib.loads(EVENING.read_text(encoding="utf-8"))["channel"]
    for channel in channels:
        its = sorted((a for a in airings if a.channel == channel["id"]), key=lambda airing: airing.start)
        assert its[0].start <= half_hour(NOW) - BEFORE
        assert its[-1].stop >= half_hour(NOW) + AFTER
        assert [airing.stop for airing in its[:-1]] == [airing.start for airing in its[1:]]


def test_the_guide_stays_the_same_within_half_an_hour(tmp_path: Path) -> None:
    write_guide(tmp_path / "one.xml", NOW)
    write_guide(tmp_path / "other.xml", NOW + timedelta(minutes=12))

    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "other.xml").read_bytes()


def test_some_programmes_have_no_cast_so_that_coverage_has_holes(airings: tuple[AiringRecord, ...]) -> None:
    assert any(not airing.credits for airing in airings)
