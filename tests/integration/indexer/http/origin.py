"""Origin servers on loopback, with good days and bad ones, that remember what they were asked."""

import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    target: str
    headers: dict[str, str]
    at: float = field(default_factory=time.time)


class Origin:
    """Replies by path. A list of replies is used up one by one, the last of them for ever."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host, self.url, self.port = host, "", 0
        self.requests: list[Asked] = []
        self._replies: dict[str, list[Reply]] = {}

    def at(self, path: str, *replies: Reply) -> str:
        """Where the replies can be had."""
        self._replies[path] = list(replies)
        return self.url + path

    @property
    def asked(self) -> list[str]:
        """The targets asked for, but for robots.txt."""
        return [request.target for request in self.requests if request.target != "/robots.txt"]

    @property
    def asked_for_rules(self) -> int:
        return sum(request.target == "/robots.txt" for request in self.requests)

    @contextmanager
    def running(self, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator["Origin"]:
        with _Server((self.host, port), self._handler()) as http:
            if tls:
                http.socket = tls.wrap_socket(http.socket, server_side=True)
            self.port = http.server_address[1]
            self.url = f"http://{self.host}:{self.port}"
            thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield self
            finally:
                http.shutdown()
                thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        origin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def do_GET(self) -> None:
                origin.requests.append(Asked(self.path, dict(self.headers)))
                try:
                    origin._next_reply(self.path)(self)
                except OSError:  # the client went away, as it should
                    self.close_connection = True

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        return Handler

    def _next_reply(self, target: str) -> Reply:
        replies = self._replies.get(target) or self._replies.get(target.partition("?")[0]) or [whole(b"?", status=404)]
        return replies.pop(0) if len(replies) > 1 else replies[0]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away, as it should, is not worth a traceback."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def whole(body: bytes = b"document", *, status: int = 200, **headers: str) -> Reply:
    """A reply as it should be."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        start(handler, status, Content_Length=str(len(body)), **headers)
        handler.wfile.write(body)

    return reply


def unless_changed(etag: str, body: bytes = b"document") -> Reply:
    """304 to those who know the etag."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("If-None-Match") == etag:
            start(handler, 304, ETag=etag)
        else:
            whole(body, ETag=etag)(handler)

    return reply


def start(handler: BaseHTTPRequestHandler, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    start(handler, Content_Length="1000")
    handler.wfile.write(b"half a document")
    handler.close_connection = True


def cut_off_in_a_chunk(handler: BaseHTTPRequestHandler) -> None:
    start(handler, Transfer_Encoding="chunked")
    handler.wfile.write(b"ff\r\nhalf a chunk")
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    raise ConnectionResetError


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(5)
    handler.close_connection = True


def not_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"hello\r\n")
    handler.close_connection = True


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    _drip(handler, b"x")


def dripping_body(handler: BaseHTTPRequestHandler) -> None:
    start(handler, Content_Length="50000")
    _drip(handler, b"x")


def dripping_chunks(handler: BaseHTTPRequestHandler) -> None:
    start(handler, Transfer_Encoding="chunked")
    _drip(handler, b"1\r\nx\r\n")


def _drip(handler: BaseHTTPRequestHandler, drop: bytes) -> None:
    for _ in range(100):
        handler.wfile.write(drop)
        time.sleep(0.1)


def endless(piece: bytes, sent: list[int], head: bytes = b"", **headers: str) -> Reply:
    """200 MB, unless the client goes; `sent` gets the number of bytes of each piece that it took."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        start(handler, Connection="close", **headers)
        handler.wfile.write(head)
        handler.close_connection = True
        while sum(sent) < 200_000_000:
            sent.append(handler.wfile.write(piece))

    return reply
