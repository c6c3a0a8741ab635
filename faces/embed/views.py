"""What is embedded of a face: the face, and if it is small its mirror image too, for the mean of both is surer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faces.types import Vectors

FEW_PIXELS = 100.0
"""Faces of fewer decoded pixels are small; of larger ones the mirror image tells next to nothing new."""


def views_of(aligned: NDArray[np.uint8], sizes: Sequence[float]) -> NDArray[np.uint8]:
    """The aligned faces, shape (n, side, side, 3), and after them the mirror images of the small ones among them."""
    return np.concatenate([aligned, aligned[_small(sizes), :, ::-1]])


def join_views(vectors: Vectors, sizes: Sequence[float]) -> Vectors:
    """One L2-normalised embedding a face, of those of its views, in the order that `views_of` gives.

    The last mirror images may be missing.
    """
    faces, mirrored = vectors[: len(sizes)].copy(), vectors[len(sizes) :]
    faces[np.flatnonzero(_small(sizes))[: len(mirrored)]] += mirrored
    joined: Vectors = faces / np.linalg.norm(faces, axis=1, keepdims=True)
    return joined


def _small(sizes: Sequence[float]) -> NDArray[np.bool_]:
    return np.array([size < FEW_PIXELS for size in sizes], bool)
