"""What a JPEG will cost, read from its markers before any of it is decoded (ITU-T T.81, annex B).

A progressive JPEG is decoded scan by scan. Each of them visits every block of its components, even if it has next to no
bytes, and the coefficients of the whole picture are held in memory: so scans are counted, and the blocks they visit.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from faces.errors import DamagedPicture, TooMuchWork, UnsupportedPicture
from faces.formats.orientation import exif_orientation, xmp_orientation

MOST_SEGMENTS = 1000
"""Before the first scan. Files have some dozens; a colour profile can have 255, a long XMP packet as many."""
BYTE_S, BLOCK_S, SCANNED_BLOCK_S, SCAN_S = 20e-9, 20e-9, 60e-9, 10e-6
"""Processor time at most: for a byte; for a block; for a block in one of several scans; to begin a scan."""
BLOCK_SIDE, COEFFICIENT_BYTES = 8, 2

START, END = b"\xff\xd8\xff", b"\xff\xd9"
BASELINE, EXTENDED, PROGRESSIVE, SCAN, APP1 = 0xC0, 0xC1, 0xC2, 0xDA, 0xE1
OTHER_FRAMES = {*range(0xC3, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Lossless, hierarchical and arithmetic-coded: cameras and browsers know none of them."""
EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"

_segment_marker = re.compile(rb"\xff([\xc0-\xcf\xd9-\xfe])")
"""Of the others, those that libjpeg knows stand alone."""
_scan_marker = re.compile(rb"\xff\xda")


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What is known of a JPEG before it is decoded.

    `components` is 1 (grey), 3 (colour) or 4 (CMYK), `orientation` 1 to 8. `work_s` is the processor time that decoding
    takes at most, `held_bytes` the memory for coefficients, 0 for a picture of one scan. `has_end`: the end marker.
    """

    width: int
    height: int
    components: int
    orientation: int
    scans: int
    work_s: float
    held_bytes: int
    has_end: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """The frame header: the size in pixels, and the number of blocks of each component by its id."""

    width: int
    height: int
    progressive: bool
    blocks: dict[int, int]


def read_header(data: bytes) -> JpegHeader:
    """The header of a JPEG file. Raises `PictureError` for what no decoder should try."""
    frame, exif, xmp = None, None, None
    for marker, start, end in _segments(data):
        if marker == SCAN and frame:
            return _header(data, frame, start, exif or xmp or 1)
        if marker in (BASELINE, EXTENDED, PROGRESSIVE):
            frame = frame or _read_frame(marker, data[start:end])
        elif marker in OTHER_FRAMES:
            raise UnsupportedPicture("This is a lossless or arithmetic-coded JPEG. Save it anew as an ordinary one.")
        elif marker == APP1 and data.startswith(EXIF, start):
            exif = exif or exif_orientation(data[start + len(EXIF) : end])
        elif marker == APP1 and data.startswith(XMP, start):
            xmp = xmp or xmp_orientation(data[start:end])
    raise DamagedPicture("The picture's header is cut off or damaged. Send the whole file.")


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments as (marker, start of the content, its end), as long as they are whole."""
    end = 0
    for _ in range(MOST_SEGMENTS):
        found = _segment_marker.search(data, end)
        if found is None or found.end() + 2 > len(data):
            return
        start = found.end() + 2
        end = start - 2 + int.from_bytes(data[start - 2 : start], "big")
        if not start <= end <= len(data):
            return
        yield found[1][0], start, end
    raise TooMuchWork(f"The picture's header has more than {MOST_SEGMENTS} parts. Save it anew as an ordinary JPEG.")


def _read_frame(marker: int, body: bytes) -> _Frame:
    try:
        bits, height, width, count = struct.unpack_from(">BHHB", body)
        components = [struct.unpack_from("BB", body, 6 + 3 * number) for number in range(count)]
    except struct.error:
        raise DamagedPicture("The picture's header is cut off or damaged. Send the whole file.") from None
    if bits != 8 or count not in (1, 3, 4):
        raise UnsupportedPicture(f"This JPEG has {bits} bits and {count} components a pixel. Send it with 8 and 3.")
    sampling = {key: (max(factors >> 4, 1), max(factors & 15, 1)) for key, factors in components}
    widest, highest = (max(factors) for factors in zip(*sampling.values(), strict=True))
    blocks = {
        key: -(-width * across // (BLOCK_SIDE * widest)) * -(-height * down // (BLOCK_SIDE * highest))
        for key, (across, down) in sampling.items()
    }
    return _Frame(width, height, marker == PROGRESSIVE, blocks)


def _header(data: bytes, frame: _Frame, scan: int, orientation: int) -> JpegHeader:
    """`scan` is where the content of the first scan's header begins."""
    blocks, components = sum(frame.blocks.values()), len(frame.blocks)
    scans, work_s, held_bytes = 1, len(data) * BYTE_S + blocks * BLOCK_S, 0
    if frame.progressive or data[scan] < components:
        scans, visited = _count_scans(data, frame, scan)
        work_s += scans * SCAN_S + visited * SCANNED_BLOCK_S
        held_bytes = blocks * BLOCK_SIDE**2 * COEFFICIENT_BYTES
    has_end = data.find(END, scan) >= 0
    return JpegHeader(frame.width, frame.height, components, orientation, scans, work_s, held_bytes, has_end)


def _count_scans(data: bytes, frame: _Frame, first: int) -> tuple[int, int]:
    """The scans, and the blocks that they visit all told: at most, for what looks like a scan is counted as one."""
    scans = visited = 0
    for found in _scan_marker.finditer(data, first - 4):
        at = found.end() + 2
        components = data[at + 1 : at + 1 + 2 * data[at] : 2] if at < len(data) else b""
        visited += sum(frame.blocks.get(component, 0) for component in components)
        scans += 1
    return scans, visited
