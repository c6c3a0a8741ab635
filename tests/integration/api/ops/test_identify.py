"""How questions are answered, as the dashboard shows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import HttpUrl
from sqlalchemy import Engine, text

from api.app import create_dashboard
from api.ops.samples import Samples
from api.ops.services import running_dashboard
from api.settings import ApiSettings
from tests import served
from tests.evening import enrolled, evening_url
from tests.integration.api.ops.conftest import TOKEN

__all__ = ["enrolled", "evening_url"]


@contextmanager
def dashboard(settings: ApiSettings, metrics_url: str) -> Iterator[tuple[httpx.Client, Samples]]:
    settings = settings.model_copy(update={"ops_metrics_url": HttpUrl(metrics_url)})
    with (
        running_dashboard(settings) as services,
        served.serving(create_dashboard(services)) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client,
    ):
        served.wait_until(lambda: services.samples.kept)
        yield client, services.samples


def ask(url: str, picture: Path, **fields: str) -> httpx.Response:
    return httpx.post(f"{url}/v1/identify", files={"picture": picture.read_bytes()}, data=fields, timeout=30)


def test_a_dashboard_that_knows_no_api_says_what_to_set(ops: httpx.Client) -> None:
    found = ops.get("/ops/api/identify").json()
    assert (found["configured"], found["as_of"], found["minutes"]) == (False, None, [])
    assert "FTA_OPS_METRICS_URL" in ops.get("/ops/identify").text


def test_an_api_that_is_away_is_said_to_be(settings: ApiSettings) -> None:
    with dashboard(settings, "http://127.0.0.1:9/metrics") as (ops, _):
        found = ops.get("/ops/api/identify").json()
        assert found["as_of"] is None
        assert "could not be asked" in found["problem"]
        assert "could not be asked" in ops.get("/ops/identify").text


def test_questions_are_counted_by_region_and_verdict_with_their_stages(
    settings: ApiSettings, evening_url: str, photos: Path
) -> None:
    with dashboard(settings, f"{evening_url}/metrics") as (ops, samples):
        before = ops.get("/ops/api/identify").json()
        for name, pictures in served.probes(photos / "val").items():
            assert ask(evening_url, pictures[0], region="FR").status_code == 200, name
        assert ask(evening_url, pictures[0], region="FR", channel="tf1").status_code == 200
        assert ask(evening_url, pictures[0], region="XX").status_code == 404
        samples.take()
        samples.take()

        found = ops.get("/ops/api/identify").json()

        assert grown(found, before, "200") == 6
        assert grown(found, before, "404") == 1
        [france] = found["regions"]
        assert france["region"] == "FR"
        assert france["last_hour"]["match"] >= 4
        assert sum(france["last_hour"].values()) >= 6
        assert [it["stage"] for it in found["latencies"]] == [
            "receive", "wait", "decode", "detect", "align", "embed", "link", "match", "total"
        ]  # fmt: skip
        total = found["latencies"][-1]
        assert total["pictures"] == 6
        assert 0 < total["median_ms"] <= total["p95_ms"]
        assert (found["minutes"][-2]["answered"], found["minutes"][-2]["refused"]) == (6, 1)
        assert (found["minutes"][-1]["answered"], found["minutes"][-1]["median_ms"]) == (0, None)
        html = ops.get("/ops/identify").text
        assert html.count("<path") > 4


def grown(found: dict[str, dict[str, int]], before: dict[str, dict[str, int]], status: str) -> int:
    return found["requests"].get(status, 0) - before["requests"].get(status, 0)


def test_no_row_tells_of_a_question(settings: ApiSettings, evening_url: str, photos: Path, engine: Engine) -> None:
    def rows() -> int:
        with engine.connect() as connection:
            tables = connection.scalars(text("SELECT relname FROM pg_stat_user_tables")).all()
            return sum(connection.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0 for table in tables)

    before = rows()
    with dashboard(settings, f"{evening_url}/metrics") as (ops, samples):
        ask(evening_url, served.probes(photos / "val")["Madonna"][0], region="FR")
        samples.take()
        ops.get("/ops/identify")
    assert rows() == before


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/metrics"])
def test_metrics_are_read_over_http_only(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTA_OPS_METRICS_URL", address)
    with pytest.raises(ValueError, match="FTA_OPS_METRICS_URL"):
        ApiSettings()
