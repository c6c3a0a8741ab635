"""All levels of an image pyramid packed onto one sheet, so that the first network runs once for all of them.

The network is fully convolutional: it processes the sheet in strips of equal height. Sheets have one of a few widths,
because the runtime compiles the network (40 ms) and keeps memory for each shape that it meets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from faces.detect.boxes import Floats
from faces.detect.pyramid import WINDOW

WIDTHS = (224, 320, 416, 544, 768, 1088)
"""The widths of sheets, in pixels. The pyramids of most pictures fill one of them well."""
STRIP = 96
"""How many rows a strip has besides those that it shares with the next one."""
SHARED = WINDOW - 2
"""How many rows a strip shares with the next one, so that every window lies within one strip."""
GAP = 2
"""Pixels between tiles, so that no 3 x 3 filter covers two of them."""
GREY = 127.5


@dataclass(frozen=True, slots=True)
class Tile:
    """Where one level of the pyramid is on the sheet, in pixels, and the `scale` of that level."""

    left: int
    top: int
    width: int
    height: int
    scale: float


Size: TypeAlias = tuple[int, int]
"""Height and width."""
Corner: TypeAlias = tuple[int, int]
"""Top and left."""


def lay_out(levels: Iterable[tuple[float, Floats]]) -> tuple[Floats, list[Tile]]:
    """Pack the levels (at least one, largest first) onto a sheet, shape (height, width, 3).

    Tiles begin at even pixels, because the network has a stride of two.
    """
    placed = list(levels)
    (height, width), corners = _pack(tuple(level.shape[:2] for _, level in placed))
    sheet = np.full((height, width, 3), GREY, np.float32)
    tiles = []
    for (top, left), (scale, level) in zip(corners, placed, strict=True):
        tile = Tile(left, top, level.shape[1], level.shape[0], scale)
        sheet[top : top + tile.height, left : left + tile.width] = level
        tiles.append(tile)
    return sheet, tiles


def cut_strips(sheet: Floats) -> Floats:
    """Cut the sheet into strips from top to bottom: a view of shape (n, STRIP + SHARED, width, 3), without a copy."""
    count, row = (len(sheet) - SHARED) // STRIP, sheet.strides[0]
    return as_strided(sheet, (count, STRIP + SHARED, *sheet.shape[1:]), (STRIP * row, *sheet.strides))


@lru_cache(maxsize=256)
def _pack(sizes: tuple[Size, ...]) -> tuple[Size, list[Corner]]:
    """The size of the smallest sheet that holds all tiles, and where the tiles are on it."""
    widest = max(width for _, width in sizes)
    widths = [width for width in WIDTHS if width >= widest] or [_round_up(widest, 2)]
    return min((_fill(sizes, width) for width in widths), key=lambda filled: filled[0][0] * filled[0][1])


def _fill(sizes: tuple[Size, ...], sheet_width: int) -> tuple[Size, list[Corner]]:
    """Place each tile as far up as possible, then as far left, at a corner of the tiles placed before."""
    taken: list[tuple[int, int, int, int]] = []
    corners = [(0, 0)]
    for height, width in sizes:
        bottom_right = (_round_up(height + GAP, 2), _round_up(width + GAP, 2))
        top, left = min(
            corner for corner in corners if corner[1] + width <= sheet_width and _is_free(corner, bottom_right, taken)
        )
        bottom, right = top + bottom_right[0], left + bottom_right[1]
        taken.append((top, left, bottom, right))
        corners += [(top, right), (bottom, left), (bottom, 0)]
    places = [(top, left) for top, left, _, _ in taken]
    lowest = max(top + height for (top, _), (height, _) in zip(places, sizes, strict=True))
    return (_round_up(lowest - SHARED, STRIP) + SHARED, sheet_width), places


def _is_free(corner: Corner, size: Size, taken: Iterable[tuple[int, int, int, int]]) -> bool:
    top, left = corner
    return not any(
        top < other_bottom and other_top < top + size[0] and left < other_right and other_left < left + size[1]
        for other_top, other_left, other_bottom, other_right in taken
    )


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step
