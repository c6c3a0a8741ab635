"""The whole service as its users run it: what a question leaves behind is searched for, afterwards, everywhere."""

import base64
import hashlib
import io
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine, inspect

from api.settings import ApiSettings
from faces.engine import FaceEngine
from faces.metadata import strip_metadata
from storage import open_storage
from tests import served
from tests.evening import FACENET
from tests.paths import ROOT

NAME = "elton-at-my-aunts.jpg"
LATITUDE, LONGITUDE = "48.853712", "2.348291"
PIECE_BYTES = 48
"""Long enough to be found by chance nowhere, short enough to be in one piece in any form of storage."""


@dataclass(frozen=True, slots=True)
class Traces:
    """All that a running service can have left: files below its folders by path, table rows as text, and its log."""

    files: Mapping[Path, bytes]
    rows: Counter[str]
    log: bytes

    def that_hold(self, pieces: Sequence[bytes]) -> list[str]:
        """Where any of the pieces is, in these bytes or as hexadecimal digits."""
        places = chain(
            ((str(path), data) for path, data in self.files.items()),
            ((f"row {row[:200]}", row.encode()) for row in self.rows),
            ((f"log {line[:200]!r}", line) for line in self.log.splitlines()),
        )
        wanted = [*pieces, *(piece.hex().encode() for piece in pieces)]
        return [place for place, data in places if any(piece in data for piece in wanted)]


@dataclass(frozen=True, slots=True)
class Service:
    """A served process, and how to look for what it left."""

    url: str
    look: Callable[[], Traces]

    def ask(self, pictures: Sequence[bytes], **fields: str) -> dict[str, object]:
        """The answer about the pictures, from the place of this module."""
        files = [("picture", (NAME, picture)) for picture in pictures]
        form = {"lat": LATITUDE, "lon": LONGITUDE, **fields}
        return self._answer(httpx.post(f"{self.url}/v1/identify", files=files, data=form, timeout=60))

    def ask_again(self, look: object) -> dict[str, object]:
        """The answer about what was seen, with another channel."""
        body = {"look": look, "lat": LATITUDE, "lon": LONGITUDE, "channel": "canal+"}
        return self._answer(httpx.post(f"{self.url}/v1/identify/again", json=body, timeout=60))

    def _answer(self, reply: httpx.Response) -> dict[str, object]:
        assert reply.status_code == 200, reply.text
        answer: dict[str, object] = reply.json()
        assert answer["faces"]
        return answer


@pytest.fixture
def service(settings: ApiSettings, engine: Engine, enrolled: served.Enrolled, tmp_path: Path) -> Iterator[Service]:
    """`findtheactor serve`, which says all that it can say."""
    served.publish_now(engine, open_storage(settings.storage_url), enrolled)
    for name in ("temporary", "home"):
        (tmp_path / name).mkdir()
    log = tmp_path / "log"
    environment = {
        "DATABASE_URL": str(settings.database_url),
        "FTA_DATA_DIR": str(settings.data_dir),
        "FTA_MODELS": str(settings.models),
        "FTA_LOG_LEVEL": "debug",
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(tmp_path / "temporary"),
        "HOME": str(tmp_path / "home"),
    }

    def look() -> Traces:
        paths = [path for path in tmp_path.rglob("*") if path.is_file() and path != log]
        return Traces({path: path.read_bytes() for path in paths}, all_rows(engine), log.read_bytes())

    with serving(log, tmp_path, os.environ | environment) as url:
        yield Service(url, look)


