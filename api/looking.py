"""The processor's part of a request: find the faces of a picture, and decide whose they are."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from api.galleries import PreparedTitle
from api.pool import WorkPool
from api.problems import Kind, Problem
from api.question import Scene
from faces import errors
from faces.engine import FaceEngine
from faces.types import Analysis
from gallery.types import Answers

Result = TypeVar("Result")
KINDS: Mapping[type[errors.PictureError], Kind] = {
    errors.EmptyPicture: Kind.EMPTY_PICTURE,
    errors.TooManyBytes: Kind.BODY_TOO_LARGE,
    errors.UnsupportedPicture: Kind.NOT_A_PICTURE,
    errors.TooManyPixels: Kind.PICTURE_TOO_LARGE,
    errors.TooFewPixels: Kind.PICTURE_TOO_SMALL,
    errors.DamagedPicture: Kind.BROKEN_PICTURE,
}


@dataclass(frozen=True, slots=True)
class Identified:
    """The faces of a picture and, in the same order, the decisions; `match_ms` is the time that these took."""

    analysis: Analysis
    answers: Answers
    match_ms: float


def who_is_in(data: bytes, asked: Scene | PreparedTitle, engine: FaceEngine) -> Identified:
    """Look at the picture and compare its faces with those who are asked about. Raises `faces.errors.PictureError`."""
    analysis = engine.analyse(data)
    started = time.perf_counter()
    embeddings = np.array([face.embedding for face in analysis.faces], np.float32).reshape(-1, engine.dimension)
    answers = asked.decide(embeddings)
    return Identified(analysis, answers, (time.perf_counter() - started) * 1000)


async def look(pool: WorkPool, work: Callable[[], Result]) -> tuple[Result, float]:
    """Do `work` in the pool; `Problem` when the pool is full or the picture cannot be looked at."""
    try:
        return await pool.run(work)
    except errors.PictureError as error:
        raise Problem(KINDS.get(type(error), Kind.BROKEN_PICTURE), str(error), advice="") from None


def server_timing(stage_ms: Mapping[str, float]) -> str:
    """The value of a `Server-Timing` header (W3C): `decode;dur=12.3, detect;dur=45.6`."""
    return ", ".join(f"{stage};dur={ms:.1f}" for stage, ms in stage_ms.items())
