"""The runs of the indexer, as those who watch over it read them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import JobRun


class RunRow(NamedTuple):
    """A run in short; the last four count its jobs. `seen_at` is its last sign of life."""

    run_id: str
    region: str | None
    started_at: datetime
    seen_at: datetime
    jobs: int
    failed: int
    interrupted: int
    running: int


class StageRow(NamedTuple):
    """A job of a run, as it stands."""

    id: int
    run_id: str
    region: str | None
    job: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    updated_at: datetime | None
    doing: str | None
    done: int | None
    total: int | None
    counts: dict[str, Any]
    error: str | None


_STAGE = (
    JobRun.id,
    JobRun.run_id,
    JobRun.region_code,
    JobRun.job,
    JobRun.state,
    JobRun.started_at,
    JobRun.finished_at,
    JobRun.updated_at,
    JobRun.doing,
    JobRun.done,
    JobRun.total,
    JobRun.counts,
    JobRun.error,
)
_LAST_SEEN = func.coalesce(JobRun.finished_at, JobRun.updated_at, JobRun.started_at)


def runs_since(session: Session, since: datetime) -> Sequence[RunRow]:
    """The runs with a job that began since then, the latest first."""
    failed, interrupted, running = (
        func.count().filter(JobRun.state == state) for state in ("failed", "interrupted", "running")
    )
    rows = session.execute(
        select(
            JobRun.run_id,
            func.min(JobRun.region_code),
            func.min(JobRun.started_at).label("began"),
            func.max(_LAST_SEEN),
            func.count(),
            failed,
            interrupted,
            running,
        )
        .where(JobRun.started_at >= since)
        .group_by(JobRun.run_id)
        .order_by(func.min(JobRun.started_at).desc(), JobRun.run_id)
    )
    return [RunRow(*row) for row in rows]


def stages_of(session: Session, run_ids: Collection[str]) -> Sequence[StageRow]:
    """The jobs of these runs, in the order in which they began."""
    rows = session.execute(select(*_STAGE).where(JobRun.run_id.in_(list(run_ids))).order_by(JobRun.id))
    return [StageRow(*row) for row in rows]


def stages_running(session: Session) -> Sequence[StageRow]:
    """The jobs that claim to run, in the order in which they began."""
    rows = session.execute(select(*_STAGE).where(JobRun.state == "running").order_by(JobRun.id))
    return [StageRow(*row) for row in rows]


def run_before(session: Session, region: str | None, started_at: datetime) -> str | None:
    """The run of the region before that moment that did all its jobs; None when there is none."""
    job = JobRun.region_code.is_(None) if region is None else JobRun.region_code == region
    whole = func.count().filter(JobRun.state != "done") == 0
    earlier = select(JobRun.run_id).where(job, JobRun.started_at < started_at).group_by(JobRun.run_id).having(whole)
    return session.scalar(earlier.order_by(func.max(JobRun.started_at).desc()).limit(1))
