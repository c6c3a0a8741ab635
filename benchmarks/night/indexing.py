"""One night in a process of its own, so that it can be measured and killed. Takes an `Errand` as JSON."""

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
UNHURRIED = HostPolicy(interval_s=0, fresh_for=timedelta(days=1), robots=False)
"""The replicas are in no need of pauses; what they answered is fresh for as long as elsewhere."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Index `day` at `now` (ISO 8601) with these replicas, and write the account to a file."""

    database_url: str
    folder: str
    models: str
    guide: str
    source_urls: Mapping[str, str]
    day: str
    now: str
    account: str


@dataclass(frozen=True, slots=True)
class Account:
    """How it went: seconds and counts by job, and the most memory that the process had."""

    complete: bool
    seconds: float
    jobs: Mapping[str, Mapping[str, Any]]
    memory_mb: float


def run(errand: Errand) -> RunReport:
    """Index as `findtheactor index run` would, at another pace and time."""
    settings = IndexerSettings().model_copy(
        update={
            "sources": ("tmdb", "tvmaze", "wikidata"),
            "tmdb_key": SecretStr("0" * 32),
            "source_urls": errand.source_urls,
            "photos_per_person": 10,
        }
    )
    folder = Path(errand.folder)
    region = replace(load_region(REGION), listings=(XmltvListings("xmltv", (errand.guide,)),))
    loopback = (IPv4Network("127.0.0.1/32"),)
    http = HttpClient(folder / "http", settings.user_agent, default_policy=UNHURRIED, allowed_networks=loopback)
    with closing(http), open_database(errand.database_url, folder) as engine:
        storage = open_storage(str(folder / "objects"))
        context = Context(
            engine=engine,
            storage=storage,
            region=region,
            window=day_window(date.fromisoformat(errand.day), 1, region.time_zone),
            faces=FaceEngine.load(Path(errand.models), FACENET),
            progress=CountingProgress(),
            outside=Outside(http, open_sources(settings, http, language=region.language, preferred=region.sources)),
            started_at=datetime.fromisoformat(errand.now).astimezone(UTC),
        )
        return run_jobs(context, GuideReader(http, storage), None)


def main(argument: str) -> None:
    """Run, and give account."""
    errand = Errand(**json.loads(argument))
    report = run(errand)
    jobs = {job.job: {"seconds": job.seconds, **job.counts} for job in report.jobs}
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    account = Account(report.complete, report.seconds, jobs, memory_mb)
    Path(errand.account).write_text(json.dumps(asdict(account)))


if __name__ == "__main__":
    main(sys.argv[1])
