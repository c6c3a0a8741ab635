"""The pages for people: the app, the reference of the API, the list of problems."""

import re
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from markupsafe import Markup, escape

from api.problems import Kind
from api.settings import ApiSettings

WEB = Path(str(files("api"))) / "web"


def code_spans(text: str) -> Markup:
    """The text as HTML, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def install(app: FastAPI, settings: ApiSettings) -> None:
    """Add the pages and their static files to `app`."""
    templates = Jinja2Templates(WEB / "templates")
    templates.env.filters["code_spans"] = code_spans
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")

    def page(request: Request, template: str, **context: object) -> HTMLResponse:
        context |= {"contact": settings.contact}
        return templates.TemplateResponse(request, template, context, headers={"Cache-Control": "no-cache"})

    @app.get("/", include_in_schema=False)
    def home(request: Request) -> HTMLResponse:
        return page(request, "home.html")

    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        return page(request, "docs.html", spec=app.openapi())

    @app.get("/problems", include_in_schema=False)
    def problems(request: Request) -> HTMLResponse:
        return page(request, "problems.html", kinds=list(Kind))
