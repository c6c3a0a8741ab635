"""Selection: which faces in a person's photos are enrolled as their templates.

A photo that was found for a name may show other people too, or somebody else altogether. The face that recurs in most
of the photos is taken to be the person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gallery.types import Vectors

Matrix: TypeAlias = NDArray[np.float32]

MAX_TEMPLATES = 10

DUPLICATE_SIMILARITY = 0.965
"""Two faces above it are of copies of one photo: 19 in 20 resized and recompressed copies are above it, and one in a
thousand pairs of different photos."""

OUTLIER_SIMILARITY = 0.45
"""Similarity to the mean of the person's other faces, below which a face is refused: 199 in 200 of the person's own
faces are above it, and 199 in 200 of other people's below."""

CONFUSED_SIMILARITY = 0.65
"""Similarity to the mean of another person's faces, above which a face may be theirs. Among sixty people, it refused no
right photo."""

_ROUNDS = 3

NOT_CHOSEN = "another face of the photo agrees better with the person's other photos"
AMBIGUOUS = "several faces, and no other photo to tell which of them is the person"
DUPLICATE = "the same picture as another photo"
OUTLIER = "does not look like the person of the other photos"
MISATTRIBUTED = "is somebody else of those on, of whom there are more photos"
SURPLUS = f"{MAX_TEMPLATES} better photos are enough"


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows to enrol, best quality first, and the reason why each other row was refused."""

    kept: tuple[int, ...]
    reasons: Mapping[int, str]


def select_faces(embeddings: Vectors, photos: Sequence[str], qualities: Sequence[float]) -> Selection:
    """Choose a person's templates among all faces of their photos: at most one a photo, and ten in all.

    `embeddings` are L2-normalised, float32 of shape (n, dimension). For each row, `photos` has a name of the photo that
    the face is in, and `qualities` its quality (0 to 1). The order of the faces does not change the choice.
    """
    if not len(embeddings) == len(photos) == len(qualities):
        raise ValueError(f"{len(embeddings)} embeddings, {len(photos)} photos, {len(qualities)} qualities: one a face")
    similarity: Matrix = embeddings @ embeddings.T
    reasons: dict[int, str] = {}
    rows = sorted(range(len(photos)), key=lambda row: (-qualities[row], photos[row], embeddings[row].tobytes()))
    rows = _refuse(reasons, rows, DUPLICATE, _duplicates(rows, similarity, photos))
    if len({photos[row] for row in rows}) == 1 and len(rows) > 1:
        return Selection((), reasons | dict.fromkeys(rows, AMBIGUOUS))
    rows = _refuse(reasons, rows, NOT_CHOSEN, set(rows) - _most_agreeing(rows, similarity, photos))
    rows = _refuse(reasons, rows, OUTLIER, _outliers(rows, embeddings))
    return Selection(tuple(rows[:MAX_TEMPLATES]), reasons | dict.fromkeys(rows[MAX_TEMPLATES:], SURPLUS))


def misattributed_rows(templates: Mapping[int, Vectors]) -> dict[int, tuple[int, ...]]:
    """The rows of each person's templates that show another person; people without such rows are left out.

    A row is refused when it is more similar to somebody with more photos than to the person's own other photos. This
    finds wrong photos of people who have too few photos for `select_faces` to tell. When all of several photos look
    like one other person, both are the same person under two entries, and the rows stay.
    """
    means = np.array([_unit(faces.sum(axis=0)) for faces in templates.values()])
    photos = np.array([len(faces) for faces in templates.values()])
    found = {}
    for person, faces in templates.items():
        rivals = (faces @ means[photos > len(faces)].T).max(axis=1, initial=CONFUSED_SIMILARITY)
        others = faces.sum(axis=0) - faces
        own = (faces * _unit(others)).sum(axis=1) if len(faces) > 1 else np.zeros(1)
        wrong = (rivals > CONFUSED_SIMILARITY) & (rivals > own)
        if wrong.any() and (len(faces) == 1 or not wrong.all()):
            found[person] = tuple(np.flatnonzero(wrong).tolist())
    return found


def _unit(vectors: Vectors) -> Vectors:
    scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32(1e-6))
    return scaled


def _refuse(reasons: dict[int, str], rows: list[int], reason: str, refused: set[int]) -> list[int]:
    reasons.update(dict.fromkeys(refused, reason))
    return [row for row in rows if row not in refused]


def _duplicates(rows: Sequence[int], similarity: Matrix, photos: Sequence[str]) -> set[int]:
    """All but the best of faces that are the same in several photos. `rows` are sorted, the best first."""
    kept: list[int] = []
    for row in rows:
        if not any(photos[row] != photos[other] and similarity[row, other] >= DUPLICATE_SIMILARITY for other in kept):
            kept.append(row)
    return set(rows) - set(kept)


def _most_agreeing(rows: Sequence[int], similarity: Matrix, photos: Sequence[str]) -> set[int]:
    """Choose one face a photo: first the medoid of all photos, then what is most similar to the faces chosen elsewhere.

    A photo with many faces counts for less: a photo of a single face most likely shows the person.
    """
    faces: dict[str, list[int]] = {}
    for row in rows:
        faces.setdefault(photos[row], []).append(row)

    def support(row: int) -> float:
        others = [group for photo, group in faces.items() if photo != photos[row]]
        return float(sum(similarity[row, group].max() / len(group) for group in others))

    def agreement(row: int, chosen: Mapping[str, int]) -> float:
        return sum(float(similarity[row, other]) for photo, other in chosen.items() if photo != photos[row])

    chosen = dict.fromkeys(faces, max(rows, key=support, default=0))
    for _ in range(_ROUNDS):
        before = chosen
        chosen = {photo: max(group, key=lambda row: agreement(row, before)) for photo, group in faces.items()}
    return set(chosen.values())


def _outliers(rows: Sequence[int], embeddings: Vectors) -> set[int]:
    """Drop the face that is least similar to the mean of the others, again and again, until all that remain agree.

    Of two faces that disagree, the better one stays. When of three or more no two agree, all are dropped.
    """
    left = list(rows)
    while len(left) > 1:
        others = embeddings[left].sum(axis=0) - embeddings[left]
        agreement = (embeddings[left] * _unit(others)).sum(axis=1)
        worst = len(left) - 1 - int(np.argmin(agreement[::-1]))
        if agreement[worst] >= OUTLIER_SIMILARITY:
            break
        del left[worst]
    nobody_agrees = len(left) == 1 and len(rows) > 2
    return set(rows) - (set() if nobody_agrees else set(left))
