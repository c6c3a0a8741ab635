"""Whoever opted out is left out whichever of their ids and names turn up later, and whatever is merged or parted."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from db.engine import session
from db.models import Person
from db.queries.identity import add_names
from db.queries.merges import merge_people, undo_merge
from db.queries.opt_outs import all_opted_out
from db.queries.photos import purge_photos, wanted_people
from db.queries.scope import OnAir
from tests.integration.indexer.casts.night import Night, film, series
from tests.integration.indexer.rig import MORNING, guide

TOMORROW = MORNING + timedelta(days=1)
QUIET = film("Quiet", "18:00", "19:00", "Ana Alpha")
LOUD = series("Loud", "19:00", "20:00", "Ana Alpha")
PHOTOGRAPHED = "SELECT DISTINCT name FROM photo JOIN person ON person.id = person_id"


def opt_out(night: Night, person_id: int) -> int:
    """How many photos are forgotten."""
    with session(night.indexer.engine) as opened:
        opened.execute(update(Person).where(Person.id == person_id).values(opted_out=True))
        return purge_photos(opened, MORNING)


def looked_after(night: Night) -> set[str]:
    """The names of those whom sources are asked about."""
    window = night.indexer.context().window
    with session(night.indexer.engine) as opened:
        return {person.name for person in wanted_people(opened, OnAir("FR", window.start, window.stop))}


def left_out(night: Night) -> set[int]:
    with session(night.indexer.engine) as opened:
        return set(all_opted_out(opened).people)


def test_who_opted_out_by_one_id_is_left_out_under_another_that_turns_up_later(night: Night) -> None:
    night.tmdb_finds("Quiet", night.tmdb_film(1, "Quiet", [(10, "Ana Alpha", "Pilot")]))
    night.run(guide(QUIET), night.tmdb)
    [(ana, _)] = night.people("Ana Alpha")
    opt_out(night, ana)

    night.tmdb_finds("Loud")
    night.tvmaze_series(7, "Loud", [(70, "Ana Alpha", "Captain"), (71, "Bea Beta", "Cook")])
    night.run(guide(QUIET, LOUD), night.tmdb, night.tvmaze, now=TOMORROW)

    known = dict(night.people("Ana Alpha"))
    assert {"tvmaze": "people/70"} in known.values(), "nobody says that they are one"
    assert left_out(night) == known.keys()
    assert looked_after(night) == {"Bea Beta"}
    assert night.indexer.rows(PHOTOGRAPHED) == [("Bea Beta",)]


@pytest.mark.parametrize("first", [QUIET, LOUD])
def test_an_opt_out_by_a_name_holds_for_everybody_whom_that_name_may_mean(night: Night, first: str) -> None:
    night.run(guide(first))
    [(ana, _)] = night.people("Ana Alpha")
    opt_out(night, ana)

    night.tmdb_finds("Quiet", night.tmdb_film(1, "Quiet", [(10, "Ana Alpha", "Pilot")]))
    night.tmdb_finds("Loud", night.tmdb_series(2, "Loud", [(11, "Ana Alpha", "Captain"), (12, "Bea Beta", "Cook")]))
    for day in (MORNING, TOMORROW):
        night.run(guide(QUIET, LOUD), night.tmdb, now=day)

    known = dict(night.people("Ana Alpha"))
    assert {ids.get("tmdb") for ids in known.values()} == {None, "person/10", "person/11"}
    assert left_out(night) == known.keys()
    assert looked_after(night) == {"Bea Beta"}
    assert night.indexer.rows(PHOTOGRAPHED) == [("Bea Beta",)]


def test_an_id_in_the_same_system_tells_somebody_else_apart(night: Night) -> None:
    night.tmdb_finds("Quiet", night.tmdb_film(1, "Quiet", [(10, "Ana Alpha", "Pilot")]))
    night.tmdb_finds("Loud", night.tmdb_series(2, "Loud", [(11, "Ana Alpha", "Captain")]))
    night.run(guide(QUIET, LOUD), night.tmdb)
    one, _ = sorted(night.people("Ana Alpha"), key=lambda person: person[1]["tmdb"])

    opt_out(night, one[0])

    assert left_out(night) == {one[0]}
    assert looked_after(night) == {"Ana Alpha"}
    assert night.indexer.rows("SELECT person_id <> :one FROM photo", one=one[0]) == [(True,)]


def test_another_name_of_somebody_who_opted_out_is_theirs(night: Night) -> None:
    night.tmdb_finds("Quiet", night.tmdb_film(1, "Quiet", [(10, "Ana Alpha", "Pilot")]))
    night.run(guide(QUIET), night.tmdb)
    [(ana, _)] = night.people("Ana Alpha")
    with session(night.indexer.engine) as opened:
        add_names(opened, ana, ["A. Alpha"])
    opt_out(night, ana)

    night.tvmaze_series(7, "Loud", [(70, "A. Alpha", "Captain")])
    night.run(guide(series("Loud", "19:00", "20:00", "A. Alpha")), night.tvmaze, now=TOMORROW)

    assert looked_after(night) == set()
    assert night.indexer.rows("SELECT count(*) FROM photo WHERE source = 'tvmaze'") == [(0,)]


def test_who_opts_out_after_a_merge_is_left_out_when_it_is_undone(night: Night) -> None:
    night.tmdb_finds("Quiet", night.tmdb_film(1, "Quiet", [(10, "Ana Alpha", "Pilot")]))
    night.tmdb_finds("Loud", night.tmdb_series(2, "Loud", [(11, "Anna Alpha", "Captain")]))
    night.run(guide(QUIET, series("Loud", "19:00", "20:00", "Anna Alpha")), night.tmdb)
    [(kept, _)], [(gone, _)] = night.people("Ana Alpha"), night.people("Anna Alpha")
    with session(night.indexer.engine) as opened:
        merge_id = merge_people(opened, kept, gone, reason="by hand", at=MORNING)
    assert opt_out(night, kept) == 2

    with session(night.indexer.engine) as opened:
        undo_merge(opened, merge_id, at=TOMORROW)

    assert left_out(night) == {kept, gone}
    assert looked_after(night) == set()
    assert night.indexer.rows(PHOTOGRAPHED) == []
