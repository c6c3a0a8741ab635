"""Job 5: the faces in the photos, each picture looked at once by each model."""

from collections import Counter
from itertools import islice

import numpy as np
import structlog

from db.engine import session as transaction
from db.queries.photos import FaceRow, record_scan, unscanned_photos
from faces.errors import PictureError
from faces.types import Face
from indexer.jobs.context import Context
from indexer.sources.photo_folder import MAX_PHOTO_BYTES
from storage.base import ObjectNotFound, ObjectTooLarge

log = structlog.get_logger(__name__)

CHUNK = 8
"""Pictures per transaction: what a killed run has to look at again, at most."""


def embed_photos(context: Context, counts: Counter[str]) -> None:
    """Look at the pictures that this model has not seen; one that cannot be read is remembered with the reason."""
    faces = context.faces
    with transaction(context.engine) as session:
        pending = unscanned_photos(session, context.scope, faces.model_key)
    pictures = iter(context.progress.track(pending.items(), description="Looking for faces", total=len(pending)))
    while chunk := list(islice(pictures, CHUNK)):
        looks = [(sha256, *_look(context, key, counts)) for sha256, key in chunk]
        with transaction(context.engine) as session:
            for sha256, found, problem in looks:
                if found is not None:
                    record_scan(session, sha256, faces.model_key, found, problem)


def _look(context: Context, key: str, counts: Counter[str]) -> tuple[list[FaceRow] | None, str | None]:
    """The faces of a picture, or none and the problem with it; None when the picture itself is not there."""
    try:
        analysis = context.faces.analyse(context.storage.get(key, max_bytes=MAX_PHOTO_BYTES))
    except ObjectNotFound:
        log.warning("photo missing from storage; gathering it again will bring it back", key=key)
        counts["missing"] += 1
        return None, None
    except (PictureError, ObjectTooLarge) as error:
        counts["unreadable"] += 1
        return [], str(error)
    counts.update(pictures=1, faces=len(analysis.faces), without_face=not analysis.faces)
    return [_row(number, face) for number, face in enumerate(analysis.faces)], None


def _row(number: int, face: Face) -> FaceRow:
    vector = np.asarray(face.embedding, dtype="<f4").tobytes()
    box = [float(edge) for edge in face.detection.box]
    return FaceRow(number, box, float(face.detection.confidence), float(face.quality), vector)
