"""The applications: the API with its pages and the dashboard, or the dashboard alone, on services that are running."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api import health, problems
from api.health import Health, healthz
from api.middleware import BodyLimit, RequestContext, Telemetry, TextOnly
from api.ops.app import PREFIX, create_ops
from api.ops.services import Ops
from api.rate_limits import RateLimits
from api.services import Services
from api.v1 import contributions, faces, guide, identify, people, programmes, regions
from api.web import pages

DESCRIPTION = """
Who is that on TV? Send a photo of the screen, where you are and when: the answer names the actors among the few
hundred people who can be on at that place and time.

Every error is an RFC 9457 problem document (`application/problem+json`) with a stable `code`; all of them are
listed at `/problems`.
"""


class Api(FastAPI):
    """FastAPI, with the problem document among the schemas: every endpoint's errors refer to it."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            schemas = super().openapi()["components"]["schemas"]
            schemas[problems.ProblemDocument.__name__] = problems.ProblemDocument.model_json_schema()
        return super().openapi()


def create_app(services: Services) -> FastAPI:
    """The API and its pages, on services that are running."""
    settings = services.settings
    app = Api(
        title="Find The Actor",
        version=version("findtheactor"),
        description=DESCRIPTION,
        contact={"name": settings.contact} if settings.contact else None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    problems.install(app)
    for resource in (identify, contributions, faces, regions, guide, programmes, people):
        app.include_router(resource.router)
    app.include_router(health.router)
    pages.install(app, settings)
    app.mount(PREFIX, create_ops(services.ops))
    app.add_middleware(BodyLimit, max_bytes=settings.max_upload_bytes, timeout_s=settings.upload_timeout_s)
    app.add_middleware(
        RateLimits,
        requests_per_minute=settings.requests_per_minute,
        pictures_per_minute=settings.pictures_per_minute,
    )
    app.add_middleware(TextOnly)
    app.add_middleware(Telemetry, metrics=services.metrics)
    app.add_middleware(RequestContext)  # added last: outermost
    return app


def create_dashboard(ops: Ops) -> FastAPI:
    """The dashboard as a process of its own, with `/healthz` and `/metrics` beside it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    problems.install(app)
    app.get("/healthz", response_model=Health)(healthz)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(ops.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/")
    def start() -> RedirectResponse:
        return RedirectResponse(f"{PREFIX}/")

    app.mount(PREFIX, create_ops(ops))
    app.add_middleware(TextOnly)
    app.add_middleware(Telemetry, metrics=ops.metrics)
    app.add_middleware(RequestContext)  # added last: outermost
    return app
