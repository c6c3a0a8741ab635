"""Boxes: rows (left, top, right, bottom) of float32 arrays of shape (n, 4)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def overlaps(boxes: Floats, relative_to: Literal["union", "smaller"] = "union") -> Floats:
    """Pairwise intersection areas, over the union or over the smaller of the two boxes; shape (n, n)."""
    left, top, right, bottom = np.ascontiguousarray(boxes.T)
    widths = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    heights = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    intersection: Floats = np.maximum(widths, 0) * np.maximum(heights, 0)
    areas = (right - left) * (bottom - top)
    if relative_to == "smaller":
        whole = np.minimum(areas[:, None], areas[None, :])
    else:
        whole = areas[:, None] + areas[None, :] - intersection
    shares: Floats = intersection / np.maximum(whole, np.float32(1e-9))
    return shares


def suppress(
    boxes: Floats, confidences: Floats, threshold: float, relative_to: Literal["union", "smaller"] = "union"
) -> NDArray[np.intp]:
    """Non-maximum suppression: the indices of the boxes to keep, most confident first.

    As in the `mtcnn` package, a box is dropped when it overlaps *any* more confident one, even a dropped one.
    """
    if len(boxes) < 2:
        return np.arange(len(boxes))
    order = np.argsort(-confidences, kind="stable")
    dropped = np.triu(overlaps(boxes[order], relative_to) > threshold, k=1).any(axis=0)
    kept: NDArray[np.intp] = order[~dropped]
    return kept


def square(boxes: Floats) -> Floats:
    """The smallest squares with the same centres."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    halves = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.hstack([centres - halves, centres + halves])


def shift(boxes: Floats, offsets: Floats) -> Floats:
    """Apply a network's box regression: `offsets` are fractions of the box's width and height."""
    sizes = boxes[:, 2:] - boxes[:, :2] + 1
    return boxes + offsets * np.hstack([sizes, sizes])
