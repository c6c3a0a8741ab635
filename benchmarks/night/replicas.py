"""Replicas: HTTP servers on loopback that stand in for the sources, and record every request."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from benchmarks.night.pictures import Album
from benchmarks.night.responses import HOSTS, Missing, NoSuchEndpoint, Responses
from benchmarks.night.world import World

SOURCES = ("tmdb", "tvmaze", "wikidata", "commons")


class Request(NamedTuple):
    """A received request; `query` is sorted and without the API key. `status` is that of the reply."""

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int

    @property
    def target(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What was requested, regardless of the reply."""
        return self.host, self.path, self.query


class Replicas:
    """The replicas. `guides` are served by path; `requests` has all requests since the last `take_requests`."""

    def __init__(self, world: World, album: Album) -> None:
        self.requests: list[Request] = []
        self.unexpected: list[str] = []
        self.guides: dict[str, bytes] = {}
        self.ports: dict[str, int] = {}
        self._responses = Responses(world, album, self.url)

    def url(self, host: str) -> str:
        """The base URL of a host."""
        return f"http://127.0.0.1:{self.ports[host]}"

    def source_urls(self) -> Mapping[str, str]:
        """The sources' base URLs, for the settings."""
        return {source: self.url(source) for source in SOURCES}

    def take_requests(self) -> list[Request]:
        """Return the requests so far, and clear the record."""
        requests, self.requests = self.requests, []
        return requests

    def reply(self, host: str, target: str, known: str | None) -> tuple[int, bytes, str | None]:
        """The status, body and ETag of the reply to a request; `known` is the ETag that the client has."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        key = query.pop("api_key", None)
        status, body, etag = 404, b'{"name": "Not Found", "status": 404}', None
        try:
            if host == "guide":
                body = self._guide(parts.path)
                etag = f'"{hashlib.sha256(body).hexdigest()}"'
                status = 304 if known == etag else 200
            elif host == "tmdb" and key is None:
                status, body = 401, b'{"status_code": 7, "status_message": "Invalid API key"}'
            else:
                status, body = 200, self._responses.respond(host, parts.path, query)
        except Missing:
            pass
        except NoSuchEndpoint as error:
            self.unexpected.append(str(error))
        self.requests.append(Request("GET", host, parts.path, tuple(sorted(query.items())), status))
        return status, b"" if status == 304 else body, etag

    def _guide(self, path: str) -> bytes:
        if path not in self.guides:
            raise Missing(path)
        return self.guides[path]

    @contextmanager
    def running(self) -> Iterator["Replicas"]:
        """Run the servers within the block."""
        with ExitStack() as running:
            for host in HOSTS:
                server = running.enter_context(_Server(("127.0.0.1", 0), _handler(self, host)))
                self.ports[host] = server.server_address[1]
                thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
                thread.start()
                running.callback(thread.join)
                running.callback(server.shutdown)
            yield self


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore dropped connections: clients are killed on purpose."""


def _handler(replicas: Replicas, host: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60
        wbufsize = -1  # one packet for head and body

        def do_GET(self) -> None:
            status, body, etag = replicas.reply(host, self.path, self.headers.get("If-None-Match"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    return Handler
