"""The vectors of a gallery, stored in the file format of a FAISS `IndexFlatIP`."""

import struct

import faiss
import numpy as np

from gallery.errors import CorruptGallery
from gallery.types import Vectors

MAX_DIMENSION = 4096

_HEADER = struct.Struct("<4siqqqBiQ")
"""Fourcc, dimension, number of vectors, two unused numbers, trained, metric, number of floats that follow."""

_NORM_TOLERANCE = 1e-3


def build_index(vectors: Vectors) -> "faiss.IndexFlatIP":
    """An exact inner-product index of the rows, shape (n, dimension)."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index


def encode_index(vectors: Vectors) -> bytes:
    """The file that FAISS writes for these rows. The same rows always give the same bytes."""
    return bytes(faiss.serialize_index(build_index(vectors)).tobytes())


def decode_index(data: bytes) -> Vectors:
    """Read the rows of such a file: a read-only array, float32 of shape (n, dimension).

    FAISS does not check what it reads, so it never gets the file: the header is checked here, and the rest is plain
    floats. Raises `CorruptGallery` when it is not a flat inner-product index of exactly this length.
    """
    if len(data) < _HEADER.size:
        raise CorruptGallery(f"the index has {len(data)} bytes, less than a header: publish the gallery again")
    fourcc, dimension, rows, _, _, trained, metric, floats = _HEADER.unpack_from(data)
    if fourcc != b"IxFI" or metric != faiss.METRIC_INNER_PRODUCT or trained != 1:
        raise CorruptGallery(
            f"the index is no flat inner-product index ({fourcc!r}, metric {metric}): publish it again"
        )
    if not (0 < dimension <= MAX_DIMENSION and rows >= 0 and floats == rows * dimension):
        raise CorruptGallery(f"the index claims {rows} vectors of {dimension} in {floats} floats: publish it again")
    if len(data) != _HEADER.size + 4 * floats:
        raise CorruptGallery(f"the index of {floats} floats has {len(data)} bytes: publish it again")
    return np.frombuffer(data, dtype="<f4", offset=_HEADER.size).reshape(rows, dimension)


def are_normalised(vectors: Vectors) -> bool:
    """Whether every row is finite and of length one."""
    with np.errstate(over="ignore", invalid="ignore"):
        norms = np.linalg.norm(vectors, axis=1)
    return bool(np.all(np.abs(norms - 1) <= _NORM_TOLERANCE))
