"""The two figures of each region's last indexing run that are exported as metrics, for alerts."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import JobRun

LAST_JOB = "retire_galleries"


class LastRun(NamedTuple):
    """When a run of the region last succeeded, and how many jobs of its latest run failed or were interrupted."""

    region: str
    done_at: datetime | None
    failed_jobs: int


def last_runs(session: Session) -> Sequence[LastRun]:
    """The last run of every region that was ever indexed, by code."""
    done_at = func.max(JobRun.finished_at).filter(JobRun.job == LAST_JOB, JobRun.state == "done")
    last = func.max(JobRun.id)
    regions = select(JobRun.region_code, done_at.label("done_at"), last.label("last"))
    regions_found = regions.where(JobRun.region_code.is_not(None)).group_by(JobRun.region_code).subquery()
    run_id = select(JobRun.run_id).where(JobRun.id == regions_found.c.last).scalar_subquery()
    failed = select(func.count()).where(JobRun.run_id == run_id, JobRun.state.in_(("failed", "interrupted")))
    rows = session.execute(
        select(regions_found.c.region_code, regions_found.c.done_at, failed.scalar_subquery()).order_by("region_code")
    )
    return [LastRun._make(row) for row in rows]
