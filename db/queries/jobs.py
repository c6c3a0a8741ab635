"""The runs of jobs, their progress, and the health of sources."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.models import JobRun, OpsOrder, SlotCoverage, SourceHealth, SourceTally


def interrupt_jobs(session: Session, region_code: str) -> int:
    """Mark the region's `running` jobs as interrupted, and return how many. Call it with the region's lock held."""
    stale = update(JobRun).where(JobRun.region_code == region_code, JobRun.state == "running")
    last_seen = func.coalesce(JobRun.updated_at, datetime.now(UTC))
    result = session.execute(
        stale.values(state="interrupted", finished_at=last_seen, error="Its process died.").returning(JobRun.id)
    )
    return len(result.all())


def start_job(session: Session, run_id: str, job: str, region_code: str | None) -> int:
    """Record the start of a job, for a region or for a title prepared by hand (None), and return its id."""
    now = datetime.now(UTC)
    started = {"run_id": run_id, "job": job, "region_code": region_code, "started_at": now, "updated_at": now}
    return session.execute(insert(JobRun).values(state="running", **started).returning(JobRun.id)).scalar_one()


def record_progress(engine: Engine, job_run_id: int, doing: str | None, done: int, total: int | None) -> None:
    """Record the heartbeat and progress of a running job, in a transaction of its own.

    Nothing is raised when the database does not answer: progress is for information only.
    """
    running = update(JobRun).where(JobRun.id == job_run_id, JobRun.state == "running")
    with suppress(SQLAlchemyError), engine.begin() as connection:
        connection.execute(running.values(doing=doing, done=done, total=total, updated_at=datetime.now(UTC)))


def last_done(session: Session, job: str, region_code: str) -> datetime | None:
    """When the job last succeeded for the region; None when it never did."""
    done = (JobRun.job == job, JobRun.region_code == region_code, JobRun.state == "done")
    return session.scalar(select(func.max(JobRun.finished_at)).where(*done))


def finish_job(
    session: Session, job_run_id: int, state: str, counts: Mapping[str, int], error: str | None = None
) -> None:
    """Record how a job ended: `done`, `failed` or `interrupted`."""
    ended = update(JobRun).where(JobRun.id == job_run_id)
    session.execute(ended.values(state=state, counts=dict(counts), error=error, finished_at=datetime.now(UTC)))


def purge_history(session: Session, before: datetime) -> int:
    """Delete the records of the time `before`, and return how many jobs.

    These are finished jobs (but for the last success of each), tallies, finished orders, and the coverage of slots.
    """
    last = select(func.max(JobRun.id)).where(JobRun.state == "done").group_by(JobRun.job, JobRun.region_code)
    old = delete(JobRun).where(JobRun.finished_at < before, JobRun.id.not_in(last))
    for table, told_at in (
        (SourceTally, SourceTally.hour),
        (OpsOrder, OpsOrder.finished_at),
        (SlotCoverage, SlotCoverage.slot),
    ):
        session.execute(delete(table).where(told_at < before))
    return len(session.execute(old.returning(JobRun.id)).all())


def record_health(session: Session, source: str, state: str, detail: str | None) -> None:
    """Record how a source answered just now: `ok`, `unavailable`, `blocked` or `changed`."""
    now = datetime.now(UTC)
    values = {"state": state, "detail": detail, "checked_at": now}
    if state == "ok":
        values["last_success_at"] = now
    statement = insert(SourceHealth).values(source=source, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[SourceHealth.source], set_=values))
