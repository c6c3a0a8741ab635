"""For each programme without faces, why: every reason comes about in a whole night, and the command says it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.galleries.coverage import measure_coverage
from indexer.runs.index_region import index_region
from indexer.window import day_window
from tests.integration.indexer.casts.night import film
from tests.integration.indexer.photos.evening import jpeg
from tests.integration.indexer.photos.town import EVENING, Town
from tests.integration.indexer.rig import DAY, Indexer, guide

WHY = {
    "Bulletin": "no cast in the listing",
    "Nowhere": "unmatched title",
    "Remade": "ambiguous title",
    "Unknown": "ambiguous name",
    "Faceless": "no photo",
    "Landscape": "no face in the photos",
    "Night Shift": None,
}
FILMS: dict[str, list[tuple[int, str, str | None]]] = {
    "Succession": [(1248, "Brian Cox", None)],
    "Wonders": [(9999, "Brian Cox", None)],
    "Faceless": [(40, "Fay Less", None)],
    "Landscape": [(41, "Lan Scape", "/grass.jpg")],
}
LISTING = (
    guide(
        film("Bulletin", "08:00", "09:00").replace(">film<", ">information<"),
        film("Nowhere", "09:00", "10:00", "Dee Delta"),
        film("Remade", "10:00", "11:00"),
        film("Succession", "11:00", "12:00", "Brian Cox"),
        film("Wonders", "12:00", "13:00", "Brian Cox"),
        film("Unknown", "13:00", "14:00", "Brian Cox"),
        film("Faceless", "14:00", "15:00", "Fay Less"),
        film("Landscape", "15:00", "16:00", "Lan Scape"),
    ).removesuffix("</tv>")
    + EVENING[EVENING.index("<programme") :]
)


@pytest.fixture
def town(photos: Path) -> Iterator[Town]:
    town = Town(photos)
    with town.api.running():
        town.open()
        yield town


def put(town: Town, path: str, answer: Any, **query: str) -> None:
    town.api.put(path, json.dumps(answer).encode(), **query)


def know(town: Town) -> None:
    for title in ("Nowhere", "Unknown"):
        put(town, "/tmdb/search/multi", {"results": []}, query=title)
    put(town, "/tmdb/search/multi", {"results": [work(1, "Remade"), work(2, "Remade")]}, query="Remade")
    for number, (title, cast) in enumerate(FILMS.items(), start=100):
        members = [{"id": person, "name": name, "profile_path": path} for person, name, path in cast]
        put(town, "/tmdb/search/multi", {"results": [work(number, title)]}, query=title)
        put(town, f"/tmdb/movie/{number}/credits", {"cast": members})
        for person, _, path in cast:
            put(town, f"/tmdb/person/{person}/images", {"profiles": [{"file_path": path}] if path else []})
    town.api.put("/pictures/tmdb/h632/grass.jpg", jpeg(1, side=256))


def work(number: int, title: str) -> dict[str, Any]:
    return {"id": number, "media_type": "movie", "title": title, "release_date": "2020-05-01"}


def index(indexer: Indexer, town: Town) -> None:
    address = indexer.write(LISTING)
    settings = town.settings(indexer.folder)
    index_region(settings, indexer.engine, indexer.storage, indexer.faces, "FR", first=DAY, days=1, guide=address)


def reasons(indexer: Indexer) -> dict[str, str | None]:
    coverage = measure_coverage(indexer.engine, "FR", day_window(DAY, 1, "Europe/Paris"))
    return {airing.title: airing.reason for airing in coverage.airings}


def test_every_programme_without_faces_says_why_and_so_does_the_command(
    indexer: Indexer, town: Town, database_url: str
) -> None:
    know(town)

    index(indexer, town)

    assert {title: why for title, why in reasons(indexer).items() if title in WHY} == WHY
    printed = _coverage(indexer, database_url)
    for title, why in WHY.items():
        [line] = [line for line in printed.splitlines() if title in line]
        assert why is None or why in line
    assert "with at least one known face" in printed


@pytest.mark.parametrize(("status", "state"), [(403, "blocked"), (501, "unavailable")])
def test_nobody_is_without_photo_whose_source_did_not_answer(
    indexer: Indexer, town: Town, status: int, state: str
) -> None:
    know(town)
    for person in (40, 41, 1248, 9999):
        town.api.put(f"/tmdb/person/{person}/images", b"no", status=status)

    index(indexer, town)

    assert reasons(indexer)["Faceless"] == f"no photo, tmdb {state}"


def _coverage(indexer: Indexer, database_url: str) -> str:
    command = [sys.executable, "-c", "from cli.main import run; run()", "coverage", "--region", "FR"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FTA_")}
    environment = {**kept, "FTA_DATA_DIR": str(indexer.folder), "DATABASE_URL": database_url, "COLUMNS": "200"}
    done = subprocess.run(
        [*command, "--from", f"{DAY}"], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout
