"""The program of a process that decodes pictures which may do anything: it can be killed without harm.

It reads requests from its standard input and answers on its standard output; `faces.formats.confined` has the other
end. A request is a JSON object, with four bytes of length before it, and the file. The answer is a JSON object
likewise and, if the picture was decoded, its RGB pixels in rows. Nothing of the project is imported.
"""

import json
import resource
import signal
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, BinaryIO

from PIL import ExifTags, Image, ImageFile, PngImagePlugin, UnidentifiedImageError

MEMORY = 295_000_000
"""Bytes that this process may take, the 10 MB of the interpreter among them."""
FORMATS = ("JPEG", "PNG", "WEBP")
BACKGROUND = (255, 255, 255)
"""What shows through transparent pixels."""
STRIP = 1_000_000
"""Pixels that are converted at a time, for they are held several times over then."""
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error, zlib.error)
"""What Pillow is known to raise on corrupt files."""

Answer = tuple[dict[str, Any], Iterator[bytes]]


def main() -> None:
    """Answer one request after the other, until there are no more."""
    for kind, most in (resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0):
        resource.setrlimit(kind, (most, most))
    Image.MAX_IMAGE_PIXELS = None  # the limit comes with each request
    _read_around_large_texts()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    _send({"ready": True}, target)
    while length := source.read(4):
        asked = json.loads(source.read(int.from_bytes(length, "big")))
        data = source.read(asked["bytes"])
        signal.setitimer(signal.ITIMER_PROF, asked["seconds"])  # processor time, after which the signal ends this
        _respond(data, asked, target)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _respond(data: bytes, asked: dict[str, Any], target: BinaryIO) -> None:
    began = time.process_time()
    try:
        answer, rows = _decode(data, asked)
    except MemoryError:
        answer, rows = {"out_of_memory": True}, iter(())
    except UnidentifiedImageError:
        answer, rows = {"failed": "its header"}, iter(())
    except UNREADABLE as error:
        memory = " for want of memory, perhaps" if data.startswith(b"RIFF") else ""  # libwebp does not say
        answer, rows = {"failed": f"{str(error) or type(error).__name__}{memory}"}, iter(())
    answer["spent_s"] = time.process_time() - began
    _send(answer, target)
    for row in rows:
        target.write(row)
    target.flush()


def _send(answer: dict[str, Any], target: BinaryIO) -> None:
    head = json.dumps(answer).encode()
    target.write(len(head).to_bytes(4, "big") + head)
    target.flush()


def _decode(data: bytes, asked: dict[str, Any]) -> Answer:
    """The size alone of a picture that is not within the limits; else all of it, shrunk while it stays large enough."""
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        answer: dict[str, Any] = {"size": image.size}
        if width * height > asked["pixels"] or min(width, height) < asked["smallest_side"]:
            return answer, iter(())
        divisor = next((it for it in (8, 4, 2) if max(width, height) >= it * asked["side"]), 1)
        image.draft(None, (width // divisor, height // divisor))
        image.load()
        if image.format in ("PNG", "WEBP"):
            answer["orientation"] = image.getexif().get(ExifTags.Base.Orientation, 1)
        factor = max(1, max(image.size) // asked["side"])
        answer["shape"] = [-(-image.height // factor), -(-image.width // factor), 3]
        return answer, _rows(image, factor)


def _rows(image: Image.Image, factor: int) -> Iterator[bytes]:
    """The picture in RGB, each pixel the mean of `factor` x `factor`; of a large one, some rows after the other."""
    height = max(1, STRIP // image.width // factor) * factor
    for top in range(0, image.height, height):
        bottom = min(top + height, image.height)
        strip = image if bottom - top == image.height else image.crop((0, top, image.width, bottom))
        rgb = _to_rgb(strip)
        yield (rgb.reduce(factor) if factor > 1 else rgb).tobytes()


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        return Image.frombytes("L", image.size, image.tobytes()[1::2]).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        image = Image.new("RGB", image.size, BACKGROUND)
        image.paste(rgba, mask=rgba.getchannel("A"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _read_around_large_texts() -> None:
    """Have Pillow leave out texts and colour profiles of PNG files that it finds too large, instead of the picture."""

    def lenient(read: Callable[..., bytes]) -> Callable[..., bytes]:
        def chunk(stream: PngImagePlugin.PngStream, start: int, length: int) -> bytes:
            try:
                return read(stream, start, length)
            except ValueError:
                assert stream.fp is not None
                stream.fp.seek(start)
                return ImageFile._safe_read(stream.fp, length)

        return chunk

    for kind in ("tEXt", "zTXt", "iTXt", "iCCP"):
        name = f"chunk_{kind}"
        setattr(PngImagePlugin.PngStream, name, lenient(getattr(PngImagePlugin.PngStream, name)))


if __name__ == "__main__":
    main()
