"""Which views of a face are embedded: the face and, if it is small, its mirror image too.

For small faces the mean of both embeddings is recognised better (test-time augmentation).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faces.types import Vectors

FEW_PIXELS = 100.0
"""Faces of fewer decoded pixels are small. For larger ones, the mirror image adds next to nothing."""


def views_of(aligned: NDArray[np.uint8], sizes: Sequence[float]) -> NDArray[np.uint8]:
    """The aligned faces, shape (n, side, side, 3), and after them the mirror images of the small ones among them."""
    return np.concatenate([aligned, aligned[_small(sizes), :, ::-1]])


def join_views(vectors: Vectors, sizes: Sequence[float]) -> Vectors:
    """Average the embeddings of each face's views, in the order of `views_of`; one L2-normalised row a face.

    The last mirror images may be missing.
    """
    faces, mirrored = vectors[: len(sizes)].copy(), vectors[len(sizes) :]
    faces[np.flatnonzero(_small(sizes))[: len(mirrored)]] += mirrored
    joined: Vectors = faces / np.linalg.norm(faces, axis=1, keepdims=True)
    return joined


def _small(sizes: Sequence[float]) -> NDArray[np.bool_]:
    return np.array([size < FEW_PIXELS for size in sizes], bool)
