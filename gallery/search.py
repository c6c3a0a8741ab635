"""How similar faces are to the people of a gallery: people are scored, not photos."""

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
"""A person's similarity is the mean over so many of their photos: better than the single best, and than all."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """Of n faces (rows) to p people (columns), each with at least one reference.

    `values`: float32 of shape (n, p), in [-1, 1]. `reference` and `reference_values`, of the same shape: which of
    the person's references is the most similar one, and how similar it is.
    """

    people: tuple[Person, ...]
    values: Vectors
    reference: NDArray[np.intp]
    reference_values: Vectors

    def candidate(self, face: int, person: int) -> Candidate:
        """The person of a column as a candidate for the face of a row."""
        known = self.people[person]
        return Candidate(
            person=known,
            similarity=float(self.values[face, person]),
            reference=known.references[self.reference[face, person]],
            reference_similarity=float(self.reference_values[face, person]),
        )


def join(parts: Sequence[Similarities]) -> Similarities:
    """The columns of several searches, of the same faces, side by side."""
    return Similarities(
        people=tuple(person for part in parts for person in part.people),
        values=np.hstack([part.values for part in parts]),
        reference=np.hstack([part.reference for part in parts]),
        reference_values=np.hstack([part.reference_values for part in parts]),
    )


class Gallery:
    """A loaded gallery: immutable, so that any number of threads may search it at once."""

    def __init__(self, content: GalleryContent) -> None:
        """`content` has been checked (`gallery.content.check_content`)."""
        self.region = content.region
        self.slot = content.slot
        self.model_key = content.model_key
        self.people = content.people
        self.airings: tuple[Airing, ...] = content.airings
        self.dimension: int = content.vectors.shape[1]
        self._index: Any = build_index(content.vectors)
        self._photos = np.array([len(person.references) for person in content.people], dtype=np.intp)
        self._first_row = np.cumsum(self._photos) - self._photos

    def search(self, embeddings: Vectors, people: Collection[int]) -> Similarities:
        """The similarity of every embedding to those of the people (ids) who have a photo.

        `embeddings` are L2-normalised, float32 of shape (n, dimension);
        `WrongModelKey` when the embeddings are of another dimension.
        """
        if embeddings.ndim != 2 or embeddings.shape[1] != self.dimension:
            raise WrongModelKey(
                f"embeddings of shape {embeddings.shape} do not fit a gallery of {self.dimension} dimensions "
                f"({self.model_key}): use the model that the gallery was built with"
            )
        chosen = np.array(
            [n for n, person in enumerate(self.people) if person.id in people and person.references], dtype=np.intp
        )
        photos = self._photos[chosen]
        rows = np.repeat(self._first_row[chosen] - _starts(photos), photos) + np.arange(photos.sum())
        return _similarities(tuple(self.people[n] for n in chosen), photos, self._products(embeddings, rows))

    def _products(self, embeddings: Vectors, rows: NDArray[np.intp]) -> Vectors:
        """The inner products, shape (n, rows), each computed alone: no other row has an influence on its last bit."""
        probes = np.ascontiguousarray(embeddings, dtype=np.float32)
        products = np.empty((len(probes), len(rows)), dtype=np.float32)
        labels = np.ascontiguousarray(np.broadcast_to(rows.astype(np.int64), products.shape))
        if products.size:
            faiss.omp_set_num_threads(1)  # of this thread: waking others takes longer than these few products
            self._index.compute_distance_subset(
                len(probes), faiss.swig_ptr(probes), len(rows), faiss.swig_ptr(products), faiss.swig_ptr(labels)
            )
        return np.clip(products, -1, 1)


def _starts(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where the groups of these sizes start when they lie one after the other."""
    return np.cumsum(counts) - counts


def _similarities(people: tuple[Person, ...], photos: NDArray[np.intp], products: Vectors) -> Similarities:
    """From the products of all photos, shape (n, photos), person after person, to those of the p people."""
    starts = _starts(photos)
    owner = np.broadcast_to(np.repeat(np.arange(len(photos)), photos), products.shape)
    order = np.lexsort((-products, owner))
    ranked = np.take_along_axis(products, order, axis=1)
    mean = np.zeros((len(products), len(photos)), dtype=np.float32)
    for rank in range(BEST_PHOTOS):
        have = photos > rank
        mean[:, have] += ranked[:, starts[have] + rank]
    mean /= np.minimum(photos, BEST_PHOTOS)
    return Similarities(
        people=people,
        values=mean,
        reference=order[:, starts] - starts,
        reference_values=ranked[:, starts],
    )
