"""`/healthz`, `/readyz` and `/metrics`: for whoever operates the service."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.problems import Kind, responses
from api.services import Running

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """The process answers."""

    status: str = "alive"


class Readiness(BaseModel):
    """The service can answer. `warning` says what is not as it should be all the same."""

    status: str = "ready"
    model_key: str
    galleries: int
    age_seconds: float
    warning: str | None


@router.get("/healthz", response_model=Health)
async def healthz() -> Health:
    """Whether the process is alive. It waits for nothing, not even for a thread."""
    return Health()


@router.get("/readyz", response_model=Readiness, responses=responses(Kind.NOT_READY))
async def readyz(services: Running) -> Readiness:
    """Whether the models are loaded and the galleries were read at least once; if not, why."""
    return Readiness(
        galleries=len(services.snapshot.galleries),
        model_key=services.faces.model_key,
        age_seconds=round(services.refresher.age_seconds(), 1),
        warning=services.refresher.warning,
    )


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(services: Running) -> Response:
    """For Prometheus."""
    return Response(services.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
