"""Indexing a region: the one entry for the command line, the scheduler and the demo."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from indexer.jobs.context import Context, FaceAnalyser
from indexer.pipeline import RunReport, run_jobs
from indexer.progress import Progress, Silent
from indexer.regions import GuideSource, Region, load_region
from indexer.settings import IndexerSettings
from indexer.sources.guide import GuideReader
from indexer.sources.photo_folder import PhotoFolder
from indexer.sources.registry import http_client
from indexer.window import day_window
from storage.base import Storage

GUIDE_BY_HAND = "xmltv"
"""What a guide is called, as a source, that the caller or the settings name."""

_ANSWERS_KEPT_FOR = timedelta(days=30)


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
    """Index `days` local days of the region from `first` on (today by default; the horizon of the settings).

    `guide` (URL or file; `{day}` becomes the local day) stands in for the region's listings sources, and `photos`
    for the photo folder of the settings. Raises `IndexerError`, and the errors of the database and of the storage.
    """
    region = _with_guide(load_region(region_code), guide or settings.guide)
    first = first or datetime.now(UTC).astimezone(ZoneInfo(region.time_zone)).date()
    context = Context(
        engine=engine,
        storage=storage,
        region=region,
        window=day_window(first, days or settings.horizon_days, region.time_zone),
        faces=faces,
        progress=progress or Silent(),
    )
    folder = photos or settings.photos
    source = PhotoFolder(folder, per_person=settings.photos_per_person) if folder else None
    with closing(http_client(settings)) as http:
        http.sweep(_ANSWERS_KEPT_FOR)
        return run_jobs(context, GuideReader(http, storage), source)


def _with_guide(region: Region, guide: str | None) -> Region:
    return replace(region, listings=(GuideSource(GUIDE_BY_HAND, guide),)) if guide else region
