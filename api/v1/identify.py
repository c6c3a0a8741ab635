"""`POST /v1/identify`: who is that?"""

import time

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.galleries import PreparedTitle
from api.looking import Identified, look, server_timing, who_is_in
from api.problems import Kind, Problem, responses
from api.question import Place, Scene, find_channel, find_region, find_title, read_time, set_scene
from api.services import Running, Services
from api.upload import Form, PictureQuestion, multipart, read_form
from api.v1 import schemas, views

router = APIRouter(prefix="/v1", tags=["identify"])

PREPARED = "prepared"
"""In the place of a region in the metrics: a prepared programme is on nowhere."""

UPLOAD_PROBLEMS = (
    Kind.MALFORMED_BODY,
    Kind.WRONG_CONTENT_TYPE,
    Kind.MISSING_PICTURE,
    Kind.BODY_TOO_LARGE,
    Kind.UPLOAD_TOO_SLOW,
    Kind.EMPTY_PICTURE,
    Kind.NOT_A_PICTURE,
    Kind.BROKEN_PICTURE,
    Kind.PICTURE_TOO_LARGE,
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

    Send a place (`region`, or `lat` and `lon`), perhaps a time (`at`, default now) and a `channel`; or a `programme`
    that was prepared, to ask about its cast alone. The time of each stage is in the header `Server-Timing`. The picture
    is neither stored nor logged.
    """
    started = time.perf_counter()
    form = await read_form(request, services.settings.upload_timeout_s)
    received_ms = (time.perf_counter() - started) * 1000
    asked = await run_in_threadpool(asked_about, form, services)
    candidates = views.candidates(asked)
    data = form.picture()
    if not candidates.known:
        said = f"None of the {candidates.people} people {_where(asked)} has a photo yet"
        raise Problem(Kind.NO_KNOWN_FACES, said, candidates=candidates.model_dump())
    identified, waited_ms = await look(services.pool, lambda: who_is_in(data, asked, services.faces))
    stage_ms = {"receive": received_ms, "wait": waited_ms, **identified.analysis.stage_ms, "match": identified.match_ms}
    stage_ms["total"] = (time.perf_counter() - started) * 1000
    response.headers["Server-Timing"] = server_timing(stage_ms)
    services.metrics.observe_stages(stage_ms)
    region = PREPARED if isinstance(asked, PreparedTitle) else asked.region.code
    for answer in identified.answers:
        services.metrics.faces.labels(region, answer.verdict).inc()
    return _answer(asked, candidates, identified, services.faces.model_key)


def asked_about(form: Form, services: Services) -> Scene | PreparedTitle:
    """What the form's fields ask about: a prepared programme, or what is on somewhere at some time."""
    if named := form.text("programme"):
        return find_title(services.snapshot, named)
    return scene_of(form, services)


def scene_of(form: Form, services: Services) -> Scene:
    """The scene that the form's fields ask about; `Problem` for each that is wrong."""
    snapshot = services.snapshot
    at = read_time(form.text("at"))
    region = find_region(snapshot, Place(form.text("region"), form.text("lat"), form.text("lon")))
    channel = find_channel(region, form.text("channel"))
    return set_scene(services.fetched, snapshot, region, at, channel, services.settings.tolerance)


def _where(asked: Scene | PreparedTitle) -> str:
    return f"in “{asked.programme.titles[0]}”" if isinstance(asked, PreparedTitle) else "on at that moment"


def _answer(
    asked: Scene | PreparedTitle, candidates: schemas.CandidatesOut, identified: Identified, model_key: str
) -> schemas.IdentifyAnswer:
    analysis = identified.analysis
    faces = zip(analysis.faces, identified.answers, strict=True)
    showings = identified.answers[0].showings if identified.answers else ()
    return schemas.IdentifyAnswer(
        **views.asked(asked).model_dump(),
        picture=schemas.PictureSize(width=analysis.width, height=analysis.height),
        candidates=candidates,
        model_key=model_key,
        showings=[views.showing(shown) for shown in showings],
        faces=[views.face_answer(face, answer) for face, answer in faces],
    )
