import asyncio
import tempfile
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.types import Message

from api.identify.upload import read_form
from api.problems import Kind, Problem

BOUNDARY = "frontier"


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def request_with(body: bytes, content_type: str = f"multipart/form-data; boundary={BOUNDARY}") -> Request:
    chunks = (body[at : at + 65536] for at in range(0, max(1, len(body)), 65536))
    messages: Iterator[Message] = ({"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks)

    async def receive() -> Message:
        return next(messages, {"type": "http.request", "body": b"", "more_body": False})

    headers = [(b"content-type", content_type.encode())] if content_type else []
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def pictures_in(request: Request, most: int = 1) -> tuple[bytes, ...]:
    return asyncio.run(read_form(request, 5)).pictures(most)


def test_a_large_picture_never_becomes_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an upload was written to disk")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    picture = bytes(range(256)) * 48 * 1024
    request = request_with(part("picture", picture, "p.jpg") + f"--{BOUNDARY}--\r\n".encode())
    assert pictures_in(request) == (picture,)


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"{}", "application/json", Kind.WRONG_CONTENT_TYPE),
        (b"", "", Kind.WRONG_CONTENT_TYPE),
        (b"x", "multipart/form-data", Kind.MALFORMED_BODY),
        (b"not a form at all", f"multipart/form-data; boundary={BOUNDARY}", Kind.MALFORMED_BODY),
        (
            part("picture", b"x", "a") + part("picture", b"x", "b") + f"--{BOUNDARY}--\r\n".encode(),
            f"multipart/form-data; boundary={BOUNDARY}",
            Kind.TOO_MANY_PICTURES,
        ),
        (f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}", Kind.MISSING_PICTURE),
        (
            part("photo", b"x", "a") + f"--{BOUNDARY}--\r\n".encode(),
            f"multipart/form-data; boundary={BOUNDARY}",
            Kind.MISSING_PICTURE,
        ),
        (
            part("channel", b"x") + f"--{BOUNDARY}--\r\n".encode(),
            f"multipart/form-data; boundary={BOUNDARY}; charset=undefined",
            Kind.MALFORMED_BODY,
        ),
        (
            part("picture", b"", "a") + f"--{BOUNDARY}--\r\n".encode(),
            f"multipart/form-data; boundary={BOUNDARY}",
            Kind.EMPTY_PICTURE,
        ),
    ],
)
def test_each_wrong_form_has_its_own_answer(body: bytes, content_type: str, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        pictures_in(request_with(body, content_type))
    assert caught.value.kind is kind


@pytest.mark.parametrize("head", ["", "Content-Type: image/jpeg\r\n", "content-type: application/octet-stream\r\n"])
def test_a_picture_without_a_file_name_is_a_picture_all_the_same(head: str) -> None:
    picture = bytes(range(256)) * 40
    body = f'--{BOUNDARY}\r\n{head}Content-Disposition: form-data; name="picture"\r\n\r\n'.encode() + picture
    assert pictures_in(request_with(body + f"\r\n--{BOUNDARY}--\r\n".encode())) == (picture,)


def test_a_body_that_never_ends_is_given_up() -> None:
    async def receive() -> Message:
        await asyncio.sleep(10)
        raise AssertionError("unreachable")

    request = request_with(b"")
    request._receive = receive
    with pytest.raises(Problem) as caught:
        asyncio.run(read_form(request, 0.05))
    assert caught.value.kind is Kind.UPLOAD_TOO_SLOW


def test_blank_fields_count_as_absent() -> None:
    body = part("region", b"  ") + part("channel", b" France 2 ") + f"--{BOUNDARY}--\r\n".encode()
    form = asyncio.run(read_form(request_with(body), 5))
    assert form.text("region") is None
    assert form.text("channel") == "France 2"
    assert form.text("at") is None


def test_the_frames_of_a_burst_come_in_the_order_in_which_they_were_sent() -> None:
    body = b"".join(part("picture", data, "p.jpg") for data in (b"b", b"a", b"c")) + part("region", b"FR")
    assert pictures_in(request_with(body + f"--{BOUNDARY}--\r\n".encode()), most=8) == (b"b", b"a", b"c")


def test_an_empty_frame_is_named() -> None:
    body = part("picture", b"x", "a") + part("picture", b"", "b") + f"--{BOUNDARY}--\r\n".encode()
    with pytest.raises(Problem, match="Frame 2 of 2") as caught:
        pictures_in(request_with(body), most=8)
    assert caught.value.kind is Kind.EMPTY_PICTURE
    assert caught.value.members == {"frame": 1}
