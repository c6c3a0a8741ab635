"""What stays of a question: nothing, or, when its sender says so, the pictures, until they are taken back."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from api.settings import ApiSettings
from storage import open_storage
from storage.base import Storage
from tests import served


@pytest.fixture
def storage(settings: ApiSettings) -> Storage:
    return open_storage(settings.storage_url)


@pytest.fixture
def asking(
    settings: ApiSettings, engine: Engine, storage: Storage, enrolled: served.Enrolled
) -> Iterator[httpx.Client]:
    served.publish_now(engine, storage, enrolled)
    with served.serving_api(settings) as url, httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        served.wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture
def frames(photos: Path) -> list[bytes]:
    return [path.read_bytes() for path in served.probes(photos / "val")["Elton John"][:2]]


def ask(client: httpx.Client, frames: list[bytes], **fields: str) -> dict[str, object]:
    files = [("picture", ("me at home.jpg", frame)) for frame in frames]
    reply = client.post("/v1/identify", files=files, data={"region": "FR", **fields})
    assert reply.status_code == 200, reply.text
    answer: dict[str, object] = reply.json()
    return answer


def kept_objects(storage: Storage) -> list[str]:
    return list(storage.keys("contributions/"))


def rows(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM contribution"))]


@pytest.mark.parametrize("fields", [{}, {"keep": "false"}, {"keep": "yes please"}])
def test_nothing_is_kept_without_a_plain_yes(
    asking: httpx.Client, frames: list[bytes], storage: Storage, engine: Engine, fields: dict[str, str]
) -> None:
    assert ask(asking, frames, **fields)["kept"] is None
    assert kept_objects(storage) == []
    assert rows(engine) == []


def test_what_is_kept_can_be_taken_back_by_whoever_has_the_secret(
    asking: httpx.Client, frames: list[bytes], storage: Storage, engine: Engine
) -> None:
    kept = ask(asking, frames, keep="true")["kept"]
    assert isinstance(kept, dict)
    assert kept_objects(storage) == [f"contributions/{kept['id']}/{n}.jpg" for n in (0, 1)]
    assert kept["secret"] not in str(rows(engine))
    assert "me at home" not in str(rows(engine))

    address = f"/v1/contributions/{kept['id']}"
    for headers in ({}, {"Authorization": "Bearer guessed"}, {"Authorization": "Basic eDp5"}):
        assert asking.delete(address, headers=headers).json()["code"] == "unknown_contribution"
    assert len(kept_objects(storage)) == 2

    mine = {"Authorization": f"Bearer {kept['secret']}"}
    assert asking.delete(address, headers=mine).status_code == 204
    assert kept_objects(storage) == []
    assert rows(engine) == []
    assert asking.delete(address, headers=mine).status_code == 404


def test_a_store_that_fails_costs_nobody_their_answer(
    asking: httpx.Client, frames: list[bytes], settings: ApiSettings
) -> None:
    (settings.data_dir / "objects" / "contributions").write_text("in the way")
    answer = ask(asking, frames, keep="true")
    assert answer["kept"] is None
    assert answer["faces"]
