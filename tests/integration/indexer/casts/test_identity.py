"""Same name is not same person, same title is not same programme; and one person can be written in many ways."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from db.engine import session
from db.errors import MergeNotUndone
from db.queries.merges import merge_people, undo_merge
from tests.integration.indexer.casts.night import Night, film, series
from tests.integration.indexer.rig import MORNING, guide

TOMORROW = MORNING + timedelta(days=1)
SUCCESSION = film("Succession", "18:00", "19:00", "Brian Cox=Logan")
WONDERS = film("Wonders", "19:00", "20:00", "Brian Cox", "Ana Alpha")
UNKNOWN = film("Unknown", "20:00", "21:00", "Brian Cox=Somebody")


def actor_plays_in(night: Night) -> None:
    night.tmdb_finds("Succession", night.tmdb_film(1, "Succession", [(1248, "Brian Cox", "Logan Roy")]))


def scientist_presents(night: Night) -> None:
    night.tmdb_finds("Wonders", night.tmdb_film(2, "Wonders", [(9999, "Brian Cox", "Self"), (10, "Ana Alpha", None)]))


def test_two_brian_coxes_are_two_and_a_name_alone_is_neither(night: Night) -> None:
    actor_plays_in(night)
    scientist_presents(night)

    night.run(guide(SUCCESSION, WONDERS, UNKNOWN), night.tmdb)

    assert night.cast("Succession")[0][2] == "person/1248"
    assert ("Brian Cox", "Self", "person/9999") in [row[:3] for row in night.cast("Wonders")]
    assert night.cast("Unknown")[0][:3] == ("Brian Cox", "Somebody", None)
    assert [ids for _, ids in night.people("Brian Cox")] == [
        {"tmdb": "person/1248"},
        {"tmdb": "person/9999"},
        {},
    ]


@pytest.mark.parametrize("first", ["actor", "scientist"])
def test_the_order_in_which_they_are_met_does_not_matter(night: Night, first: str) -> None:
    listing = guide(SUCCESSION, WONDERS, UNKNOWN)
    night.api.put("/tmdb/search/multi", b"no", status=500)
    for meet in (actor_plays_in, scientist_presents)[:: 1 if first == "actor" else -1]:
        meet(night)
        night.run(listing, night.tmdb)

    night.run(listing, night.tmdb, now=TOMORROW)

    found = {title: night.cast(title)[0][2] for title in ("Succession", "Unknown")}
    assert found == {"Succession": "person/1248", "Unknown": None}
    assert ("Brian Cox", "person/9999") in [(name, known_as) for name, _, known_as, _ in night.cast("Wonders")]


def test_the_only_person_of_a_name_is_meant_by_it(night: Night) -> None:
    actor_plays_in(night)

    night.run(guide(SUCCESSION, UNKNOWN), night.tmdb)

    assert night.cast("Unknown")[0][2] == "person/1248"


def test_namesakes_in_one_programme_stay_two(night: Night) -> None:
    cast = [(1, "John Smith", "Father"), (2, "John Smith", "Son"), (3, "Ana Alpha", None)]
    night.tmdb_finds("Family", night.tmdb_film(1, "Family", cast))

    night.run(guide(film("Family", "18:00", "19:00", "Ana Alpha", "John Smith=Le père")), night.tmdb)

    assert {row[2] for row in night.cast("Family") if row[0] == "John Smith"} == {"person/1", "person/2", None}


def test_accents_do_not_make_another_person(night: Night) -> None:
    night.tmdb_finds("Avatar", night.tmdb_film(1, "Avatar", [(8691, "Zoe Saldana", "Neytiri")]))

    night.run(
        guide(film("Avatar", "18:00", "19:00", "Zoë Saldaña"), film("Unknown", "19:00", "20:00", "ZOE SALDANA")),
        night.tmdb,
    )

    assert [row[:3] for row in night.cast("Avatar")] == [("Zoë Saldaña", "Neytiri", "person/8691")]
    assert night.indexer.rows("SELECT count(*) FROM person") == [(1,)]


def test_initials_do_not_make_another_person(night: Night) -> None:
    night.tmdb_finds("Whiplash", night.tmdb_film(1, "Whiplash", [(18999, "J.K. Simmons", "Fletcher")]))

    night.run(guide(film("Whiplash", "18:00", "19:00", "J. K. Simmons")), night.tmdb)

    assert [row[:3] for row in night.cast("Whiplash")] == [("J. K. Simmons", "Fletcher", "person/18999")]


def test_a_name_in_two_scripts_is_one_person(night: Night) -> None:
    night.tmdb_finds("Dva", night.tmdb_film(1, "Dva", [(52, "Chulpan Khamatova", "Lara")]))
    night.wikidata_knows("Q52", {"fr": "Tchoulpan Khamatova", "ru": "Чулпан Хаматова"}, P4985="52")

    night.run(guide(film("Dva", "18:00", "19:00", "Чулпан Хаматова")), night.tmdb, people=[night.wikidata])

    assert [row[:3] for row in night.cast("Dva")] == [("Чулпан Хаматова", "Lara", "person/52")]
    assert night.indexer.rows("SELECT count(*) FROM person") == [(1,)]
    assert {name for (name,) in night.indexer.rows("SELECT name FROM person_alias")} == {
        "Chulpan Khamatova",
        "Tchoulpan Khamatova",
    }


def test_once_an_alias_is_known_nobody_has_to_be_asked(night: Night) -> None:
    test_a_name_in_two_scripts_is_one_person(night)
    night.tmdb_finds("Tri", night.tmdb_film(3, "Tri", [(52, "Chulpan Khamatova", "Olga")]))
    asked = len(night.requests)

    night.run(guide(film("Tri", "18:00", "19:00", "Чулпан Хаматова")), night.tmdb, now=TOMORROW)

    assert night.outcomes()["tmdb", "Tri"] == "found"
    assert [path for path in night.requests[asked:] if "wikidata" in path] == []


def test_of_two_films_of_one_title_the_year_tells(night: Night) -> None:
    night.tmdb_finds(
        "King Kong",
        night.tmdb_film(1, "King Kong", [(1, "Jessica Lange", "Dwan")], year=1976),
        night.tmdb_film(2, "King Kong", [(2, "Naomi Watts", "Ann")], year=2005),
    )
    listing = guide(
        film("King Kong", "18:00", "19:00", year=1976), film("King Kong", "20:00", "21:00", year=2006, channel="two")
    )

    night.run(listing, night.tmdb)

    assert night.indexer.rows(
        "SELECT year, value, person.name FROM programme JOIN programme_id ON programme_id = programme.id"
        " JOIN credit ON credit.programme_id = programme.id JOIN person ON person.id = person_id ORDER BY year"
    ) == [(1976, "movie/1", "Jessica Lange"), (2006, "movie/2", "Naomi Watts")]


def test_of_two_films_of_one_title_without_a_year_neither_is_taken(night: Night) -> None:
    night.tmdb_finds(
        "King Kong",
        night.tmdb_film(1, "King Kong", [(1, "Jessica Lange", "Dwan")], year=1976),
        night.tmdb_film(2, "King Kong", [(2, "Naomi Watts", "Ann")], year=2005),
    )

    night.run(guide(film("King Kong", "18:00", "19:00", year=None)), night.tmdb)

    assert night.outcomes() == {("tmdb", "King Kong"): "ambiguous title"}
    assert night.cast("King Kong") == []


def test_a_series_is_no_film_of_its_title(night: Night) -> None:
    night.tmdb_finds("Fargo", night.tmdb_film(1, "Fargo", [(1, "Ana Alpha", None)], year=2014))

    night.run(guide(series("Fargo", "18:00", "19:00", "Ana Alpha", year=2014)), night.tmdb)

    assert night.outcomes() == {("tmdb", "Fargo"): "unmatched title"}


def test_namesakes_of_two_sources_are_one_when_wikidata_has_both_ids(night: Night) -> None:
    night.tmdb_finds("Quiet", night.tmdb_film(1, "Quiet", [(10, "Ana Alpha", "Pilot")]))
    night.tmdb_finds("Loud")
    night.tvmaze_series(7, "Loud", [(70, "Ana Alpha", "Captain")])
    night.wikidata_knows("Q10", {"fr": "Ana Alpha"}, P4985="10", P8600="70")
    listing = guide(
        film("Quiet", "18:00", "19:00"),
        series("Loud", "19:00", "20:00"),
        film("Unknown", "20:00", "21:00", "Ana Alpha"),
    )

    night.run(listing, night.tmdb, night.tvmaze, people=[night.wikidata])

    [(person_id, ids)] = night.people("Ana Alpha")
    assert ids == {"tmdb": "person/10", "tvmaze": "people/70", "wikidata": "Q10"}
    assert night.indexer.rows("SELECT kept_id FROM person_merge WHERE undone_at IS NULL")[0] == (person_id,)
    before, asked = night.indexer.everything(), night.requests
    night.run(listing, night.tmdb, night.tvmaze, people=[night.wikidata], now=TOMORROW)
    assert night.indexer.everything() == before
    assert night.requests == asked


def test_a_merge_can_be_undone_and_stays_undone(night: Night) -> None:
    night.tmdb_finds("Quiet", night.tmdb_film(1, "Quiet", [(10, "Ana Alpha", "Pilot")]))
    night.tvmaze_series(7, "Loud", [(70, "Anna Alpha", "Captain")])
    night.tmdb_finds("Loud")
    listing = guide(film("Quiet", "18:00", "19:00", "Ana Alpha"), series("Loud", "19:00", "20:00", "Anna Alpha"))
    night.run(listing, night.tmdb, night.tvmaze)
    with night.indexer.engine.begin() as connection:
        connection.execute(text("UPDATE photo SET origin = 'the same picture'"))
    before = night.indexer.everything()
    assert len(before["photo"]) == 2
    [(kept, _)], [(gone, _)] = night.people("Ana Alpha"), night.people("Anna Alpha")

    with session(night.indexer.engine) as opened:
        merge_id = merge_people(opened, kept, gone, reason="by hand", at=MORNING)
    assert night.people("Anna Alpha") == []
    assert night.people("Ana Alpha") == [(kept, {"tmdb": "person/10", "tvmaze": "people/70"})]
    assert night.indexer.rows("SELECT person_id FROM photo") == [(kept,)]
    with session(night.indexer.engine) as opened:
        assert undo_merge(opened, merge_id, at=TOMORROW) == gone

    after = night.indexer.everything()
    assert [key for key in before if before[key] != after[key]] == ["person_merge"]
    night.run(listing, night.tmdb, night.tvmaze, now=TOMORROW)
    assert night.indexer.everything() == after


def test_a_merge_within_a_programme_can_be_undone(night: Night) -> None:
    listing = guide(
        film("Quiet", "18:00", "19:00", "Ana Alpha=Pilot", "Anna Alpha=Pilot"),
        film("Loud", "19:00", "20:00", "Anna Alpha"),
    )
    night.run(listing)
    before = night.indexer.everything()
    [(kept, _)], [(gone, _)] = night.people("Ana Alpha"), night.people("Anna Alpha")

    with session(night.indexer.engine) as opened:
        merge_id = merge_people(opened, kept, gone, reason="by hand", at=MORNING)
    assert len(night.cast("Quiet")) == 1
    with session(night.indexer.engine) as opened:
        undo_merge(opened, merge_id, at=TOMORROW)

    after = night.indexer.everything()
    assert [key for key in before if before[key] != after[key]] == ["person_merge"]
    with session(night.indexer.engine) as opened, pytest.raises(MergeNotUndone, match="was undone before"):
        undo_merge(opened, merge_id, at=TOMORROW)


def test_who_opted_out_stays_so_when_their_id_is_learnt_and_when_they_are_merged(night: Night) -> None:
    actor_plays_in(night)
    night.run(guide(SUCCESSION))
    with night.indexer.engine.begin() as connection:
        connection.execute(text("UPDATE person SET opted_out = true"))

    night.run(guide(SUCCESSION, UNKNOWN), night.tmdb)

    assert night.indexer.rows("SELECT DISTINCT opted_out FROM person") == [(True,)]
    assert night.indexer.rows("SELECT count(*) FROM photo") == [(0,)]


def test_ids_in_a_listing_tell_people_apart_at_once(night: Night) -> None:
    def cox(number: int, role: str) -> str:
        return f"Brian Cox<url>https://www.imdb.com/name/nm{number}/</url>={role}"

    actor, scientist = (
        film("Succession", "18:00", "19:00", cox(1, "Logan")),
        film("Wonders", "19:00", "20:00", cox(2, "")),
    )
    night.run(guide(film("Wonders", "19:00", "20:00", "Brian Cox")))

    for _ in range(2):
        night.run(guide(actor, scientist, UNKNOWN))

    assert [ids for _, ids in night.people("Brian Cox")] == [{"imdb": "nm1"}, {"imdb": "nm2"}, {}]
    rows = night.indexer.rows("""
        SELECT title, value FROM airing_credit JOIN credit ON credit.id = credit_id
        JOIN programme ON programme.id = programme_id LEFT JOIN person_id ON person_id.person_id = credit.person_id
        ORDER BY title
    """)
    assert rows == [("Succession", "nm1"), ("Unknown", None), ("Wonders", "nm2")]
