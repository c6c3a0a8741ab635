"""Job 5: the faces in the photos, each picture looked at once by each model."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

import numpy as np
import structlog

from db.engine import session as transaction
from db.queries.photos import FaceRow, record_scan, unscanned_photos
from faces.errors import PictureError, TooManyBytes
from faces.types import Analysis, Face
from indexer.job.context import Context
from indexer.sources.photo_folder import MAX_PHOTO_BYTES
from storage.base import ObjectNotFound, ObjectTooLarge

log = structlog.get_logger(__name__)

CHUNK = 16
"""Pictures per transaction: what a killed run has to look at again is at most these, and those under way."""

Look: TypeAlias = tuple[str, list[FaceRow], str | None]
"""A picture's SHA-256, its faces, and what is wrong with it."""


def embed_photos(context: Context, counts: Counter[str]) -> None:
    """Look at the pictures that this model has not seen; one that cannot be read is remembered with the reason."""
    faces = context.faces
    with transaction(context.engine) as session:
        pending = unscanned_photos(session, context.scope, faces.model_key)
    looks = _look(context, pending.items(), counts)
    looks = iter(context.progress.track(looks, description="Looking for faces", total=len(pending)))
    while chunk := list(islice(looks, CHUNK)):
        with transaction(context.engine) as session:
            for sha256, found, problem in chunk:
                record_scan(session, sha256, faces.model_key, found, problem)


def _look(context: Context, pictures: Iterable[tuple[str, str]], counts: Counter[str]) -> Iterator[Look]:
    """What is in those pictures, given by SHA-256 and key, that are there."""
    under_way = deque[str]()

    def read() -> Iterator[bytes | PictureError]:
        for sha256, key in pictures:
            if (found := _read(context, key, counts)) is not None:
                under_way.append(sha256)
                yield found

    for seen in context.faces.analyse_all(read()):
        yield (under_way.popleft(), *_described(seen, counts))


def _read(context: Context, key: str, counts: Counter[str]) -> bytes | PictureError | None:
    try:
        return context.storage.get(key, max_bytes=MAX_PHOTO_BYTES)
    except ObjectTooLarge as error:
        return TooManyBytes(str(error))
    except ObjectNotFound:
        log.warning("photo missing from storage; gathering it again will bring it back", key=key)
        counts["missing"] += 1
        return None


def _described(seen: Analysis | PictureError, counts: Counter[str]) -> tuple[list[FaceRow], str | None]:
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