@contextmanager
def serving(log: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    command = [sys.executable, "-c", "from cli.main import run; run()", "serve", "--port", "0"]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            served.wait_until(lambda: b"Serving on " in log.read_bytes() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            url = log.read_text().partition("Serving on ")[2].split()[0]
            served.wait_until(lambda: answers(f"{url}/readyz"))
            yield url
        finally:
            process.terminate()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def all_rows(engine: Engine) -> Counter[str]:
    """Every row of every table, as PostgreSQL writes it."""
    with engine.connect() as connection:
        return Counter(
            f"{table} {row}"
            for table in inspect(engine).get_table_names()
            for (row,) in connection.exec_driver_sql(f'SELECT t::text FROM "{table}" t')
        )


@pytest.fixture(scope="module")
def pictures(photos: Path) -> list[bytes]:
    """Photos that no gallery has, as a phone would have taken them."""
    return [with_place(path) for path in served.probes(photos / "val")["Elton John"][:2]]


def with_place(path: Path) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = f"at {LATITUDE} {LONGITUDE}"  # ImageDescription
    Image.open(path).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture(scope="module")
def personal(pictures: list[bytes], models_dir: Path) -> list[bytes]:
    """Pieces of all that could lead back to the pictures or their sender."""
    engine = FaceEngine.load(models_dir, FACENET)
    vectors = [face.embedding for picture in pictures for face in engine.analyse(picture).faces]
    numbers = [np.asarray(v, kind).tobytes() for v in vectors for kind in (np.float16, np.float32, np.float64)]
    digests = [hashlib.sha256(picture).digest() for picture in pictures]
    whole = [*pictures, *(strip_metadata(picture) for picture in pictures), *numbers]
    encoded = [base64.b64encode(data) for data in (*whole, *digests)]
    middles = [piece for data in (*whole, *encoded) for piece in pieces(data)]
    words = [NAME, LATITUDE[:6], LONGITUDE[:5], *(f"{v[0]:.5f}" for v in vectors)]
    return [*middles, *digests, *(word.encode() for word in words)]


def pieces(data: bytes) -> list[bytes]:
    """A few of the data's own bytes, from different parts of it; not from its start, which others may share."""
    return [data[at : at + PIECE_BYTES] for at in (len(data) // 3 // 4 * 4, len(data) // 2 // 4 * 4)]


def test_a_question_leaves_no_file_no_log_line_and_no_row(
    service: Service, pictures: list[bytes], personal: list[bytes]
) -> None:
    before = service.look()
    answer = service.ask(pictures[:1])
    burst = service.ask(pictures, keep="no")
    again = service.ask_again(answer["look"])
    after = service.look()

    assert [it["kept"] for it in (answer, burst, again)] == [None] * 3
    assert after.files == before.files
    assert after.rows == before.rows
    looks = [str(it["look"]).encode() for it in (answer, burst)]
    assert after.that_hold([*personal, *(look[:PIECE_BYTES] for look in looks)]) == []
    assert after.log.count(b"/v1/identify") >= 3  # it did log: the search was not of nothing


def test_with_leave_it_is_one_row_and_one_object_and_neither_once_taken_back(
    service: Service, pictures: list[bytes], personal: list[bytes]
) -> None:
    before = service.look()
    kept = service.ask(pictures[:1], keep="true")["kept"]
    assert isinstance(kept, dict)
    meanwhile = service.look()
    (path,) = meanwhile.files.keys() - before.files.keys()
    assert path.parts[-3:] == ("contributions", kept["id"], "0.jpg")
    assert meanwhile.files[path] == strip_metadata(pictures[0])
    assert {it: meanwhile.files[it] for it in before.files} == before.files
    ((row, times),) = (meanwhile.rows - before.rows).items()
    assert (row.startswith(f"contribution ({kept['id']},"), times) == (True, 1)
    assert before.rows - meanwhile.rows == Counter()
    assert meanwhile.that_hold(personal) == [str(path)]
    assert meanwhile.that_hold([kept["secret"].encode()]) == []

    secret = {"Authorization": f"Bearer {kept['secret']}"}
    assert httpx.delete(f"{service.url}/v1/contributions/{kept['id']}", headers=secret).status_code == 204
    after = service.look()
    assert after.files == before.files
    assert after.rows == before.rows
    assert after.that_hold([*personal, kept["id"].encode(), kept["secret"].encode()]) == []
