"""The application: routes, middleware, and a lifespan that starts the services and pushes each cleanup."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

from api import health, pages, problems
from api.metrics import Metrics
from api.middleware import BodyLimit, RequestContext, Telemetry
from api.services import start
from api.settings import ApiSettings
from api.v1 import faces, guide, identify, people, regions

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


def create_app(settings: ApiSettings) -> FastAPI:
    """The API and its pages. Models, database and store are opened when it starts, and closed when it stops."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as cleanups:
            app.state.services = start(settings, metrics, cleanups)
            yield

    app = Api(
        title="Find The Actor",
        version=version("findtheactor"),
        description=DESCRIPTION,
        contact={"name": settings.contact} if settings.contact else None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    problems.install(app)
    for resource in (identify, faces, regions, guide, people):
        app.include_router(resource.router)
    app.include_router(health.router)
    pages.install(app, settings)
    app.add_middleware(BodyLimit, max_bytes=settings.max_upload_bytes)
    app.add_middleware(Telemetry, metrics=metrics)
    app.add_middleware(RequestContext)  # added last: outermost
    return app
