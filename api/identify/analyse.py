"""The processor's part of a request: find the faces of the pictures, and decide whose they are."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from fastapi import Request

from api.galleries.snapshot import PreparedTitle
from api.identify.look import Look, look_of
from api.identify.pool import WorkPool
from api.identify.scene import Scene
from api.problems import Kind, Problem, in_frame
from faces import errors
from faces.effort import Effort
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
    errors.TooMuchWork: Kind.PICTURE_TOO_COMPLEX,
    errors.DamagedPicture: Kind.BROKEN_PICTURE,
}


@dataclass(frozen=True, slots=True)
class Identified:
    """Whom one saw and, in the same order, the decisions; and the milliseconds of each stage by name."""

    look: Look
    answers: Answers
    stage_ms: Mapping[str, float]


def who_is_in(
    frames: Sequence[bytes], at: datetime, asked: Scene | PreparedTitle, engine: FaceEngine, pool: WorkPool
) -> Identified:
    """Look at the frames of a moment and compare their faces with those who are asked about; to be run in the pool.

    The stages of several frames are summed, and `look` is how long they took, some of them at once.
    Raises `Problem` for a frame that cannot be looked at.
    """
    started, effort = time.perf_counter(), Effort(len(frames))
    analyses = pool.share(lambda number: _analyse(engine, frames, number, effort), range(len(frames)))
    looked = time.perf_counter()
    stages = {name: sum(it.stage_ms[name] for it in analyses) for name in analyses[0].stage_ms}
    if len(frames) > 1:
        stages["look"] = (looked - started) * 1000
    look = look_of(analyses, at, engine.dimension)
    stages["link"] = (time.perf_counter() - looked) * 1000
    identified = decide(look, asked)
    return Identified(look, identified.answers, {**stages, **identified.stage_ms})


def decide(look: Look, asked: Scene | PreparedTitle) -> Identified:
    """Compare the faces of a look with those who are asked about."""
    started = time.perf_counter()
    answers = asked.decide(look.embeddings, [face.scene for face in look.faces])
    return Identified(look, answers, {"match": (time.perf_counter() - started) * 1000})


async def look_at(request: Request, pool: WorkPool, work: Callable[[], Result]) -> tuple[Result, float]:
    """Do `work` in the pool for a `request` whose body was read; it is not begun when the caller has left.

    Raises `Problem` when the pool is full or too slow, or the picture cannot be looked at.
    """
    looking, leaving = asyncio.ensure_future(pool.run(work)), asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((looking, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not looking.done():
            raise Problem(Kind.CALLER_LEFT, "The caller left while the picture waited or was looked at")
        return looking.result()
    except errors.PictureError as error:
        raise _refusal(error, 0, 1) from None
    finally:
        looking.cancel()
        leaving.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _analyse(engine: FaceEngine, frames: Sequence[bytes], number: int, effort: Effort) -> Analysis:
    try:
        return engine.analyse(frames[number], effort)
    except errors.PictureError as error:
        raise _refusal(error, number, len(frames)) from None


def _refusal(error: errors.PictureError, frame: int, frames: int) -> Problem:
    return in_frame(KINDS.get(type(error), Kind.BROKEN_PICTURE), str(error), frame, frames, advice="")


def server_timing(stage_ms: Mapping[str, float]) -> str:
    """The value of a `Server-Timing` header (W3C): `decode;dur=12.3, detect;dur=45.6`."""
    return ", ".join(f"{stage};dur={ms:.1f}" for stage, ms in stage_ms.items())
