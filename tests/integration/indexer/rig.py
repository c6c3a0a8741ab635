"""An indexer with a database, a storage and real models of its own, and guides written by the test."""

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from db.models import Base
from faces.engine import FaceEngine
from indexer.http import HttpClient
from indexer.job.context import Context
from indexer.job.progress import CountingProgress
from indexer.listings.reader import GuideReader
from indexer.regions import load_region
from indexer.regions.listings import XmltvListings
from indexer.runs.pipeline import RunReport, run_jobs
from indexer.sources.photo_folder import PhotoFolder
from indexer.window import day_window
from storage.base import Storage
from tests.moments import wait_until

DAY = date(2026, 8, 20)
MORNING = datetime(2026, 8, 20, 1, tzinfo=UTC)
"""When the runs of a test take place, unless it says otherwise."""
REPORTS = {"job_run", "slot_coverage", "source_health", "source_tally"}
"""Tables that say how a run went, not what it found."""


@dataclass
class Indexer:
    """Runs the jobs over guides that a test gives, and shows what is stored."""

    engine: Engine
    storage: Storage
    folder: Path
    faces: FaceEngine

    def run(
        self,
        *guides: str,
        day: date = DAY,
        days: int = 1,
        now: datetime = MORNING,
        people: Path | None = None,
    ) -> RunReport:
        """Index with these guides (addresses, the preferred one first), and the photos in `people`."""
        context = self.context(*guides, day=day, days=days, now=now)
        return run_jobs(context, self.reader, PhotoFolder(people, per_person=10) if people else None)

    def context(self, *guides: str, day: date = DAY, days: int = 1, now: datetime = MORNING) -> Context:
        sources = tuple(XmltvListings(f"source-{n}", (guide,)) for n, guide in enumerate(guides))
        region = replace(load_region("FR"), listings=sources)
        window = day_window(day, days, region.time_zone)
        return Context(self.engine, self.storage, region, window, self.faces, CountingProgress(), started_at=now)

    @property
    def reader(self) -> GuideReader:
        return GuideReader(HttpClient(self.folder / "http", "FindTheActor/test"), self.storage)

    def write(self, guide: str, name: str = "guide.xml") -> str:
        """A guide in a file of its own: its address."""
        path = self.folder / name
        path.write_text(guide, encoding="utf-8")
        return str(path)

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def wait_for(self, moment: str, process: "subprocess.Popen[bytes]") -> None:
        """Wait until the query finds something; `process` must not end before."""

        def has_come() -> bool:
            found = bool(self.rows(moment))
            assert found or process.poll() is None, f"it ended before: {moment}"
            return found

        wait_until(has_come, pause_s=0.005)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables, but for the reports on runs, and all keys in storage."""
        tables = sorted(set(Base.metadata.tables) - REPORTS)
        found = {table: sorted(self.rows(f'SELECT "{table}"::text FROM "{table}"')) for table in tables}
        return {**found, "objects": [(key,) for key in self.storage.keys("")]}


def programme(
    title: str, start: str, stop: str | None, channel: str = "one", cast: Mapping[str, str] | Iterable[str] = ()
) -> str:
    """A `<programme>` from and to a time of the day, local, such as `21:00`; `cast` is name -> role."""
    stamps = [
        f'{key}="{DAY:%Y%m%d}{at.replace(":", "")}00 +0200"' for key, at in (("start", start), ("stop", stop)) if at
    ]
    roles = cast if isinstance(cast, Mapping) else dict.fromkeys(cast, "")
    credits = "".join(f'<actor role="{role}">{name}</actor>' for name, role in roles.items())
    return (
        f'<programme {" ".join(stamps)} channel="{channel}"><title>{title}</title>'
        f"<credits>{credits}</credits><category>film</category></programme>"
    )


def guide(*programmes: str, channels: Iterable[str] = ("one", "two")) -> str:
    """A whole guide."""
    names = "".join(f'<channel id="{name}"><display-name>{name.title()}</display-name></channel>' for name in channels)
    return f"<tv>{names}{''.join(programmes)}</tv>"
