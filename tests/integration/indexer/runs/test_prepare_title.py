"""A title by hand: what is stored of it, and how long it stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from db.engine import session
from db.keys import fold
from db.models import Person, PersonId, Programme, ProgrammeId
from gallery.artefact import unpack
from indexer.casts.titles import find_title
from indexer.errors import TitleUnclear
from indexer.job.outside import open_outside
from indexer.regions import load_region
from indexer.runs.prepare_title import PreparedTitle, prepare_title
from indexer.settings import IndexerSettings
from tests.integration.indexer.rig import Indexer, guide, programme
from tests.integration.indexer.world import SERIES, World

ELSEWHERE = guide(programme("Air", "20:00", "21:00"))


class ByHand:
    """Prepares the series, whose sources are on loopback."""

    def __init__(self, indexer: Indexer, settings: IndexerSettings, world: World) -> None:
        self.indexer, self._settings, self.world = indexer, settings, world

    def prepare(self) -> PreparedTitle:
        indexer, france = self.indexer, load_region("FR")
        with open_outside(self._settings, france) as outside:
            match = find_title(outside, SERIES).unambiguous
            assert match
            return prepare_title(
                self._settings, indexer.engine, indexer.storage, indexer.faces, outside, match, region=france
            )

    def store(self, *rows: Any) -> None:
        with session(self.indexer.engine) as opened:
            for row in rows:
                opened.add(row)
                opened.flush()

    def store_programme(self, title: str, year: int | None, **ids: str) -> None:
        self.store(Programme(id=5000, title=title, title_key=fold(title), kind="series", year=year))
        self.store(*(ProgrammeId(programme_id=5000, system=system, value=value) for system, value in ids.items()))

    def people_in_gallery(self) -> dict[str, int]:
        """Name -> how many references, as an API would read it."""
        ((key, sha256),) = self.indexer.rows("SELECT object_key, sha256 FROM prepared_gallery")
        storage = self.indexer.storage
        gallery = unpack(lambda name, most: storage.get(name, max_bytes=most), key, sha256)
        return {person.name: len(person.references) for person in gallery.people}


@pytest.fixture
def by_hand(indexer: Indexer, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ByHand]:
    with World().open(photos / "train") as world:
        for name, value in world.environment("tvmaze", "tmdb").items():
            monkeypatch.setenv(name, value)
        yield ByHand(indexer, IndexerSettings(data_dir=tmp_path, photos_per_person=4), world)


def test_the_programme_that_has_one_of_its_ids_is_prepared(by_hand: ByHand) -> None:
    by_hand.store_programme("Josephine", None, tmdb="tv/99", imdb="tt99")

    prepared = by_hand.prepare()

    assert (prepared.id, prepared.title, prepared.known) == (5000, "Josephine", 2)
    assert by_hand.indexer.rows("SELECT title FROM programme_title") == [(SERIES,)]
    ids = "SELECT system, value FROM programme_id ORDER BY 1"
    assert by_hand.indexer.rows(ids) == [("imdb", "tt99"), ("tmdb", "tv/99"), ("tvmaze", "shows/55")]


def test_another_programme_of_its_title_and_year_is_not_taken_for_it(by_hand: ByHand) -> None:
    by_hand.store_programme(SERIES, 1997, tmdb="tv/1")

    with pytest.raises(TitleUnclear, match="5000"):
        by_hand.prepare()

    assert by_hand.indexer.rows("SELECT value FROM programme_id") == [("tv/1",)]


def test_somebody_who_opted_out_is_neither_looked_for_nor_shown(by_hand: ByHand) -> None:
    mindy = Person(id=7000, name="Mindy Kaling", name_key="mindy kaling", opted_out=True)
    ids = {"tvmaze": "people/901", "tmdb": "person/70"}
    by_hand.store(mindy, *(PersonId(system=system, value=value, person_id=7000) for system, value in ids.items()))

    by_hand.prepare()

    people = by_hand.people_in_gallery()
    assert set(people) == {"Ada Nobody", "Ben Affleck"}
    assert people["Ben Affleck"] > 0
    assert by_hand.indexer.rows("SELECT DISTINCT name FROM photo JOIN person ON person.id = person_id") == [
        ("Ben Affleck",)
    ]


def test_every_photo_says_where_it_is_from_and_how_long_it_may_be_kept(by_hand: ByHand) -> None:
    by_hand.prepare()

    kept = by_hand.indexer.rows(
        "SELECT DISTINCT photo.source, photo.kind, photo.of, expires_at IS NULL FROM photo "
        "JOIN credit ON credit.id = credit_id WHERE credit.person_id = photo.person_id AND photo.sha256 IS NOT NULL"
    )

    assert set(kept) == {
        ("tmdb", "portrait", None, False),
        ("tvmaze", "portrait", None, True),
        ("tvmaze", "still", SERIES, True),
    }


def test_indexing_a_region_leaves_it_until_a_photo_of_it_must_go(by_hand: ByHand) -> None:
    by_hand.prepare()
    now, listing = datetime.now(UTC), by_hand.indexer.write(ELSEWHERE)

    by_hand.indexer.run(listing, now=now + timedelta(days=2))
    assert by_hand.people_in_gallery()["Ben Affleck"] > 0

    by_hand.indexer.run(listing, now=now + timedelta(days=190))
    assert by_hand.indexer.rows("SELECT * FROM prepared_gallery") == []


def test_it_goes_when_somebody_in_it_opts_out(by_hand: ByHand) -> None:
    by_hand.prepare()
    with session(by_hand.indexer.engine) as opened:
        opened.execute(update(Person).where(Person.name == "Ben Affleck").values(opted_out=True))

    by_hand.indexer.run(by_hand.indexer.write(ELSEWHERE), now=datetime.now(UTC))

    assert by_hand.indexer.rows("SELECT * FROM prepared_gallery") == []


def test_more_of_its_cast_are_looked_for_than_of_a_programme_that_is_on(by_hand: ByHand) -> None:
    by_hand.world.crowd(30)

    prepared = by_hand.prepare()

    assert [person.name for person in prepared.people[:2]] == ["Mindy Kaling", "Ben Affleck"]
    assert len(prepared.people) == 33
    assert by_hand.indexer.rows("SELECT count(*) FROM billing WHERE source = 'tmdb'") == [(20,)]


def test_its_jobs_are_recorded_as_of_no_region(by_hand: ByHand) -> None:
    prepared = by_hand.prepare()

    recorded = by_hand.indexer.rows("SELECT job, state, region_code FROM job_run ORDER BY id")
    assert recorded == [(job.job, "done", None) for job in prepared.jobs]
    assert by_hand.indexer.rows("SELECT source, state FROM source_health ORDER BY 1") == [
        ("tmdb", "ok"), ("tvmaze", "ok")
    ]  # fmt: skip
