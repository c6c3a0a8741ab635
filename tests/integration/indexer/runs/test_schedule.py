"""One scheduler fires, another takes over."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from db.engine import session
from db.queries.jobs import finish_job, start_job
from indexer.errors import RegionBusy
from indexer.runs.schedule import LAST_JOB, run_schedule


class Runs:
    """Counts the runs that a schedule starts."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.regions: list[str] = []

    def __call__(self, region: str) -> None:
        self.regions.append(region)
        with session(self.engine) as opened:
            finish_job(opened, start_job(opened, "run", LAST_JOB, region), "done", {})


@contextmanager
def scheduling(engine: Engine, runs: Runs, *, hour: int = 3) -> Iterator[None]:
    stop = threading.Event()
    arguments = {"hour": hour, "stop": stop, "standby_s": 0.1}
    thread = threading.Thread(target=run_schedule, args=(engine, runs, ["FR"]), kwargs=arguments)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def wait_until(condition: Callable[[], object], timeout_s: float = 5) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def leaders(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database ="
        return list(
            connection.exec_driver_sql(
                f"{held} (SELECT oid FROM pg_database WHERE datname = current_database())"
            ).scalars()
        )


def test_a_region_that_was_not_indexed_today_is_indexed_at_once_and_only_once(engine: Engine) -> None:
    runs = Runs(engine)

    with scheduling(engine, runs), scheduling(engine, runs):
        wait_until(lambda: runs.regions)
        time.sleep(0.5)

    assert runs.regions == ["FR"]


def test_a_region_that_was_indexed_today_waits_for_the_night(engine: Engine) -> None:
    runs = Runs(engine)
    runs("FR")

    with scheduling(engine, runs, hour=(datetime.now(UTC) + timedelta(hours=12)).hour):
        wait_until(lambda: leaders(engine))
        time.sleep(0.5)

    assert runs.regions == ["FR"]


def test_another_takes_over_when_the_leader_is_gone(engine: Engine) -> None:
    first, second = Runs(engine), Runs(engine)

    with scheduling(engine, first):
        wait_until(lambda: first.regions)
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM job_run")
        with scheduling(engine, second):
            time.sleep(0.3)
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
    thread.join(10)

    assert not thread.is_alive()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
