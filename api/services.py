"""What the endpoints use: made once when the application starts, closed in reverse order when it stops."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import structlog
from fastapi import Depends, Request

from api.galleries import Snapshot
from api.metrics import Metrics
from api.pool import WorkPool
from api.problems import Kind, Problem
from api.refresher import Refresher
from api.settings import ApiSettings
from db.engine import open_database
from faces.engine import FaceEngine
from storage import open_storage
from storage.base import Storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """The running parts of the API."""

    settings: ApiSettings
    metrics: Metrics
    faces: FaceEngine
    storage: Storage
    refresher: Refresher
    pool: WorkPool

    @property
    def snapshot(self) -> Snapshot:
        """The galleries as they are now; `Problem` (not ready) before the first refresh."""
        if self.refresher.refreshed_at is None:
            detail = f"The galleries are not loaded: {self.refresher.problem}"
            raise Problem(Kind.NOT_READY, detail, headers={"Retry-After": "5"})
        return self.refresher.snapshot


def start(settings: ApiSettings, metrics: Metrics, cleanups: ExitStack) -> Services:
    """Start every service, pushing its cleanup as soon as it runs. Raises what a service that cannot start raises."""
    faces = FaceEngine.load(settings.models_dir, settings.facenet, threads=settings.inference_threads)
    database = cleanups.enter_context(open_database(settings.database_url, settings.data_dir))
    storage = open_storage(settings.storage_url, s3_endpoint=settings.s3_endpoint)
    pool = WorkPool(settings.identify_workers, settings.identify_queue)
    cleanups.callback(pool.close)
    refresher = Refresher(
        database,
        storage,
        metrics,
        model_key=faces.model_key,
        interval_s=settings.refresh_s,
        past=timedelta(hours=settings.past_hours),
        horizon=timedelta(hours=settings.horizon_hours),
    )
    refresher.start()
    cleanups.callback(refresher.stop)
    log.info("api started", model_key=faces.model_key, storage=settings.storage_url)
    return Services(settings, metrics, faces, storage, refresher, pool)


def running_services(request: Request) -> Services:
    """The services of the application that serves this request."""
    services: Services = request.app.state.services
    return services


Running = Annotated[Services, Depends(running_services)]
