"""The fourth step of a picture's path: link the faces of all frames to a look.

A look is what was seen in the pictures of one moment: boxes, qualities and embeddings. It is all that an answer needs,
and nothing in it shows a face.
"""

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

MAX_FRAMES = 8


@dataclass(frozen=True, slots=True)
class View:
    """A face in one frame: the frame's number, from 0, and the face's box."""

    frame: int
    box: Corners


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A person in all the frames in which they were found; the first view is the one to show.

    `confidence` is that of the first view, `quality` that of the best one. Faces with the same `scene` are on screen
    together.
    """

    views: tuple[View, ...]
    confidence: float
    quality: float
    scene: int


@dataclass(frozen=True, slots=True)
class Look:
    """The frames of a burst (width and height of each), and the n people seen in them.

    `embeddings` is float32 of shape (n, dimension), L2-normalised. It is rounded to half precision, as it is when
    sealed, so that the first answer and the next ones rest on the same numbers. `shown` is the frame to show: the faces
    in it come first, and within each group the best quality first. `at` (aware UTC) is the moment that was asked about.
    """

    at: datetime
    frames: tuple[tuple[int, int], ...]
    shown: int
    faces: tuple[SeenFace, ...]
    embeddings: Vectors


def look_of(analyses: Sequence[Analysis], at: datetime, dimension: int) -> Look:
    """Link the faces across the frames, and pool the embeddings of each person."""
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
    """The frame whose faces have the highest total quality."""
    total: dict[int, float] = {}
    for frame, face in found:
        total[frame] = total.get(frame, 0.0) + face.quality
    return max(total, key=lambda frame: total[frame], default=0)


def _seen(found: Sequence[tuple[int, Face]], shown: int, scene: int) -> SeenFace:
    best_first = sorted(found, key=lambda it: (it[0] != shown, -it[1].quality))
    views = tuple(View(frame, face.detection.box) for frame, face in best_first)
    return SeenFace(views, best_first[0][1].detection.confidence, max(face.quality for _, face in found), scene)
