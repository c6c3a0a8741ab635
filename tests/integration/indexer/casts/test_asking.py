"""A night that asks TMDB and TVmaze who is in what: what is stored, what is asked again, and what never is."""

from datetime import timedelta

import pytest

from indexer.casts.ask import FRESH_FOR
from tests.integration.indexer.casts.night import Night, film, series
from tests.integration.indexer.rig import MORNING, guide

TOMORROW = MORNING + timedelta(days=1)
QUIET = film("Quiet Orbit", "20:00", "22:00")


def test_a_listing_without_cast_gets_it_from_the_source(night: Night) -> None:
    night.tmdb_finds(
        "Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", [(10, "Ana Alpha", "Pilot"), (11, "Bo Beta", None)])
    )

    counts = night.run(guide(QUIET), night.tmdb)

    assert [row[:3] for row in night.cast("Quiet Orbit")] == [
        ("Ana Alpha", "Pilot", "person/10"),
        ("Bo Beta", None, "person/11"),
    ]
    assert night.indexer.rows("SELECT DISTINCT source, identified FROM credit") == [("tmdb", True)]
    assert night.indexer.rows("SELECT system, value FROM programme_id") == [("tmdb", "movie/1")]
    assert (counts["asked_tmdb"], counts["found_tmdb"]) == (1, 1)
    assert night.health() == {"tmdb": "ok", "source-0": "ok"}


def test_people_of_the_listing_keep_their_credit_and_get_their_ids(night: Night) -> None:
    cast = [(11, "Bo Beta", "The Mechanic"), (10, "ANA ALPHA", "Pilot"), (12, "Cy Gamma", "Cook")]
    night.tmdb_finds("Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", cast))

    night.run(guide(film("Quiet Orbit", "20:00", "22:00", "Ana Alpha=La pilote", "Bo Beta")), night.tmdb)

    assert sorted(row[:3] for row in night.cast("Quiet Orbit")) == [
        ("Ana Alpha", "La pilote", "person/10"),
        ("Bo Beta", "The Mechanic", "person/11"),
        ("Cy Gamma", "Cook", "person/12"),
    ]
    assert night.indexer.rows("SELECT count(*) FROM person") == [(3,)]


def test_all_titles_of_a_work_are_learnt(night: Night) -> None:
    found = {**night.tmdb_film(1, "Orbite calme", [(10, "Ana Alpha", None)]), "original_title": "Quiet Orbit"}
    night.tmdb_finds("Quiet Orbit", found)

    night.run(guide(QUIET), night.tmdb)

    assert night.indexer.rows("SELECT title FROM programme_title") == [("Orbite calme",)]


def test_every_source_adds_what_it_knows_of_the_same_people(night: Night) -> None:
    night.tmdb_finds("Night Shift", night.tmdb_series(5, "Night Shift", [(10, "Ana Alpha", "Captain")]))
    night.tvmaze_series(7, "Night Shift", [(70, "Ana Alpha", "Captain Jones"), (71, "Bo Beta", "Rookie")])

    night.run(guide(series("Night Shift", "20:00", "21:00")), night.tmdb, night.tvmaze)

    [(_, ids)] = night.people("Ana Alpha")
    assert ids == {"tmdb": "person/10", "tvmaze": "people/70"}
    assert [row[0] for row in night.cast("Night Shift")] == ["Ana Alpha", "Bo Beta"]
    assert night.indexer.rows("SELECT kind, of, origin FROM photo WHERE source = 'tvmaze' ORDER BY origin") == [
        ("still", "Night Shift", f"https://static.tvmaze.com/7-{number}.jpg") for number in (70, 71)
    ]


