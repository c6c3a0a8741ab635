"""What the database knows of a job while it works."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from db.engine import session
from db.queries.jobs import record_progress
from db.queries.tallies import SourceHour, add_tallies
from indexer.job.recording import recorded
from tests.integration.indexer.rig import Indexer
from tests.moments import wait_until

STAGE = "SELECT state, doing, done, total FROM job_run"


@pytest.fixture
def held(indexer: Indexer) -> Iterator[threading.Event]:
    """A job of three steps that is held after its first one, until the event is set."""
    go_on, context = threading.Event(), indexer.context()

    def work() -> None:
        with recorded(context, "embed_photos"):
            for step in context.progress.track(range(3), description="Looking for faces", total=3):
                if step:
                    assert go_on.wait(30)

    thread = threading.Thread(target=work)
    thread.start()
    yield go_on
    go_on.set()
    thread.join()


def test_a_watcher_sees_how_far_a_job_has_come(indexer: Indexer, held: threading.Event) -> None:
    wait_until(lambda: indexer.rows(STAGE) == [("running", "Looking for faces", 1, 3)])
    before = indexer.rows("SELECT updated_at FROM job_run")
    wait_until(lambda: indexer.rows("SELECT updated_at FROM job_run") > before)
    held.set()
    wait_until(lambda: indexer.rows(STAGE) == [("done", "Looking for faces", 3, 3)])


def test_a_job_that_has_ended_gives_no_sign_of_life_any_more(indexer: Indexer) -> None:
    with recorded(indexer.context(), "embed_photos"):
        pass
    before = indexer.rows("SELECT * FROM job_run")
    [(job_run_id,)] = indexer.rows("SELECT id FROM job_run")

    record_progress(indexer.engine, job_run_id, "Looking for faces", 1, 3)

    assert indexer.rows("SELECT * FROM job_run") == before


def test_a_job_goes_on_while_its_progress_cannot_be_told(indexer: Indexer) -> None:
    with indexer.engine.begin() as connection:
        connection.execute(text("ALTER TABLE job_run RENAME COLUMN updated_at TO gone"))

    record_progress(indexer.engine, 1, "Looking for faces", 1, 3)


def test_tallies_of_an_hour_add_up(indexer: Indexer) -> None:
    hour = datetime(2026, 8, 20, 1, tzinfo=UTC)
    for rows in ([SourceHour("a", hour, 1, 0, 2)], [SourceHour("a", hour, 3, 1, 0), SourceHour("b", hour, 1, 0, 0)]):
        with session(indexer.engine) as opened:
            add_tallies(opened, rows)
    with session(indexer.engine) as opened:
        add_tallies(opened, [SourceHour("a", hour + timedelta(hours=1), 7, 0, 0)])

    tallies = indexer.rows("SELECT source, answered, refused, failed FROM source_tally ORDER BY source, hour")
    assert tallies == [("a", 4, 1, 2), ("a", 7, 0, 0), ("b", 1, 0, 0)]


def test_a_run_counts_how_its_guides_answered(indexer: Indexer) -> None:
    from tests.integration.indexer.rig import guide, programme

    indexer.run(str(indexer.folder / "missing.xml"), indexer.write(guide(programme("Argo", "21:00", "22:00"))))

    tallies = indexer.rows("SELECT source, answered > 0, failed > 0 FROM source_tally ORDER BY source")
    assert tallies == [("source-0", False, True), ("source-1", True, False)]
