"""Pictures that are made to cost: each is refused with its own problem, and nobody else waits for it."""

import io
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests import served


def encoded(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def scans() -> bytes:
    """A progressive JPEG whose last scan, of a dozen bytes, is repeated 20,000 times."""
    data = encoded(Image.new("RGB", (2000, 2000)), progressive=True, quality=5)[:-2]
    return data + data[data.rfind(b"\xff\xda") :] * 20_000 + b"\xff\xd9"


def comments() -> bytes:
    data = encoded(Image.new("RGB", (640, 480)))
    return data[:2] + b"\xff\xfe\0\2" * 500_000 + data[2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(side: int, channels: bytes, bytes_a_pixel: int, *extra: bytes) -> bytes:
    rows = zlib.compress(bytes(side * (1 + side * bytes_a_pixel)))
    header = struct.pack(">II", side, side) + channels + b"\0\0\0"
    parts = (chunk(b"IHDR", header), *extra, chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


TEXT = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000)))
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "scans": (scans, "picture_too_complex"),
    "comments": (comments, "picture_too_complex"),
    "texts": (lambda: png(60, b"\x08\x02", 3, TEXT * 3000), "picture_too_complex"),
    "pixels": (lambda: png(7400, b"\x01\x00", 1), "picture_too_large"),
    "webp": (lambda: encoded(Image.new("RGB", (5000, 4000)), "WEBP", method=0), "picture_too_large"),
}


def ask(client: httpx.Client, *pictures: bytes) -> httpx.Response:
    files = [("picture", ("p", picture)) for picture in pictures]
    return client.post("/v1/identify", files=files, data={"region": "FR"})


@pytest.fixture(scope="module")
def face(photos: Path) -> bytes:
    return served.probes(photos / "val")["Ben Affleck"][0].read_bytes()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_refused_by_its_own_name(client: httpx.Client, face: bytes, name: str) -> None:
    make, code = HOSTILE[name]
    picture = make()
    reply = ask(client, picture)
    assert reply.json()["code"] == code, reply.text
    burst = ask(client, face, picture)
    assert burst.json()["code"] == code, burst.text
    assert burst.json()["frame"] == 1


def test_others_are_answered_while_hostile_pictures_come(client: httpx.Client, face: bytes) -> None:
    picture = scans()
    with ThreadPoolExecutor(3) as callers:  # and this one: as many as one client may have at a time
        hostile = [callers.submit(ask, client, picture) for _ in range(12)]
        answers = [ask(client, face) for _ in range(6)]
        assert {it.result().json()["code"] for it in hostile} <= {"picture_too_complex", "busy"}
    named = [reply.json()["faces"][0]["best"]["name"] for reply in answers if reply.status_code == 200]
    assert named
    assert set(named) == {"Ben Affleck"}
    assert {reply.status_code for reply in answers} <= {200, 503}


def test_a_picture_on_its_side_is_answered_in_its_own_coordinates(client: httpx.Client, photos: Path) -> None:
    upright = Image.open(served.probes(photos / "val")["Jerry Seinfeld"][0]).convert("RGB")
    left, top, right, bottom = box_of(ask(client, encoded(upright, quality=95)))
    turned = ask(client, encoded(upright.transpose(Image.Transpose.ROTATE_90), quality=95))
    assert turned.json()["picture"] == {"width": upright.height, "height": upright.width}
    assert turned.json()["faces"][0]["best"]["name"] == "Jerry Seinfeld"
    expected = (top, upright.width - right, bottom, upright.width - left)
    assert box_of(turned) == pytest.approx(expected, abs=0.1 * (right - left))


def box_of(reply: httpx.Response) -> tuple[float, ...]:
    box = reply.json()["faces"][0]["box"]
    return box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"]
