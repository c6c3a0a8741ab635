import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from faces.decode import Limits, decode
from faces.errors import (
    DamagedPicture,
    EmptyPicture,
    PictureError,
    TooFewPixels,
    TooManyBytes,
    TooManyPixels,
    UnsupportedPicture,
)

RED, GREEN, BLUE, GREY = (200, 20, 20), (20, 200, 20), (20, 20, 200), (128, 128, 128)


def quarters(width: int = 120, height: int = 80) -> Image.Image:
    """Red, green above blue, grey: every turn of it is different."""
    image = Image.new("RGB", (width, height), GREY)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def encoded(image: Image.Image, format_: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def corners(pixels: np.ndarray) -> list[tuple[int, int, int]]:
    """The colours near the four corners, rounded to what was painted: compression moves them a little."""
    height, width = pixels.shape[:2]
    spots = [(y, x) for y in (height // 8, height * 7 // 8) for x in (width // 8, width * 7 // 8)]
    painted = np.array([RED, GREEN, BLUE, GREY])
    return [tuple(painted[np.abs(painted - pixels[spot].astype(int)).sum(axis=1).argmin()]) for spot in spots]


@pytest.mark.parametrize(("format_", "options"), [("JPEG", {"quality": 95}), ("PNG", {}), ("WEBP", {"quality": 95})])
def test_reads_each_format_as_upright_rgb(format_: str, options: dict[str, int]) -> None:
    picture = decode(encoded(quarters(), format_, **options))
    assert (picture.width, picture.height, picture.scale) == (120, 80, 1.0)
    assert picture.pixels.shape == (80, 120, 3)
    assert picture.pixels.dtype == np.uint8
    assert corners(picture.pixels) == [RED, GREEN, BLUE, GREY]


@pytest.mark.parametrize(
    ("orientation", "undo"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_turns_each_exif_orientation_upright(orientation: int, undo: Image.Transpose | None) -> None:
    stored = quarters() if undo is None else quarters().transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(encoded(stored, quality=95, exif=exif))
    assert (picture.width, picture.height) == (120, 80)
    assert picture.pixels.shape == (80, 120, 3)
    assert corners(picture.pixels) == [RED, GREEN, BLUE, GREY]


def test_shrinks_a_large_photo_and_keeps_the_size_of_the_original() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = quarters(4000, 3000).transpose(Image.Transpose.ROTATE_90)
    picture = decode(encoded(stored, exif=exif), Limits(decoded_side=1000))
    assert (picture.width, picture.height) == (4000, 3000)
    assert picture.pixels.shape == (750, 1000, 3)
    assert picture.scale == pytest.approx(0.25)
    assert corners(picture.pixels) == [RED, GREEN, BLUE, GREY]


def photo(width: int, height: int, **options: object) -> bytes:
    """A JPEG of soft colours, which no two decoders show alike unless they compute alike."""
    colours = np.random.default_rng(1).integers(0, 256, (7, 9, 3), np.uint8)
    return encoded(Image.fromarray(colours).resize((width, height), Image.Resampling.BICUBIC), **options)


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"progressive": True}])
@pytest.mark.parametrize("divisor", [1, 2, 4, 8])
def test_decodes_jpeg_as_pillow_does(options: dict[str, object], divisor: int) -> None:
    data = photo(800, 520, **options)
    image = Image.open(io.BytesIO(data))
    image.draft(None, (800 // divisor, 520 // divisor))
    assert image.width == 800 // divisor
    assert (decode(data, Limits(decoded_side=image.width)).pixels == np.asarray(image)).all()


def test_shows_what_pillow_shows_of_a_jpeg_with_a_fault_in_the_middle() -> None:
    data = bytearray(photo(400, 300))
    data[len(data) // 2 : len(data) // 2 + 3] = b"\xff\x00\x12"
    with pytest.raises(ValueError, match="Corrupt"):
        simplejpeg.decode_jpeg(bytes(data))
    assert (decode(bytes(data)).pixels == np.asarray(Image.open(io.BytesIO(data)))).all()


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr"])
def test_reads_jpeg_of_other_colour_spaces(mode: str) -> None:
    picture = decode(encoded(Image.new("RGB", (60, 40), GREY).convert(mode)))
    assert picture.pixels.shape == (40, 60, 3)
    assert np.abs(picture.pixels.astype(int) - 128).max() <= 4


def test_reads_sixteen_bits_of_grey_by_their_high_byte() -> None:
    grey = np.full((40, 60), 128 * 257, np.uint16)
    picture = decode(encoded(Image.fromarray(grey), "PNG"))
    assert (picture.pixels == 128).all()


def test_reads_sixteen_bits_of_colour() -> None:
    picture = decode(png16(60, 40, (200 * 257, 20 * 257, 20 * 257)))
    assert (picture.pixels == RED).all()


def png16(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A 48-bit PNG, which Pillow does not write."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = b"\0" + struct.pack(">HHH", *colour) * width
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_shows_white_through_transparent_pixels(mode: str) -> None:
    image = Image.new("RGBA", (60, 40), (*RED, 0)).convert(mode)
    options = {"transparency": 0} if mode == "P" else {}
    if mode == "P":
        image = Image.new("P", (60, 40), 0)
    assert (decode(encoded(image, "PNG", **options)).pixels == 255).all()


@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_takes_the_first_frame_of_an_animation(format_: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, BLUE)]
    data = encoded(frames[0], format_, save_all=True, append_images=frames[1:], duration=100, lossless=True)
    assert (decode(data).pixels == RED).all()


def gif() -> bytes:
    return encoded(quarters(), "GIF")


def heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64


def text() -> bytes:
    return b"Who is that?\n" * 100


def bomb() -> bytes:
    """10,000 x 10,000 pixels in about 12 kB."""
    return encoded(Image.new("1", (10_000, 10_000)), "PNG")


def huge_bomb() -> bytes:
    """A header that announces 2,500 megapixels, over the size at which Pillow itself refuses."""
    data = bytearray(encoded(Image.new("1", (64, 64)), "PNG"))
    data[16:24] = struct.pack(">II", 50_000, 50_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def half(format_: str) -> Callable[[], bytes]:
    def cut() -> bytes:
        noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8)
        data = encoded(Image.fromarray(noise), format_)
        return data[: len(data) // 2]

    return cut


@pytest.mark.parametrize(
    ("make", "error", "code"),
    [
        (bytes, EmptyPicture, "empty"),
        (text, UnsupportedPicture, "unsupported-format"),
        (gif, UnsupportedPicture, "unsupported-format"),
        (heic, UnsupportedPicture, "unsupported-format"),
        (bomb, TooManyPixels, "too-many-pixels"),
        (huge_bomb, TooManyPixels, "too-many-pixels"),
        (half("JPEG"), DamagedPicture, "truncated"),
        (half("PNG"), DamagedPicture, "truncated"),
        (half("WEBP"), DamagedPicture, "truncated"),
        (lambda: encoded(quarters())[:10], DamagedPicture, "truncated"),
        (lambda: encoded(quarters(), "PNG")[:20], DamagedPicture, "truncated"),
        (lambda: encoded(quarters(8, 8)), TooFewPixels, "too-few-pixels"),
        (lambda: encoded(quarters()) + b"\0" * 20_000_000, TooManyBytes, "too-large"),
    ],
)
def test_refuses_what_is_no_usable_picture(make: Callable[[], bytes], error: type[PictureError], code: str) -> None:
    with pytest.raises(PictureError) as refusal:
        decode(make())
    assert type(refusal.value) is error
    assert refusal.value.code == code


def test_a_bomb_is_refused_by_its_header_alone() -> None:
    with pytest.raises(TooManyPixels, match="10000 x 10000"):
        decode(bomb()[:100])


def test_says_what_to_send_instead_of_a_heic() -> None:
    with pytest.raises(UnsupportedPicture, match=r"HEIC.*Send a JPEG, PNG or WebP"):
        decode(heic())


SEEDS = [
    encoded(quarters(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"),
    encoded(quarters(), "PNG"),
    encoded(quarters(), "WEBP"),
]


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_a_corrupt_file_is_a_picture_error_or_a_picture(seed: bytes, data: st.DataObject) -> None:
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    try:
        picture = decode(bytes(damaged[: data.draw(st.integers(1, len(seed)))]))
    except PictureError:
        return
    assert picture.pixels.ndim == 3
