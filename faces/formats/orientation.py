"""Which way up a picture is, by its metadata: the one thing that is read of them."""

import re
import struct
from contextlib import suppress

TAG = 0x0112
VALUES = {1: "B", 3: "H", 4: "I"}
"""The TIFF types of whole numbers."""
_XMP = re.compile(rb"tiff:Orientation(?:=[\"']|>)([1-8])")


def exif_orientation(tiff: bytes) -> int | None:
    """The orientation (1 to 8) in the first directory of EXIF data, None when it has none (CIPA DC-008, 4.6.4).

    Nothing else is read, and no offset followed but the first, so that the work is bounded by the number of entries.
    """
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    with suppress(struct.error):
        (start,) = struct.unpack_from(f"{order}4xI", tiff)
        (entries,) = struct.unpack_from(f"{order}H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * entries, 12):
            tag, kind = struct.unpack_from(f"{order}HH", tiff, at)
            if tag == TAG and kind in VALUES:
                (value,) = struct.unpack_from(f"{order}{VALUES[kind]}", tiff, at + 8)
                return int(value) if 1 <= value <= 8 else None
    return None


def xmp_orientation(xmp: bytes) -> int | None:
    """The orientation (1 to 8) in an XMP packet, None when it has none."""
    found = _XMP.search(xmp)
    return int(found[1]) if found else None
