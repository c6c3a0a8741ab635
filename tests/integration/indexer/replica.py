"""A JSON API on loopback: an origin that also looks at the query, which is in no particular order."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from threading import Event
from urllib.parse import parse_qsl, urlsplit

from tests.integration.indexer.http.origin import Origin, Reply, whole


def query_of(target: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(target).query))


@dataclass(frozen=True, slots=True)
class _Route:
    path: str
    query: Mapping[str, str]
    reply: Reply

    def leads_to(self, target: str) -> bool:
        return urlsplit(target).path == self.path and self.query.items() <= query_of(target).items()


class Replica(Origin):
    """Replies 404 to whatever is not put there."""

    def __init__(self) -> None:
        super().__init__()
        self._routes: list[_Route] = []
        self._held: dict[str, Event] = {}

    def put(self, path: str, body: bytes, *, status: int = 200, location: str | None = None, **query: str) -> None:
        """Serve `body` at `path` when the query has these items; what was put last goes first."""
        headers = {"Location": location} if location else {}
        self._routes.insert(0, _Route(path, query, whole(body, status=status, **headers)))

    @contextmanager
    def holding(self, path: str) -> Iterator[None]:
        """Let those who ask for `path` wait as long as the block lasts."""
        over = Event()
        self._held[path] = over
        try:
            yield
        finally:
            del self._held[path]
            over.set()

    @property
    def paths(self) -> list[str]:
        """What was asked for, but for robots.txt, without the queries."""
        return [urlsplit(target).path for target in self.asked]

    def _next_reply(self, target: str) -> Reply:
        if held := self._held.get(urlsplit(target).path):
            held.wait()
        return next((route.reply for route in self._routes if route.leads_to(target)), _not_found)


def _not_found(handler: BaseHTTPRequestHandler) -> None:
    whole(b'{"name": "Not Found", "status": 404}', status=404)(handler)
