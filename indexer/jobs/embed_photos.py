"""Job 5: the faces in the photos, each picture looked at once by each model."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np
import structlog

from db.engine import session as transaction
from db.queries.photos import FaceRow, record_scan, unscanned_photos
from faces.types import Analysis, Face
from indexer.jobs.context import Context
from indexer.sources.photo_folder import MAX_PHOTO_BYTES
from storage.base import ObjectNotFound, ObjectTooLarge

log = structlog.get_logger(__name__)

CHUNK = 16
"""Pictures looked at together, and per transaction: what a killed run has to look at again, at most."""

Look: TypeAlias = tuple[str, list[FaceRow], str | None]
"""A picture's SHA-256, its faces, and what is wrong with it."""


def embed_photos(context: Context, counts: Counter[str]) -> None:
    """Look at the pictures that this model has not seen; one that cannot be read is remembered with the reason."""
    faces = context.faces
    with transaction(context.engine) as session:
        pending = unscanned_photos(session, context.scope, faces.model_key)
    pictures = iter(context.progress.track(pending.items(), description="Looking for faces", total=len(pending)))
    while chunk := list(islice(pictures, CHUNK)):
        looks = _look(context, chunk, counts)
        with transaction(context.engine) as session:
            for sha256, found, problem in looks:
                record_scan(session, sha256, faces.model_key, found, problem)


def _look(context: Context, chunk: Sequence[tuple[str, str]], counts: Counter[str]) -> list[Look]:
    """What is in those pictures, given by SHA-256 and key, that are there."""
    read = {sha256: found for sha256, key in chunk if (found := _read(context, key, counts)) is not None}
    whole = {sha256: found for sha256, found in read.items() if isinstance(found, bytes)}
    seen: dict[str, Analysis | Exception] = {it: found for it, found in read.items() if not isinstance(found, bytes)}
    seen |= zip(whole, context.faces.analyse_all(list(whole.values())), strict=True)
    return [(sha256, *_described(seen[sha256], counts)) for sha256 in read]


def _read(context: Context, key: str, counts: Counter[str]) -> bytes | ObjectTooLarge | None:
    try:
        return context.storage.get(key, max_bytes=MAX_PHOTO_BYTES)
    except ObjectTooLarge as error:
        return error
    except ObjectNotFound:
        log.warning("photo missing from storage; gathering it again will bring it back", key=key)
        counts["missing"] += 1
        return None


def _described(seen: Analysis | Exception, counts: Counter[str]) -> tuple[list[FaceRow], str | None]:
    """The faces, or none and what is wrong with the picture."""
    if not isinstance(seen, Analysis):
        counts["unreadable"] += 1
        return [], str(seen)
    counts.update(pictures=1, faces=len(seen.faces), without_face=not seen.faces)
    return [_row(number, face) for number, face in enumerate(seen.faces)], None


def _row(number: int, face: Face) -> FaceRow:
    vector = np.asarray(face.embedding, dtype="<f4").tobytes()
    box = [float(edge) for edge in face.detection.box]
    return FaceRow(number, box, float(face.detection.confidence), float(face.quality), vector)
