"""Picture bytes to pixels, with limits: everything here may be hostile.

An ordinary JPEG is decoded here, after its header has told what that will cost. All else is decoded in a process that
can be ended (`faces.formats.confined`).
"""

from contextlib import nullcontext, suppress
from dataclasses import dataclass
from threading import Lock

import cv2
import numpy as np
import simplejpeg

from faces.effort import Effort
from faces.errors import (
    DamagedPicture,
    EmptyPicture,
    TooFewPixels,
    TooManyBytes,
    TooManyPixels,
    UnsupportedPicture,
)
from faces.formats import jpeg, webp
from faces.formats.confined import ConfinedDecoder, Decoded
from faces.types import Picture, Pixels

MOST_HELD_BYTES = 120_000_000
"""Of coefficients: those of a progressive JPEG are in memory all at once."""
LARGE_BYTES = 20_000_000
"""Pictures of which more is held are decoded one at a time."""

PNG_START = b"\x89PNG\r\n"

_confined = ConfinedDecoder()
_one_large = Lock()


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted, and how large the decoded picture may be."""

    bytes: int = 20_000_000
    pixels: int = 52_000_000
    """Telephones of 50 megapixels have some more."""
    smallest_side: int = 24
    decoded_side: int = 1600
    """Longest side of the decoded pixels; larger pictures are shrunk while they are decoded."""


def decode(data: bytes, limits: Limits = Limits(), effort: Effort | None = None) -> Picture:
    """The picture in `data`, upright, in RGB. Of an animation, the first frame.

    `effort` is what it may cost, with the other pictures of a question. Raises a `PictureError`, each kind with its own
    `code`. Nothing is decoded before the header passed the limits.
    """
    _check_bytes(data, limits)
    read = _read_jpeg if data.startswith(jpeg.START) else _read_other
    decoded = read(data, limits, effort or Effort())
    assert decoded.pixels is not None
    width, height = decoded.size
    if decoded.orientation in (5, 6, 7, 8):
        width, height = height, width
    return Picture(_turn(_shrink(decoded.pixels, limits.decoded_side), decoded.orientation), width, height)


def _check_bytes(data: bytes, limits: Limits) -> None:
    if not data:
        raise EmptyPicture("The picture is empty (0 bytes). Send a JPEG, PNG or WebP file.")
    if len(data) > limits.bytes:
        raise TooManyBytes(
            f"The file has {len(data) / 1e6:.1f} MB, more than the {limits.bytes / 1e6:.0f} MB allowed. "
            "Send a smaller picture: 1600 pixels wide is plenty."
        )


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    _check_most(size, limits.pixels, "")
    if min(size) < limits.smallest_side:
        raise TooFewPixels(
            f"The picture has {size[0]} x {size[1]} pixels: too small to hold a face. "
            f"Send at least {limits.smallest_side} pixels each way."
        )


def _check_most(size: tuple[int, int], pixels: float, of_what: str) -> None:
    if size[0] * size[1] > pixels:
        raise TooManyPixels(
            f"The picture has {size[0]} x {size[1]} pixels. At most {pixels / 1e6:g} megapixels are allowed{of_what}: "
            "send a smaller picture."
        )


def _read_jpeg(data: bytes, limits: Limits, effort: Effort) -> Decoded:
    header = jpeg.read_header(data)
    size = header.width, header.height
    _check_size(size, limits)
    if header.held_bytes > MOST_HELD_BYTES:
        _check_most(size, size[0] * size[1] * MOST_HELD_BYTES // header.held_bytes, " in a progressive JPEG")
    effort.spend(header.work_s, f"it has {header.scans} scans of {size[0]} x {size[1]} pixels")
    whole = data if header.has_end else data + jpeg.END
    with suppress(ValueError), _one_large if header.held_bytes > LARGE_BYTES else nullcontext():
        if header.components < 4:
            return Decoded(size=size, orientation=header.orientation, pixels=_decode_jpeg(whole, "RGB", size, limits))
        if not header.has_end:
            _decode_jpeg(whole, "CMYK", size, limits)
            data = whole
    decoded = _read_confined(data, limits, effort)
    return Decoded(size=size, orientation=header.orientation, pixels=decoded.pixels)


def _decode_jpeg(data: bytes, colours: str, size: tuple[int, int], limits: Limits) -> Pixels:
    """In 1/2, 1/4 or 1/8 of its size if that is not less than wanted, which saves most of the work.

    Raises `ValueError` for all that libjpeg-turbo has a doubt about.
    """
    divisor = next((it for it in (8, 4, 2) if max(size) >= it * limits.decoded_side), 1)
    width, height = (side // divisor for side in size)
    pixels: Pixels = simplejpeg.decode_jpeg(data, colours, min_width=width, min_height=height)
    return pixels


def _read_other(data: bytes, limits: Limits, effort: Effort) -> Decoded:
    if not data.startswith(PNG_START) and not webp.is_webp(data):
        heif = data[4:8] == b"ftyp"
        what = "This is a HEIC or AVIF picture, or a film" if heif else "This is not a picture that we can read"
        raise UnsupportedPicture(f"{what}. Send a JPEG, PNG or WebP file.")
    if size := webp.canvas(data):
        _check_most(size, min(webp.MOST_PIXELS, limits.pixels), " in a WebP")
    return _read_confined(data, limits, effort)


def _read_confined(data: bytes, limits: Limits, effort: Effort) -> Decoded:
    decoded = _confined.decode(
        data, effort, side=limits.decoded_side, pixels=limits.pixels, smallest_side=limits.smallest_side
    )
    if decoded.failed:
        raise DamagedPicture(f"The picture is cut off or damaged ({decoded.failed}). Send the whole file.")
    _check_size(decoded.size, limits)
    return decoded


def _shrink(pixels: Pixels, side: int) -> Pixels:
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    # What is left to do after a JPEG's own halving needs no mean of areas, which takes OpenCV six times as long.
    how = cv2.INTER_LINEAR if scale > 1 / 2 else cv2.INTER_AREA
    smaller: Pixels = cv2.resize(
        pixels, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=how
    )
    return smaller


def _turn(pixels: Pixels, orientation: int) -> Pixels:
    """Undo the EXIF orientation (1 to 8; anything else counts as upright)."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
