"""The texts of error pages. Programs read the problem document instead."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.problems import Kind, Problem

TITLES = {Kind.INVALID_REQUEST: "The address cannot be read", Kind.UNKNOWN_PERSON: "There is no such person"}
"""Titles for kinds whose own title is about requests or the API."""


def text_for_people(request: Request, error: Exception) -> tuple[str, str] | None:
    """Title and text (code between backticks) of an error page; None when those of the problem document fit."""
    if isinstance(error, RequestValidationError):
        what = "address" if request.method == "GET" else "form"
        wrong = "; ".join(f"`{it['loc'][-1]}`: {it['msg']}" for it in error.errors())
        return f"The {what} cannot be read", f"{wrong}. Use the dashboard’s own links and buttons."
    if isinstance(error, Problem):
        return (TITLES[error.kind], error.detail) if error.kind in TITLES else None
    if isinstance(error, HTTPException) and error.status_code == 404:
        gone = "the address is mistyped, or what it showed is gone"
        return "There is no such page", f"Nothing is at `{request.url.path}`: {gone}."
    if isinstance(error, HTTPException) and error.status_code == 405:
        return "There is no page here", f"`{request.url.path}` only receives forms; it shows nothing."
    return None
