"""Search: the similarity of faces to the people of a gallery. A person is compared as a whole, not photo by photo."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from gallery.errors import WrongModelKey
from gallery.index import build_index
from gallery.types import Airing, Candidate, GalleryContent, Person, Vectors

BEST_PHOTOS = 3
"""A person's similarity is the mean over this many of their most similar photos: better than the best one, or all."""

_inner_products: Any = faiss.fvec_inner_products_ny  # type: ignore[attr-defined]  # in no stub

_ABSENT = np.float32(-2)
"""Fills the places of photos that a person does not have: below every cosine."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """The similarities of n faces (rows) to p people (columns), each of whom has at least one reference.

    `values`: cosines, float32 of shape (n, p); rounding may take them slightly beyond [-1, 1]. `photos`: the cosines to
    every single reference, shape (n, p, largest number of references of a person); the places after a person's last
    reference are filled with an absent value.
    """

    people: tuple[Person, ...]
    values: Vectors
    photos: Vectors

    def candidate(self, face: int, person: int) -> Candidate:
        """The person in this column as a candidate for the face in this row."""
        known, photos = self.people[person], self.photos[face, person]
        nearest = int(photos.argmax())
        return Candidate(
            person=known,
            similarity=_cosine(self.values[face, person]),
            reference=known.references[nearest],
            reference_similarity=_cosine(photos[nearest]),
        )


def join(parts: Sequence[Similarities]) -> Similarities:
    """Join the columns of several searches for the same faces."""
    if len(parts) == 1:
        return parts[0]
    most = max(part.photos.shape[2] for part in parts)
    return Similarities(
        people=tuple(person for part in parts for person in part.people),
        values=np.hstack([part.values for part in parts]),
        photos=np.hstack([_padded(part.photos, most) for part in parts]),
    )


class Gallery:
    """A loaded gallery: immutable, so that any number of threads may search it at once."""

    def __init__(self, content: GalleryContent) -> None:
        """`content` must have been checked (`gallery.content.check_content`)."""
        self.region = content.region
        self.slot = content.slot
        self.model_key = content.model_key
        self.people = content.people
        self.airings: tuple[Airing, ...] = content.airings
        self.dimension: int = content.vectors.shape[1]
        self._index: Any = build_index(content.vectors)
        self._known = tuple(person for person in content.people if person.references)
        photos = np.array([len(person.references) for person in self._known], dtype=np.intp)
        self._rows = _rows_of(photos)
        few = photos.min(initial=BEST_PHOTOS) < BEST_PHOTOS
        self._counts = np.minimum(photos, BEST_PHOTOS).astype(np.float32) if few else None
        self.known = frozenset(person.id for person in self._known)
        """The ids of the people who have a photo."""

    def search(self, embeddings: Vectors, people: Collection[int]) -> Similarities:
        """The similarity of every embedding to each of these people (ids) who has a photo.

        `embeddings` are L2-normalised, float32 of shape (n, dimension). Raises `WrongModelKey` when they have another
        dimension.
        """
        if embeddings.ndim != 2 or embeddings.shape[1] != self.dimension:
            raise WrongModelKey(
                f"embeddings of shape {embeddings.shape} do not fit a gallery of {self.dimension} dimensions "
                f"({self.model_key}): use the model that the gallery was built with"
            )
        known, rows, counts = self._known, self._rows, self._counts
        if not self.known.issubset(people):
            chosen = [n for n, person in enumerate(known) if person.id in people]
            known, rows = tuple(known[n] for n in chosen), rows[chosen]
            counts = None if counts is None else counts[chosen]
        photos = self._products(embeddings).take(rows, axis=1, mode="clip")
        return Similarities(known, _best_mean(photos, counts), photos)

    def _products(self, embeddings: Vectors) -> Vectors:
        """The inner products with all photos, shape (n, photos + 1); the last column is the absent value.

        Each product is computed by itself, so that other rows cannot change its last bit, and in this thread, because
        waking other threads takes longer than these few products.
        """
        probes = np.ascontiguousarray(embeddings, dtype=np.float32)
        products = np.empty((len(probes), self._index.ntotal + 1), dtype=np.float32)
        products[:, -1] = _ABSENT
        vectors, count = self._index.get_xb(), self._index.ntotal
        for probe, row in zip(probes, products, strict=True):
            _inner_products(faiss.swig_ptr(row), faiss.swig_ptr(probe), vectors, self.dimension, count)
        return products


def _rows_of(photos: NDArray[np.intp]) -> NDArray[np.intp]:
    """The rows of each person's photos, shape (p, largest number of photos), padded with the row after the last."""
    number = np.arange(max(photos.max(initial=0), BEST_PHOTOS))
    first = np.cumsum(photos) - photos
    return np.where(number < photos[:, np.newaxis], first[:, np.newaxis] + number, photos.sum())


def _best_mean(photos: Vectors, counts: NDArray[np.float32] | None) -> Vectors:
    """The mean over each person's best photos, shape (n, p); `photos` has shape (n, p, photos).

    `counts`, shape (p,), says over how many photos each mean is taken (None: `BEST_PHOTOS` for everyone).
    """
    best = np.partition(photos, photos.shape[2] - BEST_PHOTOS, axis=2)[:, :, -BEST_PHOTOS:]
    if counts is not None:
        best[best == _ABSENT] = 0
    total: Vectors = best[:, :, 0] + best[:, :, 1] + best[:, :, 2]
    return total / (BEST_PHOTOS if counts is None else counts)


def _padded(photos: Vectors, most: int) -> Vectors:
    missing = most - photos.shape[2]
    return np.pad(photos, ((0, 0), (0, 0), (0, missing)), constant_values=_ABSENT)


def _cosine(value: np.float32) -> float:
    return min(1.0, max(-1.0, float(value)))
