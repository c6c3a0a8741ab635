"""Slow callers, and too many connections."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from api import connections, problems
from api.middleware import BodyLimit
from api.settings import ApiSettings
from tests import served

WAIT_S = 20
LONG = 64 * 1024 * 1024
HEAD = b"GET /quick HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def limits() -> ApiSettings:
    return ApiSettings(upload_timeout_s=0.3, max_connections=20, max_connections_per_address=0)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 0.3)
    monkeypatch.setattr(connections, "BODY_GRACE_S", 0.3)
    monkeypatch.setattr(connections, "ANSWER_TIMEOUT_S", 0.3)


class Working:
    """An application with an endpoint that works until it is told to answer."""

    def __init__(self) -> None:
        self.begun, self.finish = threading.Event(), threading.Event()
        self.app = FastAPI()
        problems.install(self.app)
        self.app.get("/quick")(lambda: "done")
        self.app.get("/work")(self._work)
        self.app.get("/long")(lambda: Response(bytes(LONG)))
        self.app.post("/json")(self._echo)
        self.app.add_middleware(BodyLimit, max_bytes=1024, timeout_s=0.3)

    def _work(self) -> str:
        self.begun.set()
        assert self.finish.wait(WAIT_S)
        return "done"

    async def _echo(self, request: Request) -> object:
        return await request.json()


@pytest.fixture
def working() -> Iterator[Working]:
    made = Working()
    yield made
    made.finish.set()


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    at = httpx.URL(url)
    with closing(socket.create_connection((at.host, at.port or 80), timeout=WAIT_S)) as connection:
        yield connection


def all_of(connection: socket.socket) -> bytes:
    """Everything until the service closes the connection."""
    pieces = []
    try:
        while piece := connection.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


@pytest.mark.parametrize("sent", [b"", b"GET", HEAD, HEAD + b"X-More: 1\r\n"])
def test_a_head_that_does_not_come_to_its_end_closes_the_connection(
    working: Working, limits: ApiSettings, sent: bytes
) -> None:
    with served.serving(working.app, limits) as url, connected(url) as connection:
        connection.sendall(sent)
        assert all_of(connection) == b""


def test_dripping_bytes_do_not_move_the_deadline(working: Working, limits: ApiSettings) -> None:
    with served.serving(working.app, limits) as url, connected(url) as connection:
        connection.sendall(HEAD)
        connection.settimeout(0.02)
        for _ in range(WAIT_S * 50):
            try:
                if connection.recv(1) == b"":
                    return
            except TimeoutError:
                connection.send(b"X")
            except ConnectionResetError:
                return
        pytest.fail("the connection was never closed")


def test_the_next_request_of_a_connection_has_a_deadline_too(working: Working, limits: ApiSettings) -> None:
    with served.serving(working.app, limits) as url, connected(url) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(HEAD)
        assert b"HTTP/1.1" not in all_of(connection)


def test_a_slow_json_body_is_told_and_the_connection_closed(working: Working, limits: ApiSettings) -> None:
    with served.serving(working.app, limits) as url, connected(url) as connection:
        connection.sendall(b"POST /json HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
        answer = all_of(connection)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"code":"upload_too_slow"' in answer


def test_a_json_body_that_is_too_large_is_told(working: Working, limits: ApiSettings) -> None:
    with served.serving(working.app, limits) as url:
        reply = httpx.post(f"{url}/json", content=iter([b"[", bytes(2000)]))
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")


def test_a_body_that_nobody_reads_closes_the_connection(working: Working, limits: ApiSettings) -> None:
    with served.serving(working.app, limits) as url, connected(url) as connection:
        connection.sendall(HEAD + b"Content-Length: 99\r\n\r\n{")
        assert all_of(connection).startswith(b"HTTP/1.1 200")


def test_who_does_not_take_in_the_answer_is_dropped(
    working: Working, limits: ApiSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped, abort = threading.Event(), connections.Connection.abort

    def abort_and_tell(connection: connections.Connection) -> None:
        abort(connection)
        dropped.set()

    monkeypatch.setattr(connections.Connection, "abort", abort_and_tell)
    with served.serving(working.app, limits) as url, connected(url) as connection:
        connection.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        assert dropped.wait(WAIT_S)
        assert len(all_of(connection)) < LONG


def test_with_too_many_connections_the_one_that_keeps_us_waiting_goes(
    working: Working, limits: ApiSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 600)
    with served.serving(working.app, limits) as url, ExitStack() as stack:
        slow = [stack.enter_context(connected(url)) for _ in range(150)]
        for connection in slow[-10:]:
            connection.sendall(HEAD)
        assert httpx.get(f"{url}/quick", timeout=WAIT_S).status_code == 200
        assert all_of(slow[0]) == b""


def test_a_connection_at_work_is_never_closed_for_another(working: Working, limits: ApiSettings) -> None:
    one = limits.model_copy(update={"max_connections": 1})
    with served.serving(working.app, one) as url, connected(url) as first:
        first.sendall(b"GET /work HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert working.begun.wait(WAIT_S)
        with connected(url) as second:
            assert all_of(second) == b""
        working.finish.set()
        assert all_of(first).startswith(b"HTTP/1.1 200")


def test_one_address_has_a_limit_of_its_own_unless_it_is_a_trusted_proxy(
    working: Working, limits: ApiSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 600)
    few = limits.model_copy(update={"max_connections_per_address": 2, "trusted_proxies": ()})
    with served.serving(working.app, few) as url, connected(url) as first, connected(url), connected(url):
        assert all_of(first) == b""
    trusting = limits.model_copy(update={"max_connections_per_address": 2})
    with served.serving(working.app, trusting) as url, connected(url) as first, connected(url), connected(url):
        first.sendall(HEAD + b"Connection: close\r\n\r\n")
        assert all_of(first).startswith(b"HTTP/1.1 200")


def test_the_bodies_that_are_received_together_have_a_limit(working: Working, limits: ApiSettings) -> None:
    head = b"POST /json HTTP/1.1\r\nHost: x\r\nContent-Length: 1024\r\n\r\n"
    many = limits.model_copy(update={"max_connections": 0})
    with served.serving(working.app, many) as url, ExitStack() as stack:
        sending = [stack.enter_context(connected(url)) for _ in range(20)]
        for connection in sending:
            connection.sendall(head + b" " * 1000)
        answers = [all_of(connection) for connection in sending]
        assert {answer.split(b" ")[1] for answer in answers} == {b"503", b"408"}
        assert httpx.post(f"{url}/json", content=b"[1]").json() == [1]
