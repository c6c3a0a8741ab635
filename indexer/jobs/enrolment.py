"""Which faces stand for a person: the choice of `gallery.select`, and what it means for their photos."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

import numpy as np
from sqlalchemy.orm import Session

from db.queries.photos import EnrolableFace, PhotoVerdict, faceless_photos, faces_of, judge_photos
from gallery.select import select_faces
from gallery.types import Person, Reference, Vectors
from indexer.jobs.context import Context

USABLE = PhotoVerdict("usable", None)


@dataclass(slots=True)
class Enrolment:
    """The references of each person, and their vectors in the same order; nobody without any."""

    references: dict[int, tuple[Reference, ...]] = field(default_factory=dict)
    vectors: dict[int, Vectors] = field(default_factory=dict)

    def stacked(self, people: Iterable[Person], dimension: int) -> Vectors:
        """The vectors of these people's references, one below the other."""
        return np.concatenate(
            [np.empty((0, dimension), np.float32), *(self.vectors[person.id] for person in people if person.references)]
        )


def enrol(context: Context, session: Session, people: Iterable[int]) -> Enrolment:
    """Choose the faces of these people, and record for each photo whether it is used or why not."""
    known, model_key = list(people), context.faces.model_key
    enrolment = Enrolment()
    verdicts = faceless_photos(session, known, model_key)
    faces = faces_of(session, known, model_key, context.started_at)
    for person_id, group in groupby(faces, key=attrgetter("person_id")):
        verdicts |= _enrol(enrolment, person_id, list(group))
    judge_photos(session, verdicts)
    return enrolment


def _enrol(enrolment: Enrolment, person_id: int, faces: Sequence[EnrolableFace]) -> Mapping[int, PhotoVerdict]:
    vectors = np.stack([np.frombuffer(face.vector, dtype="<f4") for face in faces]).astype(np.float32)
    selection = select_faces(vectors, [face.sha256 for face in faces], [face.quality for face in faces])
    if selection.kept:
        kept = [faces[row] for row in selection.kept]
        enrolment.references[person_id] = tuple(_reference(face) for face in kept)
        enrolment.vectors[person_id] = vectors[list(selection.kept)]
    refused = {
        faces[row].photo_id: PhotoVerdict("refused", reason) for row, reason in sorted(selection.reasons.items())
    }
    return refused | dict.fromkeys((faces[row].photo_id for row in selection.kept), USABLE)


def _reference(face: EnrolableFace) -> Reference:
    terms = ", ".join(part for part in (face.licence, face.credit_line) if part)
    return Reference(face.sha256, face.object_key, face.origin, terms or None)
