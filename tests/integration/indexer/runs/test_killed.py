"""A run that is killed at any moment: the next one finishes the work, and does nothing twice."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.indexer.rig import MORNING, Indexer, guide, programme
from tests.integration.indexer.runs import killed_run
from tests.paths import ROOT

STARS = {"Ben Affleck": "ben_afflek", "Elton John": "elton_john", "Madonna": "madonna", "Mindy Kaling": "mindy_kaling"}
EVENING = guide(*(programme(f"Film {hour}", f"{hour:02}:00", f"{hour + 1:02}:00", cast=STARS) for hour in range(6, 23)))


@pytest.fixture
def photos_folder(people: Callable[..., Path]) -> Path:
    return people(**{name.replace(" ", "_"): (folder, 10) for name, folder in STARS.items()})


AT_JOB = "SELECT 1 FROM job_run WHERE job = '{}'"
AMONG_THE_PHOTOS = "SELECT 1 FROM scan HAVING count(*) >= 8"


@pytest.mark.parametrize(
    "moment",
    [*map(AT_JOB.format, ("crawl_listings", "resolve_casts", "gather_photos", "build_galleries")), AMONG_THE_PHOTOS],
)
def test_a_killed_run_is_finished_by_the_next(
    indexer: Indexer, database_url: str, models_dir: Path, photos_folder: Path, moment: str
) -> None:
    address = indexer.write(EVENING)
    arguments = [database_url, str(indexer.folder), str(models_dir), address, str(photos_folder)]
    process = subprocess.Popen([sys.executable, "-m", killed_run.__name__, *arguments], cwd=ROOT)
    indexer.wait_for(moment, process)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    looked_at = indexer.rows("SELECT sha256, scanned_at FROM scan")

    report = indexer.run(address, people=photos_folder)

    assert report.complete
    assert set(looked_at) <= set(indexer.rows("SELECT sha256, scanned_at FROM scan"))
    [embedded] = [job.counts["pictures"] for job in report.jobs if job.job == "embed_photos"]
    assert embedded + len(looked_at) == len(indexer.rows("SELECT DISTINCT sha256 FROM photo"))
    states = dict(indexer.rows("SELECT state, count(*) FROM job_run GROUP BY state"))
    assert "running" not in states
    assert len(indexer.rows("SELECT 1 FROM gallery_release WHERE state = 'current'")) == 34
    finished = indexer.everything()
    indexer.run(address, people=photos_folder, now=MORNING)
    assert indexer.everything() == finished


def test_the_jobs_of_a_killed_run_are_called_interrupted(indexer: Indexer) -> None:
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO job_run (run_id, job, region_code, state, started_at) VALUES"
            " ('dead', 'embed_photos', 'FR', 'running', now()), ('other', 'embed_photos', 'BE', 'running', now())"
        )

    indexer.run(indexer.write(EVENING))

    assert indexer.rows("SELECT state FROM job_run WHERE run_id = 'dead'") == [("interrupted",)]
    assert indexer.rows("SELECT state FROM job_run WHERE run_id = 'other'") == [("running",)]
