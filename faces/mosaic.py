"""All sizes of a picture in one sheet, for a fully convolutional network to look at in one go.

One call instead of eight; and as sheets come in few sizes, the runtime meets few new shapes: for each it would
otherwise compile anew (4 ms) and hold memory (0.4 MB).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from faces.boxes import Floats

SHEET_STEP = 64
"""Sides of sheets are multiples of this, in pixels."""
GAP = 2
"""Pixels between tiles, so that no 3 x 3 filter sees two of them."""
GREY = 127.5


@dataclass(frozen=True, slots=True)
class Tile:
    """One size of the picture: where it is on the sheet, in pixels, and its `scale` to the picture."""

    left: int
    top: int
    width: int
    height: int
    scale: float


def lay_out(levels: Iterable[tuple[float, Floats]]) -> tuple[Floats, list[Tile]]:
    """A sheet, shape (height, width, 3), with the levels (largest first) in shelves from the top; at least one level.

    Tiles begin at even pixels: the network takes every second one.
    """
    placed = list(levels)
    sheet_width = _round_up(placed[0][1].shape[1], SHEET_STEP)
    tiles, left, top, shelf = [], 0, 0, 0
    for scale, level in placed:
        height, width = level.shape[:2]
        if left + width > sheet_width:
            left, top, shelf = 0, top + shelf, 0
        tiles.append(Tile(left, top, width, height, scale))
        left += _round_up(width + GAP, 2)
        shelf = max(shelf, _round_up(height + GAP, 2))
    sheet = np.full((_round_up(top + shelf, SHEET_STEP), sheet_width, 3), GREY, np.float32)
    for tile, (_, level) in zip(tiles, placed, strict=True):
        sheet[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width] = level
    return sheet, tiles


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step
