"""Everything that can go wrong with a request, as RFC 9457 problem documents.

One catalogue (`Kind`) holds every code, its status and what a caller can do; the page `/problems` prints it.
"""

import json
from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from db.errors import DatabaseError
from storage.base import StorageError

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)


class Kind(Enum):
    """(status, title, what to do). The member's name in lower case is the problem's `code`."""

    INVALID_REQUEST = (422, "A field of the request is not valid", "Correct the fields listed under `errors`.")
    MALFORMED_BODY = (400, "The body could not be parsed", "Send well-formed multipart/form-data.")
    WRONG_CONTENT_TYPE = (415, "The body is not multipart/form-data", "Send the picture as a multipart file part.")
    MISSING_PICTURE = (422, "No picture was sent", "Send it as the file part `picture`.")
    TOO_MANY_PICTURES = (422, "Too many pictures were sent", "Send at most eight frames of one moment.")
    BODY_TOO_LARGE = (413, "The upload is too large", "Shrink the picture; 1280 pixels on the longer side are plenty.")
    UPLOAD_TOO_SLOW = (408, "The upload took too long", "Send a smaller picture, or try again on a better line.")
    EMPTY_PICTURE = (422, "The picture is empty", "Send the bytes of a picture.")
    NOT_A_PICTURE = (415, "The file is not a supported picture", "Send a JPEG, PNG or WebP file.")
    BROKEN_PICTURE = (422, "The picture is damaged", "Send the whole file; it may have been cut off.")
    PICTURE_TOO_LARGE = (413, "The picture has too many pixels", "Shrink it before sending.")
    PICTURE_TOO_COMPLEX = (
        422,
        "The picture takes too much work to decode",
        "Save it anew as an ordinary JPEG, not a progressive one; 1600 pixels wide is plenty.",
    )
    PICTURE_TOO_SMALL = (422, "The picture is too small to hold a face", "Send a larger one.")
    PLACE_MISSING = (422, "No place was given", "Send `region`, or `lat` and `lon`.")
    PLACE_INCOMPLETE = (422, "Only half of the coordinates was given", "Send both `lat` and `lon`.")
    PLACE_AMBIGUOUS = (422, "Two places were given", "Send either `region` or coordinates, not both.")
    IMPOSSIBLE_COORDINATES = (
        422,
        "There is no such place",
        "Send decimal degrees: `lat` -90 to 90, `lon` -180 to 180.",
    )
    AT_SEA = (404, "The place is at sea", "Send the `region` whose television you are watching.")
    OUTSIDE_EVERY_REGION = (404, "No region covers the place", "Send a `region` of `/v1/regions`.")
    UNKNOWN_REGION = (404, "There is no such region", "Use a code of `/v1/regions`.")
    UNKNOWN_CHANNEL = (404, "The region has no such channel", "Use a channel of `/v1/regions`, or leave it out.")
    UNKNOWN_AIRING = (404, "No such airing is on then", "Use an `id` of `/v1/guide` for that place and moment.")
    UNKNOWN_PROGRAMME = (
        404,
        "There is no such prepared programme",
        "Prepare it with `findtheactor prepare`, or ask about a place and time.",
    )
    AMBIGUOUS_PROGRAMME = (422, "Several prepared programmes have that title", "Send the id of one as `programme`.")
    MALFORMED_TIME = (
        422,
        "The time could not be read",
        "Send ISO 8601 with a zone, such as 2026-03-01T20:50:00+01:00.",
    )
    TIME_WITHOUT_ZONE = (422, "The time has no zone", "Add the offset from UTC (`Z` or `+01:00`).")
    NO_GALLERY = (404, "Nothing is indexed for that moment", "Ask about a moment that the index covers.")
    NO_KNOWN_FACES = (404, "Nobody on screen then has a known face", "Ask again after the next index run.")
    LOOK_EXPIRED = (410, "The look cannot be opened any more", "Send the picture again.")
    UNKNOWN_PERSON = (404, "There is no such person on now", "Use an id from an answer.")
    UNKNOWN_PHOTO = (404, "There is no such photo", "Use a photo address from an answer, while it is on.")
    UNKNOWN_CONTRIBUTION = (
        404,
        "There is no such kept picture",
        "Its time may be over, or it was taken back already; else check the id and the secret.",
    )
    TOO_MANY_REQUESTS = (429, "You ask too much", "Try again after the seconds given in `Retry-After`.")
    NOT_SIGNED_IN = (
        401,
        "You are not signed in",
        "Send `Authorization: Bearer` with the token, or sign in at `/ops/login`.",
    )
    WRONG_TOKEN = (401, "That is not the token", "It is what `FTA_OPS_TOKEN` holds where the service runs.")
    TOO_MANY_ATTEMPTS = (429, "Too many wrong tokens", "Try again after the seconds given in `Retry-After`.")
    FOREIGN_FORM = (403, "The form was sent from another site", "Open the dashboard itself, and send it from there.")
    NO_TOKEN_SET = (
        503,
        "The dashboard has no token",
        "Set `FTA_OPS_TOKEN` to 16 characters or more where the service runs, and start it again.",
    )
    NOT_FOUND = (404, "There is nothing at this address", "See `/openapi.json` for the addresses.")
    METHOD_NOT_ALLOWED = (405, "The address does not take this method", "Use a method listed in `Allow`.")
    CALLER_LEFT = (400, "The caller left before the answer", "Ask again, and wait for the answer.")
    BUSY = (503, "Too many pictures at once", "Try again after the seconds given in `Retry-After`.")
    NOT_READY = (503, "The service is not ready", "Try again after the seconds given in `Retry-After`.")
    INTERNAL = (500, "Something went wrong on our side", "Try again; if it persists, report the request id.")
    HTTP = (400, "The request was refused", "See `detail`.")

    def __init__(self, status: int, title: str, advice: str) -> None:
        self.status = status
        self.title = title
        self.advice = advice

    @property
    def code(self) -> str:
        """The stable name that programs test for."""
        return self.name.lower()


