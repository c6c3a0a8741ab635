"""A title by hand: found in real source classes over HTTP, prepared, and asked about through the API."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from api.settings import ApiSettings
from faces.models.prepare import demo_photos
from tests import served
from tests.integration.indexer.world import FILM, SERIES, World

Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.models


@pytest.fixture
def world(prepared: Path) -> Iterator[World]:
    with World().open(demo_photos(prepared / "downloads") / "train") as world:
        yield world


@pytest.fixture
def prepare(findtheactor: Run, world: World) -> Run:
    """Runs `findtheactor prepare`, with both sources unless `sources` are named."""

    def run(*arguments: object, sources: tuple[str, ...] = ("tvmaze", "tmdb"), **more: str) -> Any:
        return findtheactor("prepare", *arguments, **world.environment(*sources) | more)

    return run


@pytest.fixture
def api(environment: dict[str, str], database_url: str) -> Iterator[str]:
    changes = {
        "database_url": database_url,
        "data_dir": Path(environment["FTA_DATA_DIR"]),
        "models": Path(environment["FTA_MODELS"]),
        "refresh_s": 0.2,
    }
    with served.serving_api(ApiSettings().model_copy(update=changes)) as url:
        yield url


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def assert_fails(done: "subprocess.CompletedProcess[str]", *words: str, code: int = 1) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_the_matches_are_shown_before_anything_is_prepared(prepare: Run, engine: Engine) -> None:
    done = prepare(SERIES)

    assert done.returncode == 0, done.stderr
    for shown in (SERIES, "1997", "series", "Mindy Kaling, Ben Affleck", "tmdb, tvmaze"):
        assert shown in done.stdout
    assert "--pick" in done.stderr
    assert rows(engine, "SELECT title FROM programme") == []


def test_a_title_is_prepared_and_asked_about(
    prepare: Run, findtheactor: Run, findtheactor_json: Callable[..., Any], api: str, prepared: Path, engine: Engine
) -> None:
    done = prepare(SERIES, "--yes", "--json")

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)["prepared"]
    assert (report["title"], report["kind"], report["year"]) == (SERIES, "series", 1997)
    people = {person["name"]: (person["character"], person["faces"] > 0) for person in report["people"]}
    assert people == {
        "Mindy Kaling": ("Role 70", True),
        "Ada Nobody": ("Une cliente", False),
        "Ben Affleck": ("Role 71", True),
    }
    assert rows(engine, "SELECT DISTINCT source FROM photo ORDER BY 1") == [("tmdb",), ("tvmaze",)]
    assert rows(engine, "SELECT count(*) FROM person WHERE name = 'Mindy Kaling'") == [(1,)]
    photo = next((prepared / "downloads").rglob("val/ben_afflek/*.jpg"))

    served.wait_until(lambda: findtheactor("identify", photo, "--programme", SERIES, "--api", api).returncode == 0)
    by_id = findtheactor_json("identify", photo, "--programme", report["id"], "--api", api)
    table = findtheactor("identify", photo, "--programme", "josephine, ange gardien", "--api", api).stdout

    best = by_id["faces"][0]["best"]
    assert (best["name"], best["appearances"]) == (
        "Ben Affleck", [{"airing": None, "job": "actor", "character": "Role 71"}]
    )  # fmt: skip
    assert (best["latest_credit"]["title"], best["latest_credit"]["co_star"]) == ("Air", "Matt Damon")
    assert by_id["programme"]["title"] == SERIES
    assert f"{SERIES}, as Role 71" in table


def test_preparing_it_again_asks_nothing_twice_and_changes_nothing(prepare: Run, world: World, engine: Engine) -> None:
    galleries = "SELECT programme_id, sha256, people, templates FROM prepared_gallery"
    assert prepare(SERIES, "--yes").returncode == 0
    before, asked = rows(engine, galleries), len(world.asked)

    assert prepare(SERIES, "--pick", 1).returncode == 0

    assert rows(engine, galleries) == before
    assert len(world.asked) == asked


def test_a_title_that_nobody_knows_says_who_was_asked(prepare: Run) -> None:
    assert_fails(prepare("Nothing of the Kind", "--yes"), "Nothing of the Kind", "tmdb, tvmaze", "original title")


def test_without_a_key_or_any_source_it_says_what_to_set(prepare: Run) -> None:
    assert_fails(prepare(SERIES, sources=("tmdb",), FTA_TMDB_KEY=""), "FTA_TMDB_KEY")
    assert_fails(prepare(SERIES, sources=()), "FTA_SOURCES")


@pytest.mark.parametrize(("status", "word"), [(403, "refuses"), (501, "501")])
def test_a_source_that_does_not_answer_is_said_and_the_other_one_goes_on(
    prepare: Run, world: World, status: int, word: str
) -> None:
    world.tvmaze.put("/search/shows", b"", status=status)

    done = prepare(SERIES)
    assert done.returncode == 0
    assert f"tvmaze did not answer: {world.tvmaze.url}" in done.stderr
    assert word in done.stderr

    assert_fails(prepare(SERIES, sources=("tvmaze",)), "tvmaze failed", word)


def test_two_of_one_title_are_left_to_choose(prepare: Run, world: World) -> None:
    twins = [
        {"id": number, "media_type": "movie", "title": FILM, "release_date": f"{year}-06-19"}
        for number, year in ((98, 2013), (97, 1962))
    ]
    world.put("/tmdb/search/multi", json.dumps({"results": twins}).encode())
    world.put("/tmdb/movie/97/credits", b'{"id": 97, "cast": []}')

    assert_fails(prepare(FILM, "--yes"), "2 works", "--pick")
    assert_fails(prepare(FILM, "--pick", 3), "no match 3", code=2)
    found = json.loads(prepare(FILM, "--year", 1962, "--kind", "film", "--json").stdout)
    assert [(match["year"], match["ids"]["tmdb"]) for match in found["matches"]] == [(1962, "movie/97")]
    assert found["prepared"] is None


def test_a_title_without_any_cast_is_not_prepared(prepare: Run, engine: Engine) -> None:
    assert_fails(prepare(FILM, "--kind", "film", "--yes", sources=("tmdb",)), FILM, "tmdb")
    assert rows(engine, "SELECT * FROM prepared_gallery") == []


def test_the_api_says_what_was_not_prepared(findtheactor: Run, api: str, prepared: Path) -> None:
    photo = next((prepared / "downloads").rglob("val/madonna/*.jpg"))
    served.wait_until(
        lambda: "not ready" not in findtheactor("identify", photo, "--programme", "x", "--api", api).stderr
    )

    assert_fails(findtheactor("identify", photo, "--programme", SERIES, "--api", api), SERIES, "findtheactor prepare")
