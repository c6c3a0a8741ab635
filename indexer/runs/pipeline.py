"""The nine jobs in their order; one process at a time runs them for a region."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from db.engine import session as transaction
from db.queries.jobs import interrupt_jobs
from db.queries.locks import exclusive_lock, shared_lock
from indexer.careers.look_up import look_up_careers
from indexer.casts.resolve import resolve_casts
from indexer.errors import RegionBusy, SourceError
from indexer.galleries.build import build_galleries
from indexer.galleries.embed import embed_photos
from indexer.galleries.measure import measure_coverage
from indexer.galleries.publish import publish_galleries
from indexer.galleries.retire import OBJECTS, retire_galleries
from indexer.job.context import Context
from indexer.job.recording import JobReport, recorded
from indexer.listings.crawl import crawl_listings
from indexer.listings.reader import GuideReader
from indexer.photos.gather import gather_photos
from indexer.sources.photo_folder import PhotoFolder

log = structlog.get_logger(__name__)

LOCK_PATIENCE_S = 5.0
"""How long to wait for the region's lock, which a run that was just killed holds for a moment."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run went, job by job."""

    run_id: str
    region: str
    jobs: Sequence[JobReport]
    seconds: float

    @property
    def complete(self) -> bool:
        """False when the listings could not be read; the other jobs then used what earlier runs had stored."""
        return all(job.error is None for job in self.jobs)


def run_jobs(context: Context, reader: GuideReader, photos: PhotoFolder | None) -> RunReport:
    """Run the nine jobs for the region and window of the context; each redoes only what has changed.

    Without `photos` and without sources to ask, the photos gathered before stay. Raises `RegionBusy` while another
    process indexes the region. A failing source does not end the run; any other error does, and the last published
    galleries stay current.
    """
    began = time.monotonic()
    run = _Run(context)
    with (
        structlog.contextvars.bound_contextvars(run_id=context.run_id, region=context.region.code),
        _hold_region(context),
    ):
        log.info("run started", start=context.window.start.isoformat(), stop=context.window.stop.isoformat())
        run.store_listings(reader)
        with shared_lock(context.engine, OBJECTS):
            run.publish(photos)
        with run.job("retire_galleries") as job:
            retire_galleries(context, job.counts)
    return RunReport(context.run_id, context.region.code, run.jobs, time.monotonic() - began)


@contextmanager
def _hold_region(context: Context) -> Iterator[None]:
    """Lock the region's lock. Jobs still marked as running were left by a process that died, and are interrupted."""
    code = context.region.code
    with exclusive_lock(context.engine, f"index {code}", wait_s=LOCK_PATIENCE_S) as hold:
        if hold is None:
            raise RegionBusy(f"Region {code} is being indexed by another process: wait for it to end, or stop it.")
        with transaction(context.engine) as session:
            if dead := interrupt_jobs(session, code):
                log.warning("an earlier run died", jobs=dead)
        yield


@dataclass(slots=True)
class _Run:
    context: Context
    jobs: list[JobReport] = field(default_factory=list)

    @contextmanager
    def job(self, name: str) -> Iterator[JobReport]:
        with recorded(self.context, name) as report:
            self.jobs.append(report)
            yield report

    def store_listings(self, reader: GuideReader) -> None:
        try:
            with self.job("crawl_listings") as job:
                listed = crawl_listings(self.context, reader, job.counts)
        except SourceError:  # recorded; the run goes on with the listings that are stored
            return
        with self.job("resolve_casts") as job:
            resolve_casts(self.context, listed, job.counts)

    def publish(self, photos: PhotoFolder | None) -> None:
        if photos is not None or self.context.outside is not None:
            with self.job("gather_photos") as job:
                gather_photos(self.context, photos, job.counts)
        if self.context.outside is not None:
            with self.job("look_up_careers") as job:
                look_up_careers(self.context, self.context.outside, photos, job.counts)
        with self.job("embed_photos") as job:
            embed_photos(self.context, job.counts)
        with self.job("build_galleries") as job:
            built = build_galleries(self.context, job.counts)
        with self.job("publish_galleries") as job:
            publish_galleries(self.context, built, job.counts)
        with self.job("measure_coverage") as job:
            measure_coverage(self.context, job.counts)
