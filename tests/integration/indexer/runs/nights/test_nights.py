"""Nights against a whole world: all that there is is found, once, and nobody else is asked about."""

import pytest

from benchmarks.night.contents import contents
from benchmarks.night.killing import kill_often, repeated_after
from benchmarks.night.stage import Stage
from benchmarks.night.story import Ordeal, faults, nights
from tests.integration.indexer.runs.nights.small import TODAY


@pytest.mark.timeout(900)
def test_nights_find_everything_ask_once_and_go_on_where_they_were_killed(stage: Stage, other: Stage) -> None:
    story = nights(stage, TODAY)
    kills = kill_often(
        other, TODAY, seed=3, kills={"resolve_casts": 1, "gather_photos": 2, "embed_photos": 1}, pause_s=2
    )
    other.index(TODAY)

    assert list(faults(story, Ordeal(kills, repeated_after(other, kills), contents(other)))) == []
    assert story.next_day_costs.by_host["tmdb"]
