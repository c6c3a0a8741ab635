"""Runs as the dashboard shows them: past, in progress, and just killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.ops.runs import SILENT_AFTER
from db.engine import session
from db.models import JobRun
from db.queries.jobs import finish_job, start_job
from db.queries.locks import exclusive_lock, held_locks
from faces.engine import FaceEngine
from storage import open_storage
from tests.integration.indexer.rig import Indexer, guide, programme
from tests.integration.indexer.runs import killed_run
from tests.moments import wait_until
from tests.paths import ROOT

HOUR = timedelta(hours=1)


def add_run(engine: Engine, run_id: str, began: datetime, *jobs: dict[str, Any], region: str | None = "FR") -> None:
    """A run of jobs of a minute each, all `done` unless they say otherwise."""
    with session(engine) as opened:
        for number, job in enumerate(jobs):
            start = began + number * timedelta(minutes=1)
            row = {"job": f"job_{number}", "state": "done", "finished_at": start + timedelta(minutes=1)}
            opened.add(JobRun(run_id=run_id, region_code=region, started_at=start, **row | job))
            opened.flush()


def page(ops: httpx.Client, path: str) -> str:
    answer = ops.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_without_any_run_it_says_how_to_start_one(ops: httpx.Client) -> None:
    assert ops.get("/ops/api/runs").json() == {"running": [], "regions": [], "runs": [], "names": {}}
    assert "findtheactor index run" in page(ops, "/ops/runs")


def test_a_run_is_compared_with_the_whole_one_before_it(engine: Engine, ops: httpx.Client, now: datetime) -> None:
    add_run(engine, "first", now - 50 * HOUR, {"counts": {"faces": 7}}, {"counts": {"galleries": 40}})
    add_run(engine, "broken", now - 26 * HOUR, {}, {"state": "failed", "error": "GalleryDamaged: of 21:00"})
    slow = {"counts": {"faces": 9}, "finished_at": now - 2 * HOUR + timedelta(minutes=3)}
    add_run(engine, "last", now - 2 * HOUR, slow, {"counts": {"galleries": 38}})
    add_run(engine, "elsewhere", now - HOUR, {}, region="BE")

    found = ops.get("/ops/api/runs/last").json()

    assert (found["run"]["state"], found["before"]["run_id"]) == ("done", "first")
    assert [(it["seconds"], it["seconds_before"]) for it in found["stages"]] == [(180, 60), (60, 60)]
    assert found["stages"][0]["counts_before"] == {"faces": 7}
    html = page(ops, "/ops/runs/last")
    assert "+2 min" in html
    assert "galleries <b>38</b> <small>−2</small>" in html


def test_every_region_shows_its_last_run(engine: Engine, ops: httpx.Client, now: datetime) -> None:
    add_run(engine, "first", now - 30 * HOUR, {})
    add_run(engine, "last", now - 6 * HOUR, {}, {"state": "failed", "error": "x"}, {})
    add_run(engine, "elsewhere", now - 5 * HOUR, {}, {"state": "failed", "error": "y"}, region="BE")
    add_run(engine, "by hand", now - 4 * HOUR, {"state": "interrupted"}, region=None)

    found = ops.get("/ops/api/runs").json()

    states = {it["region"]: (it["last"]["run_id"], it["last"]["state"]) for it in found["regions"]}
    assert states == {
        "BE": ("elsewhere", "failed"),
        "FR": ("last", "incomplete"),
        None: ("by hand", "interrupted"),
    }
    assert [run["run_id"] for run in found["runs"]] == ["by hand", "elsewhere", "last", "first"]
    assert "GalleryDamaged" not in page(ops, "/ops/runs")


def test_an_error_is_shown_as_it_was_told(engine: Engine, ops: httpx.Client, now: datetime) -> None:
    add_run(engine, "broken", now - HOUR, {"state": "failed", "error": "PageChanged: <b>no</b> cast"})
    assert "PageChanged: &lt;b&gt;no&lt;/b&gt; cast" in page(ops, "/ops/runs/broken")


def test_an_unknown_run_is_not_found(ops: httpx.Client) -> None:
    assert ops.get("/ops/api/runs/nothing").json()["code"] == "not_found"
    assert ops.get("/ops/runs/nothing").status_code == 404


def test_a_job_runs_while_its_process_holds_the_region(engine: Engine, ops: httpx.Client, now: datetime) -> None:
    add_run(engine, "now", now - HOUR, {"state": "running", "finished_at": None, "updated_at": now - HOUR})

    with exclusive_lock(engine, "index FR"):
        [stage] = ops.get("/ops/api/runs/live").json()["running"]
        assert stage["silent_s"] > 3000
        assert "no heartbeat" in page(ops, "/ops/runs")
    wait_until(lambda: ops.get("/ops/api/runs/live").json() == {"running": []})
    assert ops.get("/ops/api/runs/now").json()["run"]["state"] == "interrupted"


def test_a_title_prepared_by_hand_runs_while_it_gives_signs_of_life(
    engine: Engine, ops: httpx.Client, now: datetime
) -> None:
    fresh, stale = now, now - HOUR
    running = {"state": "running", "finished_at": None}
    add_run(engine, "fresh", stale, running | {"updated_at": fresh}, region=None)
    add_run(engine, "stale", stale, running | {"updated_at": stale}, region=None)

    assert [it["run_id"] for it in ops.get("/ops/api/runs/live").json()["running"]] == ["fresh"]
    assert ops.get("/ops/api/runs/stale").json()["run"]["state"] == "interrupted"


def test_names_are_known_to_be_held_whatever_their_key(engine: Engine) -> None:
    names = [f"index {number}" for number in range(12)]  # with keys on both sides of zero
    with session(engine) as opened:
        assert held_locks(opened, names) == set()
        for name in names:
            with exclusive_lock(engine, name):
                assert held_locks(opened, names) == {name}


@pytest.fixture
def killed(engine: Engine, database_url: str, tmp_path: Path, models_dir: Path, photos: Path) -> Iterator[Any]:
    """An index run in a process of its own, among its photos; it is killed in the end."""
    evening = guide(programme("Argo", "20:00", "22:00", cast={"Ben Affleck": "Tony Mendez", "Madonna": ""}))
    (tmp_path / "people").mkdir()
    for name, folder in (("Ben Affleck", "ben_afflek"), ("Madonna", "madonna")):
        (tmp_path / "people" / name).symlink_to(photos / "train" / folder)
    (tmp_path / "guide.xml").write_text(evening, encoding="utf-8")
    arguments = [database_url, str(tmp_path), str(models_dir), str(tmp_path / "guide.xml"), str(tmp_path / "people")]
    process = subprocess.Popen([sys.executable, "-m", killed_run.__name__, *arguments], cwd=ROOT)
    yield process
    process.kill()
    process.wait()


def test_a_run_is_seen_in_progress_and_as_interrupted_once_it_is_killed(
    ops: httpx.Client, killed: subprocess.Popen[bytes], engine: Engine, tmp_path: Path, faces: FaceEngine
) -> None:
    def among_the_photos() -> list[dict[str, Any]]:
        assert killed.poll() is None, "the run ended before it could be seen"
        running = ops.get("/ops/api/runs/live").json()["running"]
        return [stage for stage in running if stage["job"] == "embed_photos" and stage["total"]]

    seen: list[dict[str, Any]] = []
    wait_until(lambda: seen.extend(among_the_photos()) or seen)
    stage = seen[-1]
    assert (stage["region"], stage["doing"], stage["silent_s"]) == ("FR", "Looking for faces", None)
    assert 0 <= stage["done"] < stage["total"]
    assert f'data-stage="{stage["id"]}"' in page(ops, "/ops/runs")

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    died = time.monotonic()
    wait_until(lambda: ops.get("/ops/api/runs/live").json() == {"running": []})

    assert time.monotonic() - died < SILENT_AFTER.total_seconds()
    detail = ops.get(f"/ops/api/runs/{stage['run_id']}").json()
    assert (detail["run"]["state"], detail["stages"][-1]["state"]) == ("interrupted", "interrupted")
    assert "It had reached: Looking for faces" in page(ops, f"/ops/runs/{stage['run_id']}")

    Indexer(engine, open_storage(f"{tmp_path}/objects"), tmp_path, faces).run(
        str(tmp_path / "guide.xml"), people=tmp_path / "people"
    )
    states = [run["state"] for run in ops.get("/ops/api/runs").json()["runs"]]
    assert states == ["done", "interrupted"]


def test_an_interrupted_job_ended_with_its_last_sign_of_life(engine: Engine, ops: httpx.Client, now: datetime) -> None:
    with session(engine) as opened:
        job = start_job(opened, "run", "crawl_listings", "FR")
        finish_job(opened, job, "done", {})
    seen = now - 3 * HOUR
    add_run(engine, "dead", now - 4 * HOUR, {"state": "running", "finished_at": None, "updated_at": seen})
    from db.queries.jobs import interrupt_jobs

    with session(engine) as opened:
        assert interrupt_jobs(opened, "FR") == 1

    assert ops.get("/ops/api/runs/dead").json()["run"]["seconds"] == 3600
