"""Nights against a whole world: all that there is is found, once, and nobody else is asked about."""

import pytest

from benchmarks.night.kills import kill_often, repeated_after
from benchmarks.night.sandbox import Sandbox
from benchmarks.night.scenario import KilledNight, failures, run_nights
from benchmarks.night.snapshot import take_snapshot
from tests.integration.indexer.runs.nights.small import TODAY


@pytest.mark.timeout(900)
def test_nights_find_everything_ask_once_and_go_on_where_they_were_killed(sandbox: Sandbox, other: Sandbox) -> None:
    nights = run_nights(sandbox, TODAY)
    kills = kill_often(
        other, TODAY, seed=3, kills={"resolve_casts": 1, "gather_photos": 2, "embed_photos": 1}, pause_s=2
    )
    other.index(TODAY)

    assert list(failures(nights, KilledNight(kills, repeated_after(other, kills), take_snapshot(other)))) == []
    assert nights.next_day_costs.by_host["tmdb"]