class ProblemDocument(BaseModel):
    """RFC 9457. Members beyond these depend on the `code`."""

    type: str = Field(examples=["/problems#time_without_zone"])
    title: str = Field(examples=["The time has no zone"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["“2026-03-01T20:50” has no offset from UTC. Add the offset (`Z` or `+01:00`)."])
    code: str = Field(examples=["time_without_zone"])
    request_id: str = Field(examples=["4f8f0c7e3f0a4f0f"])


class Problem(HTTPException):
    """A request that gets a problem document for an answer.

    `said` is what was wrong with this request; `advice`, what to do, is the kind's unless given.
    `members` become extra members of the document. It is an `HTTPException`, because FastAPI takes any other error
    that is raised while it reads a body for a malformed body.
    """

    def __init__(
        self,
        kind: Kind,
        said: str,
        *,
        advice: str | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        self.kind = kind
        detail = f"{said.rstrip('.')}. {kind.advice if advice is None else advice}".rstrip()
        super().__init__(kind.status, detail, headers)
        self.members = members


def in_frame(kind: Kind, said: str, frame: int, frames: int, *, advice: str | None = None) -> Problem:
    """A problem with one picture; if there are several, it says with which: `frame`, from 0, is a member then."""
    if frames == 1:
        return Problem(kind, said, advice=advice)
    return Problem(kind, f"Frame {frame + 1} of {frames}: {said}", advice=advice, frame=frame)


def responses(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of an endpoint that can answer with these problems."""
    entries: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        example = {
            "type": f"/problems#{kind.code}",
            "title": kind.title,
            "status": kind.status,
            "detail": kind.advice,
            "code": kind.code,
            "request_id": "4f8f0c7e3f0a4f0f",
        }
        schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
        content = {MEDIA_TYPE: {"schema": schema, "examples": {}}}
        entry = entries.setdefault(kind.status, {"description": HTTPStatus(kind.status).phrase, "content": content})
        entry["content"][MEDIA_TYPE]["examples"][kind.code] = {"value": example}
    return entries


class ProblemResponse(JSONResponse):
    """JSON that can also quote what is no text: a lone surrogate becomes its escape."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """The bytes of the document."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")


def document(request: Request, problem: Problem, *, status: int | None = None) -> JSONResponse:
    """The response for a problem, whose code is left in the request's state for the log and the metrics."""
    kind = problem.kind
    request.state.problem = kind.code
    body = {
        "type": f"/problems#{kind.code}",
        "title": kind.title,
        "status": status or kind.status,
        "detail": problem.detail,
        "code": kind.code,
        "request_id": getattr(request.state, "request_id", ""),
        **problem.members,
    }
    return ProblemResponse(body, status_code=body["status"], headers=problem.headers)


def install(app: FastAPI) -> None:
    """Answer every error of `app`, its own or the framework's, with a problem document."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(DatabaseError, _on_unavailable)
    app.add_exception_handler(StorageError, _on_unavailable)
    app.add_exception_handler(Exception, _on_crash)


def _on_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return document(request, error)


def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"field": ".".join(str(part) for part in e["loc"]), "message": e["msg"]} for e in error.errors()]
    said = "; ".join(f"{e['field']}: {e['message']}" for e in errors)
    return document(request, Problem(Kind.INVALID_REQUEST, said, errors=errors))


def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kinds = {404: Kind.NOT_FOUND, 405: Kind.METHOD_NOT_ALLOWED}
    kind = kinds.get(error.status_code, Kind.HTTP)
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return document(request, Problem(kind, detail, headers=error.headers), status=error.status_code)


def _on_unavailable(request: Request, error: Exception) -> JSONResponse:
    what = "database" if isinstance(error, DatabaseError) else "object store"
    log.warning("request not answered", path=request.url.path, error=str(error))
    said = f"The {what} cannot be used now"
    return document(request, Problem(Kind.NOT_READY, said, headers={"Retry-After": "5"}))


def _on_crash(request: Request, error: Exception) -> JSONResponse:
    request_id = getattr(request.state, "request_id", "")
    log.error("request crashed", request_id=request_id, path=request.url.path, exc_info=error)
    headers = {"X-Request-ID": request_id, "Cache-Control": "no-store"}
    return document(request, Problem(Kind.INTERNAL, "An unexpected error stopped this request", headers=headers))
