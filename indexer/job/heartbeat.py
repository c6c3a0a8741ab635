"""Telling those who watch from elsewhere that a job lives, and how far it has come."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import Engine

from db.queries.jobs import record_progress
from indexer.job.progress import CountingProgress

BEAT_S = 1.0
"""A watcher sees progress this late at most, besides its own pace."""


@contextmanager
def heartbeat(engine: Engine, job_run_id: int, progress: CountingProgress) -> Iterator[None]:
    """Tell once a second for as long as the block lasts, and at its end: in a thread, so that the job never waits."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(BEAT_S):
            record_progress(engine, job_run_id, *progress.stage)

    thread = Thread(target=beat, name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        record_progress(engine, job_run_id, *progress.stage)
