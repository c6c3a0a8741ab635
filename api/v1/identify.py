"""`POST /v1/identify`: who is that? And `…/again`: and who, if it is this channel?"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.galleries.snapshot import PreparedTitle
from api.identify.analyse import Identified, decide, look_at, server_timing, who_is_in
from api.identify.look import MOST_FRAMES
from api.identify.question import (
    Fetch,
    NotInMemory,
    Place,
    Scene,
    find_airing,
    find_channel,
    find_region,
    find_title,
    read_time,
    set_scene,
)
from api.identify.upload import PictureQuestion, Words, multipart, read_form
from api.problems import Kind, Problem, responses
from api.services import Running, Services
from api.v1 import schemas, views

router = APIRouter(prefix="/v1", tags=["identify"])

PREPARED = "prepared"
"""In the place of a region in the metrics: a prepared programme is on nowhere."""

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
)


@router.post(
    "/identify",
    response_model=schemas.IdentifyAnswer,
    openapi_extra=multipart(PictureQuestion),
    responses=responses(*UPLOAD_PROBLEMS, *QUESTION_PROBLEMS),
)
async def identify(request: Request, response: Response, services: Running) -> schemas.IdentifyAnswer:
    """Name the people in a picture of a screen, among those who are on at that place and time.

    Send a place (`region`, or `lat` and `lon`), perhaps a time (`at`, default now), and what it is if you know: the
    `channel` or the `airing`; or a `programme` that was prepared, to ask about its cast alone. Several pictures of one
    moment (a burst) are answered as one: whoever is in several of them is answered once, and surer. The time of each
    stage is in the header `Server-Timing`: of a burst, that of its frames is summed, and `look` is how long they took,
    some of them at once. The pictures are neither logged nor, unless `keep` says so, stored.
    """
    started = time.perf_counter()
    form = await read_form(request, services.settings.upload_timeout_s)
    received_ms = (time.perf_counter() - started) * 1000
    asked, candidates = await _asked_about_soon(form, services)
    frames = form.pictures(MOST_FRAMES)
    at = asked.at if isinstance(asked, Scene) else datetime.now(UTC)
    identified, waited_ms = await look_at(
        request, services.pool, lambda: who_is_in(frames, at, asked, services.faces, services.pool)
    )
    token = services.sealer.seal(identified.look)
    stage_ms = {"receive": received_ms, "wait": waited_ms, **identified.stage_ms}
    stage_ms["total"] = (time.perf_counter() - started) * 1000
    response.headers["Server-Timing"] = server_timing(stage_ms)
    _note(services, asked, identified, stage_ms)
    answer = _answer(asked, candidates, identified, token, services)
    if form.text("keep") == "true":
        answer.kept = await run_in_threadpool(_keep, frames, answer, services)
    return answer


@router.post(
    "/identify/again",
    response_model=schemas.IdentifyAnswer,
    responses=responses(Kind.INVALID_REQUEST, Kind.LOOK_EXPIRED, *QUESTION_PROBLEMS),
)
def identify_again(again: schemas.Again, response: Response, services: Running) -> schemas.IdentifyAnswer:
    """Ask once more about pictures that were looked at, with another channel, airing, place or time.

    `look` comes from the first answer, until its `look_expires_at`: what was seen is in it, and the service keeps
    nothing. Without `at`, it is about the moment that was asked about first.
    """
    started = time.perf_counter()
    look = services.sealer.open(again.look)
    asked, candidates = _asked_about(again, services, services.fetched, at=look.at)
    identified = decide(look, asked)
    total_ms = (time.perf_counter() - started) * 1000
    response.headers["Server-Timing"] = server_timing({**identified.stage_ms, "total": total_ms})
    _note(services, asked, identified, identified.stage_ms)  # not the total: it is no picture's
    return _answer(asked, candidates, identified, again.look, services)


async def _asked_about_soon(words: Words, services: Services) -> tuple[Scene | PreparedTitle, schemas.CandidatesOut]:
    """As `_asked_about`: at once, for that takes no longer than to wake a thread, unless a gallery must be fetched."""
    try:
        return _asked_about(words, services, None)
    except NotInMemory:
        return await run_in_threadpool(_asked_about, words, services, services.fetched)


def _asked_about(
    words: Words, services: Services, fetch: Fetch | None, at: datetime | None = None
) -> tuple[Scene | PreparedTitle, schemas.CandidatesOut]:
    """What the words ask about, a prepared programme or what is on somewhere at some time, and who can be named."""
    named = words.text("programme")
    asked = find_title(services.snapshot, named) if named else _scene_of(words, services, fetch, at)
    candidates = views.candidates(asked)
    if not candidates.known:
        said = f"None of the {candidates.people} people {_where(asked)} has a photo yet"
        raise Problem(Kind.NO_KNOWN_FACES, said, candidates=candidates.model_dump())
    return asked, candidates


def _scene_of(words: Words, services: Services, fetch: Fetch | None, at: datetime | None) -> Scene:
    """The scene that the words ask about, `at` that moment unless they name one; `Problem` for each that is wrong."""
    snapshot = services.snapshot
    named = words.text("at")
    moment = at if at and named is None else read_time(named)
    region = find_region(snapshot, Place(words.text("region"), words.text("lat"), words.text("lon")))
    channel = find_channel(region, words.text("channel"))
    scene = set_scene(fetch, snapshot, region, moment, channel, services.settings.tolerance)
    return find_airing(scene, words.text("airing"))


def _where(asked: Scene | PreparedTitle) -> str:
    return f"in “{asked.programme.titles[0]}”" if isinstance(asked, PreparedTitle) else "on at that moment"


def _note(
    services: Services, asked: Scene | PreparedTitle, identified: Identified, stage_ms: Mapping[str, float]
) -> None:
    services.metrics.observe_stages(stage_ms)
    region = PREPARED if isinstance(asked, PreparedTitle) else asked.region.code
    for answer in identified.answers:
        services.metrics.faces.labels(region, answer.verdict).inc()


def _answer(
    asked: Scene | PreparedTitle,
    candidates: schemas.CandidatesOut,
    identified: Identified,
    token: str,
    services: Services,
) -> schemas.IdentifyAnswer:
    look, answers = identified.look, identified.answers
    sizes = [schemas.PictureSize(width=width, height=height) for width, height in look.frames]
    showings = answers[0].showings if answers else ()
    return schemas.IdentifyAnswer(
        **dict(views.asked(asked)),
        picture=sizes[look.shown],
        frames=sizes,
        shown=look.shown,
        candidates=candidates,
        model_key=services.faces.model_key,
        showings=[views.showing(shown) for shown in showings],
        faces=[views.face_answer(face, answer) for face, answer in zip(look.faces, answers, strict=True)],
        look=token,
        look_expires_at=services.sealer.expires_at(token),
    )


def _keep(frames: Sequence[bytes], answer: schemas.IdentifyAnswer, services: Services) -> schemas.KeptOut | None:
    suggested = (suggestion for face in answer.faces for suggestion in (face.best, *face.alternatives))
    kept = services.keeping.keep(
        frames,
        region=answer.region.code if answer.region else None,
        at=answer.at,
        model_key=answer.model_key,
        named={suggestion.person_id for suggestion in suggested if suggestion},
    )
    return schemas.KeptOut(id=kept.id, secret=kept.secret, expires_at=kept.expires_at) if kept else None
