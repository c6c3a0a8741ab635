"""Job 5: detects and embeds the faces in the photos; each model scans each picture once."""

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
from indexer.job.failures import Failures
from indexer.sources.photo_folder import MAX_PHOTO_BYTES
from storage.base import ObjectNotFound, ObjectTooLarge

log = structlog.get_logger(__name__)

CHUNK = 16
"""Pictures per transaction: the most (besides those in the engine) that are scanned again after a run was killed."""

Scan: TypeAlias = tuple[str, list[FaceRow], str | None]
"""A picture's SHA-256, its faces, and why it cannot be read (None where it can)."""


def embed_photos(context: Context, counts: Counter[str]) -> None:
    """Scan the pictures that this model has not scanned yet; one that cannot be read is recorded with the reason."""
    faces = context.faces
    with transaction(context.engine) as session:
        pending = unscanned_photos(session, context.scope, faces.model_key)
    scans = _scan(context, pending.items(), counts)
    scans = iter(context.progress.track(scans, description="Looking for faces", total=len(pending)))
    while chunk := list(islice(scans, CHUNK)):
        with transaction(context.engine) as session:
            for sha256, found, problem in chunk:
                record_scan(session, sha256, faces.model_key, found, problem)


def _scan(context: Context, pictures: Iterable[tuple[str, str]], counts: Counter[str]) -> Iterator[Scan]:
    """Scan the pictures, given as (SHA-256, key); those missing from storage are left out."""
    in_engine = deque[str]()
    failures = Failures(counts)

    def read() -> Iterator[bytes | PictureError]:
        for sha256, key in pictures:
            found = None
            with failures.skipped(key):
                found = _read(context, key, counts)
            if found is not None:
                in_engine.append(sha256)
                yield found

    for analysis in context.faces.analyse_all(read()):
        yield (in_engine.popleft(), *_faces_or_problem(analysis, counts))


def _read(context: Context, key: str, counts: Counter[str]) -> bytes | PictureError | None:
    try:
        return context.storage.get(key, max_bytes=MAX_PHOTO_BYTES)
    except ObjectTooLarge as error:
        return TooManyBytes(str(error))
    except ObjectNotFound:
        log.warning("photo missing from storage; gathering it again will bring it back", key=key)
        counts["missing"] += 1
        return None


def _faces_or_problem(analysis: Analysis | PictureError, counts: Counter[str]) -> tuple[list[FaceRow], str | None]:
    """The faces and None, or no faces and why the picture cannot be read."""
    if not isinstance(analysis, Analysis):
        counts["unreadable"] += 1
        return [], str(analysis)
    counts.update(pictures=1, faces=len(analysis.faces), without_face=not analysis.faces)
    return [_row(number, face) for number, face in enumerate(analysis.faces)], None


def _row(number: int, face: Face) -> FaceRow:
    vector = np.asarray(face.embedding, dtype="<f4").tobytes()
    box = [float(edge) for edge in face.detection.box]
    return FaceRow(number, box, float(face.detection.confidence), float(face.quality), vector)
