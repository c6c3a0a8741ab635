"""What was seen in the pictures of one moment: all that is needed to answer, and nothing to see a face by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np

from faces.types import Analysis, Face
from gallery.linking import link, scenes
from gallery.types import Vectors

Corners: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels of the upright picture."""

MOST_FRAMES = 8


@dataclass(frozen=True, slots=True)
class View:
    """A face in one picture: the frame's number, from 0, and the box in it."""

    frame: int
    box: Corners


@dataclass(frozen=True, slots=True)
class SeenFace:
    """Somebody, in all the pictures in which they were found; the first view is the one to show.

    `confidence` is of that view, `quality` of the best one. Faces of one `scene` are on screen together.
    """

    views: tuple[View, ...]
    confidence: float
    quality: float
    scene: int


@dataclass(frozen=True, slots=True)
class Look:
    """The frames of a burst (width and height of each), and the n people seen in them, best quality first.

    `embeddings`: L2-normalised but for the rounding to half precision, float32 of shape (n, dimension). `shown` is the
    frame to show, `at` (aware UTC) the moment that was asked about.
    """

    at: datetime
    frames: tuple[tuple[int, int], ...]
    shown: int
    faces: tuple[SeenFace, ...]
    embeddings: Vectors


def look_of(analyses: Sequence[Analysis], at: datetime, dimension: int) -> Look:
    """The faces of all the frames, linked across them."""
    found = [(number, face) for number, analysis in enumerate(analyses) for face in analysis.faces]
    sizes = tuple((analysis.width, analysis.height) for analysis in analyses)
    numbers = [number for number, _ in found]
    embeddings = np.array([face.embedding for _, face in found], np.float32).reshape(-1, dimension)
    places = [np.divide(face.detection.box, sizes[number] * 2) for number, face in found]
    tracks = link(embeddings, np.array(places).reshape(-1, 4), numbers)
    scene_of = scenes(tracks.tolist(), numbers)
    shown = _shown([(number, face.quality) for number, face in found])
    seen = []
    for track in range(len(set(tracks.tolist()))):
        rows = np.flatnonzero(tracks == track).tolist()
        seen.append((_seen([found[row] for row in rows], shown, int(scene_of[rows[0]])), _pooled(found, rows)))
    seen.sort(key=lambda it: (it[0].views[0].frame != shown, -it[0].quality))
    pooled = np.array([embedding for _, embedding in seen], np.float32).reshape(-1, dimension)
    return Look(at, sizes, shown, tuple(face for face, _ in seen), rounded(pooled))


def rounded(embeddings: Vectors) -> Vectors:
    """To half precision, as they are sealed: the first answer and the next ones rest on the same numbers."""
    return embeddings.astype(np.float16).astype(np.float32)


def _shown(faces: Sequence[tuple[int, float]]) -> int:
    """The frame whose faces have the most quality all told."""
    total: dict[int, float] = {}
    for frame, quality in faces:
        total[frame] = total.get(frame, 0.0) + quality
    return max(total, key=lambda frame: total[frame], default=0)


def _seen(found: Sequence[tuple[int, Face]], shown: int, scene: int) -> SeenFace:
    best_first = sorted(found, key=lambda it: (it[0] != shown, -it[1].quality))
    views = tuple(View(frame, face.detection.box) for frame, face in best_first)
    return SeenFace(views, best_first[0][1].detection.confidence, max(face.quality for _, face in found), scene)


def _pooled(found: Sequence[tuple[int, Face]], rows: Sequence[int]) -> Vectors:
    weighted: Vectors = np.sum([found[row][1].embedding * max(found[row][1].quality, 1e-3) for row in rows], axis=0)
    pooled: Vectors = weighted / np.linalg.norm(weighted)
    return pooled
