"""Indexes a region: the entry point of the command line, the scheduler and the demo."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from db.engine import session as transaction
from indexer.job.context import Context, FaceAnalyser
from indexer.job.outside import open_outside
from indexer.job.progress import CountingProgress, Progress
from indexer.listings.crawl import store_region
from indexer.listings.reader import GuideReader
from indexer.regions import Region, load_region, region_codes
from indexer.regions.listings import XmltvListings
from indexer.runs.pipeline import RunReport, run_jobs
from indexer.settings import IndexerSettings
from indexer.sources.photo_folder import PhotoFolder
from indexer.sources.registry import base_url
from indexer.window import day_window
from storage.base import Storage

GUIDE_BY_HAND = "xmltv"
"""The source name of a guide that the caller or the settings give."""


def index_region(
    settings: IndexerSettings,
    engine: Engine,
    storage: Storage,
    faces: FaceAnalyser,
    region_code: str,
    *,
    first: date | None = None,
    days: int | None = None,
    guide: str | None = None,
    photos: Path | None = None,
    progress: Progress | None = None,
) -> RunReport:
    """Index `days` local days of the region from `first` on; by default from today, to the horizon of the settings.

    `guide` (a URL or file; `{day}` becomes the local day) replaces the region's listings sources, and `photos` the
    photo folder of the settings. Raises `IndexerError`, and the errors of the database and of the storage.
    """
    region = _with_guide(load_region(region_code), guide or settings.guide)
    first = first or datetime.now(UTC).astimezone(ZoneInfo(region.time_zone)).date()
    folder = photos or settings.photos
    source = PhotoFolder(folder, per_person=settings.photos_per_person) if folder else None
    store_regions(engine)
    with open_outside(settings, region) as outside:
        context = Context(
            engine=engine,
            storage=storage,
            region=region,
            window=day_window(first, days or settings.horizon_days, region.time_zone),
            faces=faces,
            progress=CountingProgress(progress),
            outside=outside if settings.sources else None,
            keep_photos=settings.keep_photos,
        )
        reader = GuideReader(
            outside.http,
            storage,
            tvmaze_url=base_url(settings, "tvmaze"),
            programme_television_url=base_url(settings, "programme-television"),
        )
        return run_jobs(context, reader, source)


def store_regions(engine: Engine) -> None:
    """Store every region, indexed or not, so that the API can place anyone, and say that a region has no gallery."""
    with transaction(engine) as session:
        for code in region_codes():
            store_region(session, load_region(code))


def _with_guide(region: Region, guide: str | None) -> Region:
    return replace(region, listings=(XmltvListings(GUIDE_BY_HAND, (guide,)),)) if guide else region
