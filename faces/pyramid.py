"""A picture at ever smaller sizes, so that a detector of one size finds faces of every size."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2

from faces.boxes import Floats

WINDOW = 12
"""The side of the window in which the first network looks for a face, in pixels."""
STEP = 0.709
"""From one size to the next: the area halves (Zhang et al. 2016)."""
GRID_FACE = 20.0
"""A face that fills the window at one of the sizes: the smallest one of the `mtcnn` package."""
SOURCE_RATIO = 6
"""A size is shrunk from one at least so many times larger: from nearer ones, blur adds up and faces are lost."""


_shrinking = ThreadPoolExecutor(thread_name_prefix="pyramid")


def build_pyramid(image: Floats, smallest_face: float) -> list[tuple[float, Floats]]:
    """The picture at the sizes in which faces of `smallest_face` pixels, and ever larger ones, fill the window.

    `image` is float32, (height, width, 3). Gives (scale, picture), largest first. The scales lie on one grid whatever
    the smallest face, and the sides are rounded down, as in the `mtcnn` package: its networks find other faces at
    other sizes.
    """
    scales = list(_scales(image, smallest_face))
    # The sizes made of the picture itself are most of the work, and independent: OpenCV gives each one core only.
    alone = [scale for scale in scales if not _sources(scales, scale)]
    levels = dict(zip(alone, _shrinking.map(lambda scale: _shrink(image, image, scale), alone), strict=True))
    for scale in scales[len(alone) :]:
        levels[scale] = _shrink(levels[_sources(scales, scale)[-1]], image, scale)
    return list(levels.items())


def _scales(image: Floats, smallest_face: float) -> Iterator[float]:
    skipped = math.floor(math.log(smallest_face / GRID_FACE) / -math.log(STEP) + 1e-6)
    scale = WINDOW / GRID_FACE * STEP**skipped
    while min(image.shape[:2]) * scale >= WINDOW:
        yield scale
        scale *= STEP


def _sources(scales: list[float], scale: float) -> list[float]:
    """Those of which the size may be made instead of the picture."""
    return [larger for larger in scales if larger >= SOURCE_RATIO * scale]


def _shrink(source: Floats, image: Floats, scale: float) -> Floats:
    height, width = image.shape[:2]
    shrunk: Floats = cv2.resize(source, (int(width * scale), int(height * scale)), interpolation=cv2.INTER_AREA)
    return shrunk
