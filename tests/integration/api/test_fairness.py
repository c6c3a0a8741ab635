"""What one caller may use, and what is left for the others."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.services import Services, running
from api.settings import ApiSettings
from faces.effort import Effort
from faces.engine import FaceEngine
from faces.types import Analysis
from storage import open_storage
from tests import served

FEW = {
    "requests_per_minute": 5,
    "pictures_per_minute": 3,
    "identify_per_client": 1,
    "keep_per_day": 2,
    "keep_at_most": 3,
}

REFUSE = """
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$;
CREATE OR REPLACE TRIGGER refuse BEFORE INSERT OR DELETE ON contribution EXECUTE FUNCTION refuse()
"""
"""Has the server answer with this error when a contribution is noted or removed."""


@pytest.fixture
def services(settings: ApiSettings, engine: Engine, enrolled: served.Enrolled) -> Iterator[Services]:
    served.add_region(engine)
    served.publish(engine, open_storage(settings.storage_url), enrolled.content(served.current_slot()))
    with running(settings.model_copy(update=FEW)) as services:
        served.wait_until(lambda: services.refresher.refreshed_at)
        yield services


@pytest.fixture
def url(services: Services) -> Iterator[str]:
    with served.serving(create_app(services), services.settings) as url:
        yield url


@pytest.fixture
def picture(photos: Path) -> bytes:
    return served.probes(photos / "val")["Elton John"][0].read_bytes()


def ask(url: str, picture: bytes, client: str, **fields: str) -> httpx.Response:
    """As a proxy on this machine passes on the question of that client."""
    headers = {"X-Forwarded-For": client}
    form = {"region": "FR", **fields}
    return httpx.post(f"{url}/v1/identify", files={"picture": picture}, data=form, headers=headers, timeout=30)


def test_a_quota_is_told_and_kept_for_each_client(url: str, picture: bytes) -> None:
    told = [ask(url, picture, "192.0.2.1") for _ in range(4)]
    assert [reply.status_code for reply in told] == [200, 200, 200, 429]
    assert told[0].headers["RateLimit-Policy"] == '"pictures";q=3;w=60'
    assert [reply.headers["RateLimit"] for reply in told[:2]] == ['"pictures";r=2;t=20', '"pictures";r=1;t=40']
    refused = told[-1]
    assert refused.json()["code"] == "too_many_requests"
    assert 0 < int(refused.headers["Retry-After"]) <= 20
    assert refused.headers["RateLimit"].startswith('"pictures";r=0;t=')
    assert ask(url, picture, "192.0.2.2").status_code == 200


def test_what_is_no_picture_has_a_quota_of_its_own_and_health_has_none(url: str) -> None:
    codes = [httpx.get(f"{url}/v1/regions").status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]
    for path in ("/healthz", "/readyz", "/metrics", "/"):
        reply = httpx.get(url + path)
        assert reply.status_code == 200
        assert "RateLimit" not in reply.headers


def test_a_household_has_one_quota_whatever_its_ipv6_addresses(url: str) -> None:
    addresses = [f"2001:db8::{number}" for number in range(1, 7)]
    codes = [httpx.get(f"{url}/v1/regions", headers={"X-Forwarded-For": it}).status_code for it in addresses]
    assert codes == [200] * 5 + [429]
    assert httpx.get(f"{url}/v1/regions", headers={"X-Forwarded-For": "2001:db8:0:1::1"}).status_code == 200


class Slow:
    """The engine, waiting before its first picture: it holds its place as a large one does."""

    def __init__(self, engine: FaceEngine) -> None:
        self.engine = engine
        self.begun, self.finish = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self.engine, name)

    def analyse(self, data: bytes, effort: Effort) -> Analysis:
        if not self.begun.is_set():
            self.begun.set()
            assert self.finish.wait(20)
        return self.engine.analyse(data, effort)


def test_one_client_leaves_places_in_the_pool_for_others(services: Services, picture: bytes) -> None:
    slow = Slow(services.faces)
    app = create_app(replace(services, faces=slow))
    with served.serving(app, services.settings) as url, ThreadPoolExecutor(1) as callers:
        first = callers.submit(ask, url, picture, "192.0.2.1")
        try:
            assert slow.begun.wait(20)
            second = ask(url, picture, "192.0.2.1")
            assert (second.status_code, second.json()["code"]) == (429, "too_many_requests")
            assert second.headers["Retry-After"] == "1"
            assert ask(url, picture, "192.0.2.2").status_code == 200
        finally:
            slow.finish.set()
        assert first.result().status_code == 200


def test_a_client_and_all_clients_together_can_keep_so_many_pictures(url: str, picture: bytes) -> None:
    def kept(client: str) -> bool:
        reply = ask(url, picture, client, keep="true")
        assert reply.status_code == 200
        return reply.json()["kept"] is not None

    assert [kept("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert [kept("192.0.2.2") for _ in range(2)] == [True, False]


def test_pictures_that_the_database_cannot_note_are_not_kept_and_the_question_is_answered(
    url: str, engine: Engine, picture: bytes
) -> None:
    read_only, full, too_slow, broken_disk = "25006", "53100", "57014", "58030"
    receipt = ask(url, picture, "192.0.2.1", keep="true").json()["kept"]
    secret = {"Authorization": f"Bearer {receipt['secret']}"}
    for number, code in enumerate((read_only, full, too_slow, broken_disk), start=2):
        with engine.begin() as connection:
            connection.execute(text(REFUSE.format(code=code)))
        reply = ask(url, picture, f"192.0.2.{number}", keep="true")
        assert reply.status_code == 200
        assert reply.json()["kept"] is None
        refused = httpx.delete(f"{url}/v1/contributions/{receipt['id']}", headers=secret)
        assert (refused.status_code, refused.json()["code"]) == (503, "not_ready")
        assert refused.headers["Retry-After"]
