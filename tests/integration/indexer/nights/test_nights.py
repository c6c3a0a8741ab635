"""Nights against a whole world: all that there is is found, once, and nobody else is asked about."""

import pytest

from benchmarks.night.contents import contents, differences
from benchmarks.night.killing import kill_often, repeated_after
from benchmarks.night.stage import Stage
from benchmarks.night.story import nights
from tests.integration.indexer.nights.small import TODAY

IN_FLIGHT = 9
"""Requests that may be on their way at once: of eight workers, and of the one who hands out the work."""


@pytest.mark.timeout(900)
def test_nights_find_everything_ask_once_and_go_on_where_they_were_killed(stage: Stage, other: Stage) -> None:
    story = nights(stage, TODAY)

    for check in (*story.checks.values(), *story.next_day_checks.values()):
        assert check.compared
        assert not check.wrong
    assert not story.strangers
    assert not story.unexpected
    assert story.first_costs.repeated == 0
    assert [(request.host, request.status) for request in story.second_requests] == [("guide", 304)]
    assert not story.changed_by_second
    assert not story.asked_again_on_next_day
    assert story.next_day_costs.by_host["tmdb"]

    kills = kill_often(
        other, TODAY, seed=3, kills={"resolve_casts": 1, "gather_photos": 2, "embed_photos": 1}, pause_s=2
    )
    other.index(TODAY)

    assert max(repeated_after(other, kills)) <= IN_FLIGHT
    assert differences(story.stored, contents(other)) == {}
