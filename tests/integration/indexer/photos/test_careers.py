"""Where people were seen before, from replicas of those who know."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from indexer.sources.imdb.datasets import ImdbDatasets
from indexer.sources.tmdb.source import Tmdb
from indexer.sources.tvmaze.source import Tvmaze
from tests.integration.indexer.photos.evening import Evening
from tests.integration.indexer.rig import MORNING
from tests.paths import RECORDINGS


@pytest.fixture
def tmdb(evening: Evening) -> Tmdb:
    parts = [
        part("Not Yet", "2030-01-01", 1),
        part("Night Shift", "2026-05-01", 2),
        part("The Late Talk", "2026-04-01", 3, character="Self"),
        part("H24", "2025-11-25", 4, character="Mel"),
        part("Older", "2001-01-01", 5),
    ]
    put_parts(evening, *parts)
    cast = [
        {"id": 70, "name": "Zoe Example", "order": 0, "character": "Mel"},
        {"id": 71, "name": "Anne Other", "order": 1, "character": "Eve"},
    ]
    evening.api.put("/tmdb/movie/4/credits", json.dumps({"cast": cast}).encode())
    return evening.tmdb()


@pytest.fixture
def tvmaze(evening: Evening) -> Tvmaze:
    show = {"id": 9, "name": "Old Show", "premiered": "2010-01-01", "ended": "2012-01-01", "status": "Ended"}
    part = {"_embedded": {"show": show}, "_links": {"character": {"name": "Kim"}}}
    evening.api.put("/tvmaze/people/7/castcredits", json.dumps([part]).encode())
    return evening.tvmaze(None)


def part(title: str, dated: str, number: int, *, character: str = "Someone") -> dict[str, Any]:
    return {"id": number, "media_type": "movie", "title": title, "release_date": dated, "character": character}


def put_parts(evening: Evening, *parts: dict[str, Any]) -> None:
    evening.api.put("/tmdb/person/70/combined_credits", json.dumps({"cast": parts}).encode())


def stored(evening: Evening) -> Any:
    [(credit,)] = evening.indexer.rows("SELECT latest_credit FROM person")
    return credit


def test_the_latest_part_is_told_with_whom_it_was(evening: Evening, tmdb: Tmdb) -> None:
    evening.begin()

    evening.look_up(tmdb, casts=[tmdb])

    assert stored(evening) == {"title": "H24", "year": 2025, "role": "Mel", "co_star": "Anne Other"}
    assert sorted(set(evening.api.paths)) == [
        "/tmdb/configuration",
        "/tmdb/movie/4/credits",
        "/tmdb/person/70/combined_credits",
    ]


def test_the_next_source_is_asked_where_one_knows_nothing(evening: Evening, tmdb: Tmdb, tvmaze: Tvmaze) -> None:
    put_parts(evening, part("Night Shift", "2026-05-01", 2))
    evening.begin()

    counts = evening.look_up(tmdb, tvmaze)

    assert counts == {"people": 1, "questions": 2, "found": 1}
    assert stored(evening) == {"title": "Old Show", "year": 2010, "role": "Kim", "co_star": None}


def test_nothing_is_asked_again_before_a_week_has_passed(evening: Evening, tmdb: Tmdb, tvmaze: Tvmaze) -> None:
    evening.begin()
    evening.look_up(tmdb, tvmaze)
    asked = evening.requests

    later = evening.look_up(tmdb, tvmaze, now=MORNING + timedelta(days=6))

    assert (later, evening.requests) == ({"people": 1}, asked)
    assert evening.look_up(tmdb, tvmaze, now=MORNING + timedelta(days=8)) == {"people": 1, "questions": 1, "found": 1}


def test_what_is_on_now_is_no_answer_even_when_it_is_the_one_stored(evening: Evening, tmdb: Tmdb) -> None:
    evening.begin()
    evening.look_up(tmdb)
    evening.indexer.run(evening.indexer.write(EVENING_OF_H24))

    evening.look_up(tmdb)

    assert stored(evening)["title"] == "Night Shift"


EVENING_OF_H24 = """<tv><channel id="one"><display-name>One</display-name></channel>
<programme start="20260820200000 +0200" stop="20260820210000 +0200" channel="one"><title>H24</title>
<credits><actor>Zoe Example</actor></credits><category>film</category></programme></tv>"""


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_source_that_fails_costs_its_answer_only(evening: Evening, tmdb: Tmdb, tvmaze: Tvmaze, status: int) -> None:
    evening.begin()
    evening.api.put("/tmdb/person/70/combined_credits", b"no", status=status)

    evening.look_up(tmdb, tvmaze)

    assert stored(evening)["title"] == "Old Show"
    outcomes = {403: "blocked", 404: "nothing", 500: "unavailable"}
    assert evening.indexer.rows("SELECT outcome FROM lookup WHERE source = 'tmdb'") == [(outcomes[status],)]


def test_without_the_cast_the_part_is_told_alone(evening: Evening, tmdb: Tmdb) -> None:
    evening.begin()
    evening.api.put("/tmdb/movie/4/credits", b"no", status=500)

    evening.look_up(tmdb, casts=[tmdb])

    assert stored(evening) == {"title": "H24", "year": 2025, "role": "Mel", "co_star": None}


def test_whoever_opted_out_loses_their_past_too(evening: Evening, tmdb: Tmdb) -> None:
    evening.begin()
    evening.look_up(tmdb)
    evening.opt_out()

    evening.indexer.run(evening.indexer.write(EVENING_OF_H24))

    assert stored(evening) is None
    assert evening.look_up(tmdb) == {}


def test_the_datasets_are_asked_last_and_read_once_for_everybody(evening: Evening) -> None:
    recordings = RECORDINGS / "imdb_datasets"
    tables = {"title.basics": "titles-basics", "title.principals": "cast-principals", "name.basics": "people-names"}
    for table, file in tables.items():
        evening.api.put(f"/imdb/{table}.tsv.gz", gzip.compress((recordings / f"{file}.tsv").read_bytes()))
    datasets = ImdbDatasets(evening.http, f"{evening.api.url}/imdb")
    evening.begin(ids={"imdb": "nm9000011"})

    counts = evening.look_up(datasets=datasets)
    evening.look_up(datasets=datasets, now=MORNING + timedelta(days=1))

    assert counts == {"people": 1, "questions": 1, "found": 1}
    assert stored(evening) == {"title": "Quiet Orbit", "year": 2024, "role": "Pilot", "co_star": None}
    assert set(evening.api.paths) == {"/imdb/title.basics.tsv.gz", "/imdb/title.principals.tsv.gz"}
    assert evening.api.paths.count("/imdb/title.principals.tsv.gz") == 1
