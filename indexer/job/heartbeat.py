"""The heartbeat of a running job: writes its progress to the database once a second, for the dashboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import Engine

from db.queries.jobs import record_progress
from indexer.job.progress import CountingProgress

BEAT_S = 1.0
"""The interval between two beats."""


@contextmanager
def heartbeat(engine: Engine, job_run_id: int, progress: CountingProgress) -> Iterator[None]:
    """Write the progress every `BEAT_S` while the block runs, and at its end. A thread does it; the job never waits."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(BEAT_S):
            record_progress(engine, job_run_id, *progress.stage)

    thread = Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        record_progress(engine, job_run_id, *progress.stage)
