"""Nights over a real French day, with all of its world on loopback: what is found, what it costs, what kills change."""

from pathlib import Path

import pytest

from benchmarks.night.__main__ import two_stages
from benchmarks.night.contents import differences
from benchmarks.night.story import Nights, Ordeal, tell
from tests.integration.indexer.nights.small import TODAY

GUIDE = Path(__file__).parents[5] / "shared" / "data" / "guides" / "tv_guide_fr_telerama_20260820.xml"
IN_FLIGHT = 9
"""Eight workers, and the one who hands out the work."""

pytestmark = [pytest.mark.shared_data, pytest.mark.timeout(7200)]

if not GUIDE.exists():
    pytest.skip(f"the measurement data is not here: no {GUIDE}", allow_module_level=True)


@pytest.fixture(scope="module")
def told() -> tuple[Nights, Ordeal]:
    with two_stages(GUIDE.read_bytes(), TODAY) as (stage, other):
        return tell(stage, other, TODAY, pause_s=20)


@pytest.fixture
def story(told: tuple[Nights, Ordeal]) -> Nights:
    return told[0]


def test_everything_that_there_is_is_found(story: Nights) -> None:
    assert story.first.complete
    assert {what: check.wrong for what, check in story.checks.items() if check.wrong} == {}
    assert story.checks["airings"].compared > 2400
    assert story.checks["people's photos"].compared > 2000
    assert not story.unexpected


def test_nobody_else_is_asked_about_and_nothing_twice(story: Nights) -> None:
    assert story.strangers == set()
    assert story.first_costs.repeated == 0
    mean, median = story.first_costs.of_a_person()
    assert mean < 9
    assert median < 9


def test_the_second_night_asks_only_whether_the_guide_has_changed(story: Nights) -> None:
    assert [(request.host, request.status) for request in story.second_requests] == [("guide", 304)]
    assert story.changed_by_second == []


def test_the_next_day_asks_only_about_what_is_new(story: Nights) -> None:
    assert {what: check.wrong for what, check in story.next_day_checks.items() if check.wrong} == {}
    assert story.asked_again_on_next_day == set()
    assert sum(story.next_day_costs.by_host.values()) < 200


def test_killed_at_any_moment_it_resumes_where_it_was(told: tuple[Nights, Ordeal]) -> None:
    story, ordeal = told
    assert len(ordeal.kills) >= 12
    assert max(ordeal.repeated) <= IN_FLIGHT
    assert differences(story.stored, ordeal.stored) == {}
