"""What was seen in the pictures of one moment: all that is needed to answer, and nothing to see a face by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np

from faces.types import Analysis, Face
from gallery.tracks import link_faces, pool_embeddings, split_scenes
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
    """Subject, in all the pictures in which they were found; the first view is the one to show.

    `confidence` is of that view, `quality` of the best one. Faces of one `scene` are on screen together.
    """

    views: tuple[View, ...]
    confidence: float
    quality: float
    scene: int


@dataclass(frozen=True, slots=True)
class Look:
    """The frames of a burst (width and height of each), and the n people seen in them.

    `embeddings`: float32 of shape (n, dimension), L2-normalised and then rounded to half precision, as they are sealed:
    the first answer and the next ones rest on the same numbers. `shown` is the frame to show, those in it come first,
    the best quality before; `at` (aware UTC) is the moment that was asked about.
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
    tracks = link_faces(embeddings, np.array(places).reshape(-1, 4), numbers)
    scene_of = split_scenes(tracks.tolist(), numbers)
    shown = _shown(found)
    members = [np.flatnonzero(tracks == track).tolist() for track in np.unique(tracks)]
    seen = [_seen([found[row] for row in rows], shown, int(scene_of[rows[0]])) for rows in members]
    order = sorted(range(len(seen)), key=lambda n: (seen[n].views[0].frame != shown, -seen[n].quality))
    pooled = pool_embeddings(embeddings, tracks)[order].astype(np.float16).astype(np.float32)
    return Look(at, sizes, shown, tuple(seen[n] for n in order), pooled)


def _shown(found: Sequence[tuple[int, Face]]) -> int:
    """The frame whose faces have the most quality all told."""
    total: dict[int, float] = {}
    for frame, face in found:
        total[frame] = total.get(frame, 0.0) + face.quality
    return max(total, key=lambda frame: total[frame], default=0)


def _seen(found: Sequence[tuple[int, Face]], shown: int, scene: int) -> SeenFace:
    best_first = sorted(found, key=lambda it: (it[0] != shown, -it[1].quality))
    views = tuple(View(frame, face.detection.box) for frame, face in best_first)
    return SeenFace(views, best_first[0][1].detection.confidence, max(face.quality for _, face in found), scene)
