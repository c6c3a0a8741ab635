"""One scheduler fires, another takes over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from db.engine import session
from db.queries.jobs import finish_job, start_job
from db.queries.locks import exclusive_lock
from indexer.errors import RegionBusy
from indexer.runs.schedule import LAST_JOB, run_schedule
from tests.moments import wait_until


class Runs:
    """Counts the runs that a schedule starts."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.regions: list[str] = []

    def __call__(self, region: str) -> None:
        with session(self.engine) as opened:
            finish_job(opened, start_job(opened, "run", LAST_JOB, region), "done", {})
        self.regions.append(region)


@contextmanager
def scheduling(engine: Engine, runs: Runs, *regions: str, hour: int = 3) -> Iterator[None]:
    stop = threading.Event()
    arguments = {"hour": hour, "stop": stop, "standby_s": 0.1}
    thread = threading.Thread(target=run_schedule, args=(engine, runs, regions or ["FR"]), kwargs=arguments)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each attempt of a scheduler to lead came to something."""
    attempts: list[bool] = []

    @contextmanager
    def observed(*arguments: Any) -> Iterator[Any]:
        with exclusive_lock(*arguments) as hold:
            attempts.append(hold is not None)
            yield hold

    monkeypatch.setattr("indexer.runs.schedule.exclusive_lock", observed)
    return attempts


def leaders(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database ="
        return list(
            connection.exec_driver_sql(
                f"{held} (SELECT oid FROM pg_database WHERE datname = current_database())"
            ).scalars()
        )


def test_a_region_that_was_not_indexed_today_is_indexed_at_once_and_only_once(
    engine: Engine, attempts: list[bool]
) -> None:
    runs = Runs(engine)

    with scheduling(engine, runs), scheduling(engine, runs):
        wait_until(lambda: runs.regions)
        wait_until(lambda: attempts.count(False) >= 3)

    assert runs.regions == ["FR"]


def test_a_region_that_was_indexed_today_waits_for_the_night(engine: Engine) -> None:
    runs = Runs(engine)
    runs("FR")

    with scheduling(engine, runs, "FR", "BE", hour=(datetime.now(UTC) + timedelta(hours=12)).hour):
        wait_until(lambda: "BE" in runs.regions)  # which is due, and comes after France

    assert runs.regions == ["FR", "BE"]


def test_another_takes_over_when_the_leader_is_gone(engine: Engine, attempts: list[bool]) -> None:
    first, second = Runs(engine), Runs(engine)

    with scheduling(engine, first):
        wait_until(lambda: first.regions)
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM job_run")
        with scheduling(engine, second):
            wait_until(lambda: attempts.count(False) >= 2)
            assert not second.regions
            [leader] = leaders(engine)
            with engine.connect() as connection:
                connection.exec_driver_sql(f"SELECT pg_terminate_backend({leader})")
            wait_until(lambda: len(first.regions) + len(second.regions) == 2)
            assert len(leaders(engine)) == 1


def test_a_region_indexed_by_hand_is_left_alone(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    asked: list[str] = []

    def busy(region: str) -> None:
        asked.append(region)
        raise RegionBusy("by hand")

    stop = threading.Event()
    thread = threading.Thread(target=run_schedule, args=(engine, busy, ["FR"]), kwargs={"hour": 3, "stop": stop})
    thread.start()
    wait_until(lambda: asked)
    stop.set()
    thread.join(30)

    assert not thread.is_alive()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
