"""Every question to every source on a good day, and on each kind of bad one."""

import gzip
import ipaddress
import re
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from indexer.errors import AddressRefused, PageChanged, SourceBlocked, SourceError, SourceUnavailable, TooLarge
from indexer.http import HostPolicy, HttpClient
from indexer.http.transport import FILE_LIMITS, PAGE_LIMITS
from indexer.photos.pictures import NotAPicture
from indexer.sources.records import Listing
from indexer.sources.registry import Sources
from tests.integration.indexer.http.conftest import names
from tests.integration.indexer.http.origin import Origin, Reply, cut_off, dripping_body, endless, reset, whole
from tests.integration.indexer.sources.questions import QUESTIONS, Question, World

__all__ = ["names"]

MEMORY = Path("/dev/shm")  # a folder of its own in it
LONGEST_S = 10.0
DRIP_S = 0.3
MOST_HELD_BYTES = 24_000_000
MOST_SENT_BYTES = 40_000_000
FILES_END_AT_BYTES = 20_000_000
"""For this test: nobody waits for gigabytes here."""


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with Origin().running() as origin:
        yield origin


@pytest.fixture
def world(origin: Origin) -> Iterator[World]:
    with opened(origin, total_timeout_s=5) as world:
        yield world


@contextmanager
def opened(origin: Origin, total_timeout_s: float) -> Iterator[World]:
    """Its folder is in memory where there is such a place: a disk would take longer than all the rest."""
    soon = {"connect_timeout_s": 1, "read_timeout_s": 1, "total_timeout_s": total_timeout_s, "retry_pauses_s": ()}
    with TemporaryDirectory(dir=MEMORY if MEMORY.exists() else None) as folder:
        http = _client(Path(folder), soon)
        yield World(origin.url, http, Path(folder))
        http.close()


def _client(folder: Path, soon: dict[str, Any]) -> HttpClient:
    return HttpClient(
        folder / "http",
        "FindTheActor/test (https://example.org/contact)",
        default_policy=HostPolicy(interval_s=0, robots=False),
        allowed_networks=[ipaddress.ip_network("127.0.0.1")],
        page_limits=replace(PAGE_LIMITS, **soon),
        file_limits=replace(FILE_LIMITS, **soon, max_bytes=FILES_END_AT_BYTES),
        patience_s=0,
    )


@dataclass(frozen=True)
class BadDay:
    """A reply, and what must come of it."""

    name: str
    reply: Reply
    error: type[SourceError]
    says: str

    def __str__(self) -> str:
        return self.name


BOMB = gzip.compress(bytes(25_000_000))
INSIDE = "http://169.254.169.254/latest/meta-data/"
BAD_DAYS = [
    BadDay("challenge", whole(status=202, x_amzn_waf_action="challenge"), SourceBlocked, "challenge.* leave it out"),
    BadDay("202 without a word", whole(b"", status=202), SourceBlocked, "HTTP 202.* leave it out"),
    BadDay("401", whole(b"no", status=401), SourceBlocked, "HTTP 401.* leave it out"),
    BadDay("403", whole(b"no", status=403), SourceBlocked, "HTTP 403.* leave it out"),
    BadDay("429", whole(b"slow down", status=429, Retry_After="3600"), SourceUnavailable, "HTTP 429: try later"),
    BadDay("500", whole(b"oops", status=500), SourceUnavailable, "HTTP 500: try later"),
    BadDay("reset", reset, SourceUnavailable, "did not arrive, try later"),
    BadDay("cut off", cut_off, SourceUnavailable, "did not arrive, try later"),
    BadDay("empty", whole(b""), SourceUnavailable, "empty body: try later"),
    BadDay("gzip bomb", whole(BOMB, Content_Encoding="gzip"), TooLarge, "over [0-9,]+ bytes: refused"),
    BadDay("another page", whole(b"<html><body>Welcome</body></html>"), PageChanged, "parser needs a look"),
    BadDay("another answer", whole(b'{"unexpected": [1]}'), PageChanged, "parser needs a look"),
    BadDay("led inside", whole(b"", status=302, Location=INSIDE), AddressRefused, r"169\.254\.169\.254.* not on the"),
]  # fmt: skip


def serve(origin: Origin, question: Question, reply: Reply) -> None:
    for path, answer in question.before.items():
        origin.at(path, whole(answer))
    origin.at(question.path, reply)


