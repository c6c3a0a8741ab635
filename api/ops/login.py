"""The login page, which takes the token, and signing out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.ops.access import FromHere, check_token, close_session, open_session
from api.ops.sections import render
from api.ops.services import Running
from api.problems import Kind, Problem

router = APIRouter(include_in_schema=False)


@router.get("/")
def start() -> RedirectResponse:
    """Redirect to the first section."""
    return RedirectResponse("/ops/coverage", status_code=303)


@router.get("/login")
def login_page(request: Request, ops: Running, next: str = "/ops/coverage") -> HTMLResponse:
    """Ask for the token, or say how to set one."""
    if ops.settings.ops_token is None:
        raise Problem(Kind.NO_TOKEN_SET, "`FTA_OPS_TOKEN` is not set, so nobody can sign in")
    return render(request, "login.html", next=_inside(next), wrong=None)


@router.post("/login", dependencies=[FromHere])
def sign_in(
    request: Request, ops: Running, token: Annotated[str, Form(max_length=1000)], next: Annotated[str, Form()] = ""
) -> Response:
    """Open a session if the token is right."""
    try:
        check_token(request, ops, token.strip())
    except Problem as problem:
        if problem.kind is not Kind.WRONG_TOKEN:
            raise
        return render(request, "login.html", status=401, next=_inside(next), wrong=problem)
    response = RedirectResponse(_inside(next), status_code=303)
    open_session(request, response, ops)
    return response


@router.post("/logout", dependencies=[FromHere])
def sign_out(request: Request, ops: Running) -> Response:
    """End the session."""
    response = RedirectResponse("/ops/login", status_code=303)
    close_session(request, response, ops)
    return response


def _inside(address: str) -> str:
    """The address if it is within the dashboard, else that of the first section."""
    return address if address.startswith("/ops/") and "\\" not in address else "/ops/coverage"
