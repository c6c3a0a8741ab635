"""Whole nights with everybody on loopback: who is found, what it costs, and what a killed night leaves to do."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gallery.artefact import unpack
from gallery.search import Gallery
from gallery.types import LatestCredit
from indexer.runs.index_region import index_region
from indexer.runs.pipeline import RunReport
from tests.integration.indexer.photos import killed_night
from tests.integration.indexer.photos.town import EVENING, STARS, Town
from tests.integration.indexer.rig import DAY, Indexer
from tests.paths import ROOT

PICTURES_A_PERSON = 6


@pytest.fixture
def town(photos: Path) -> Iterator[Town]:
    town = Town(photos)
    with town.api.running():
        town.open()
        yield town


def night(indexer: Indexer, town: Town) -> RunReport:
    settings = town.settings(indexer.folder)
    address = indexer.write(EVENING)
    return index_region(
        settings, indexer.engine, indexer.storage, indexer.faces, "FR", first=DAY, days=1, guide=address
    )


def on_screen(indexer: Indexer) -> Gallery:
    [(key, sha256)] = indexer.rows(
        "SELECT object_key, sha256 FROM gallery_release WHERE state = 'current' AND slot = :slot",
        slot=datetime(2026, 8, 20, 18, tzinfo=UTC),
    )
    return unpack(lambda key, most: indexer.storage.get(key, max_bytes=most), key, sha256)


def test_everybody_on_screen_has_a_face_and_a_past(indexer: Indexer, town: Town, photos: Path) -> None:
    report = night(indexer, town)

    assert report.complete
    people = {person.name: person for person in on_screen(indexer).people}
    assert people.keys() == STARS.keys()
    assert people["Madonna"].latest_credit == LatestCredit("Day Shift", 2010, "Doctor", "Ben Affleck")
    assert {reference.licence for reference in people["Madonna"].references} <= {
        "CC BY-SA, TVmaze", "TMDB terms of use, TMDB", "CC BY 4.0, Ann",
    }  # fmt: skip
    assert dict(indexer.rows("SELECT kind, count(*) FROM photo WHERE state <> 'offered' GROUP BY kind")) == {
        "still": len(STARS),
        "portrait": len(STARS) * (PICTURES_A_PERSON - 1),
    }
    for name, folder in STARS.items():
        [file, *_] = sorted((photos / "val" / folder).iterdir())
        probe = indexer.faces.analyse(file.read_bytes()).faces[0].embedding[None]
        found = on_screen(indexer).search(probe, {person.id for person in people.values()})
        assert found.people[int(found.values[0].argmax())].name == name


def test_what_a_person_costs_and_that_the_second_night_costs_nothing(indexer: Indexer, town: Town) -> None:
    night(indexer, town)
    first, stored = Counter(town.asked), indexer.everything()

    night(indexer, town)

    assert Counter(town.asked) == first, "asked again"
    assert indexer.everything() == stored
    assert max(first.values()) == 1, "asked twice"
    assert len(town.pictures) == PICTURES_A_PERSON * len(STARS)
    by_person = sum(first.values()) - len(town.pictures) - Counter(map(of_the_programme, first))[True]
    assert by_person <= 6 * len(STARS)


def of_the_programme(target: str) -> bool:
    return any(part in target for part in ("/search/", "/shows/", "/configuration", "/tv/"))


def test_whoever_opted_out_is_neither_asked_about_nor_fetched_nor_looked_at_nor_shown(
    indexer: Indexer, town: Town
) -> None:
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO person (name, name_key, opted_out) VALUES ('Madonna', 'madonna', true)")

    night(indexer, town)

    number = next(number for number, name in town.numbered if name == "Madonna")
    assert not [target for target in town.asked if target.startswith("/pictures") and f"/{number}" in target]
    assert not [target for target in town.asked if f"/people/{number}" in target or f"/person/{number}/" in target]
    assert "Madonna" not in {person.name for person in on_screen(indexer).people}
    assert indexer.rows("SELECT count(*) FROM photo JOIN person ON person.id = person_id WHERE opted_out") == [(0,)]


@pytest.mark.parametrize(
    "moment",
    [
        "SELECT 1 FROM lookup WHERE subject = 'programme'",
        "SELECT 1 FROM photo WHERE state = 'offered'",
        "SELECT 1 FROM photo WHERE sha256 IS NOT NULL HAVING count(*) >= 5",
        "SELECT 1 FROM lookup WHERE part = 'career'",
    ],
)
def test_a_killed_night_is_finished_by_the_next_which_asks_for_little_again(
    indexer: Indexer, town: Town, database_url: str, models_dir: Path, moment: str
) -> None:
    arguments = [database_url, str(indexer.folder), str(models_dir), indexer.write(EVENING), town.api.url]
    process = subprocess.Popen([sys.executable, "-m", killed_night.__name__, *arguments], cwd=ROOT)
    indexer.wait_for(moment, process)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    held = indexer.rows("SELECT id, sha256, gathered_at FROM photo WHERE sha256 IS NOT NULL")

    report = night(indexer, town)

    assert report.complete
    assert set(held) <= set(indexer.rows("SELECT id, sha256, gathered_at FROM photo"))
    assert indexer.rows("SELECT count(*) FROM photo WHERE state IN ('usable', 'refused')") == [
        (PICTURES_A_PERSON * len(STARS),)
    ]
    again = [target for target, times in Counter(town.asked).items() if times > 1]
    assert len(again) <= len(STARS), f"more than what was on its way: {again}"
    assert indexer.rows("SELECT count(*) FROM job_run WHERE state = 'running'") == [(0,)]
    assert {person.name for person in on_screen(indexer).people if person.references} == STARS.keys()
