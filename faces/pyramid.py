"""A picture at ever smaller sizes, so that a detector of one size finds faces of every size."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from faces.boxes import Floats

WINDOW = 12
"""The side of the window in which the first network looks for a face, in pixels."""
STEP = 0.709
"""From one size to the next: the area halves (Zhang et al. 2016)."""
GRID_FACE = 20.0
"""A face that fills the window at one of the sizes: the smallest one of the `mtcnn` package."""

_shrinking = ThreadPoolExecutor(thread_name_prefix="pyramid")


def build_pyramid(image: Floats, smallest_face: float) -> list[tuple[float, Floats]]:
    """The picture at the sizes in which faces of `smallest_face` pixels, and ever larger ones, fill the window.

    `image` is float32, (height, width, 3). Gives (scale, picture), largest first. The scales lie on one grid whatever
    the smallest face, and the sides are rounded down, as in the `mtcnn` package: its networks find other faces at
    other sizes.
    """
    scales = list(_scales(image, smallest_face))
    sums = _sum_down(image)
    return list(zip(scales, _shrinking.map(lambda scale: _shrink(image, sums, scale), scales), strict=True))


def _scales(image: Floats, smallest_face: float) -> Iterator[float]:
    skipped = math.floor(math.log(smallest_face / GRID_FACE) / -math.log(STEP) + 1e-6)
    scale = WINDOW / GRID_FACE * STEP**skipped
    while min(image.shape[:2]) * scale >= WINDOW:
        yield scale
        scale *= STEP


def _sum_down(image: Floats) -> Floats:
    """The sum of all rows above each row, and of all rows; shape (height + 1, width, 3).

    The mean over any rows is then a difference of two of these (Crow 1984, summed-area tables), however many they are.
    """
    sums = np.empty((len(image) + 1, *image.shape[1:]), np.float32)
    sums[0] = 0
    for above, row, below in zip(sums, image, sums[1:], strict=False):
        np.add(above, row, out=below)  # NumPy's cumsum takes 30 times as long along this axis
    return sums


def _shrink(image: Floats, sums: Floats, scale: float) -> Floats:
    """The picture made smaller, each pixel the mean of the area that it covers: as OpenCV's INTER_AREA, but that would
    look at every pixel of the picture anew, and for no size does it take less."""
    height, width = image.shape[:2]
    rows, columns = int(height * scale), int(width * scale)
    edges = np.arange(rows + 1) * (height / rows)
    whole = np.minimum(edges.astype(np.intp), height - 1)
    above = image[whole]
    above *= (edges - whole).astype(np.float32)[:, np.newaxis, np.newaxis]
    above += sums[whole]
    narrow = cv2.resize(above, (columns, rows + 1), interpolation=cv2.INTER_AREA)
    shrunk: Floats = np.diff(narrow, axis=0)
    shrunk *= np.float32(rows / height)
    return shrunk
