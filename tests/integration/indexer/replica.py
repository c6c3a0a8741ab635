"""A source on loopback: serves what a test puts there, and remembers what it was asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: `headers` by lower-case name."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Route:
    path: str
    query: Mapping[str, str]
    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass
class Replica:
    """Answers 404 to whatever is not put there, robots.txt included."""

    base_url: str
    requests: list[Request] = field(default_factory=list)
    _routes: list[_Route] = field(default_factory=list)

    def put(
        self, path: str, body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None, **query: str
    ) -> None:
        """Serve `body` at `path` when the query has these items; what was put last goes first."""
        self._routes.insert(0, _Route(path, query, status, body, headers or {}))

    def asked(self) -> list[str]:
        """The paths that were asked for, in order, but for robots.txt."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    def answer(self, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body."""
        self.requests.append(request)
        for route in self._routes:
            if route.path == request.path and route.query.items() <= request.query.items():
                return route.status, route.headers, route.body
        return 404, {}, b'{"name": "Not Found", "status": 404}'


@contextmanager
def running_replica() -> Iterator[Replica]:
    """A replica that answers until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, body = replica.answer(Request(place.path, dict(parse_qsl(place.query)), headers))
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **extra}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    replica = Replica(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield replica
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
