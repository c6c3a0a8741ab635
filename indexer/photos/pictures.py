"""Fetching one picture, and making sure that it is one, before any of it is kept."""

import hashlib
from dataclasses import dataclass

from faces.decode import Limits, decode
from faces.errors import PictureError
from indexer.errors import SourceError
from indexer.http import HttpClient

PHOTO_PREFIX = "photos"
LIMITS = Limits()


class NoPicture(SourceError):
    """The address answers, but with nothing that shows a face."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be read, by its content."""

    data: bytes
    sha256: str

    @property
    def key(self) -> str:
        """Where it is in storage."""
        return f"{PHOTO_PREFIX}/{self.sha256}"


def picture_of(data: bytes) -> Picture:
    """`data` as a picture with its name."""
    return Picture(data, hashlib.sha256(data).hexdigest())


def fetch_picture(http: HttpClient, url: str) -> Picture:
    """The picture at `url`, which leaves nothing in the client's cache: what is let go of must be gone.

    Raises `NoPicture`, and what the client raises.
    """
    data = http.get(url, max_bytes=LIMITS.bytes, keep=False).content
    try:
        decode(data, LIMITS)
    except PictureError as error:
        raise NoPicture(f"{url} is refused: {error}") from None
    return picture_of(data)
