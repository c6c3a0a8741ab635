"""How what went wrong is told to people: programs read the problem document."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.problems import Kind, Problem

TITLES = {Kind.INVALID_REQUEST: "The address cannot be read", Kind.UNKNOWN_PERSON: "There is no such person"}
"""Where the kind's own title speaks of requests, or of the API."""


def text_for_people(request: Request, error: Exception) -> tuple[str, str] | None:
    """Title and text (code between backticks) for a page about the error; None where the document's own will do."""
    if isinstance(error, RequestValidationError):
        what = "address" if request.method == "GET" else "form"
        wrong = "; ".join(f"`{it['loc'][-1]}`: {it['msg']}" for it in error.errors())
        return f"The {what} cannot be read", f"{wrong}. Follow the dashboard’s own links and buttons: theirs can be."
    if isinstance(error, HTTPException) and error.status_code == 404:
        gone = "it has a typing error, or what it showed is gone"
        return "There is no such page", f"Nothing is at `{request.url.path}`: {gone}."
    if isinstance(error, HTTPException) and error.status_code == 405:
        return "There is no page here", f"`{request.url.path}` takes what a button sends, and shows nothing."
    if isinstance(error, Problem) and error.kind in TITLES:
        return TITLES[error.kind], error.detail
    return None
