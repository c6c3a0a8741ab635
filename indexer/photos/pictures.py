"""Fetching one picture, and making sure that it is one, before any of it is kept."""

import hashlib
from dataclasses import dataclass

from faces.decode import Limits, decode
from faces.errors import PictureError
from indexer.errors import SourceError
from indexer.http import HttpClient

PHOTO_PREFIX = "photos"
LIMITS = Limits()


class NotAPicture(SourceError):
    """The address answers, but not with a picture that can be read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be read, by its content."""

    data: bytes
    sha256: str

    @property
    def key(self) -> str:
        """Where it is in storage."""
        return f"{PHOTO_PREFIX}/{self.sha256}"


def fetch(http: HttpClient, url: str) -> bytes:
    """What is at `url`. It leaves nothing in the client's cache: what is let go of must be gone.

    Raises `SourceError`.
    """
    return http.get(url, max_bytes=LIMITS.bytes, store=False).content


def picture_in(data: bytes) -> Picture:
    """`data` as a picture; `NotAPicture` says why it is none that can be read."""
    try:
        decode(data, LIMITS)
    except PictureError as error:
        raise NotAPicture(str(error)) from None
    return Picture(data, hashlib.sha256(data).hexdigest())
