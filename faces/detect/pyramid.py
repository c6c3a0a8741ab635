"""Image pyramid: a picture at decreasing sizes, so that a detector with a fixed window finds faces of every size."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from faces.detect.boxes import Floats

WINDOW = 12
"""The side of the window in which the first network looks for a face, in pixels."""
STEP = 0.709
"""The scale from one level to the next: the area halves (Zhang et al. 2016)."""
GRID_FACE = 20.0
"""In pixels: the scales are aligned so that a face of this size, the smallest of `mtcnn`, fills the window exactly."""
BLOCK = 128
"""How many rows are read together: few enough to stay in the processor's cache until the last level has read them."""

_reading = ThreadPoolExecutor(thread_name_prefix="pyramid")


class _Level:
    """One level of the pyramid: each pixel is the mean of the area that it covers, as with OpenCV's INTER_AREA.

    OpenCV would read the whole picture again for every level. Here one pass computes, for all levels at once, the sum
    of all pixels above each edge between two rows (Crow 1984, summed-area tables). A mean is then the difference of
    two such `sums`.
    """

    def __init__(self, image: Floats, scale: float) -> None:
        height, width = image.shape[:2]
        rows, columns = int(height * scale), int(width * scale)
        edges = np.arange(rows + 1) * (height / rows)
        self.scale = scale
        self.whole = np.minimum(edges.astype(np.intp), height - 1)
        """How many whole rows of the picture lie above each edge. `part` is the fraction of the next row above it."""
        self.part = (edges - self.whole).astype(np.float32)[:, np.newaxis, np.newaxis]
        self.sums = np.empty((rows + 1, columns, image.shape[2]), np.float32)
        self._share = np.float32(rows / height)

    def read(self, top: int, block: Floats, above: Floats) -> None:
        """Compute the sums for the edges within a block of rows; `above` holds the running sum above each row."""
        first, end = np.searchsorted(self.whole, (top, top + len(block)))
        if first < end:
            rows = self.whole[first:end] - top
            sums = block[rows]
            sums *= self.part[first:end]
            sums += above[rows]
            self._narrow(sums, self.sums[first:end])

    def add(self, top: int, above: Floats) -> None:
        """Add `above`, one row of sums, to all edges from row `top` on, where the running sum had started at zero."""
        below = self.sums[np.searchsorted(self.whole, top) :]
        below += self._narrow(above[np.newaxis], np.empty((1, *self.sums.shape[1:]), np.float32))

    def _narrow(self, rows: Floats, target: Floats) -> Floats:
        cv2.resize(rows, (target.shape[1], len(rows)), target, interpolation=cv2.INTER_AREA)
        return target

    def means(self) -> Floats:
        """The picture at this size."""
        means: Floats = np.diff(self.sums, axis=0)
        means *= self._share
        return means


def build_pyramid(image: Floats, smallest_face: float) -> list[tuple[float, Floats]]:
    """The levels of the pyramid, as (scale, picture), largest first. In the first, `smallest_face` fills the window.

    `image` is float32, (height, width, 3). As in the `mtcnn` package, the scales lie on a fixed grid and the sides are
    rounded down: at other scales, its networks would find other faces.
    """
    levels = [_Level(image, scale) for scale in _scales(image, smallest_face)]
    middle = len(image) // 2
    above, _ = _reading.map(lambda first, end: _read(image, first, end, levels), (0, middle), (middle, len(image)))
    for level in levels:
        level.add(middle, above)
    return [(level.scale, level.means()) for level in levels]


def _scales(image: Floats, smallest_face: float) -> Iterator[float]:
    skipped = math.floor(math.log(smallest_face / GRID_FACE) / -math.log(STEP) + 1e-6)
    scale = WINDOW / GRID_FACE * STEP**skipped
    while min(image.shape[:2]) * scale >= WINDOW:
        yield scale
        scale *= STEP


def _read(image: Floats, first: int, end: int, levels: list[_Level]) -> Floats:
    """Let all levels read the rows [first, end), and return the sum of these rows."""
    sums = np.zeros((BLOCK + 1, *image.shape[1:]), np.float32)
    for top in range(first, end, BLOCK):
        block = image[top : min(top + BLOCK, end)]
        for above, row, below in zip(sums, block, sums[1:], strict=False):
            np.add(above, row, out=below)  # NumPy's cumsum takes 30 times as long along this axis
        for level in levels:
            level.read(top, block, sums)
        sums[0] = sums[len(block)]
    total: Floats = sums[0]
    return total