def test_guests_are_in_their_episode_only(night: Night) -> None:
    night.tvmaze_series(7, "Night Shift", [(70, "Ana Alpha", "Captain")])
    night.tvmaze_guests(7, 2, 5, [(80, "Guy Guest", "Thief")])
    listing = guide(
        series("Night Shift", "20:00", "21:00", episode=(2, 5)), series("Night Shift", "21:00", "22:00", episode=(2, 6))
    )

    night.run(listing, night.tvmaze)

    seen = night.indexer.rows(
        "SELECT episode, name FROM airing_credit JOIN airing ON airing.id = airing_id"
        " JOIN credit ON credit.id = credit_id JOIN person ON person.id = person_id ORDER BY episode, name"
    )
    assert seen == [(5, "Ana Alpha"), (5, "Guy Guest"), (6, "Ana Alpha")]


def test_the_second_night_asks_nothing_and_changes_nothing(night: Night) -> None:
    night.tmdb_finds("Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", [(10, "Ana Alpha", "Pilot")]))
    night.tmdb_finds("Unknown")
    night.tvmaze_series(7, "Night Shift", [(70, "Bo Beta", "Captain")])
    night.tvmaze_guests(7, 1, 1, [(80, "Guy Guest", "Thief")])
    listing = guide(
        film("Quiet Orbit", "20:00", "22:00", "Ana Alpha"),
        film("Unknown", "22:00", "23:00", "Dee Delta"),
        series("Night Shift", "20:00", "21:00", episode=(1, 1), channel="two"),
    )
    night.run(listing, night.tmdb, night.tvmaze)
    asked, stored = night.requests, night.indexer.everything()

    counts = night.run(listing, night.tmdb, night.tvmaze, now=TOMORROW)

    assert night.requests == asked
    assert night.indexer.everything() == stored
    assert not [key for key in counts if "tmdb" in key or "tvmaze" in key]


def test_a_new_airing_of_a_known_programme_gets_its_cast_without_a_question(night: Night) -> None:
    night.tmdb_finds("Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", [(10, "Ana Alpha", "Pilot")]))
    night.run(guide(QUIET), night.tmdb)
    asked = night.requests

    night.run(guide(QUIET, film("Quiet Orbit", "23:00", "23:50", channel="two")), night.tmdb, now=TOMORROW)

    assert night.requests == asked
    assert night.indexer.rows("SELECT count(*) FROM airing_credit") == [(2,)]


def test_a_stale_answer_is_asked_for_again_and_who_left_the_cast_goes(night: Night) -> None:
    night.tmdb_finds("Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", [(10, "Ana Alpha", None), (11, "Bo Beta", None)]))
    night.run(guide(QUIET), night.tmdb)
    night.tmdb_film(1, "Quiet Orbit", [(10, "Ana Alpha", None)])

    night.run(guide(QUIET), night.tmdb, now=MORNING + FRESH_FOR)
    night.run(guide(QUIET), night.tmdb, now=MORNING + FRESH_FOR)

    assert [row[0] for row in night.cast("Quiet Orbit")] == ["Ana Alpha"]


def test_nobody_where_there_was_somebody_is_an_alarm_and_the_cast_stays(night: Night) -> None:
    night.tmdb_finds("Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", [(10, "Ana Alpha", None)]))
    night.run(guide(QUIET), night.tmdb)
    night.tmdb_film(1, "Quiet Orbit", [])

    night.run(guide(QUIET), night.tmdb, now=MORNING + FRESH_FOR)

    assert [row[0] for row in night.cast("Quiet Orbit")] == ["Ana Alpha"]
    assert night.health()["tmdb"] == "changed"
    assert night.outcomes() == {("tmdb", "Quiet Orbit"): "found"}


def test_a_work_without_any_cast_is_no_alarm(night: Night) -> None:
    night.tmdb_finds("Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", []))

    night.run(guide(QUIET), night.tmdb)

    assert night.outcomes() == {("tmdb", "Quiet Orbit"): "nothing"}
    assert night.health()["tmdb"] == "ok"


