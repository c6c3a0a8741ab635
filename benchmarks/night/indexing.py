"""Runs one night in a process of its own, which can be measured and killed. Its argument is a `NightJob` as JSON."""

import json
import resource
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from db.engine import open_database
from faces.engine import FaceEngine
from indexer.http import HostPolicy, HttpClient
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.job.progress import CountingProgress
from indexer.listings.reader import GuideReader
from indexer.regions import load_region
from indexer.regions.listings import XmltvListings
from indexer.runs.pipeline import RunReport, run_jobs
from indexer.settings import IndexerSettings
from indexer.sources.registry import open_sources
from indexer.window import day_window
from storage import open_storage

REGION, FACENET = "FR", "msceleb-128"
NO_DELAY = HostPolicy(interval_s=0, fresh_for=timedelta(days=1), robots=False)
"""No pauses between requests, because the replicas need none. Responses stay fresh as long as usual."""


@dataclass(frozen=True, slots=True)
class NightJob:
    """What to index: `day`, as if it were `now` (ISO 8601), with these replicas; the result goes to `result_file`."""

    database_url: str
    folder: str
    models: str
    guide: str
    source_urls: Mapping[str, str]
    day: str
    now: str
    result_file: str


@dataclass(frozen=True, slots=True)
class NightResult:
    """The result of a night: seconds and counts by job, and the peak memory of the process."""

    complete: bool
    seconds: float
    jobs: Mapping[str, Mapping[str, Any]]
    memory_mb: float


def run(job: NightJob) -> RunReport:
    """Index as `findtheactor index run` does, but without rate limits and at the given time."""
    settings = IndexerSettings().model_copy(
        update={
            "sources": ("tmdb", "tvmaze", "wikidata"),
            "tmdb_key": SecretStr("0" * 32),
            "source_urls": job.source_urls,
            "photos_per_person": 10,
        }
    )
    folder = Path(job.folder)
    region = replace(load_region(REGION), listings=(XmltvListings("xmltv", (job.guide,)),))
    loopback = (IPv4Network("127.0.0.1/32"),)
    http = HttpClient(folder / "http", settings.user_agent, default_policy=NO_DELAY, allowed_networks=loopback)
    with closing(http), open_database(job.database_url, folder) as engine:
        storage = open_storage(str(folder / "objects"))
        context = Context(
            engine=engine,
            storage=storage,
            region=region,
            window=day_window(date.fromisoformat(job.day), 1, region.time_zone),
            faces=FaceEngine.load(Path(job.models), FACENET),
            progress=CountingProgress(),
            outside=Outside(http, open_sources(settings, http, language=region.language, preferred=region.sources)),
            started_at=datetime.fromisoformat(job.now).astimezone(UTC),
        )
        return run_jobs(context, GuideReader(http, storage), None)


def main(argument: str) -> None:
    """Run the night, and write its result."""
    job = NightJob(**json.loads(argument))
    report = run(job)
    jobs = {job.job: {"seconds": job.seconds, **job.counts} for job in report.jobs}
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = NightResult(report.complete, report.seconds, jobs, memory_mb)
    Path(job.result_file).write_text(json.dumps(asdict(result)))


if __name__ == "__main__":
    main(sys.argv[1])
