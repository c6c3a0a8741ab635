"""A store or a database that accepts connections and never answers."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.services import Services, running
from api.settings import ApiSettings
from api.waiting import OutsideCalls
from tests import served

CALLERS = 60
MOST = 6


@pytest.fixture
def frozen(
    settings: ApiSettings, engine: Engine, enrolled: served.Enrolled, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """Services whose object store is frozen, and that know of a gallery far from now."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "x")
    served.add_region(engine)
    far = enrolled.content(served.current_slot() - 200 * served.SLOT)
    served.point_to(engine, far, "galleries/objects/" + "0" * 64, "0" * 64)
    with socket.create_server(("127.0.0.1", 0), backlog=CALLERS) as store:  # nobody accepts
        endpoint = f"http://127.0.0.1:{store.getsockname()[1]}"
        with running(settings.model_copy(update={"storage": "s3://bucket", "s3_endpoint": endpoint})) as services:
            served.wait_until(lambda: services.refresher.refreshed_at)
            yield services


def test_questions_about_a_frozen_store_are_refused_and_stop_nothing_else(frozen: Services) -> None:
    patient = replace(frozen, far_galleries=OutsideCalls("gallery store", most=MOST, timeout_s=5))
    at = (served.current_slot() - 200 * served.SLOT).isoformat()
    with served.serving(create_app(patient), patient.settings) as url, ThreadPoolExecutor(CALLERS) as callers:
        params = {"region": "FR", "at": at}
        asked = [callers.submit(httpx.get, f"{url}/v1/guide", params=params, timeout=60) for _ in range(CALLERS)]
        replies = as_completed(asked, timeout=60)
        refused = [next(replies).result() for _ in range(CALLERS - MOST)]
        assert sum(not it.done() for it in asked) == MOST, "these wait for the store"
        for path in ("/healthz", "/readyz", "/metrics", "/v1/regions"):
            assert httpx.get(url + path, timeout=2).status_code == 200
        late = [reply.result() for reply in replies]
    for reply in (*refused, *late):
        assert (reply.status_code, reply.json()["code"], reply.headers["Retry-After"]) == (503, "not_ready", "5")
    assert {"Too many requests wait" in reply.text for reply in refused} == {True}
    assert {"did not answer within 5 seconds" in reply.text for reply in late} == {True}


def test_it_starts_and_is_alive_while_the_database_is_frozen(
    settings: ApiSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.engine.CONNECT_TIMEOUT_S", 2)  # the smallest that PostgreSQL's library knows
    with socket.create_server(("127.0.0.1", 0)) as database:
        frozen = f"postgresql://nobody@127.0.0.1:{database.getsockname()[1]}/tv"
        with served.serving_api(settings.model_copy(update={"database_url": frozen})) as url:
            assert httpx.get(f"{url}/healthz").status_code == 200
            reply = httpx.get(f"{url}/readyz")
            assert (reply.status_code, reply.json()["code"]) == (503, "not_ready")