@pytest.mark.parametrize(("status", "state"), [(401, "blocked"), (403, "blocked"), (500, "unavailable")])
def test_a_failure_is_no_answer_and_is_asked_again(night: Night, status: int, state: str) -> None:
    night.api.put("/tmdb/search/multi", b"no", status=status)
    night.run(guide(QUIET), night.tmdb)
    assert night.outcomes() == {("tmdb", "Quiet Orbit"): state}
    assert night.health()["tmdb"] == state

    night.tmdb_finds("Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", [(10, "Ana Alpha", None)]))
    night.run(guide(QUIET), night.tmdb, now=TOMORROW)

    assert night.outcomes() == {("tmdb", "Quiet Orbit"): "found"}
    assert night.health()["tmdb"] == "ok"


def test_a_changed_answer_is_told_and_the_other_sources_still_answer(night: Night) -> None:
    night.api.put("/tmdb/search/multi", b'{"nonsense": true}')
    night.tvmaze_series(7, "Night Shift", [(70, "Ana Alpha", None)])

    night.run(guide(series("Night Shift", "20:00", "21:00")), night.tmdb, night.tvmaze)

    assert night.health()["tmdb"] == "changed"
    assert night.outcomes() == {("tmdb", "Night Shift"): "changed", ("tvmaze", "Night Shift"): "found"}
    assert [row[0] for row in night.cast("Night Shift")] == ["Ana Alpha"]


def test_a_source_that_blocks_is_asked_once_a_night(night: Night) -> None:
    night.api.put("/tmdb/search/multi", b"no", status=403)

    night.run(guide(*(film(f"Film {hour}", f"{hour}:00", f"{hour + 1}:00") for hour in range(10, 20))), night.tmdb)

    assert night.requests == ["/tmdb/search/multi"]


def test_a_failure_does_not_take_away_what_was_known(night: Night) -> None:
    night.tmdb_finds("Quiet Orbit", night.tmdb_film(1, "Quiet Orbit", [(10, "Ana Alpha", None)]))
    night.run(guide(QUIET), night.tmdb)
    night.api.put("/tmdb/movie/1/credits", b"no", status=503)

    night.run(guide(QUIET), night.tmdb, now=MORNING + FRESH_FOR)

    assert [row[0] for row in night.cast("Quiet Orbit")] == ["Ana Alpha"]
    assert night.outcomes() == {("tmdb", "Quiet Orbit"): "found"}
    assert night.health()["tmdb"] == "unavailable"


def test_without_sources_nothing_is_asked(night: Night) -> None:
    night.run(guide(film("Quiet Orbit", "20:00", "22:00", "Ana Alpha")))

    assert night.requests == []
    assert night.cast("Quiet Orbit")[0][:3] == ("Ana Alpha", None, None)


def test_a_title_is_found_whatever_the_guide_writes_around_it(night: Night) -> None:
    for title in ("FILM: Dune (2021) (Rediff.)", "New: The Staircase S1 E2", "The Staircase"):
        night.tmdb_finds(title)
    night.tmdb_finds("Dune", night.tmdb_film(5, "Dune", [(50, "Tim Oten", "Paul")], year=2021))
    night.tvmaze_series(7, "The Staircase", [(70, "Col Firth", "Michael")])
    listing = guide(
        film("FILM: Dune (2021) (Rediff.)", "10:00", "11:00", year=None),
        series("New: The Staircase S1 E2", "11:00", "12:00"),
    )

    night.run(listing, night.tmdb, night.tvmaze)

    assert [member[:2] for member in night.cast("FILM: Dune (2021) (Rediff.)")] == [("Tim Oten", "Paul")]
    assert [member[:2] for member in night.cast("New: The Staircase S1 E2")] == [("Col Firth", "Michael")]


def test_a_decorated_title_that_could_be_two_works_is_neither(night: Night) -> None:
    works = [night.tmdb_film(number, "Dune", [(number, "Tim Oten", None)], year=2021) for number in (5, 6)]
    night.tmdb_finds("FILM: Dune (2021)")
    night.tmdb_finds("Dune", *works)

    night.run(guide(film("FILM: Dune (2021)", "10:00", "11:00", year=None)), night.tmdb)

    assert night.outcomes() == {("tmdb", "FILM: Dune (2021)"): "ambiguous title"}
