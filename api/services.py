"""What the endpoints use: started before the application, and stopped in reverse order after it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

import structlog
from fastapi import Depends, Request

from api.galleries.local_copy import LocalCopy
from api.galleries.refresher import Refresher
from api.galleries.snapshot import Snapshot
from api.identify.contributions import Contributions, Receipt
from api.identify.pool import WorkPool
from api.identify.seal import Sealer
from api.metrics import Metrics
from api.ops.gauges import exported_gauges
from api.ops.samples import Samples
from api.ops.services import Ops, read_only_database
from api.problems import Kind, Problem
from api.rate_limits import Quota, Shares
from api.settings import ApiSettings
from api.waiting import OutsideCalls
from db.engine import open_database
from faces.engine import FaceEngine
from faces.models.manifest import model_key
from gallery.errors import GalleryError
from storage import open_storage
from storage.base import Storage, StorageError

log = structlog.get_logger(__name__)
DAY_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Services:
    """The running parts of the API."""

    settings: ApiSettings
    metrics: Metrics
    faces: FaceEngine
    storage: Storage
    refresher: Refresher
    pool: WorkPool
    sealer: Sealer
    contributions: Contributions
    ops: Ops
    shares: Shares
    keep_quota: Quota | None
    """How many questions of one client are kept; None: any number."""
    far_galleries: OutsideCalls = field(default_factory=lambda: OutsideCalls("gallery store", most=6, timeout_s=10))
    photo_reads: OutsideCalls = field(default_factory=lambda: OutsideCalls("photo store", most=14, timeout_s=10))
    keeping: OutsideCalls = field(default_factory=lambda: OutsideCalls("picture store", most=6, timeout_s=20))
    """With the dashboard's, these calls are fewer than the threads that FastAPI has (40): whatever hangs, there are
    threads left for the endpoints that need only memory."""

    @property
    def snapshot(self) -> Snapshot:
        """The galleries as they are now; `Problem` (not ready) before the first refresh."""
        if self.refresher.refreshed_at is None:
            detail = f"The galleries are not loaded: {self.refresher.problem}"
            raise Problem(Kind.NOT_READY, detail, headers={"Retry-After": "5"})
        return self.refresher.snapshot

    def fetched(self, region: str, start: datetime, stop: datetime) -> Snapshot:
        """The snapshot with all current galleries of [start, stop), also those that were not in memory; may wait."""
        try:
            return self.far_galleries.run(lambda: self.refresher.fetch(region, start, stop))
        except (StorageError, GalleryError) as error:
            log.warning("gallery not fetched", region=region, start=start.isoformat(), error=str(error))
            detail = "The gallery of that moment cannot be loaded now"
            raise Problem(Kind.NOT_READY, detail, headers={"Retry-After": "5"}) from None

    def keep(self, client: str, store: Callable[[], Receipt | None]) -> Receipt | None:
        """What `store` returns; None when the client had as much kept as it may, or the storage does not answer: the
        question is answered all the same."""
        if self.keep_quota is not None and self.keep_quota.take(client, time.monotonic()).wait_s:
            log.info("picture not kept", why="the client's quota of the day is used up")
            return None
        try:
            return self.keeping.run(store)
        except Problem as problem:
            log.warning("picture not kept", error=problem.detail)
            return None


@contextmanager
def running(settings: ApiSettings) -> Iterator[Services]:
    """Every service, running. Raises what a service that cannot start raises."""
    with ExitStack() as cleanups:
        yield _start(settings, Metrics(), cleanups)


def _start(settings: ApiSettings, metrics: Metrics, cleanups: ExitStack) -> Services:
    """Start the services, pushing the cleanup of each as soon as it runs."""
    database = cleanups.enter_context(open_database(settings.database_url, settings.data_dir, required=False))
    storage = open_storage(settings.storage_url, s3_endpoint=settings.s3_endpoint)
    refresher = Refresher(
        database,
        storage,
        metrics,
        model_key=model_key(settings.facenet),
        interval_s=settings.refresh_s,
        past=timedelta(hours=settings.past_hours),
        horizon=timedelta(hours=settings.horizon_hours),
        local_copy=LocalCopy(settings.data_dir.absolute() / "galleries" / model_key(settings.facenet)),
    )
    refresher.start()  # loads the galleries while the networks are compiled
    cleanups.callback(refresher.stop)
    faces = FaceEngine.load(settings.models_dir, settings.facenet, threads=settings.inference_threads)
    address = database.url.render_as_string(hide_password=False)
    samples = Samples(metrics.exposition, "This process")
    ops = Ops(
        settings,
        cleanups.enter_context(read_only_database(settings, address, required=False)),
        storage,
        metrics,
        samples,
    )
    cleanups.enter_context(samples.sampled())
    cleanups.enter_context(exported_gauges(ops.database, metrics.registry))
    pool = WorkPool(settings.identify_workers, settings.identify_queue)
    cleanups.callback(pool.close)
    log.info("api started", model_key=faces.model_key, storage=settings.storage_url)
    return Services(
        settings,
        metrics,
        faces,
        storage,
        refresher,
        pool,
        _sealer(settings, faces),
        Contributions(database, storage, settings.keep_days, settings.keep_at_most),
        ops,
        Shares(settings.identify_per_client),
        Quota("kept pictures", settings.keep_per_day, DAY_S) if settings.keep_per_day else None,
    )


def _sealer(settings: ApiSettings, faces: FaceEngine) -> Sealer:
    return Sealer(
        *settings.seal_secrets, model_key=faces.model_key, dimension=faces.dimension, lifetime=settings.look_lifetime
    )


async def running_services(request: Request) -> Services:
    """The services of the application that serves this request."""
    services: Services = request.app.state.services
    return services


Running = Annotated[Services, Depends(running_services)]
