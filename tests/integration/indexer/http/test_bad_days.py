"""Documents that do not come: each time the reason is said, soon, and nothing is left behind."""

import gzip
import socket
import time
import tracemalloc
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import NotFound, SourceBlocked, SourceError, SourceUnavailable
from indexer.http import HostPolicy, HttpClient
from tests.integration.indexer.http.conftest import LIMITS, MakeClient
from tests.integration.indexer.http.origin import (
    Origin,
    Reply,
    cut_off,
    cut_off_in_a_chunk,
    dripping_body,
    dripping_chunks,
    dripping_headers,
    endless,
    not_http,
    reset,
    silent,
    whole,
)

TRIES = 1 + len(LIMITS.retry_pauses_s)
BOMB = bytes(50_000_000)


@pytest.mark.parametrize("status", [202, 401, 403, 451])
def test_a_refusal_is_called_blocked_and_not_tried_again(origin: Origin, client: HttpClient, status: int) -> None:
    with pytest.raises(SourceBlocked, match=str(status)):
        client.get(origin.at("/x", whole(b"", status=status)))

    assert len(origin.asked) == 1


@pytest.mark.parametrize("status", [200, 202, 405, 503])
def test_a_challenge_is_called_blocked_whatever_its_status(origin: Origin, client: HttpClient, status: int) -> None:
    with pytest.raises(SourceBlocked, match="challenge"):
        client.get(origin.at("/x", whole(b"", status=status, x_amzn_waf_action="challenge")))

    assert len(origin.asked) == 1


def test_a_refusal_is_not_remembered_as_an_answer(origin: Origin, client: HttpClient) -> None:
    url = origin.at("/x", whole(status=401), whole())
    with pytest.raises(SourceBlocked):
        client.get(url)

    assert client.get(url).content == b"document"


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_not_found(origin: Origin, client: HttpClient, status: int) -> None:
    with pytest.raises(NotFound, match=str(status)):
        client.get(origin.at("/x", whole(status=status)))

    assert len(origin.asked) == 1


