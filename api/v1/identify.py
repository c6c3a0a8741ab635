"""`POST /v1/identify`: who is that? `POST /v1/identify/again`: the same faces, another question.

Both endpoints are the table of contents of a picture's path: `api.identify.upload` receives the picture,
`api.identify.question` understands what is asked about, `api.identify.analyse` finds the faces and decides whose they
are, `api.v1.views` writes the answer.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.galleries.snapshot import PreparedTitle
from api.identify.analyse import Identified, decide, look_at, server_timing, who_is_in
from api.identify.look import MAX_FRAMES
from api.identify.question import Candidates, understand
from api.identify.scene import Asked, NotInMemory, Scene
from api.identify.upload import PictureQuestion, Words, multipart, read_form
from api.problems import Kind, responses
from api.rate_limits import client_of
from api.services import Running, Services
from api.v1 import schemas, views

router = APIRouter(prefix="/v1", tags=["identify"])

PREPARED = "prepared"
"""The region in the metrics of questions about a prepared programme, which belongs to no region."""

UPLOAD_PROBLEMS = (
    Kind.MALFORMED_BODY,
    Kind.WRONG_CONTENT_TYPE,
    Kind.MISSING_PICTURE,
    Kind.TOO_MANY_PICTURES,
    Kind.BODY_TOO_LARGE,
    Kind.UPLOAD_TOO_SLOW,
    Kind.EMPTY_PICTURE,
    Kind.NOT_A_PICTURE,
    Kind.BROKEN_PICTURE,
    Kind.PICTURE_TOO_LARGE,
    Kind.PICTURE_TOO_COMPLEX,
    Kind.PICTURE_TOO_SMALL,
    Kind.BUSY,
    Kind.TOO_MANY_REQUESTS,
)
QUESTION_PROBLEMS = (
    Kind.PLACE_MISSING,
    Kind.PLACE_INCOMPLETE,
    Kind.PLACE_AMBIGUOUS,
    Kind.IMPOSSIBLE_COORDINATES,
    Kind.AT_SEA,
    Kind.OUTSIDE_EVERY_REGION,
    Kind.UNKNOWN_REGION,
    Kind.UNKNOWN_CHANNEL,
    Kind.UNKNOWN_AIRING,
    Kind.UNKNOWN_PROGRAMME,
    Kind.AMBIGUOUS_PROGRAMME,
    Kind.MALFORMED_TIME,
    Kind.TIME_WITHOUT_ZONE,
    Kind.NO_GALLERY,
    Kind.NO_KNOWN_FACES,
    Kind.NOT_READY,
    Kind.TOO_MANY_REQUESTS,
)


@router.post(
    "/identify",
    response_model=schemas.IdentifyAnswer,
    openapi_extra=multipart(PictureQuestion),
    responses=responses(*UPLOAD_PROBLEMS, *QUESTION_PROBLEMS),
)
async def identify(request: Request, response: Response, services: Running) -> schemas.IdentifyAnswer:
    """Name the people in a picture of a screen, among those who are on at that place and time.

    Send a place (`region`, or `lat` and `lon`), a time if it is not now (`at`), and the `channel` or the `airing` if
    you know it; or send a `programme` that was prepared, to ask about its cast alone. Several pictures of one moment
    (a burst) get one answer: a person who is in several of them is answered once, and with more certainty. The header
    `Server-Timing` has the time of each stage. For a burst, the times of its frames are summed, and `look` is how long
    they took together, since some are looked at in parallel. The pictures are not logged, and not stored unless you
    send `keep`.
    """
    started = time.perf_counter()
    form = await read_form(request, services.settings.upload_timeout_s)
    received_ms = (time.perf_counter() - started) * 1000
    asked, candidates = await _understand_soon(form, services)
    frames = form.pictures(MAX_FRAMES)
    at = asked.at if isinstance(asked, Scene) else datetime.now(UTC)
    with services.shares.place(request):
        identified, waited_ms = await look_at(
            request, services.pool, lambda: who_is_in(frames, at, asked, services.faces, services.pool)
        )
    token = services.sealer.seal(identified.look)
    stage_ms = {"receive": received_ms, "wait": waited_ms, **identified.stage_ms}
    stage_ms["total"] = (time.perf_counter() - started) * 1000
    response.headers["Server-Timing"] = server_timing(stage_ms)
    _observe(services, asked, identified, stage_ms)
    answer = _answer(asked, candidates, identified, token, services)
    if form.text("keep") == "true":
        answer.kept = await run_in_threadpool(_contribute, request, frames, answer, services)
    return answer


@router.post(
    "/identify/again",
    response_model=schemas.IdentifyAnswer,
    responses=responses(Kind.INVALID_REQUEST, Kind.LOOK_EXPIRED, *QUESTION_PROBLEMS),
)
def identify_again(again: schemas.Again, response: Response, services: Running) -> schemas.IdentifyAnswer:
    """Ask again about pictures that were sent before, with another channel, airing, place or time.

    Send the `look` of the first answer before its `look_expires_at`: it holds what was seen in the pictures, and the
    service keeps nothing of it. Without `at`, the question is about the same moment as the first one.
    """
    started = time.perf_counter()
    look = services.sealer.open(again.look)
    asked, candidates = understand(
        again, services.snapshot, services.fetched, tolerance=services.settings.tolerance, default_at=look.at
    )
    identified = decide(look, asked)
    total_ms = (time.perf_counter() - started) * 1000
    response.headers["Server-Timing"] = server_timing({**identified.stage_ms, "total": total_ms})
    _observe(services, asked, identified, identified.stage_ms)  # without the total: `total` measures pictures
    return _answer(asked, candidates, identified, again.look, services)


async def _understand_soon(words: Words, services: Services) -> tuple[Asked, Candidates]:
    """`understand`, in this thread, which takes less time than to wake another one; in a thread of the pool only when
    a gallery must be fetched."""
    snapshot, tolerance = services.snapshot, services.settings.tolerance
    try:
        return understand(words, snapshot, None, tolerance=tolerance)
    except NotInMemory:
        return await run_in_threadpool(understand, words, snapshot, services.fetched, tolerance=tolerance)


def _observe(services: Services, asked: Asked, identified: Identified, stage_ms: Mapping[str, float]) -> None:
    services.metrics.observe_stages(stage_ms)
    region = PREPARED if isinstance(asked, PreparedTitle) else asked.region.code
    for answer in identified.answers:
        services.metrics.faces.labels(region, answer.verdict).inc()


def _answer(
    asked: Asked, candidates: Candidates, identified: Identified, token: str, services: Services
) -> schemas.IdentifyAnswer:
    return views.identify_answer(
        asked,
        candidates,
        identified,
        model_key=services.faces.model_key,
        look=token,
        look_expires_at=services.sealer.expires_at(token),
    )


def _contribute(
    request: Request, frames: Sequence[bytes], answer: schemas.IdentifyAnswer, services: Services
) -> schemas.KeptOut | None:
    """Store the pictures with what was asked and answered; None when they could not be stored."""
    suggested = (suggestion for face in answer.faces for suggestion in (face.best, *face.alternatives))
    receipt = services.keep(
        client_of(request.scope),
        lambda: services.contributions.add(
            frames,
            region=answer.region.code if answer.region else None,
            at=answer.at,
            model_key=answer.model_key,
            named={suggestion.person_id for suggestion in suggested if suggestion},
        ),
    )
    return views.kept(receipt) if receipt else None