def failure_of(question: Question, world: World) -> SourceError | str:
    """What comes of the question: an error, or the problem of a listing of which a part could be read."""
    try:
        answer = question.ask(world)
    except SourceError as error:
        return error
    assert isinstance(answer, Listing), f"no failure, but {answer!r}"
    assert answer.airings
    assert answer.problem
    return answer.problem


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_on_a_good_day_there_is_an_answer(origin: Origin, world: World, question: Question) -> None:
    serve(origin, question, whole(question.answer))

    assert question.ask(world)


@pytest.mark.parametrize("day", BAD_DAYS, ids=str)
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_bad_day_is_told_for_what_it_is(origin: Origin, world: World, question: Question, day: BadDay) -> None:
    serve(origin, question, day.reply)
    began = time.monotonic()

    failure = failure_of(question, world)

    assert time.monotonic() - began < LONGEST_S
    if question.source == "pictures" and day.error is PageChanged:
        assert isinstance(failure, NotAPicture)
        return
    assert isinstance(failure, str | day.error)
    assert re.search(day.says, str(failure))


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_an_answer_that_only_trickles_is_given_up(origin: Origin, question: Question) -> None:
    serve(origin, question, dripping_body)
    began = time.monotonic()

    with opened(origin, total_timeout_s=DRIP_S) as world:
        failure = failure_of(question, world)

    assert time.monotonic() - began < DRIP_S + LONGEST_S
    assert re.search("still answering after .* try later", str(failure))


def test_whoever_says_when_to_come_back_is_not_asked_before(origin: Origin, world: World) -> None:
    question = next(question for question in QUESTIONS if question.source == "tmdb")
    serve(origin, question, whole(b"slow down", status=429, Retry_After="3600"))
    asked = len(origin.asked)

    for _ in range(2):
        with pytest.raises(SourceUnavailable) as caught:
            question.ask(world)
        assert 3590 < (caught.value.retry_after_s or 0) <= 3600

    assert len(origin.asked) == asked + 1


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_200_megabytes_are_neither_read_nor_held(origin: Origin, world: World, question: Question) -> None:
    sent: list[int] = []
    serve(origin, question, endless(b"x" * 65_536, sent))
    tracemalloc.start()
    try:
        failure = failure_of(question, world)
        assert tracemalloc.get_traced_memory()[1] < MOST_HELD_BYTES
    finally:
        tracemalloc.stop()

    assert re.search("over [0-9,]+ bytes: refused", str(failure))
    assert sum(sent) < MOST_SENT_BYTES


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
@pytest.mark.parametrize("question", [one for one in QUESTIONS if one.source != "pictures"], ids=str)
def test_a_wrong_charset_is_read_right_or_not_at_all(
    origin: Origin, world: World, question: Question, encoding: str
) -> None:
    body = question.answer.decode().encode(encoding, "replace")
    serve(origin, question, whole(body, Content_Type="text/html; charset=utf-8"))
    try:
        answer: Any = question.ask(world)
    except PageChanged:
        return

    told = repr(answer)
    assert answer or "imdb-datasets" in question.source
    assert not any(sign in told for sign in ("\ufffd", "Ã", "\\x00", "ÿþ"))


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_name_that_resolves_inward_is_never_connected_to(
    origin: Origin, world: World, names: dict[str, list[list[str]]], question: Question
) -> None:
    names["mirror.example"] = [["10.0.0.5"]]
    asked = len(origin.requests)

    with pytest.raises(AddressRefused, match=r"mirror\.example leads to 10\.0\.0\.5.* FTA_ALLOWED_NETWORKS"):
        question.ask(replace(world, url="http://mirror.example"))

    assert len(origin.requests) == asked


def test_the_table_knows_every_question_to_every_source(world: World) -> None:
    methods: dict[str, Callable[[Sources], Any]] = {
        "search": lambda sources: sources.casts,
        "cast": lambda sources: sources.casts,
        "photos": lambda sources: sources.photos,
        "past_credits": lambda sources: sources.careers,
        "person": lambda sources: sources.people,
    }
    possible = {(source.name, method) for method, of in methods.items() for source in of(world.sources)}
    possible |= {(world.datasets.name, method) for method in ("search", "cast", "past_credits")}

    assert possible <= {(question.source, question.method) for question in QUESTIONS}
