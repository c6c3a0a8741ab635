"""Which faces of several pictures of one moment are the same person: tracks, without a name yet.

Clusters of average linkage, the surest pair first, under one rule that is never broken: the faces of one picture are
different people (constrained agglomerative clustering; Davidson and Ravi, PKDD 2005).
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gallery.types import Vectors

Numbers: TypeAlias = NDArray[np.intp]

SAME = 0.5
"""Two faces of a burst with this likeness are as likely the same person as not."""

PLACE = 0.2
"""What it adds to the likeness that two faces are where the other one was."""


def link(embeddings: Vectors, places: NDArray[np.floating], frames: Sequence[int]) -> Numbers:
    """The track of each of n faces, shape (n,), numbered from 0 in the order of their first faces.

    `embeddings` are L2-normalised, shape (n, dimension); `places`, shape (n, 4), are left, top, right and bottom in
    parts of the picture; `frames` says in which picture each face was found.
    """
    tracks: Numbers = np.arange(len(frames), dtype=np.intp)
    likeness = _likeness(embeddings, places)
    apart = np.equal.outer(np.asarray(frames), np.asarray(frames))
    while len(tracks):
        likeness_of = _between(tracks, likeness, apart)
        first, second = np.unravel_index(int(likeness_of.argmax()), likeness_of.shape)
        if likeness_of[first, second] < SAME:
            break
        tracks[tracks == max(first, second)] = min(first, second)
    return np.unique(tracks, return_inverse=True)[1].astype(np.intp)


def scenes(tracks: Sequence[int], frames: Sequence[int]) -> Numbers:
    """The scene of each of n faces, shape (n,): pictures that share a track, at once or by way of others, are of one.

    A cut, or another channel, in the middle of a burst makes two scenes of it.
    """
    scene: Numbers = np.asarray(frames, dtype=np.intp).copy()
    for labels in [tracks, frames] * len(set(frames)):
        for label in set(labels):
            members = np.asarray(labels) == label
            scene[members] = scene[members].min()
    return np.unique(scene, return_inverse=True)[1].astype(np.intp)


def _likeness(embeddings: Vectors, places: NDArray[np.floating]) -> NDArray[np.float64]:
    return embeddings.astype(np.float64) @ embeddings.T + PLACE * _overlap(places)


def _overlap(places: NDArray[np.floating]) -> NDArray[np.float64]:
    """Intersection over union of all pairs of boxes."""
    boxes = np.asarray(places, np.float64).reshape(-1, 4)
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    area = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    overlap: NDArray[np.float64] = shared / np.maximum(area[:, None] + area[None, :] - shared, 1e-12)
    return overlap


def _between(tracks: Numbers, likeness: NDArray[np.float64], apart: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The mean likeness of the faces of each two tracks; -inf for a track and itself, and where two share a picture."""
    member = (tracks == np.arange(len(tracks))[:, None]).astype(np.float64)
    pairs = np.outer(member.sum(axis=1), member.sum(axis=1))
    mean = (member @ likeness @ member.T) / np.maximum(pairs, 1)
    return np.where((pairs == 0) | (member @ apart @ member.T > 0), -np.inf, mean)
