"""The service as a process: what it imports, writes, says when it is not ready, and refuses when it is full."""

import os
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api import problems
from api.middleware import RequestContext
from api.services import running
from api.settings import ApiSettings
from faces.errors import ModelsError
from storage import open_storage
from tests import served
from tests.paths import ROOT

IDENTIFY_AND_TELL = """
import sys
from pathlib import Path
import httpx
from api.settings import ApiSettings
from tests import served
with served.serving_api(ApiSettings()) as url:
    served.wait_until(lambda: httpx.get(f"{url}/readyz").status_code == 200)
    picture = {"picture": Path(sys.argv[1]).read_bytes()}
    reply = httpx.post(f"{url}/v1/identify", files=picture, data={"region": "FR"})
assert reply.status_code == 200, reply.text
print(reply.json()["faces"][0]["best"]["name"])
print(sorted({name.split(".")[0] for name in sys.modules} & {"tensorflow", "keras", "keras_facenet", "mtcnn", "h5py"}))
"""


def test_serving_a_request_imports_no_tensorflow(
    settings: ApiSettings, engine: Engine, enrolled: served.Enrolled, photos: Path
) -> None:
    served.publish_now(engine, open_storage(settings.storage_url), enrolled)
    environment = {
        "DATABASE_URL": str(settings.database_url),
        "FTA_DATA_DIR": str(settings.data_dir),
        "FTA_MODELS": str(settings.models),
        "FTA_LOG_FORMAT": "json",
    }
    picture = served.probes(photos / "val")["Elton John"][0]
    done = subprocess.run(
        [sys.executable, "-c", IDENTIFY_AND_TELL, str(picture)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["Elton John", "[]"]


def test_a_picture_is_not_written_even_for_a_moment(
    client: httpx.Client, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr(tempfile, "_TemporaryFileWrapper", made.append)
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *a, **k: made.append(a))
    picture = served.probes(photos / "val")["Madonna"][0]
    padded = picture.read_bytes() + bytes(3 * 1024 * 1024)
    reply = client.post("/v1/identify", files={"picture": padded}, data={"region": "FR"})
    assert reply.status_code == 200
    assert made == []


def test_identifying_needs_neither_database_nor_store(
    settings: ApiSettings, engine: Engine, enrolled: served.Enrolled, photos: Path, tmp_path: Path
) -> None:
    served.publish_now(engine, open_storage(settings.storage_url), enrolled)
    picture = served.probes(photos / "val")["Jerry Seinfeld"][0].read_bytes()
    with served.serving_api(settings) as url, httpx.Client(base_url=url, timeout=30) as client:
        served.wait_until(lambda: client.get("/readyz").status_code == 200)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE gallery_release"))
        (tmp_path / "objects").rename(tmp_path / "gone")
        served.wait_until(lambda: client.get("/readyz").json()["warning"])
        reply = client.post("/v1/identify", files={"picture": picture}, data={"region": "FR"})
        assert reply.json()["faces"][0]["best"]["name"] == "Jerry Seinfeld"


def test_before_the_first_refresh_it_says_that_it_is_not_ready_and_why(settings: ApiSettings, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE gallery_release"))
    with served.serving_api(settings) as url, httpx.Client(base_url=url) as client:
        assert client.get("/healthz").status_code == 200
        served.wait_until(lambda: "database" in client.get("/readyz").text)
        for path in ("/readyz", "/v1/regions", "/v1/guide?region=FR"):
            reply = client.get(path)
            assert (reply.status_code, reply.json()["code"]) == (503, "not_ready")
            assert reply.headers["retry-after"] == "5"
        reply = client.post("/v1/identify", files={"picture": b"x"}, data={"region": "FR"})
        assert (reply.status_code, reply.json()["code"]) == (503, "not_ready")


def test_when_full_it_refuses_early_and_the_others_are_answered(
    settings: ApiSettings, engine: Engine, enrolled: served.Enrolled, photos: Path
) -> None:
    served.publish_now(engine, open_storage(settings.storage_url), enrolled)
    full = settings.model_copy(update={"identify_workers": 1, "identify_queue": 1, "identify_per_client": 0})
    picture = served.probes(photos / "val")["Jerry Seinfeld"][0].read_bytes()
    with served.serving_api(full) as url, httpx.Client(base_url=url, timeout=60) as client:
        served.wait_until(lambda: client.get("/readyz").status_code == 200)

        def ask(_: int) -> httpx.Response:
            return client.post("/v1/identify", files={"picture": picture}, data={"region": "FR"})

        with ThreadPoolExecutor(24) as callers:
            replies = list(callers.map(ask, range(48)))
    statuses = {reply.status_code for reply in replies}
    assert statuses == {200, 503}
    refusals = [reply for reply in replies if reply.status_code == 503]
    assert all(reply.json()["code"] == "busy" and reply.headers["retry-after"] == "2" for reply in refusals)


def test_a_caller_who_leaves_while_sending_is_no_crash(client: httpx.Client, evening_url: str) -> None:
    url = httpx.URL(evening_url)
    with socket.create_connection((url.host, url.port or 80)) as connection:
        head = "POST /v1/identify HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n"
        connection.sendall((head + "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n").encode())
    gone = 'fta_http_requests_total{method="POST",route="/v1/identify",status="400"}'
    served.wait_until(lambda: gone in client.get("/metrics").text)
    assert 'status="500"' not in client.get("/metrics").text


def test_a_crash_is_a_problem_document_with_the_requests_id() -> None:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(RequestContext)

    @app.get("/crash")
    def crash() -> None:
        raise ZeroDivisionError("secret details")

    with served.serving(app) as url:
        reply = httpx.get(f"{url}/crash", headers={"X-Request-ID": "r-1"})
    assert (reply.status_code, reply.headers["content-type"]) == (500, problems.MEDIA_TYPE)
    assert reply.json()["code"] == "internal"
    assert reply.json()["request_id"] == reply.headers["x-request-id"] == "r-1"
    assert "secret" not in reply.text


def test_without_prepared_models_it_does_not_start_and_says_what_to_do(settings: ApiSettings, tmp_path: Path) -> None:
    without = settings.model_copy(update={"models": tmp_path / "none"})
    with pytest.raises(ModelsError, match="prepare"), running(without):
        pass
