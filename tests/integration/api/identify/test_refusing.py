"""Every kind of bad input gets its own clear answer, and never a 500."""

import io
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from tests import served

PROBLEM = "application/problem+json"
PARIS = {"lat": "48.8566", "lon": "2.3522"}


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def grey(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height))


def refused(reply: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == PROBLEM
    body: dict[str, object] = reply.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/problems#{code}")
    assert body["title"]
    assert str(body["detail"]).endswith((".", ")"))
    assert body["request_id"] == reply.headers["x-request-id"]
    return body


BAD_PICTURES: dict[str, tuple[Callable[[bytes], bytes], int, str]] = {
    "empty": (lambda _: b"", 422, "empty_picture"),
    "text": (lambda _: b"I am not a picture, I am a line of text.\n" * 9, 415, "not_a_picture"),
    "pdf": (lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", 415, "not_a_picture"),
    "gif": (lambda _: encoded(grey(), "GIF"), 415, "not_a_picture"),
    "truncated": (lambda jpeg: jpeg[: len(jpeg) // 2], 422, "broken_picture"),
    "header only": (lambda jpeg: jpeg[:30], 422, "broken_picture"),
    "100 megapixels": (lambda _: encoded(Image.new("1", (10000, 10000)), "PNG"), 413, "picture_too_large"),
    "tiny": (lambda _: encoded(grey(3, 3), "PNG"), 422, "picture_too_small"),
}


@pytest.mark.parametrize("path", ["/v1/identify", "/v1/faces"])
@pytest.mark.parametrize("name", BAD_PICTURES)
def test_a_picture_that_cannot_be_looked_at(client: httpx.Client, photos: Path, path: str, name: str) -> None:
    spoil, status, code = BAD_PICTURES[name]
    jpeg = served.probes(photos / "val")["Ben Affleck"][0].read_bytes()
    refused(client.post(path, files={"picture": ("p.jpg", spoil(jpeg))}, data={"region": "FR"}), status, code)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(encoded(grey(), "PNG", save_all=True, append_images=[grey()]), id="animated png"),
        pytest.param(encoded(grey(), "WEBP", save_all=True, append_images=[grey()]), id="animated webp"),
        pytest.param(encoded(Image.new("I;16", (320, 240), 30000), "PNG"), id="16 bits"),
        pytest.param(encoded(Image.new("CMYK", (320, 240)), "JPEG"), id="cmyk"),
        pytest.param(encoded(grey(mode="RGBA"), "PNG"), id="transparent"),
        pytest.param(encoded(grey(mode="P"), "PNG"), id="palette"),
        pytest.param(encoded(grey(), "JPEG"), id="no face"),
    ],
)
def test_an_unusual_picture_without_a_face_has_no_faces(client: httpx.Client, picture: bytes) -> None:
    reply = client.post("/v1/identify", files={"picture": ("p", picture)}, data={"region": "FR"})
    assert reply.status_code == 200, reply.text
    assert reply.json()["faces"] == []
    assert reply.json()["picture"] == {"width": 320, "height": 240}


@pytest.mark.parametrize(
    ("mode", "format"), [("CMYK", "JPEG"), ("L", "JPEG"), ("RGB", "WEBP"), ("RGBA", "PNG"), ("I;16", "PNG")]
)
def test_a_face_is_known_in_every_colour_mode_and_format(
    client: httpx.Client, photos: Path, mode: str, format: str
) -> None:
    image = Image.open(served.probes(photos / "val")["Jerry Seinfeld"][2]).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    picture = encoded(image, format)
    answer = client.post("/v1/identify", files={"picture": ("p", picture)}, data={"region": "FR"}).json()
    assert answer["faces"][0]["best"]["name"] == "Jerry Seinfeld"


def test_a_rotated_picture_is_answered_upright(client: httpx.Client, photos: Path) -> None:
    image = Image.open(served.probes(photos / "val")["Jerry Seinfeld"][0]).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned clockwise by a quarter, so stored turned the other way
    turned = encoded(image.rotate(90, expand=True), "JPEG", exif=exif, quality=95)
    answer = client.post("/v1/identify", files={"picture": ("p", turned)}, data={"region": "FR"}).json()
    assert answer["picture"] == {"width": image.width, "height": image.height}
    assert answer["faces"][0]["best"]["name"] == "Jerry Seinfeld"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({}, 422, "place_missing"),
        ({"lat": "48.8"}, 422, "place_incomplete"),
        ({"lon": "2.3"}, 422, "place_incomplete"),
        ({"region": "FR", **PARIS}, 422, "place_ambiguous"),
        ({"lat": "91", "lon": "0"}, 422, "impossible_coordinates"),
        ({"lat": "nan", "lon": "0"}, 422, "impossible_coordinates"),
        ({"lat": "0", "lon": "181"}, 422, "impossible_coordinates"),
        ({"lat": "here", "lon": "0"}, 422, "impossible_coordinates"),
        ({"lat": "0", "lon": "-30"}, 404, "at_sea"),
        ({"lat": "51.5", "lon": "-0.12"}, 404, "outside_every_region"),
        ({"region": "Atlantis"}, 404, "unknown_region"),
        ({"region": "FR", "channel": "BBC One"}, 404, "unknown_channel"),
        ({"region": "FR", "at": "2026-03-01T20:50:00"}, 422, "time_without_zone"),
        ({"region": "FR", "at": "yesterday evening"}, 422, "malformed_time"),
        ({"region": "FR", "at": "1999-12-31T23:00:00Z"}, 404, "no_gallery"),
        ({"region": "FR", "at": "9999-12-31T23:59:59Z"}, 422, "malformed_time"),
        ({"region": "FR", "channel": "arte"}, 404, "no_known_faces"),
        ({"region": "FR", "note": "x" * 5000}, 400, "malformed_body"),
    ],
)
def test_a_question_that_cannot_be_answered(
    client: httpx.Client, photos: Path, fields: dict[str, str], status: int, code: str
) -> None:
    picture = served.probes(photos / "val")["Madonna"][0].read_bytes()
    refused(client.post("/v1/identify", files={"picture": ("p.jpg", picture)}, data=fields), status, code)


