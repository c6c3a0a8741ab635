"""What wraps every request: an id, a log line, metrics, limits on the body, security headers."""

import asyncio
import re
import time
import uuid

import structlog
from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import Kind, Problem, document

log = structlog.get_logger(__name__)
SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_METHOD = 16
"""In the log; a caller may invent longer ones."""
TOGETHER = 16
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
CHARSET = re.compile(r"""charset\*?\s*=\s*["']?([^"';\s]*)""")
UTF_8 = ("utf-8", "utf8", "us-ascii")

SECURITY_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        b"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(self), microphone=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
"""As they are sent, unless the answer has its own."""


class RequestContext:
    """Gives each request an id (the caller's, when it is sane), bound to its logs and returned in `X-Request-ID`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if SANE_ID.fullmatch(offered) else uuid.uuid4().hex[:16]
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                ours = ((b"x-request-id", request_id.encode()), *SECURITY_HEADERS)
                message["headers"] = [*message["headers"], *(header for header in ours if header[0] not in own)]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_with_headers)


class Telemetry:
    """Counts and times each request by its route, and logs one line; never a query string, a header or a body."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            self._record(scope, status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        path = getattr(scope.get("route"), "path", "")
        route = scope.get("root_path", "") + path if path else None
        self._metrics.observe_request(scope["method"], route, status, seconds)
        fields = {
            "method": scope["method"][:LONGEST_METHOD],
            "route": route or "other",
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        if problem := scope.get("state", {}).get("problem"):
            self._metrics.problems.labels(problem).inc()
            fields["problem"] = problem
        log.info("request", **fields)


class TextOnly:
    """Refuses requests with characters that no text has: a NUL in the address, or a form in an encoding of its own.

    PostgreSQL can store no NUL; and RFC 7578 knows no `charset` of a form, but the form parser would use any codec of
    Python that is named there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        problem = _problem_of_text(scope) if scope["type"] == "http" else None
        app = document(Request(scope), problem) if problem else self._app
        await app(scope, receive, send)


def _problem_of_text(scope: Scope) -> Problem | None:
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        errors = [{"field": "path" if "\0" in scope["path"] else "query", "message": "there is a NUL character"}]
        return Problem(Kind.INVALID_REQUEST, "The address has a NUL character", errors=errors)
    content_type = Headers(scope=scope).get("content-type", "").lower()
    named = CHARSET.search(content_type)
    if named and named[1] not in UTF_8 and content_type.startswith(FORMS):
        said = f"The form says that its charset is {named[1][:20]}, not UTF-8"
        return Problem(Kind.MALFORMED_BODY, said, advice="Send it in UTF-8.", headers={"Connection": "close"})
    return None


class BodyLimit:
    """Refuses a body over `max_bytes`, at once when its length is announced and else as soon as that much has come;
    one that is not complete after `timeout_s`; and one that finds the memory for bodies full, which is for `TOGETHER`
    bodies of the largest size."""

    def __init__(self, app: ASGIApp, max_bytes: int, timeout_s: float) -> None:
        self._app = app
        self.max_bytes = max_bytes
        self.timeout_s = timeout_s
        self.held = 0
        """The bytes of all bodies whose requests are not answered yet."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(Headers(scope=scope).get("content-length", ""), self, receive)
        try:
            await self._app(scope, body.receive, send)
        finally:
            self.held -= body.held


class _Body:
    """The body of one request."""

    def __init__(self, announced: str, limit: BodyLimit, receive: Receive) -> None:
        length = int(announced) if announced.isdecimal() and len(announced) < 20 else 0
        self.held = 0
        self._is_too_large = length > limit.max_bytes
        self._limit, self._receive = limit, receive
        self._deadline: float | None = None
        self._complete = False

    async def receive(self) -> Message:
        """The next message; `Problem` when the body is too large or too slow, or too much is received at once."""
        if self._complete:
            return await self._receive()  # waits until the caller leaves
        if not self._is_too_large:
            message = await self._next()
            self._hold(len(message.get("body", b"")))
            self._complete = not message.get("more_body", False)
        if self._is_too_large:
            limit = f"{self._limit.max_bytes / 1024 / 1024:g} MiB"
            raise Problem(Kind.BODY_TOO_LARGE, f"The body is over {limit}", headers={"Connection": "close"})
        return message

    def _hold(self, size: int) -> None:
        self.held += size
        self._limit.held += size
        self._is_too_large = self.held > self._limit.max_bytes
        if self._limit.held > TOGETHER * self._limit.max_bytes:
            headers = {"Connection": "close", "Retry-After": "2"}
            raise Problem(Kind.BUSY, "Too much is being sent at the same time", headers=headers)

    async def _next(self) -> Message:
        self._deadline = self._deadline or asyncio.get_running_loop().time() + self._limit.timeout_s
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._receive()
        except TimeoutError:
            said = f"The body was not complete after {self._limit.timeout_s:g} seconds"
            raise Problem(Kind.UPLOAD_TOO_SLOW, said, headers={"Connection": "close"}) from None
