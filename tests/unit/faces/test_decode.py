import io
import struct
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from faces.decode import Limits, decode
from faces.effort import DECODING_S, Effort
from faces.errors import (
    DamagedPicture,
    DecoderFailed,
    EmptyPicture,
    PictureError,
    TooFewPixels,
    TooManyBytes,
    TooManyPixels,
    TooMuchWork,
    UnsupportedPicture,
)
from faces.formats import confined, jpeg

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


def png16(width: int, height: int, colour: tuple[int, ...], *extra: bytes) -> bytes:
    """A PNG of 16 bits a channel, which Pillow does not write in colour; with `extra` chunks before the pixels."""
    row = b"\0" + struct.pack(f">{len(colour)}H", *colour) * width
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[len(colour)], 0, 0, 0)
    parts = (chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(row * height)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_shows_white_through_sixteen_bits_of_grey_with_transparency() -> None:
    assert (decode(png16(60, 40, (20 * 257, 0))).pixels == 255).all()


@pytest.mark.parametrize(
    "large",
    [
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(3_000_000))),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(3_000_000))),
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(3_000_000))),
        chunk(b"tEXt", b"Comment\0" + b"a" * 3_000_000),
    ],
    ids=["zTXt", "iTXt", "iCCP", "tEXt"],
)
def test_reads_a_png_with_a_large_text_or_profile(large: bytes) -> None:
    red = tuple(channel * 257 for channel in RED)
    assert (decode(png16(60, 40, red, large)).pixels == RED).all()


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


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_reads_a_jpeg_that_lacks_nothing_but_its_end_marker(mode: str, progressive: bool) -> None:
    whole = encoded(quarters().convert(mode), progressive=progressive)
    assert whole.endswith(jpeg.END)
    assert (decode(whole[:-2]).pixels == decode(whole).pixels).all()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_refuses_a_jpeg_that_lacks_its_last_rows(mode: str) -> None:
    with pytest.raises(DamagedPicture, match="cut off"):
        decode(encoded(quarters(400, 400).convert(mode), quality=95)[:-600])


@pytest.mark.parametrize("tag", ['tiff:Orientation="6"', "<tiff:Orientation>6</tiff:Orientation>"])
def test_turns_what_only_xmp_says_is_turned(tag: str) -> None:
    xmp = f"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta {tag}/>".encode()
    data = encoded(quarters().transpose(Image.Transpose.ROTATE_90), quality=95)
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp + data[2:]
    assert corners(decode(data).pixels) == [RED, GREEN, BLUE, GREY]


def test_a_picture_of_the_best_telephones_is_read() -> None:
    picture = decode(encoded(quarters(8160, 6144)))
    assert (picture.width, picture.height) == (8160, 6144)
    assert max(picture.pixels.shape) == 1600


def test_shrinks_a_large_png_and_keeps_the_size_of_the_original() -> None:
    picture = decode(encoded(quarters(4003, 2998), "PNG"), Limits(decoded_side=1000))
    assert (picture.width, picture.height) == (4003, 2998)
    assert picture.pixels.shape == (749, 1000, 3)
    assert corners(picture.pixels) == [RED, GREEN, BLUE, GREY]


def repeated_scans(side: int, scans: int, between: bytes = b"") -> bytes:
    """A progressive JPEG whose last scan comes `scans` times more."""
    data = encoded(Image.new("RGB", (side, side)), progressive=True, quality=5)[:-2]
    last = data[data.rfind(b"\xff\xda") :]
    return data + (between + last) * scans + jpeg.END


TABLE = b"\xff\xdb\0\x43\1" + bytes([1] * 64)


@pytest.mark.parametrize("between", [b"", TABLE, b"\xff\xfe\0\4hi", b"\xff" * 9, b"\xff\xd0\xff\xd1", b"\0\1\2"])
def test_a_picture_of_too_many_scans_is_refused_before_it_is_decoded(
    between: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simplejpeg, "decode_jpeg", None)
    with pytest.raises(TooMuchWork, match=r"\d{3} scans of 2000 x 2000.*1600 pixels wide") as refusal:
        decode(repeated_scans(2000, 500, between))
    assert refusal.value.code == "too-much-work"


def test_the_scans_of_a_sequential_jpeg_count_too() -> None:
    """Its first scan has not all components, so that the others follow, and all are held."""
    data = encoded(Image.new("RGB", (2000, 2000)))
    scan = data.find(b"\xff\xda")
    alone = b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(40)
    with pytest.raises(TooMuchWork):
        decode(data[:scan] + alone * 500 + jpeg.END)


def test_scans_that_a_picture_can_have_are_read() -> None:
    assert decode(encoded(quarters(3000, 2000), progressive=True)).pixels.shape == (1067, 1600, 3)
    decode(repeated_scans(1000, 36))


def test_the_pictures_of_a_question_share_what_decoding_may_cost() -> None:
    picture, effort = encoded(quarters(2400, 1800), progressive=True), Effort(8)
    cost_s = jpeg.read_header(picture).work_s
    for _ in range(int(DECODING_S / cost_s)):
        decode(picture, effort=effort)
    with pytest.raises(TooMuchWork, match="together"):
        decode(picture, effort=effort)


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}])
def test_a_progressive_picture_that_would_be_held_is_refused_by_its_size(options: dict[str, object]) -> None:
    small = encoded(Image.new("RGB", (64, 64)), progressive=True, **options)
    frame = small.find(b"\xff\xc2")
    data = small[: frame + 5] + struct.pack(">HH", 6900, 7400) + small[frame + 9 :]
    with pytest.raises(TooManyPixels, match="progressive JPEG"):
        decode(data)