def test_a_gallery_in_which_nobody_is_known_says_so(client: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Madonna"][0].read_bytes()
    at = (served.current_slot() + 4 * served.SLOT + timedelta(minutes=15)).isoformat()
    reply = client.post("/v1/identify", files={"picture": ("p.jpg", picture)}, data={"region": "FR", "at": at})
    assert refused(reply, 404, "no_known_faces")["candidates"] == {"people": 7, "known": 0}


def test_an_announced_body_over_the_limit_is_refused(client: httpx.Client) -> None:
    reply = client.post("/v1/identify", files={"picture": ("p.jpg", bytes(5 * 1024 * 1024))}, data={"region": "FR"})
    refused(reply, 413, "body_too_large")


def test_an_endless_body_is_refused_when_the_limit_has_come(evening_url: str) -> None:
    url = httpx.URL(evening_url)
    head = (
        f"POST /v1/identify HTTP/1.1\r\nHost: {url.host}\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    part = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="p"\r\n\r\n'
    chunk = bytes(65536)
    sent = 0
    with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
        connection.sendall(head.encode() + f"{len(part):x}\r\n".encode() + part + b"\r\n")
        try:
            while sent < 64 * 1024 * 1024:
                connection.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
                sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert 4 * 1024 * 1024 <= sent < 32 * 1024 * 1024


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, "not_found"),
        ("GET", "/v1/identify", 405, "method_not_allowed"),
        ("GET", "/v1/people/999", 404, "unknown_person"),
        ("GET", "/v1/people/somebody", 422, "invalid_request"),
        ("GET", f"/v1/photos/{'0' * 64}", 404, "unknown_photo"),
        ("GET", "/v1/photos/..%2F..%2Fetc%2Fpasswd", 404, "not_found"),
        ("GET", "/v1/guide", 422, "invalid_request"),
        ("GET", "/v1/guide?region=XX", 404, "unknown_region"),
        ("GET", "/v1/guide?region=FR&at=2026-03-01T20:50:00+01:00", 422, "malformed_time"),
        ("POST", "/v1/identify", 415, "wrong_content_type"),
    ],
)
def test_a_request_that_makes_no_sense(client: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    refused(client.request(method, path), status, code)
