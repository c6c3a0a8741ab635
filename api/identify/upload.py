"""Receives a multipart form without ever letting an upload touch the disk."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Request
from pydantic import BaseModel, Field
from pydantic.config import JsonDict
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from api.identify.look import MAX_FRAMES
from api.problems import Kind, Problem, in_frame

PICTURE = "picture"
MAX_FIELDS = 20
MAX_FIELD_BYTES = 1024


_FILE: JsonDict = {"type": "string", "format": "binary", "contentMediaType": "image/jpeg"}


class PicturePart(BaseModel):
    """The multipart form of `/v1/faces`, as documented in OpenAPI."""

    picture: bytes = Field(
        description="A JPEG, PNG or WebP file. It is looked at in memory and forgotten.",
        json_schema_extra=_FILE,
    )


class Question(BaseModel):
    """What is asked about: the fields of `/v1/identify` and of `/v1/identify/again`."""

    programme: str | None = Field(
        None,
        description="The id or title of a prepared programme (`findtheactor prepare`): its cast is asked about, and "
        "place, time and channel do not matter.",
        examples=["Joséphine, ange gardien"],
    )
    region: str | None = Field(None, description="A region code; or send `lat` and `lon`.", examples=["FR"])
    lat: float | None = Field(None, description="Latitude in decimal degrees, -90 to 90.", examples=[48.8566])
    lon: float | None = Field(None, description="Longitude in decimal degrees, -180 to 180.", examples=[2.3522])
    at: str | None = Field(
        None, description="ISO 8601 with a zone; default: now.", examples=["2026-03-01T20:50:00+01:00"]
    )
    channel: str | None = Field(
        None, description="The channel's slug or name, if known: it makes the answer surer.", examples=["france-2"]
    )
    airing: int | None = Field(
        None,
        description="The id of what is on, from `/v1/guide`, if known: only its cast is asked about.",
        examples=[4211],
    )


class PictureQuestion(Question):
    """The multipart form of `/v1/identify`, as documented in OpenAPI."""

    picture: list[Annotated[bytes, Field(json_schema_extra=_FILE)]] = Field(
        description=f"JPEG, PNG or WebP files: up to {MAX_FRAMES} frames of one moment, in order, each a part of this "
        "name. They are looked at in memory and forgotten.",
        min_length=1,
        max_length=MAX_FRAMES,
    )
    keep: bool = Field(
        False,
        description="`true` lets the service keep the pictures for a time, to improve; the answer's `kept` says how to "
        "take them back. Anything else: they are forgotten.",
    )


class MemoryParser(MultiPartParser):
    """Starlette's parser, but file parts stay in memory whatever their size: the body's size is limited instead.

    The parts `picture` are files, also without a file name, which some programs leave out.
    """

    spool_max_size = 0  # to SpooledTemporaryFile, 0 means: never roll over to a file

    def on_headers_finished(self) -> None:
        """Decide whether the part is a file or a field."""
        disposition = self._current_part.content_disposition
        _, options = parse_options_header(disposition)
        if disposition and options.get(b"name") == PICTURE.encode() and b"filename" not in options:
            self._current_part.content_disposition = disposition + b'; filename=""'
        super().on_headers_finished()


class Words(Protocol):
    """What a request says in words."""

    def text(self, name: str) -> str | None:
        """The word of that name, trimmed; None when absent or blank."""


@dataclass(frozen=True, slots=True)
class Form:
    """A received form: the bytes of its file parts and its text fields, by name."""

    files: Mapping[str, tuple[bytes, ...]]
    fields: Mapping[str, str]

    def pictures(self, most: int) -> tuple[bytes, ...]:
        """The bytes of the parts `picture`; `Problem` when there is none, more than `most`, or an empty one."""
        pictures = self.files.get(PICTURE, ())
        if not pictures:
            raise Problem(Kind.MISSING_PICTURE, "The form has no part `picture`")
        if len(pictures) > most:
            advice = None if most > 1 else "Send one."
            raise Problem(Kind.TOO_MANY_PICTURES, f"The form has {len(pictures)} parts `picture`", advice=advice)
        for number, data in enumerate(pictures):
            if not data:
                raise in_frame(Kind.EMPTY_PICTURE, "The part `picture` has no bytes", number, len(pictures))
        return pictures

    def text(self, name: str) -> str | None:
        """A text field, trimmed; None when absent or blank."""
        return self.fields.get(name, "").strip() or None


async def read_form(request: Request, timeout_s: float) -> Form:
    """The request's multipart form; `Problem` when it is not one, is malformed, too large or too slow."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        sent = request.headers.get("content-type") or "no Content-Type"
        raise Problem(Kind.WRONG_CONTENT_TYPE, f"The request has {sent[:80]}")
    parser = MemoryParser(
        request.headers, request.stream(), max_files=MAX_FIELDS, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
    )
    try:
        async with asyncio.timeout(timeout_s):
            received = await parser.parse()
    except TimeoutError:
        said = f"The body was not complete after {timeout_s:g} seconds"
        raise Problem(Kind.UPLOAD_TOO_SLOW, said, headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise Problem(Kind.MALFORMED_BODY, "The caller left before the body was complete") from None
    except MultiPartException as error:
        raise Problem(Kind.MALFORMED_BODY, error.message) from None
    except UnicodeError:
        raise Problem(Kind.MALFORMED_BODY, "The form names a `charset` that its fields are not in") from None
    try:
        files: dict[str, tuple[bytes, ...]] = {}
        for name, part in received.multi_items():
            if isinstance(part, UploadFile):
                files[name] = (*files.get(name, ()), await part.read())
        return Form(files, {name: part for name, part in received.items() if isinstance(part, str)})
    finally:
        await received.close()


def multipart(model: type[BaseModel]) -> dict[str, object]:
    """The OpenAPI request body of a form that the endpoint reads by itself."""
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": model.model_json_schema()}}}
    }
