"""People as the dashboard shows them."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.settings import ApiSettings
from db.engine import session
from db.keys import fold
from db.models import Credit, Person, PersonAlias, PersonId, Photo, Programme
from db.queries.merges import active_merge, merge_people, undo_merge
from db.queries.ops.orders import recent_orders
from storage import open_storage

PICTURE = b"\xff\xd8\xff\xe0 as good as a picture"
DIGEST = sha256(PICTURE).hexdigest()


def add_person(engine: Engine, name: str, **fields: Any) -> int:
    with session(engine) as opened:
        person = Person(name=name, name_key=fold(name), **fields)
        opened.add(person)
        opened.flush()
        return person.id


def add_credit(engine: Engine, person_id: int, title: str, **fields: Any) -> int:
    with session(engine) as opened:
        programme = Programme(title=title, title_key=fold(title), kind="film", year=fields.pop("year", 2012))
        opened.add(programme)
        opened.flush()
        row = {"job": "actor", "role": None, "position": 0, "source": "tmdb"} | fields
        credit = Credit(programme_id=programme.id, person_id=person_id, **row)
        opened.add(credit)
        opened.flush()
        return credit.id


def add_photo(engine: Engine, person_id: int, credit_id: int, origin: str, **fields: Any) -> int:
    with session(engine) as opened:
        row = {"source": "tmdb", "state": "offered", "gathered_at": datetime.now(UTC), "origin": origin}
        photo = Photo(person_id=person_id, credit_id=credit_id, **row | fields)
        opened.add(photo)
        opened.flush()
        return photo.id


@pytest.fixture
def actress(engine: Engine) -> int:
    """A person with a usable photo, a refused one and an offered one."""
    credit = {"title": "Argo", "year": 2012, "role": "Clea", "co_star": "Ben Affleck"}
    person = add_person(engine, "Adèle Exarchopoulos", latest_credit=credit)
    part = add_credit(engine, person, "Argo", role="<Clea>", identified=True)
    held = {"sha256": DIGEST, "object_key": f"photos/{DIGEST}"}
    add_photo(engine, person, part, "https://example.org/1.jpg", state="usable", licence="CC BY 4.0", **held)
    add_photo(engine, person, part, "https://example.org/2.jpg", state="refused", reason="somebody else’s face")
    add_photo(engine, person, part, "https://example.org/3.jpg")
    with session(engine) as opened:
        opened.add(PersonAlias(person_id=person, name="Adele E.", name_key="adele e."))
        opened.add(PersonId(person_id=person, system="imdb", value="nm1"))
    return person


def names(ops: httpx.Client, words: str) -> list[str]:
    return [it["name"] for it in ops.get("/ops/api/people", params={"q": words}).json()["found"]]


def test_a_part_of_a_name_finds_it_whatever_its_accents(engine: Engine, ops: httpx.Client, actress: int) -> None:
    add_person(engine, "Ben Affleck")
    add_person(engine, "Adele")

    assert names(ops, "ADELE") == ["Adele", "Adèle Exarchopoulos"]
    assert names(ops, "exarcho") == names(ops, "adele e.") == ["Adèle Exarchopoulos"]
    assert names(ops, "%") == names(ops, "a") == names(ops, "a%e") == []
    found = ops.get("/ops/people", params={"q": "exarcho"}).text
    assert f'href="/ops/people/{actress}"' in found
    assert "Nobody found" in ops.get("/ops/people", params={"q": "<script>"}).text
    assert ops.get("/ops/people", params={"q": "x" * 101}).status_code == 422


def test_somebody_is_shown_with_all_that_is_kept(ops: httpx.Client, actress: int) -> None:
    found = ops.get(f"/ops/api/people/{actress}").json()

    assert (found["aliases"], found["ids"]) == (["Adele E."], {"imdb": "nm1"})
    assert found["links"] == {"imdb": "https://www.imdb.com/name/nm1/"}
    assert [(it["state"], it["reason"], it["held"]) for it in found["photos"]] == [
        ("usable", None, True),
        ("offered", None, False),
        ("refused", "somebody else’s face", False),
    ]
    assert [(it["title"], it["role"], it["identified"]) for it in found["credits"]] == [("Argo", "<Clea>", True)]
    html = ops.get(f"/ops/people/{actress}").text
    assert "1 photos kept" not in html
    assert "1 photo kept" in html
    assert "somebody else’s face" in html
    assert "&lt;Clea&gt;" in html
    assert "Last seen in Argo (2012), as Clea, with Ben Affleck." in html


def test_a_photo_is_shown_to_those_with_the_token_only(settings: ApiSettings, ops: httpx.Client, actress: int) -> None:
    open_storage(settings.storage_url).put(f"photos/{DIGEST}", PICTURE)
    held, offered, _ = [it["id"] for it in ops.get(f"/ops/api/people/{actress}").json()["photos"]]

    answer = ops.get(f"/ops/photos/{held}")
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/jpeg")
    assert ops.get(f"/ops/photos/{offered}").status_code == 404
    assert httpx.get(f"{ops.base_url}/ops/photos/{held}").status_code == 303


def test_what_is_stored_in_the_place_of_a_photo_is_not_shown(
    settings: ApiSettings, ops: httpx.Client, actress: int
) -> None:
    [held, *_] = [it["id"] for it in ops.get(f"/ops/api/people/{actress}").json()["photos"]]
    assert ops.get(f"/ops/photos/{held}").status_code == 404
    open_storage(settings.storage_url).put(f"photos/{DIGEST}", b"\xff\xd8\xff another picture")
    assert ops.get(f"/ops/photos/{held}").status_code == 404


def test_nothing_is_shown_of_somebody_who_opted_out(engine: Engine, settings: ApiSettings, ops: httpx.Client) -> None:
    person = add_person(engine, "Somebody", opted_out=True)
    part = add_credit(engine, person, "Argo")
    held = {"sha256": DIGEST, "object_key": f"photos/{DIGEST}"}
    photo = add_photo(engine, person, part, "https://example.org/1.jpg", state="usable", **held)
    open_storage(settings.storage_url).put(f"photos/{DIGEST}", PICTURE)

    assert ops.get(f"/ops/photos/{photo}").status_code == 404
    html = ops.get(f"/ops/people/{person}").text
    assert f"/ops/photos/{photo}" not in html
    assert "They opted out" in html
    assert 'value="opt_out"' not in html
    assert [it["name"] for it in ops.get("/ops/api/people").json()["opted_out"]] == ["Somebody"]


def test_an_opt_out_is_ordered_not_carried_out(engine: Engine, ops: httpx.Client, actress: int) -> None:
    assert 'value="opt_out"' in ops.get(f"/ops/people/{actress}").text
    ops.post("/ops/orders", data={"kind": "opt_out", "person": actress, "next": f"/ops/people/{actress}"})

    with session(engine) as opened:
        [order] = recent_orders(opened)
    assert (order.kind, order.target.person_id) == ("opt_out", actress)
    assert ops.get(f"/ops/api/people/{actress}").json()["opted_out"] is False


def test_a_merge_is_shown_on_both_sides_and_can_be_ordered_undone(
    engine: Engine, ops: httpx.Client, actress: int, now: datetime
) -> None:
    other = add_person(engine, "A. Exarchopoulos")
    add_credit(engine, other, "Sirât", year=2025)
    with session(engine) as opened:
        merge_people(opened, actress, other, reason="the same id of tmdb", at=now)
        assert active_merge(opened, other) is not None

    [merge] = ops.get(f"/ops/api/people/{actress}").json()["merges"]
    assert (merge["kept_name"], merge["gone_name"], merge["reason"], merge["undone_at"]) == (
        "Adèle Exarchopoulos",
        "A. Exarchopoulos",
        "the same id of tmdb",
        None,
    )
    assert ops.get(f"/ops/api/people/{other}").json()["code"] == "unknown_person"
    for page in ("/ops/people", f"/ops/people/{actress}"):
        assert 'value="part"' in ops.get(page).text
    ops.post("/ops/orders", data={"kind": "part", "person": other})
    with session(engine) as opened:
        assert [(it.kind, it.target.person_id) for it in recent_orders(opened)] == [("part", other)]
        undo_merge(opened, active_merge(opened, other) or 0, at=now + timedelta(minutes=1))
        assert active_merge(opened, other) is None
    assert 'value="part"' not in ops.get("/ops/people").text
    assert "separated again" in ops.get(f"/ops/people/{other}").text


def test_an_unknown_person_is_said_to_be(ops: httpx.Client) -> None:
    assert ops.get("/ops/people/4711").status_code == 404
    assert "merged into another" in ops.get("/ops/api/people/4711").json()["detail"]
