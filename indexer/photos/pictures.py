"""Fetches one picture, and checks that it can be decoded before it is stored."""

import hashlib
from dataclasses import dataclass

from faces.decode import Limits, decode
from faces.errors import PictureError
from indexer.errors import SourceError
from indexer.http import HttpClient

PHOTO_PREFIX = "photos"
LIMITS = Limits()


class NotAPicture(SourceError):
    """The address does not answer with a picture that can be decoded."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be decoded, identified by the SHA-256 of its content."""

    data: bytes
    sha256: str

    @property
    def key(self) -> str:
        """Its key in storage."""
        return f"{PHOTO_PREFIX}/{self.sha256}"


def fetch(http: HttpClient, url: str) -> bytes:
    """The bytes at `url`, without a copy in the HTTP cache: a photo that is deleted must be gone.

    Raises `SourceError`.
    """
    return http.get(url, max_bytes=LIMITS.bytes, store=False).content


def picture_in(data: bytes) -> Picture:
    """`data` as a picture; `NotAPicture` says why it cannot be decoded."""
    try:
        decode(data, LIMITS)
    except PictureError as error:
        raise NotAPicture(str(error)) from None
    return Picture(data, hashlib.sha256(data).hexdigest())
