"""Indexing runs and their jobs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from db.models import JobRun, Region

State: TypeAlias = Literal["running", "done", "failed", "interrupted"]


class RunRow(NamedTuple):
    """A run: the numbers of its jobs by state, and the state of the last one. `seen_at` is its last heartbeat."""

    run_id: str
    region: str | None
    started_at: datetime
    seen_at: datetime
    jobs: int
    failed: int
    interrupted: int
    running: int
    last_state: State


class StageRow(NamedTuple):
    """A job of a run."""

    id: int
    run_id: str
    region: str | None
    job: str
    state: State
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
    """The runs with a job that started since then, the latest first."""
    return _runs(session, JobRun.started_at >= since)


def runs_called(session: Session, run_ids: Collection[str]) -> Mapping[str, RunRow]:
    """These runs by id."""
    return {row.run_id: row for row in _runs(session, JobRun.run_id.in_(list(run_ids)))}


def stages_of(session: Session, run_ids: Collection[str]) -> Sequence[StageRow]:
    """The jobs of these runs, in the order in which they started."""
    rows = session.execute(select(*_STAGE).where(JobRun.run_id.in_(list(run_ids))).order_by(JobRun.id))
    return [StageRow._make(row) for row in rows]


def stages_running(session: Session) -> Sequence[StageRow]:
    """The jobs in state `running`, in the order in which they started."""
    rows = session.execute(select(*_STAGE).where(JobRun.state == "running").order_by(JobRun.id))
    return [StageRow._make(row) for row in rows]


def run_before(session: Session, region: str | None, run_id: str) -> str | None:
    """The latest earlier run of the region whose jobs all succeeded; None when there is none."""
    job = JobRun.region_code.is_(None) if region is None else JobRun.region_code == region
    began = select(func.min(JobRun.started_at)).where(JobRun.run_id == run_id).scalar_subquery()
    whole = func.count().filter(JobRun.state != "done") == 0
    runs = select(JobRun.run_id).where(job, JobRun.run_id != run_id, JobRun.started_at < began)
    latest = runs.group_by(JobRun.run_id).having(whole).order_by(func.max(JobRun.started_at).desc())
    return session.scalar(latest.limit(1))


def _runs(session: Session, where: ColumnElement[bool]) -> Sequence[RunRow]:
    failed, interrupted, running = (
        func.count().filter(JobRun.state == state) for state in ("failed", "interrupted", "running")
    )
    rows = session.execute(
        select(
            JobRun.run_id,
            func.min(JobRun.region_code),
            func.min(JobRun.started_at),
            func.max(_LAST_SEEN),
            func.count(),
            failed,
            interrupted,
            running,
            func.array_agg(aggregate_order_by(JobRun.state, JobRun.id.desc()))[1],
        )
        .where(where)
        .group_by(JobRun.run_id)
        .order_by(func.min(JobRun.started_at).desc(), JobRun.run_id)
    )
    return [RunRow._make(row) for row in rows]


def region_names(session: Session) -> Mapping[str, str]:
    """The name of every region, by code."""
    return {row.code: row.name for row in session.execute(select(Region.code, Region.name))}
