"""The sandbox of a night: a database, a folder, and the replicas of a world with its guides."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.night import indexing
from benchmarks.night.guides import ZONE, airings_of
from benchmarks.night.indexing import NightJob, NightResult
from benchmarks.night.pictures import Album
from benchmarks.night.replicas import Replicas
from benchmarks.night.world import World, make_world
from benchmarks.paths import ROOT
from db.engine import open_database
from indexer.window import day_window


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Runs nights in processes of their own, and reads what they stored."""

    database_url: str
    engine: Engine
    folder: Path
    models: Path
    world: World
    replicas: Replicas

    def index(self, day: date, *, now: datetime | None = None) -> NightResult:
        """Run a whole night for the day."""
        if status := self.start(day, now=now).wait():
            raise RuntimeError(f"The night ended with {status}: {self.log()}")
        return NightResult(**json.loads(self._result_file.read_bytes()))

    def start(self, day: date, *, now: datetime | None = None) -> subprocess.Popen[bytes]:
        """Start a night for the day, as if it were `now` (None: three o'clock).

        Its output goes to a file, because a pipe that nobody reads would block it once it is full.
        """
        job = NightJob(
            database_url=self.database_url,
            folder=str(self.folder),
            models=str(self.models),
            guide=f"{self.replicas.url('guide')}/{{day}}.xml",
            source_urls=self.replicas.source_urls(),
            day=day.isoformat(),
            now=(now or night_of(day)).isoformat(),
            result_file=str(self._result_file),
        )
        command = [sys.executable, "-m", indexing.__name__, json.dumps(asdict(job))]
        with self._log.open("wb") as log:
            return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)

    def log(self) -> str:
        """The end of the last night's output."""
        return self._log.read_text(errors="replace")[-4000:]

    def age_cache_by_a_day(self) -> None:
        """Make the files in the HTTP client's cache one day older."""
        then = time.time() - timedelta(days=1, minutes=1).total_seconds()
        for kept in (self.folder / "http").glob("*/*"):
            os.utime(kept, (then, then))

    @property
    def _result_file(self) -> Path:
        return self.folder / "result.json"

    @property
    def _log(self) -> Path:
        return self.folder / "night.log"

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows that the query returns."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]


def night_of(day: date) -> datetime:
    """Three o'clock in the morning of the day."""
    return day_window(day, 1, ZONE).start + timedelta(hours=3)


def world_of(guides: Mapping[date, bytes]) -> World:
    """The world that these guides describe."""
    around = day_window(min(guides), (max(guides) - min(guides)).days + 1, ZONE)
    return make_world(airings_of(list(guides.values()), around))


@contextmanager
def open_sandbox(
    database_url: str, folder: Path, models: Path, guides: Mapping[date, bytes], faces: Path
) -> Iterator[Sandbox]:
    """Open a sandbox on a migrated, empty database. Its world is derived from all the guides."""
    world = world_of(guides)
    replicas = Replicas(world, Album(faces))
    replicas.guides = {f"/{day:%Y%m%d}.xml": guide for day, guide in guides.items()}
    with replicas.running(), open_database(database_url, folder, application_name="night") as engine:
        yield Sandbox(database_url, engine, folder, models, world, replicas)
