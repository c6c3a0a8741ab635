"""Enrolment: chooses the faces that represent a person (`gallery.select`), and records the verdict on each photo."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np
from sqlalchemy.orm import Session

from db.queries.photos import EnrolableFace, PhotoVerdict, enrolable_faces, faceless_photos, record_verdicts
from gallery.select import MISATTRIBUTED, misattributed_rows, select_faces
from gallery.types import Person, Reference, Vectors
from indexer.job.context import Context

USABLE = PhotoVerdict("usable", None)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """By person id, the references and their vectors in the same order; people without any are absent."""

    references: Mapping[int, tuple[Reference, ...]]
    vectors: Mapping[int, Vectors]

    def stacked(self, people: Iterable[Person], dimension: int) -> Vectors:
        """The vectors of these people's references, stacked: float32, shape (references, dimension)."""
        return np.concatenate(
            [np.empty((0, dimension), np.float32), *(self.vectors[person.id] for person in people if person.references)]
        )


def enrol(context: Context, session: Session, people: Iterable[int]) -> Enrolment:
    """Choose the faces of these people, and record for each of their photos whether it is used, or why not."""
    known, model_key = list(people), context.faces.model_key
    verdicts = faceless_photos(session, known, model_key)
    faces = enrolable_faces(session, known, model_key, context.started_at)
    chosen: dict[int, list[EnrolableFace]] = {}
    for person_id, group in groupby(faces, key=attrgetter("person_id")):
        chosen[person_id], refused = _choose(list(group))
        verdicts |= refused
    verdicts |= _refuse_others(chosen)
    record_verdicts(session, verdicts)
    kept = {person_id: faces for person_id, faces in chosen.items() if faces}
    return Enrolment(
        {person_id: tuple(map(_reference, faces)) for person_id, faces in kept.items()},
        {person_id: _vectors(faces) for person_id, faces in kept.items()},
    )


def _choose(faces: Sequence[EnrolableFace]) -> tuple[list[EnrolableFace], Mapping[int, PhotoVerdict]]:
    """The faces of one person to enrol, and the verdict on each photo."""
    selection = select_faces(_vectors(faces), [face.sha256 for face in faces], [face.quality for face in faces])
    kept = [faces[row] for row in selection.kept]
    refused = {
        faces[row].photo_id: PhotoVerdict("refused", reason) for row, reason in sorted(selection.reasons.items())
    }
    return kept, refused | dict.fromkeys((face.photo_id for face in kept), USABLE)


def _refuse_others(chosen: dict[int, list[EnrolableFace]]) -> Mapping[int, PhotoVerdict]:
    """Remove from `chosen` the faces that are of another of these people: the verdicts on their photos."""
    wrong = misattributed_rows({person_id: _vectors(faces) for person_id, faces in chosen.items() if faces})
    refused = {chosen[person_id][row].photo_id for person_id, rows in wrong.items() for row in rows}
    for person_id in wrong:
        chosen[person_id] = [face for face in chosen[person_id] if face.photo_id not in refused]
    return dict.fromkeys(refused, PhotoVerdict("refused", MISATTRIBUTED))


def _vectors(faces: Sequence[EnrolableFace]) -> Vectors:
    return np.stack([np.frombuffer(face.vector, dtype="<f4") for face in faces]).astype(np.float32)


def _reference(face: EnrolableFace) -> Reference:
    terms = ", ".join(part for part in (face.licence, face.credit_line) if part)
    return Reference(face.sha256, face.object_key, face.origin, terms or None)
