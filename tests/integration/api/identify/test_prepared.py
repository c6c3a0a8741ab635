"""A programme that was prepared by hand can be asked about, wherever and whenever."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
import pytest
from sqlalchemy import Engine, delete

from api.galleries.refresher import Refresher
from api.metrics import Metrics
from api.settings import ApiSettings
from db.engine import session
from db.keys import fold
from db.models import PreparedGallery, Programme, ProgrammeTitle
from db.queries.prepared import PreparedRelease, publish_prepared
from gallery.artefact import pack
from gallery.prepared import prepared_content
from gallery.types import CastMember, GalleryContent, Person
from storage import open_storage
from storage.base import Storage
from tests import served

CAST = (CastMember(3, "actor", "Jerry"), CastMember(7, "actor", "Cosmo Kramer"), CastMember(1, "director", None))


@pytest.fixture
def storage(settings: ApiSettings) -> Storage:
    return open_storage(settings.storage_url)


@pytest.fixture
def seinfeld(engine: Engine, storage: Storage, enrolled: served.Enrolled) -> int:
    for key, data in enrolled.objects.items():
        storage.put(key, data)
    programme_id = add_programme(engine, "Seinfeld", "series", 1989, "Сайнфелд")
    publish(engine, storage, content(enrolled, programme_id))
    return programme_id


@pytest.fixture
def api(settings: ApiSettings, seinfeld: int) -> Iterator[httpx.Client]:
    with served.serving_api(settings) as url, httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        served.wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture
def jerry(photos: Path) -> bytes:
    return served.probes(photos / "val")["Jerry Seinfeld"][0].read_bytes()


def add_programme(engine: Engine, title: str, kind: str, year: int, *others: str) -> int:
    with session(engine) as opened:
        programme = Programme(title=title, title_key=fold(title), kind=kind, year=year)
        opened.add(programme)
        opened.flush()
        opened.add_all(
            ProgrammeTitle(programme_id=programme.id, title_key=fold(other), title=other) for other in others
        )
        return programme.id


def content(enrolled: served.Enrolled, programme_id: int) -> GalleryContent:
    known = [person for person in enrolled.people if person.id in (1, 3)]
    owner = np.repeat([person.id for person in enrolled.people], [len(person.references) for person in enrolled.people])
    return prepared_content(
        programme_id,
        "Seinfeld",
        "series",
        model_key=enrolled.model_key,
        cast=CAST,
        people=(*known, Person(7, "Michael Richards", None, ())),
        vectors=enrolled.vectors[np.isin(owner, [1, 3])],
    )


def publish(engine: Engine, storage: Storage, content: GalleryContent) -> str:
    packed = pack(content)
    for key, data in packed.objects.items():
        storage.put(key, data)
    release = PreparedRelease(
        content.airings[0].id,
        packed.manifest_key,
        packed.manifest_sha256,
        len(content.people),
        len(content.vectors),
        packed.size_bytes,
        expires_at=None,
    )
    with session(engine) as opened:
        publish_prepared(opened, content.model_key, release, built_at=datetime.now(UTC))
    return packed.manifest_key


def ask(client: httpx.Client, picture: bytes, **fields: str) -> httpx.Response:
    return client.post("/v1/identify", files={"picture": ("p.jpg", picture)}, data=fields)


def test_what_was_prepared_is_listed(api: httpx.Client, seinfeld: int) -> None:
    listed = [{"id": seinfeld, "title": "Seinfeld", "kind": "series", "year": 1989}]
    assert api.get("/v1/programmes").json() == listed


def test_its_cast_is_asked_about_without_place_and_time(api: httpx.Client, seinfeld: int, jerry: bytes) -> None:
    answer = ask(api, jerry, programme=str(seinfeld)).json()

    assert answer["programme"] == {"id": seinfeld, "title": "Seinfeld", "kind": "series", "year": 1989}
    assert (answer["region"], answer["at"], answer["channel"], answer["slots"]) == (None, None, None, [])
    assert answer["candidates"] == {"people": 2, "known": 1}
    best = answer["faces"][0]["best"]
    assert best["name"] == "Jerry Seinfeld"
    assert best["appearances"] == [{"airing": None, "job": "actor", "character": "Jerry"}]
    assert api.get(best["photo"]["url"]).status_code == 200
    assert api.get(f"/v1/people/{best['person_id']}").json()["appearances"] == []


@pytest.mark.parametrize("named", ["Seinfeld", " seinfeld ", "SÉINFELD", "сайнфелд"])
def test_it_is_found_by_any_of_its_titles(api: httpx.Client, seinfeld: int, jerry: bytes, named: str) -> None:
    assert ask(api, jerry, programme=named).json()["programme"]["id"] == seinfeld


def test_place_and_time_do_not_matter_then(api: httpx.Client, jerry: bytes) -> None:
    answer = ask(api, jerry, programme="Seinfeld", region="FR", at="2031-01-01T00:00Z").json()

    assert answer["faces"][0]["best"]["name"] == "Jerry Seinfeld"


def test_who_is_not_in_its_cast_is_not_named(api: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Madonna"][0].read_bytes()

    (face,) = ask(api, picture, programme="Seinfeld").json()["faces"]

    assert face["verdict"] == "not_in_cast"


def test_a_programme_that_was_not_prepared_is_told_apart_from_one_without_faces(
    api: httpx.Client, engine: Engine, storage: Storage, enrolled: served.Enrolled, jerry: bytes
) -> None:
    unprepared = ask(api, jerry, programme="Friends")
    assert (unprepared.status_code, unprepared.json()["code"]) == (404, "unknown_programme")
    assert "findtheactor prepare" in unprepared.json()["detail"]

    programme_id = add_programme(engine, "Friends", "series", 1994)
    faceless = content(enrolled, programme_id)
    people = tuple(replace(person, references=()) for person in faceless.people)
    publish(engine, storage, replace(faceless, people=people, vectors=faceless.vectors[:0]))
    served.wait_until(lambda: ask(api, jerry, programme="Friends").json()["code"] == "no_known_faces")
    assert "2 people in “Friends”" in ask(api, jerry, programme="Friends").json()["detail"]


def test_two_of_one_title_are_told_apart_by_their_ids(
    api: httpx.Client, engine: Engine, storage: Storage, enrolled: served.Enrolled, seinfeld: int, jerry: bytes
) -> None:
    other = add_programme(engine, "Seinfeld", "film", 2031)
    publish(engine, storage, content(enrolled, other))
    served.wait_until(lambda: ask(api, jerry, programme="Seinfeld").status_code == 422)

    reply = ask(api, jerry, programme="Seinfeld").json()

    assert reply["code"] == "ambiguous_programme"
    assert f"{seinfeld} (series, 1989)" in reply["detail"]
    assert f"{other} (film, 2031)" in reply["detail"]
    assert ask(api, jerry, programme=str(other)).json()["programme"]["year"] == 2031


def test_its_gallery_is_followed_and_survives_what_fails_behind_it(
    engine: Engine, storage: Storage, enrolled: served.Enrolled, seinfeld: int
) -> None:
    refresher = Refresher(
        engine, storage, Metrics(), model_key=enrolled.model_key, interval_s=60, past=served.SLOT, horizon=served.SLOT
    )
    refresher.refresh()
    first = refresher.snapshot.prepared[seinfeld]

    refresher.refresh()
    assert refresher.snapshot.prepared[seinfeld].gallery is first.gallery

    shorter = replace(content(enrolled, seinfeld), people=first.gallery.people[:-1])
    airing = replace(shorter.airings[0], cast=CAST[:1])
    broken = publish(engine, storage, replace(shorter, airings=(airing,)))
    storage.delete(broken)
    refresher.refresh()
    assert refresher.snapshot.prepared[seinfeld].gallery is first.gallery
    assert "Seinfeld" in str(refresher.problem)

    publish(engine, storage, replace(shorter, airings=(airing,)))
    refresher.refresh()
    assert len(refresher.snapshot.prepared[seinfeld].gallery.people) == 2
    assert refresher.problem is None

    with session(engine) as opened:
        opened.execute(delete(PreparedGallery))
    refresher.refresh()
    assert refresher.snapshot.prepared == {}
