"""Picture bytes to pixels, with limits: everything here may be hostile."""

import io
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass

import cv2
import numpy as np
import simplejpeg
from PIL import ExifTags, Image, UnidentifiedImageError

from faces.errors import DamagedPicture, EmptyPicture, TooFewPixels, TooManyBytes, TooManyPixels, UnsupportedPicture
from faces.types import Picture, Pixels

FORMATS = ("JPEG", "PNG", "WEBP")
BACKGROUND = (255, 255, 255)
"""What shows through transparent pixels."""

Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit comes with a warning on stderr; ours is lower, and as early

UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error, zlib.error)
"""What Pillow is known to raise on corrupt files."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted, and how large the decoded picture may be."""

    bytes: int = 20_000_000
    pixels: int = 50_000_000
    smallest_side: int = 24
    decoded_side: int = 1600
    """Longest side of the decoded pixels; larger pictures are shrunk while they are decoded."""


def decode(data: bytes, limits: Limits = Limits()) -> Picture:
    """The picture in `data`, upright, in RGB. Of an animation, the first frame.

    Raises a `PictureError`, each kind with its own `code`. Nothing is decoded before the header passed the limits.
    """
    _check_bytes(data, limits)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(image.size, limits)
            return _upright(image, data, limits)
    except UnidentifiedImageError as error:
        raise _unidentified(data) from error
    except UNREADABLE as error:
        raise DamagedPicture(f"The picture is cut off or damaged ({error}). Send the whole file.") from error


def _check_bytes(data: bytes, limits: Limits) -> None:
    if not data:
        raise EmptyPicture("The picture is empty (0 bytes). Send a JPEG, PNG or WebP file.")
    if len(data) > limits.bytes:
        raise TooManyBytes(
            f"The file has {len(data) / 1e6:.1f} MB, more than the {limits.bytes / 1e6:.0f} MB allowed. "
            "Send a smaller picture: 1600 pixels wide is plenty."
        )


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels:
        raise TooManyPixels(
            f"The picture has {size[0]} x {size[1]} pixels. At most {limits.pixels / 1e6:.0f} megapixels are allowed: "
            "send a smaller picture."
        )
    if min(size) < limits.smallest_side:
        raise TooFewPixels(
            f"The picture has {size[0]} x {size[1]} pixels: too small to hold a face. "
            f"Send at least {limits.smallest_side} pixels each way."
        )


def _unidentified(data: bytes) -> DamagedPicture | UnsupportedPicture:
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n")) or data[:4] + data[8:12] == b"RIFFWEBP":
        return DamagedPicture("The picture's header is cut off or damaged. Send the whole file.")
    heif = data[4:8] == b"ftyp"
    what = "This is a HEIC or AVIF picture, or a film" if heif else "This is no picture that we can read"
    return UnsupportedPicture(f"{what}. Send a JPEG, PNG or WebP file.")


def _upright(image: Image.Image, data: bytes, limits: Limits) -> Picture:
    width, height = image.size
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    pixels = _turn(_shrink(_read_pixels(image, data, limits.decoded_side), limits.decoded_side), orientation)
    if orientation in (5, 6, 7, 8):
        width, height = height, width
    return Picture(pixels=pixels, width=width, height=height)


def _read_pixels(image: Image.Image, data: bytes, side: int) -> Pixels:
    """In RGB. JPEG can be decoded at 1/2, 1/4 or 1/8 of its size, which saves most of the work; `side` is kept.

    What libjpeg-turbo has no doubts about it decodes in two thirds of Pillow's time, to the same pixels.
    """
    divisor = next((it for it in (8, 4, 2) if max(image.size) >= it * side), 1)
    width, height = (pixels // divisor for pixels in image.size)
    if image.format in ("JPEG", "MPO") and image.mode == "RGB":
        with suppress(ValueError):
            pixels: Pixels = simplejpeg.decode_jpeg(data, "RGB", min_width=width, min_height=height)
            return pixels
    image.draft(None, (width, height))
    return _to_rgb(image)


def _to_rgb(image: Image.Image) -> Pixels:
    if image.mode.startswith("I"):  # 16 bits of grey
        grey = (np.asarray(image).astype(np.int32) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        image = Image.new("RGB", image.size, BACKGROUND)
        image.paste(rgba, mask=rgba.getchannel("A"))
    return np.asarray(image.convert("RGB"))


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
