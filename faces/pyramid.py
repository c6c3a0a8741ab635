"""A picture at ever smaller sizes, so that a detector of one size finds faces of every size."""

import math
from collections.abc import Iterator

import cv2

from faces.boxes import Floats

WINDOW = 12
"""The side of the window in which the first network looks for a face, in pixels."""
STEP = 0.709
"""From one size to the next: the area halves (Zhang et al. 2016)."""
FINEST_FACE = 20.0
"""The smallest face at the top of the grid of sizes: what the `mtcnn` package starts with."""
SOURCE_RATIO = 6
"""A size is shrunk from one at least so many times larger: from nearer ones, blur adds up and faces are lost."""


def build_pyramid(image: Floats, smallest_face: float) -> Iterator[tuple[float, Floats]]:
    """The picture at the sizes in which faces of `smallest_face` pixels, and ever larger ones, fill the window.

    `image` is float32, (height, width, 3). Yields (scale, picture). The scales lie on one grid whatever the smallest
    face, and the sides are rounded down, both as in the `mtcnn` package: its networks find other faces at other sizes.
    """
    height, width = image.shape[:2]
    skipped = max(0, math.floor(math.log(smallest_face / FINEST_FACE) / -math.log(STEP) + 1e-6))
    scale = WINDOW / FINEST_FACE * STEP**skipped
    sources = [(1.0, image)]
    while min(height, width) * scale >= WINDOW:
        source = next(source for at, source in reversed(sources) if at >= SOURCE_RATIO * scale or at == 1.0)
        level = cv2.resize(source, (int(width * scale), int(height * scale)), interpolation=cv2.INTER_AREA)
        sources.append((scale, level))
        yield scale, level
        scale *= STEP
