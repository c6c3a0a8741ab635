"""Reading an API's metrics back, and what came between two samples."""

import math
import socket
import threading
from datetime import UTC, datetime

import pytest

from api.metrics import Metrics
from api.ops.samples import MAX_SAMPLES, Samples, Stage, over_http, read_sample

NOW = datetime(2026, 8, 20, 21, tzinfo=UTC)


def asked(metrics: Metrics, *, total_ms: float = 120, region: str = "FR", verdict: str = "match") -> None:
    metrics.requests.labels("POST", "/v1/identify", "200").inc()
    metrics.observe_stages({"total": total_ms})
    metrics.faces.labels(region, verdict).inc()


def test_a_sample_has_what_was_counted() -> None:
    metrics = Metrics()
    for _ in range(3):
        asked(metrics)
    asked(metrics, region="prepared", verdict="uncertain")
    metrics.requests.labels("POST", "/v1/identify", "503").inc()
    metrics.requests.labels("GET", "/v1/regions", "200").inc(7)

    sample = read_sample(metrics.exposition(), NOW)

    assert sample.requests == {"200": 4, "503": 1}
    assert sample.faces == {("FR", "match"): 3, ("prepared", "uncertain"): 1}
    assert sample.stages["total"].count == 4
    assert sample.stages["total"].seconds == pytest.approx(0.48)


def test_a_process_that_was_asked_nothing_has_an_empty_sample() -> None:
    sample = read_sample(Metrics().exposition(), NOW)
    assert (sample.requests, sample.faces, sample.stages) == ({}, {}, {})


def test_a_quantile_lies_within_its_bucket() -> None:
    stage = Stage({0.1: 0, 0.2: 10, 0.5: 10, math.inf: 10}, seconds=1.5)
    assert stage.quantile_s(0.5) == pytest.approx(0.15)
    assert stage.quantile_s(1) == pytest.approx(0.2)
    assert Stage({0.1: 0, math.inf: 4}, seconds=9).quantile_s(0.5) == 0.1
    assert Stage({0.1: 0, math.inf: 0}, seconds=0).quantile_s(0.5) is None


def test_what_came_in_between_is_told_apart_and_a_new_process_begins_at_nothing() -> None:
    before, after = Stage({0.1: 2, math.inf: 3}, 1.0), Stage({0.1: 2, math.inf: 7}, 5.0)
    between = after.since(before)
    assert (between.count, between.seconds, between.buckets[0.1]) == (4, 4.0, 0)
    assert before.since(after) == before
    assert before.since(None) == before


def test_one_that_cannot_be_had_leaves_a_gap_and_says_why() -> None:
    def refused() -> bytes:
        raise ConnectionRefusedError("refused")

    samples = Samples(refused, "The API at http://127.0.0.1:1/metrics")
    samples.take()
    assert samples.kept == (None,)
    assert samples.problem == "The API at http://127.0.0.1:1/metrics could not be asked: refused"
    samples.read = lambda: b"<html>what else serves there</html>"
    samples.take()
    assert samples.kept == (None, None)
    samples.read = Metrics().exposition
    samples.take()
    assert samples.problem is None
    assert samples.kept[-1] is not None


def test_what_speaks_no_http_is_one_that_cannot_be_had() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/metrics"
        samples = Samples(over_http(url), "The API")
        thread = threading.Thread(target=samples.take)
        thread.start()
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"220 mail ready\r\n\r\n")
        thread.join()
    assert samples.kept == (None,)
    assert samples.problem == f"The API could not be asked: no HTTP came from {url} (BadStatusLine)"


def test_only_the_last_hours_are_kept() -> None:
    samples = Samples(Metrics().exposition, "This process")
    for _ in range(MAX_SAMPLES + 5):
        samples.take()
    assert len(samples.kept) == MAX_SAMPLES
