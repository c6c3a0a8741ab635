"""A source has a bad night: it is said, the others are asked, and what was known stays."""

from datetime import timedelta
from typing import Any

import pytest

from indexer.galleries.coverage import measure_coverage
from indexer.window import day_window
from tests.integration.indexer.casts.night import Night, film, series
from tests.integration.indexer.rig import DAY, MORNING, guide

LATER = MORNING + timedelta(days=15)
BAD_NIGHTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "refused": ({"body": b"no", "status": 403}, "blocked", "HTTP 403"),
    "challenge": ({"body": b"", "status": 202}, "blocked", "HTTP 202"),
    "down": ({"body": b"oops", "status": 500}, "unavailable", "HTTP 500"),
    "busy": ({"body": b"slow down", "status": 429}, "unavailable", "HTTP 429"),
    "too large": ({"body": b" " * (9 << 20)}, "unavailable", "over 8,388,608 bytes"),
    "led inside": ({"body": b"", "status": 302, "location": "http://169.254.169.254/"}, "unavailable", "169.254"),
    "another page": ({"body": b"<html>Welcome</html>"}, "changed", "changed its form"),
    "another answer": ({"body": b'{"results": {"a\\u0000": 1}, "cast": "\\u0000"}'}, "changed", "changed its form"),
}
LISTING = guide(
    film("Quiet Orbit", "10:00", "11:00"),
    film("New Film", "11:00", "12:00", "Dee Delta"),
    film("Newer Film", "12:00", "13:00"),
    series("Night Shift", "13:00", "14:00"),
)
HEALTH = "SELECT state, detail, last_success_at IS NOT NULL FROM source_health WHERE source = 'tmdb'"


@pytest.mark.parametrize("name", BAD_NIGHTS)
def test_a_bad_night_of_one_source_is_said_and_costs_nothing_known(night: Night, name: str) -> None:
    reply, state, says = BAD_NIGHTS[name]
    night.tmdb_finds("Quiet Orbit", night.tmdb_film(3, "Quiet Orbit", [(30, "Ana Alpha", "Pilot")]))
    night.run(guide(film("Quiet Orbit", "10:00", "11:00")), night.tmdb)
    before = night.cast("Quiet Orbit")
    tmdb = night.tmdb
    for path in ("search/multi", "search/movie", "search/tv", "movie/3/credits", "configuration"):
        night.api.put(f"/tmdb/{path}", **reply)
    night.tvmaze_series(7, "Night Shift", [(70, "Bea Beta", None)])

    night.run(LISTING, tmdb, night.tvmaze, now=LATER)

    [(told, detail, succeeded)] = night.indexer.rows(HEALTH)
    assert (told, succeeded) == (state, True)
    assert says in detail
    assert night.health()["tvmaze"] == "ok"
    assert before == night.cast("Quiet Orbit") != []
    assert [member[0] for member in night.cast("Night Shift")] == ["Bea Beta"]
    coverage = measure_coverage(night.indexer.engine, "FR", day_window(DAY, 1, "Europe/Paris"))
    reasons = {airing.title: airing.reason for airing in coverage.airings}
    assert (reasons["New Film"], reasons["Newer Film"]) == (f"tmdb {state}", f"tmdb {state}")
