"""The dashboard's application: mounted at `/ops` of the API, or of a process of its own."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import URL, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.middleware import BodyLimit
from api.ops import coverage, galleries, identify, login, orders, people, runs, sources
from api.ops.access import Attempts, EndedSessions
from api.ops.error_texts import text_for_people
from api.ops.sections import WEB, render
from api.ops.services import Ops
from api.problems import Kind, Problem
from api.waiting import FewAtOnce
from db.errors import DatabaseError

PREFIX = "/ops"
SECTIONS = (coverage.section, runs.section, sources.section, galleries.section, identify.section, people.section)
"""In the order of the navigation."""

MAX_BYTES = 64 * 1024
"""The largest form that is accepted."""
FORM_TIMEOUT_S = 10.0
MOST_AT_ONCE = 8
"""Requests, each of which may wait for the database in a thread that the API needs too."""
PATIENCE_S = 5.0
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # with none at all, browsers do not say where a form comes from
}
ERRORS = (Problem, RequestValidationError, HTTPException, Exception)


def create_ops(ops: Ops) -> FastAPI:
    """The dashboard, to be mounted at `PREFIX`."""
    app = FastAPI(title="Find The Actor: operations", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.ops = ops
    app.state.attempts = Attempts()
    app.state.ended = EndedSessions()
    app.state.sections = SECTIONS
    problems.install(app)
    for error in ERRORS:
        app.add_exception_handler(error, _for_people(app.exception_handlers[error]))
    app.add_exception_handler(DatabaseError, _for_people(_on_database))
    app.include_router(login.router)
    app.include_router(orders.router)
    for section in SECTIONS:
        app.include_router(section.router)
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    app.add_middleware(BodyLimit, max_bytes=MAX_BYTES, timeout_s=FORM_TIMEOUT_S)
    app.add_middleware(FewAtOnce, most=MOST_AT_ONCE, timeout_s=PATIENCE_S)
    app.add_middleware(DashboardHeaders)
    return app


class DashboardHeaders:
    """Sets the dashboard's own security headers in place of the API's; browsers may cache only its static files."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                is_static = scope["path"].startswith(f"{PREFIX}/static/")
                headers["Cache-Control"] = "no-cache" if is_static else "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _on_database(request: Request, error: Exception) -> Response:
    return problems.document(request, Problem(Kind.NOT_READY, str(error), advice="", headers={"Retry-After": "5"}))


def _for_people(answer: Callable[[Request, Any], Any]) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answer an error with a page, unless JSON was asked for; redirect to the login page when nobody is signed in."""

    async def answer_error(request: Request, error: Exception) -> Response:
        document: Response = answer(request, error)
        if request.url.path.startswith(f"{PREFIX}/api/"):
            return document
        if isinstance(error, Problem) and error.kind is Kind.NOT_SIGNED_IN:
            return RedirectResponse(f"{PREFIX}/login?next={quote(_return_address(request))}", status_code=303)
        body = json.loads(bytes(document.body))
        if text := text_for_people(request, error):
            body["title"], body["detail"] = text
        page = render(request, "problem.html", status=document.status_code, problem=body)
        if retry := document.headers.get("Retry-After"):
            page.headers["Retry-After"] = retry
        return page

    return answer_error


def _return_address(request: Request) -> str:
    """The page to return to after signing in: the one that was asked for, or the one whose button was pressed."""
    page = request.url if request.method == "GET" else URL(request.headers.get("referer", ""))
    return f"{page.path}?{page.query}" if page.query else page.path