def test_an_endless_header_is_refused() -> None:
    whole = encoded(quarters())
    with pytest.raises(TooMuchWork, match="1000 parts"):
        decode(whole[:2] + b"\xff\xfe\0\2" * 100_000 + whole[2:])


def with_frame(marker: int, bits: int = 8) -> bytes:
    data = bytearray(encoded(quarters()))
    frame = data.find(b"\xff\xc0")
    data[frame + 1], data[frame + 4] = marker, bits
    return bytes(data)


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC9, 0xCA, 0xCF])
def test_kinds_of_jpeg_that_hardly_anybody_reads_are_named(marker: int) -> None:
    with pytest.raises(UnsupportedPicture, match="lossless or arithmetic-coded JPEG"):
        decode(with_frame(marker))


def test_a_jpeg_of_twelve_bits_is_named() -> None:
    with pytest.raises(UnsupportedPicture, match="12 bits"):
        decode(with_frame(0xC1, bits=12))


def test_exif_full_of_entries_costs_nothing_and_its_orientation_is_found() -> None:
    entries = [struct.pack(">HHII", 0x9000 + n, 7, 60_000, 8) for n in range(5000)]
    entries[4000] = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + b"".join(entries)
    data = encoded(quarters().transpose(Image.Transpose.ROTATE_90), quality=95)
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]
    began = time.process_time()
    assert corners(decode(data).pixels) == [RED, GREEN, BLUE, GREY]
    assert time.process_time() - began < 1


def test_a_webp_is_refused_by_its_size_before_memory_is_taken_for_it() -> None:
    for options in ({}, {"lossless": True}, {"save_all": True, "append_images": [Image.new("RGB", (5000, 3000), RED)]}):
        with pytest.raises(TooManyPixels, match=r"5000 x 3000.*12\.5 megapixels are allowed in a WebP"):
            decode(encoded(Image.new("RGB", (5000, 3000)), "WEBP", **options)[:100])


def test_the_process_that_decodes_is_ended_and_another_one_takes_its_place() -> None:
    endless = png16(60, 40, (0,), chunk(b"tEXt", b"a\0b") * 900_000)
    for _ in range(2):
        with pytest.raises(TooMuchWork, match="too much work to decode: it takes more than"):
            decode(endless)
        assert decode(encoded(quarters(), "PNG")).pixels.shape == (80, 120, 3)


def test_a_picture_that_ends_the_process_is_damaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "decoder.py"
    program.write_text(
        "import os, signal, sys\n"
        "os.write(1, b'\\0\\0\\0\\2{}'); sys.stdin.buffer.read(1); os.kill(os.getpid(), signal.SIGSEGV)\n"
    )
    monkeypatch.setattr(confined, "PROGRAM", program)
    decoder = confined.ConfinedDecoder()
    with pytest.raises(DamagedPicture, match="ends the decoder"):
        decoder.decode(b"picture", Effort(), side=100, pixels=100, smallest_side=1)
    program.write_text("raise SystemExit(3)\n")
    with pytest.raises(DecoderFailed, match="status 3"):
        decoder.decode(b"picture", Effort(), side=100, pixels=100, smallest_side=1)


def test_a_picture_that_takes_all_the_memory_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "decoder.py"
    program.write_text(confined.PROGRAM.read_text().replace("MEMORY = 295_000_000", "MEMORY = 60_000_000"))
    monkeypatch.setattr(confined, "PROGRAM", program)
    decoder = confined.ConfinedDecoder()
    limits = {"side": 1600, "pixels": 50_000_000, "smallest_side": 24}
    with pytest.raises(TooManyPixels, match="too much memory"):
        decoder.decode(encoded(Image.new("RGB", (5000, 5000)), "PNG"), Effort(), **limits)
    assert decoder.decode(encoded(quarters(), "PNG"), Effort(), **limits).size == (120, 80)
    decoder.close()


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
    encoded(quarters(), "JPEG", progressive=True),
    encoded(quarters().convert("L"), "JPEG"),
    encoded(quarters().convert("CMYK"), "JPEG"),
    encoded(quarters(), "PNG"),
    encoded(quarters().convert("P"), "PNG", transparency=0),
    png16(60, 40, (1, 2, 3, 4), chunk(b"zTXt", b"a\0\0" + zlib.compress(b"b"))),
    encoded(quarters(), "WEBP"),
    encoded(quarters(), "WEBP", lossless=True),
    encoded(quarters(), "WEBP", save_all=True, append_images=[Image.new("RGB", (120, 80), RED)]),
]


@settings(max_examples=500, deadline=None, derandomize=True)
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


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=40)), max_size=5))
def test_parts_that_are_put_in_or_taken_out_are_no_harm(seed: bytes, changes: list[tuple[int, bytes]]) -> None:
    began = time.process_time()
    for at, part in changes:
        seed = seed[:at] + part + seed[at + len(part) // 2 :]
    with suppress(PictureError):
        assert decode(seed).pixels.shape[2] == 3
    assert time.process_time() - began < 2


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=400))
def test_whatever_follows_the_first_bytes_of_a_jpeg_has_a_header_or_is_refused(rest: bytes) -> None:
    try:
        header = jpeg.read_header(jpeg.START + rest)
    except PictureError:
        return
    assert header.components in (1, 3, 4)
    assert header.work_s > 0
