"""Renders the pages for people: the app, the privacy page, the API reference and the list of problems."""

import hashlib
import re
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.templating import Jinja2Templates
from markupsafe import Markup, escape

from api.problems import Kind
from api.settings import ApiSettings
from api.web import WEB
from api.web.assets import Assets
from api.web.languages import FALLBACK, Strings, load_strings, preferred

REVALIDATE = {"Cache-Control": "no-cache"}
VARY_LANGUAGE = {"Vary": "Accept-Language"}
SHELL = ("/", "/privacy", "/manifest.webmanifest")
"""What the service worker caches, besides the static files, so that the app opens offline."""


def code_spans(text: str) -> Markup:
    """The text as HTML, with the parts between backticks as `<code>`."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


class Pages:
    """Renders the templates in the language of the request."""

    def __init__(self, settings: ApiSettings) -> None:
        self.assets = Assets(WEB / "static")
        self._strings = load_strings()
        self._templates = Jinja2Templates(WEB / "templates")
        environment = self._templates.env
        environment.filters["code_spans"] = code_spans
        environment.globals |= {"asset": self.assets.url, "assets": self.assets.urls}
        shown = {"contact": settings.contact, "keep_days": settings.keep_days}
        environment.globals |= shown
        sources = sorted((WEB / "templates").iterdir())
        release = f"{self.assets.version} {shown}".encode() + b"".join(path.read_bytes() for path in sources)
        self._release = hashlib.sha256(release).hexdigest()[:12]

    def render(self, request: Request, template: str, language: str = FALLBACK, **context: object) -> HTMLResponse:
        """Render a page; in English unless a language is given."""
        context |= {"language": language, "t": self._strings[language]}
        return self._templates.TemplateResponse(request, template, context, headers=REVALIDATE)

    def render_preferred(self, request: Request, template: str) -> HTMLResponse:
        """Render a page in the language that the browser prefers."""
        page = self.render(request, template, self.language(request))
        page.headers.update(VARY_LANGUAGE)
        return page

    def language(self, request: Request) -> str:
        """The language that the browser prefers, of those that exist."""
        return preferred(request.headers.get("accept-language", ""), self._strings)

    def manifest(self, request: Request) -> JSONResponse:
        """The web app manifest (W3C), in the language that the browser prefers."""
        language = self.language(request)
        content = _manifest(self._strings[language], language, self.assets)
        return JSONResponse(content, media_type="application/manifest+json", headers=REVALIDATE | VARY_LANGUAGE)

    def worker(self) -> Response:
        """The service worker; its text changes with each release, so that browsers update it."""
        source = self._templates.env.get_template("worker.js")
        script = source.render(release=self._release, shell=[*SHELL, *self.assets.urls()])
        return Response(script, media_type="text/javascript", headers=REVALIDATE)


def _manifest(t: Strings, language: str, assets: Assets) -> Mapping[str, object]:
    def icon(name: str, sizes: str, **more: str) -> dict[str, str]:
        media_type = "image/svg+xml" if name.endswith(".svg") else "image/png"
        return {"src": assets.url(f"icons/{name}"), "sizes": sizes, "type": media_type, **more}

    return {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "name": t["name"],
        "short_name": t["short_name"],
        "description": t["description"],
        "lang": language,
        "display": "standalone",
        "background_color": "#15130f",
        "theme_color": "#15130f",
        "icons": [
            icon("icon.svg", "any"),
            icon("icon-192.png", "192x192"),
            icon("icon-512.png", "512x512"),
            icon("icon-maskable-512.png", "512x512", purpose="maskable"),
        ],
    }


def install(app: FastAPI, settings: ApiSettings) -> None:
    """Add the pages and their static files to `app`."""
    pages = Pages(settings)
    app.get("/static/{version}/{name:path}", include_in_schema=False)(pages.assets.answer)
    app.get("/manifest.webmanifest", include_in_schema=False)(pages.manifest)
    app.get("/worker.js", include_in_schema=False)(pages.worker)

    @app.get("/", include_in_schema=False)
    def home(request: Request) -> HTMLResponse:
        return pages.render_preferred(request, "home.html")

    @app.get("/privacy", include_in_schema=False)
    def privacy(request: Request) -> HTMLResponse:
        return pages.render_preferred(request, "privacy.html")

    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        return pages.render(request, "docs.html", spec=app.openapi())

    @app.get("/problems", include_in_schema=False)
    def problems(request: Request) -> HTMLResponse:
        return pages.render(request, "problems.html", kinds=list(Kind))
