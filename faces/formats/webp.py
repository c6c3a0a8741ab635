"""The size of a WebP (RFC 9649), which is to be known before a decoder takes memory for it."""

MOST_PIXELS = 12_500_000
"""Its decoder holds 22 bytes for each pixel: 12 megapixels are 270 MB."""


def is_webp(data: bytes) -> bool:
    """Whether the file begins like a WebP."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def canvas(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None when the file is cut off before them, or is of another kind."""
    kind, head = data[12:16], data[20:30]
    if len(head) < 10 or not is_webp(data):
        return None
    if kind == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
