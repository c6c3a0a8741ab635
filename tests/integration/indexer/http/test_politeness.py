"""HostPolicy: the pace of a host, its Retry-After, its robots.txt."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Barrier

import pytest

from indexer.errors import SourceBlocked, SourceUnavailable
from indexer.http import HostPolicy, HttpClient
from indexer.http.rate_limit import RateLimiter
from tests.integration.indexer.http import asking
from tests.integration.indexer.http.conftest import MakeClient
from tests.integration.indexer.http.origin import Origin, whole

HOUR_S = 3600


def test_threads_and_processes_share_the_pace_of_a_host(origin: Origin, tmp_path: Path) -> None:
    """With n requests asked for after `start`, the k-th cannot come before `start` + k times the pace."""
    interval_s, each = 0.15, 10
    urls = [[origin.at(f"/{process}/{number}", whole()) for number in range(each)] for process in range(2)]
    start = time.time()
    processes = [asking.start(tmp_path / "http", wanted, interval_s) for wanted in urls]
    for process in processes:
        process.communicate(timeout=60)

    arrivals = sorted(request.at for request in origin.requests)

    assert len(origin.asked) == 2 * each
    assert all(at >= start + number * interval_s for number, at in enumerate(arrivals))
    assert arrivals[-1] - arrivals[0] >= (len(arrivals) - 2) * interval_s


def test_many_may_open_a_new_file_at_the_same_time(tmp_path: Path) -> None:
    callers, rounds = 8, 40
    together = Barrier(callers)

    def open_one(round_: int) -> None:
        together.wait()
        RateLimiter(tmp_path / f"{round_}.sqlite", patience_s=1).close()

    with ThreadPoolExecutor(callers) as threads:
        for round_ in range(rounds):
            list(threads.map(open_one, [round_] * callers))


def test_hosts_do_not_wait_for_each_other(origin: Origin, make_client: MakeClient) -> None:
    slow, quick = HostPolicy(interval_s=3, robots=False), HostPolicy(interval_s=0, robots=False)
    with Origin().running() as other:
        client = make_client(policies={f"127.0.0.1:{origin.port}": slow}, default_policy=quick)
        client.get(origin.at("/1", whole()))
        started = time.monotonic()
        for number in range(5):
            client.get(other.at(f"/{number}", whole()))

        assert time.monotonic() - started < 2.9
        client.get(origin.at("/2", whole()))
        assert time.monotonic() - started >= 2.9


def test_what_is_at_hand_waits_for_no_turn(origin: Origin, make_client: MakeClient) -> None:
    client = make_client(default_policy=HostPolicy(interval_s=5, robots=False))
    url = origin.at("/1", whole())
    client.get(url)
    started = time.monotonic()

    client.get(url)

    assert time.monotonic() - started < 4.9


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_retry_after_is_waited_for(origin: Origin, client: HttpClient, status: int) -> None:
    url = origin.at("/x", whole(b"", status=status, Retry_After="1"), whole())

    assert client.get(url).content == b"document"
    before, after = (request.at for request in origin.requests if request.target == "/x")
    assert after - before >= 0.99


def test_a_retry_after_may_be_a_date(origin: Origin, client: HttpClient) -> None:
    def busy(handler: BaseHTTPRequestHandler) -> None:
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        whole(b"", status=503, Retry_After=moment)(handler)

    url = origin.at("/x", busy, whole())

    assert client.get(url).content == b"document"
    before, after = (request.at for request in origin.requests if request.target == "/x")
    assert after - before >= 0.9


def test_a_long_retry_after_closes_the_host_to_everyone(
    origin: Origin, client: HttpClient, tmp_path: Path, now: datetime
) -> None:
    busy = origin.at("/x", whole(b"", status=429, Retry_After=str(HOUR_S)))
    back_at = now + timedelta(seconds=HOUR_S)

    with pytest.raises(SourceUnavailable, match=f"come back at {back_at:%Y-%m-%d %H:}") as caught:
        client.get(busy)
    with pytest.raises(SourceUnavailable, match="come back"):
        client.get(origin.at("/other", whole()))
    answers = asking.run(tmp_path / "http", [origin.url + "/another"])

    assert caught.value.retry_after_s == pytest.approx(HOUR_S, abs=10)
    assert "come back" in answers[0]["error"]
    assert origin.asked == ["/x"]


def test_an_absurd_retry_after_closes_a_host_for_a_day(origin: Origin, client: HttpClient) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        client.get(origin.at("/x", whole(b"", status=429, Retry_After="9" * 30)))

    assert caught.value.retry_after_s == pytest.approx(24 * HOUR_S, abs=10)


RULES = b"""
User-agent: *
Disallow: /private/
User-agent: FindTheActor
Disallow: /robots-of-tv/
Allow: /robots-of-tv/welcome
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/private/x", True), ("/robots-of-tv/x", False), ("/robots-of-tv/welcome", True), ("/", True)],
)
def test_robots_txt_is_obeyed_by_name(origin: Origin, client: HttpClient, path: str, allowed: bool) -> None:
    origin.at("/robots.txt", whole(RULES))
    url = origin.at(path, whole())

    if allowed:
        assert client.get(url).content == b"document"
    else:
        with pytest.raises(SourceBlocked, match=r"robots\.txt"):
            client.get(url)
    assert origin.asked == ([path] if allowed else [])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_a_robots_txt_that_is_not_there_allows_all_and_is_asked_for_once(
    origin: Origin, client: HttpClient, status: int
) -> None:
    origin.at("/robots.txt", whole(status=status))

    client.get(origin.at("/a", whole()))
    client.get(origin.at("/b", whole()))

    assert origin.asked_for_rules == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_in_trouble_forbids_all_for_now(origin: Origin, client: HttpClient, status: int) -> None:
    origin.at("/robots.txt", whole(status=status))

    with pytest.raises(SourceUnavailable, match=r"robots\.txt"):
        client.get(origin.at("/a", whole()))

    assert origin.asked == []


def test_a_redirect_obeys_the_rules_of_where_it_leads(origin: Origin, client: HttpClient) -> None:
    with Origin().running() as other:
        other.at("/robots.txt", whole(b"User-agent: *\nDisallow: /"))
        url = origin.at("/x", whole(b"", status=302, Location=other.at("/y", whole())))

        with pytest.raises(SourceBlocked, match=r"robots\.txt"):
            client.get(url)
        assert other.asked == []


def test_an_api_that_invites_programs_is_not_asked_for_rules(origin: Origin, make_client: MakeClient) -> None:
    client = make_client(policies={"127.0.0.1": HostPolicy(interval_s=0, robots=False)})

    client.get(origin.at("/a", whole()))

    assert origin.asked_for_rules == 0


def test_a_crawl_delay_is_a_pace(origin: Origin, client: HttpClient) -> None:
    origin.at("/robots.txt", whole(b"User-agent: *\nCrawl-delay: 0.7\n"))
    for path in ("/a", "/b"):
        client.get(origin.at(path, whole()))

    first, second = (request.at for request in origin.requests if request.target != "/robots.txt")
    assert second - first >= 0.6
