"""A picture at ever smaller sizes, so that a detector of one size finds faces of every size."""

from collections.abc import Iterator

import cv2

from faces.types import Pixels

WINDOW = 12
"""The side of the window in which the first network looks for a face, in pixels."""
STEP = 0.709
"""From one size to the next: the area halves (Zhang et al. 2016, as in the `mtcnn` package)."""


def build_pyramid(pixels: Pixels, smallest_face: float) -> Iterator[Pixels]:
    """The picture at the sizes in which faces of `smallest_face` pixels, and ever larger ones, fill the window.

    Each size is shrunk from the one before: shrinking the full picture for each would take most of the time.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, WINDOW / smallest_face)
    level = pixels
    while min(height, width) * scale >= WINDOW:
        size = (round(width * scale), round(height * scale))
        level = cv2.resize(level, size, interpolation=cv2.INTER_AREA)
        yield level
        scale *= STEP
