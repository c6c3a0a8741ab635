"""The job runner: every job leaves a `job_run` row that says how it went."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from db.engine import session as transaction
from db.queries.jobs import finish_job, record_health, start_job
from db.queries.tallies import add_tallies
from indexer.job.context import Context
from indexer.job.heartbeat import heartbeat
from indexer.job.progress import Stage

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class JobReport:
    """How one job went; `error` is None when it succeeded."""

    job: str
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    error: str | None = None


@contextmanager
def recorded(context: Context, job: str) -> Iterator[JobReport]:
    """Run the block as `job` and record it as done, failed (the error is raised on) or interrupted.

    The health of the sources that it asked and the tally of its questions are stored, too.
    """
    report = JobReport(job)
    began = time.monotonic()
    context.progress.stage = Stage()
    with transaction(context.engine) as session:
        job_run_id = start_job(session, context.run_id, job, None if context.programme_id else context.region.code)
    state = "interrupted"
    try:
        with heartbeat(context.engine, job_run_id, context.progress):
            yield report
        state = "done"
    except Exception as error:
        state, report.error = "failed", f"{type(error).__name__}: {error}"
        raise
    finally:
        report.seconds = time.monotonic() - began
        with transaction(context.engine) as session:
            finish_job(session, job_run_id, state, report.counts, report.error)
            if context.outside:
                for source, health, detail in context.outside.breakers.health():
                    record_health(session, source, health, detail)
                add_tallies(session, context.outside.breakers.tally.drain())
        log.info("job ended", job=job, state=state, seconds=round(report.seconds, 2), **report.counts)
