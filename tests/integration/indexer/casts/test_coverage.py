"""For every programme in which no face is known, why."""

from indexer.galleries.coverage import measure_coverage
from indexer.window import day_window
from tests.integration.indexer.casts.night import Night, film, series
from tests.integration.indexer.casts.test_identity import (
    SUCCESSION,
    UNKNOWN,
    WONDERS,
    actor_plays_in,
    scientist_presents,
)
from tests.integration.indexer.rig import DAY, guide


def reasons(night: Night) -> dict[str, str | None]:
    coverage = measure_coverage(night.indexer.engine, "FR", day_window(DAY, 1, "Europe/Paris"))
    return {airing.title: airing.reason for airing in coverage.airings}


def test_a_programme_without_faces_says_why(night: Night) -> None:
    night.tmdb_finds("Nowhere")
    night.tmdb_finds("Listed Nowhere")
    night.tmdb_finds("Empty", night.tmdb_film(3, "Empty", []))
    night.tmdb_finds("Faceless", night.tmdb_film(4, "Faceless", [(40, "Fay Less", None)]))
    twins = [night.tmdb_film(number, "Twice", [(50 + number, "Ana Alpha", None)], year=2020) for number in (5, 6)]
    night.tmdb_finds("Twice", *twins)
    listing = guide(
        film("Nowhere", "10:00", "11:00"),
        film("Listed Nowhere", "11:00", "12:00", "Dee Delta"),
        film("Empty", "12:00", "13:00"),
        film("Faceless", "13:00", "14:00", "Fay Less"),
        film("Twice", "14:00", "15:00"),
    )

    night.run(listing, night.tmdb)

    with night.indexer.engine.begin() as connection:  # as if the pictures of the answers had never been there
        connection.exec_driver_sql("DELETE FROM photo")
    assert reasons(night) == {
        "Nowhere": "unmatched title",
        "Listed Nowhere": "unmatched title",
        "Empty": "no cast in the listing",
        "Faceless": "no photo",
        "Twice": "ambiguous title",
    }


def test_a_name_that_two_people_have_is_said_to_be_ambiguous(night: Night) -> None:
    actor_plays_in(night)
    scientist_presents(night)

    night.run(guide(SUCCESSION, WONDERS, UNKNOWN), night.tmdb)

    assert reasons(night)["Unknown"] == "ambiguous name"


def test_pictures_on_offer_are_not_yet_faces(night: Night) -> None:
    actor_plays_in(night)

    night.run(guide(SUCCESSION), night.tmdb)

    assert reasons(night) == {"Succession": "photos not fetched yet"}


def test_a_source_that_refused_is_the_reason(night: Night) -> None:
    night.api.put("/tmdb/search/multi", b"no", status=403)

    night.run(guide(series("Night Shift", "10:00", "11:00")), night.tmdb)

    assert reasons(night) == {"Night Shift": "tmdb blocked"}


def test_a_source_that_refused_might_have_known_what_the_others_do_not(night: Night) -> None:
    night.api.put("/tmdb/search/multi", b"no", status=403)

    night.run(guide(film("Quiet Orbit", "10:00", "11:00", "Ana Alpha")), night.tmdb, night.tvmaze)

    assert night.outcomes()["tvmaze", "Quiet Orbit"] == "unmatched title"
    assert reasons(night) == {"Quiet Orbit": "tmdb blocked"}


def test_one_source_that_knows_it_is_enough(night: Night) -> None:
    night.tmdb_finds("Night Shift")
    night.tvmaze_series(7, "Night Shift", [(70, "Ana Alpha", None)])

    night.run(guide(series("Night Shift", "10:00", "11:00")), night.tmdb, night.tvmaze)

    assert reasons(night) == {"Night Shift": "photos not fetched yet"}


def test_who_opted_out_is_the_reason(night: Night) -> None:
    night.run(guide(film("Quiet Orbit", "10:00", "11:00", "Ana Alpha")))
    with night.indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET opted_out = true")

    assert reasons(night) == {"Quiet Orbit": "opted out"}


def test_without_sources_the_listing_is_the_reason(night: Night) -> None:
    night.run(guide(film("Quiet Orbit", "10:00", "11:00")))

    assert reasons(night) == {"Quiet Orbit": "no cast in the listing"}
