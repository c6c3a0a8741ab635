"""The nightly run: one scheduler per database, another one standing by."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine

from db.engine import session as transaction
from db.queries.jobs import last_done
from db.queries.locks import exclusive_lock
from db.queries.ops.orders import Kind
from indexer.errors import RegionBusy
from indexer.regions import load_region
from indexer.runs.orders import LONG, POLL_S, QUICK

log = structlog.get_logger(__name__)

SCHEDULER = "scheduler"
STANDBY_S = 5.0
"""How often a scheduler that stands by looks whether the other one is gone, and the leader whether it still leads."""
MISFIRE_GRACE_S = 6 * 3600
"""A run that could not start at its hour is still worth starting this much later."""

LAST_JOB = "retire_galleries"
"""The job that ends a run."""

ALWAYS_DUE = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

Orders = Callable[[Sequence[Kind]], object]
"""Carries out the pending orders of these kinds."""
IndexRegion = Callable[[str], object]
"""Indexes the region with this code."""


class Nightly(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires exactly once for each date of the zone, at the hour, also where clocks change at that hour.

    Of an hour that comes twice it takes the first one; where the hour does not come, the moment of the change. (The
    library's own cron trigger leaves out the night then, or fires twice.)
    """

    def __init__(self, hour: int, zone: ZoneInfo) -> None:
        self._hour, self._zone = time(hour), zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first night after the previous one, or from now on where there is none; aware UTC."""
        earliest = previous_fire_time + timedelta(microseconds=1) if previous_fire_time else now
        day = earliest.astimezone(self._zone).date() - timedelta(days=1)
        while (fires := self._night_of(day)) < earliest:
            day += timedelta(days=1)
        return fires

    def _night_of(self, day: date) -> datetime:
        return datetime.combine(day, self._hour, self._zone).astimezone(UTC)


def run_schedule(
    engine: Engine,
    index: IndexRegion,
    region_codes: Sequence[str],
    *,
    hour: int,
    stop: Event,
    orders: Orders | None = None,
    standby_s: float = STANDBY_S,
) -> None:
    """Index each region every night at `hour` of its own time, until `stop` is set; at once where none was done today.

    In between, `orders` are carried out, if any can be.

    Only the process that holds the scheduler's name in the database fires. The server lets go of it when that process
    dies, and one that stands by takes over. The schedule lives in memory, made from the settings: a table of jobs
    would be a second truth.
    """
    while not stop.is_set():
        with exclusive_lock(engine, SCHEDULER) as hold:
            if hold is not None:
                scheduler = _scheduler(engine, index, region_codes, hour)
                for kinds, executor in ((QUICK, "at once"), (LONG, "default")) if orders else ():
                    every = IntervalTrigger(seconds=POLL_S)
                    scheduler.add_job(orders, every, args=(kinds,), executor=executor, **ALWAYS_DUE)
                scheduler.start()
                log.info("scheduler leads", regions=list(region_codes), hour=hour)
                while not stop.wait(standby_s) and hold.is_held():
                    pass
                scheduler.shutdown()
        stop.wait(standby_s)


def _scheduler(engine: Engine, index: IndexRegion, region_codes: Sequence[str], hour: int) -> BackgroundScheduler:
    # One worker: regions follow one another, for each uses the whole machine.
    scheduler = BackgroundScheduler(
        timezone=UTC, executors={name: ThreadPoolExecutor(1) for name in ("default", "at once")}
    )
    for code in region_codes:
        due = {"next_run_time": datetime.now(UTC)} if _is_overdue(engine, code) else {}
        scheduler.add_job(
            _index,
            Nightly(hour, ZoneInfo(load_region(code).time_zone)),
            args=(index, code),
            id=f"index {code}",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=MISFIRE_GRACE_S,
            **due,
        )
    return scheduler


def _is_overdue(engine: Engine, code: str) -> bool:
    with transaction(engine) as session:
        done_at = last_done(session, LAST_JOB, code)
    return done_at is None or done_at < datetime.now(UTC) - timedelta(days=1)


def _index(index: IndexRegion, code: str) -> None:
    try:
        index(code)
    except RegionBusy as error:
        log.warning("run left out", region=code, reason=str(error))
