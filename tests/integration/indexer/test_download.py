"""Fetching from a real server, on good days and on bad ones."""

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from indexer.errors import SourceBlocked, SourceUnavailable
from indexer.sources.download import Downloader, Limits

BODY = b"<tv>" + bytes(range(256)) * 100 + b"</tv>"
LIMITS = Limits(connect_timeout_s=2, read_timeout_s=0.5, total_timeout_s=1.5, max_bytes=100_000, max_redirects=3)

Answer = Callable[[BaseHTTPRequestHandler], None]


def whole(body: bytes, *, status: int = 200, **headers: str) -> Answer:
    """An answer as it should be."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(BODY)))
    handler.end_headers()
    handler.wfile.write(BODY[:1000])


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1)


def trickling(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(30):
        handler.wfile.write(b"x" * 66_000 if _ == 0 else b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b"x" * 65_536)


def not_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"hello\r\n")


class Server:
    """Answers by path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.url = ""

    def at(self, path: str, answer: Answer) -> str:
        """Where the answer can be had."""
        self.answers[path] = answer
        return self.url + path

    @contextmanager
    def running(self) -> Iterator[None]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers.get("User-Agent")))
                try:
                    server.answers[self.path](self)
                except OSError:  # the client went away, as it should
                    self.close_connection = True

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
            self.url = f"http://127.0.0.1:{http.server_address[1]}"
            thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            yield
            http.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    with server.running():
        yield server


@pytest.fixture
def downloader(tmp_path: Path) -> Downloader:
    return Downloader(tmp_path / "downloads", "FindTheActor/test (a@b.c)", LIMITS)


def test_a_document_arrives_whole_and_leaves_nothing_behind(server: Server, downloader: Downloader) -> None:
    with downloader.fetch(server.at("/guide.xml", whole(BODY))) as file:
        assert file.read() == BODY

    assert list(downloader.folder.iterdir()) == []
    assert server.asked == [("/guide.xml", "FindTheActor/test (a@b.c)")]


def test_a_document_packed_for_the_way_is_unpacked_and_a_packed_file_is_not(
    server: Server, downloader: Downloader
) -> None:
    packed = gzip.compress(BODY)

    with downloader.fetch(server.at("/a", whole(packed, Content_Encoding="gzip"))) as file:
        assert file.read() == BODY
    with downloader.fetch(server.at("/a.gz", whole(packed, Content_Type="application/gzip"))) as file:
        assert file.read() == packed


def test_a_redirect_is_followed(server: Server, downloader: Downloader) -> None:
    server.at("/new", whole(BODY))

    with downloader.fetch(server.at("/old", whole(b"", status=301, Location="/new"))) as file:
        assert file.read() == BODY


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refusal_is_called_blocked_and_not_tried_again(server: Server, downloader: Downloader, status: int) -> None:
    with (
        pytest.raises(SourceBlocked, match=str(status)),
        downloader.fetch(server.at("/x", whole(b"no", status=status))),
    ):
        pass

    assert len(server.asked) == 1


def test_a_challenge_is_called_blocked(server: Server, downloader: Downloader) -> None:
    url = server.at("/x", whole(b"", status=202, x_amzn_waf_action="challenge"))

    with pytest.raises(SourceBlocked), downloader.fetch(url):
        pass


@pytest.mark.parametrize("status", [202, 204, 404, 410, 500, 502])
def test_any_other_status_is_called_unavailable(server: Server, downloader: Downloader, status: int) -> None:
    url = server.at("/x", whole(b"" if status == 204 else b"oops", status=status))

    with pytest.raises(SourceUnavailable, match=str(status)), downloader.fetch(url):
        pass


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_says_when_to_come_back(server: Server, downloader: Downloader, status: int) -> None:
    url = server.at("/x", whole(b"", status=status, Retry_After="120"))

    with pytest.raises(SourceUnavailable, match="retry after: 120"), downloader.fetch(url):
        pass

    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (whole(b""), "nothing"),
        (cut_off, "did not arrive"),
        (silent, "did not arrive"),
        (trickling, "still arriving"),
        (endless, "over 100,000 bytes"),
        (not_http, "did not arrive"),
        (whole(b"not gzip", Content_Encoding="gzip"), "did not arrive"),
        (whole(b"", status=302, Location="/x"), "did not arrive"),
        (whole(b"", status=302, Location="file:///etc/passwd"), "did not arrive"),
    ],
    ids=["empty", "cut off", "silent", "trickling", "endless", "not http", "not gzip", "redirect loop", "to a file"],
)
def test_a_document_that_does_not_arrive_says_why_and_leaves_nothing_behind(
    server: Server, downloader: Downloader, answer: Answer, said: str
) -> None:
    with pytest.raises(SourceUnavailable, match=said), downloader.fetch(server.at("/x", answer)):
        pass

    assert list(downloader.folder.iterdir()) == []


def test_a_small_bomb_does_not_become_a_large_file(server: Server, downloader: Downloader) -> None:
    url = server.at("/x", whole(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"))

    with pytest.raises(SourceUnavailable, match="over 100,000 bytes"), downloader.fetch(url):
        pass


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://", "http://127.0.0.1:99999/"])
def test_a_server_that_is_not_there_is_unavailable(downloader: Downloader, url: str) -> None:
    with pytest.raises(SourceUnavailable, match="did not arrive"), downloader.fetch(url):
        pass