@pytest.mark.parametrize("status", [204, 206, 300, 400, 405, 418, 501])
def test_any_other_status_is_called_unavailable(origin: Origin, client: HttpClient, status: int) -> None:
    with pytest.raises(SourceUnavailable, match=str(status)):
        client.get(origin.at("/x", whole(b"" if status == 204 else b"oops", status=status)))

    assert len(origin.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_tried_a_few_times(origin: Origin, client: HttpClient, status: int) -> None:
    with pytest.raises(SourceUnavailable, match=str(status)):
        client.get(origin.at("/x", whole(b"oops", status=status)))

    assert len(origin.asked) == TRIES


@pytest.mark.parametrize(
    "reply",
    [reset, cut_off, cut_off_in_a_chunk, silent, not_http],
    ids=["reset", "cut off", "cut off in a chunk", "silent", "not http"],
)
def test_a_broken_answer_is_tried_a_few_times(origin: Origin, client: HttpClient, tmp_path: Path, reply: Reply) -> None:
    with pytest.raises(SourceUnavailable, match="/x did not arrive"):
        client.get(origin.at("/x", reply))

    assert len(origin.asked) == TRIES
    assert _left_of(tmp_path, "/x") == []


@pytest.mark.parametrize("is_known", [True, False], ids=["refused", "unresolved"])
def test_a_host_that_cannot_be_reached_is_tried_again_without_long_pauses(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    client = make_client(page_limits=replace(LIMITS, retry_pauses_s=(60, 60)), default_policy=HostPolicy(robots=False))
    tried: list[str] = []
    look_up = socket.getaddrinfo

    def resolve(host: str, *arguments: Any, **options: Any) -> Any:
        tried.append(host)
        if not is_known:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return look_up(host, *arguments, **options)

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match="did not arrive"):
            client.get(f"http://127.0.0.1:{taken.getsockname()[1]}/x")

    assert time.monotonic() - began < 30
    assert len(tried) >= TRIES


@pytest.mark.parametrize("reply", [reset, cut_off, whole(status=500)], ids=["reset", "cut off", "500"])
def test_trouble_that_passes_is_not_noticed(origin: Origin, client: HttpClient, reply: Reply) -> None:
    assert client.get(origin.at("/x", reply, whole())).content == b"document"


@pytest.mark.parametrize("reply", [dripping_headers, dripping_body, dripping_chunks])
def test_an_answer_that_only_trickles_is_given_up(
    origin: Origin, client: HttpClient, tmp_path: Path, reply: Reply
) -> None:
    client.get(origin.at("/good", whole()))
    started = time.monotonic()

    with pytest.raises(SourceUnavailable, match=r"still answering after 2 s"):
        client.get(origin.at("/x", reply))

    assert time.monotonic() - started < 8
    assert len(origin.asked) == 2
    assert _left_of(tmp_path, "/x") == []


@pytest.mark.parametrize(
    "reply",
    [
        whole(gzip.compress(BOMB), Content_Encoding="gzip"),
        whole(zlib.compress(BOMB), Content_Encoding="deflate"),
        whole(gzip.compress(gzip.compress(BOMB)), Content_Encoding="gzip, gzip"),
        whole(b"\x1b\x00\x00", Content_Encoding="br"),
        whole(b"\x28\xb5\x2f\xfd", Content_Encoding="zstd"),
    ],
    ids=["gzip", "deflate", "gzip twice", "brotli", "zstd"],
)
def test_a_bomb_does_not_go_off(origin: Origin, client: HttpClient, tmp_path: Path, reply: Reply) -> None:
    url = origin.at("/x", reply)
    tracemalloc.start()
    try:
        with pytest.raises(SourceUnavailable, match=r"over 100,000 bytes|compression that was not asked for"):
            client.get(url)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert len(origin.asked) == 1
    assert _left_of(tmp_path, "/x") == []


def test_nothing_for_ever_is_too_much(origin: Origin, client: HttpClient) -> None:
    """Empty blocks of deflate: bytes on the wire that never become any of a document."""
    sent: list[int] = []
    head = gzip.compress(b"")[:10]
    empty_block = b"\x00\x00\x00\xff\xff"

    with pytest.raises(SourceUnavailable, match="more than 100,000 bytes"):
        client.get(origin.at("/x", endless(empty_block * 10_000, sent, head, Content_Encoding="gzip")))

    assert sum(sent) < 20_000_000


@pytest.mark.parametrize("headers", [{}, {"Content_Length": "200000000"}], ids=["undeclared", "declared"])
def test_200_megabytes_are_not_waited_for(origin: Origin, client: HttpClient, headers: dict[str, str]) -> None:
    sent: list[int] = []

    with pytest.raises(SourceUnavailable, match="over 100,000 bytes"):
        client.get(origin.at("/x", endless(bytes(65_536), sent, **headers)))

    assert sum(sent) < 20_000_000


def test_a_caller_may_allow_less(origin: Origin, client: HttpClient) -> None:
    url = origin.at("/x", whole(bytes(1001)))

    with pytest.raises(SourceUnavailable, match="over 1,000 bytes"), client.download(url, max_bytes=1000):
        pass


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (whole(b""), "empty body"),
        (whole(b"not gzip", Content_Encoding="gzip"), "did not arrive"),
        (whole(b"", status=302, Location="/x"), "redirect too many"),
        (whole(b"", status=302), "302"),
        (whole(b"", status=302, Location="file:///etc/passwd"), "Only http"),
        (whole(b"", status=302, Location="http://[::1"), "invalid"),
        (whole(b"", status=302, Location="http://127.0.0.1:99999/"), "invalid"),
        (whole(b"", status=302, Location="http://user:word@127.0.0.1/"), "user name"),
    ],
    ids=[
        "empty",
        "not gzip",
        "redirect loop",
        "redirect to nowhere",
        "to a file",
        "to nonsense",
        "to no port",
        "with a password",
    ],
)
def test_an_answer_of_no_use_says_why(origin: Origin, client: HttpClient, reply: Reply, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        client.get(origin.at("/x", reply))

    assert "word@" not in str(caught.value)


def test_a_failure_leaves_the_answer_before_it(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    url = origin.at("/x", whole(), cut_off)
    client.get(url)
    with pytest.raises(SourceUnavailable):
        client.get(url, fresh_for=timedelta(0))

    assert client.get(url).content == b"document"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://nowhere.invalid/", "https://127.0.0.1:9/"])
def test_a_server_that_is_not_there_is_unavailable(client: HttpClient, url: str) -> None:
    with pytest.raises(SourceUnavailable, match="did not arrive"):
        client.get(url)


def _left_of(folder: Path, path: str) -> list[Path]:
    """What is on disk of a document, or of nothing that the head know."""
    head = b"".join(file.read_bytes() for file in (folder / "http" / "facts").iterdir())
    known = [body for body in (folder / "http" / "bodies").iterdir() if body.name.encode() in head]
    return [body for body in (folder / "http" / "bodies").iterdir() if body not in known or path.encode() in head]
