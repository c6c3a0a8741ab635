"""What nobody needs any more is let go: old accounts of runs, old guides, lookups of people who are gone."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from indexer.galleries.retire import retire_galleries
from tests.integration.indexer.rig import MORNING, Indexer, guide, programme

EVENING = guide(programme("Air", "20:00", "21:00", cast={"Ben Affleck": "Phil"}))


def test_old_runs_guides_and_lookups_of_nobody_are_let_go(indexer: Indexer) -> None:
    address = indexer.write(EVENING)
    indexer.run(address)
    [(person_id,)] = indexer.rows("SELECT id FROM person")
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("""
            INSERT INTO job_run (run_id, job, region_code, state, started_at, finished_at) VALUES
            ('old', 'embed_photos', 'FR', 'done', now() - interval '31 days', now() - interval '31 days'),
            ('the last', 'embed_photos', 'BE', 'done', now() - interval '31 days', now() - interval '31 days'),
            ('recent', 'embed_photos', 'FR', 'failed', now() - interval '29 days', now() - interval '29 days')
        """)
        connection.exec_driver_sql(f"""
            INSERT INTO lookup (subject, subject_id, source, part, asked_at, outcome) VALUES
            ('person', {person_id}, 'tmdb', 'photos', now(), 'found'),
            ('person', 987654, 'tmdb', 'photos', now(), 'found'),
            ('programme', 987654, 'tmdb', '', now(), 'found')
        """)  # a number
    for day in ("2026-08-01", "2026-08-10"):
        indexer.storage.put(f"raw/listings/{day}/0.gz", b"a guide")
    for undated in ("00ab.gz", "fe99.gz"):
        indexer.storage.put(f"raw/listings/{undated}", b"a guide of an earlier version")

    indexer.run(address)

    runs = {run for (run,) in indexer.rows("SELECT run_id FROM job_run")}
    assert "old" not in runs
    assert {"the last", "recent"} < runs
    assert indexer.rows("SELECT subject_id FROM lookup") == [(person_id,)]
    days = [key.split("/")[2] for key in indexer.storage.keys("raw/listings/")]
    assert days == ["2026-08-10", "2026-08-20"]


def test_photos_and_faces_of_people_long_off_air_are_deleted(indexer: Indexer, people: Callable[..., Path]) -> None:
    indexer.run(indexer.write(EVENING), people=people(Ben_Affleck=("ben_afflek", 2)))
    held = indexer.rows("SELECT count(*) FROM photo")
    assert held > [(0,)]

    def retire(after: timedelta, keep: timedelta | None) -> Counter[str]:
        counts = Counter[str]()
        retire_galleries(replace(indexer.context(now=MORNING + after), keep_photos=keep), counts)
        return counts

    half_a_year, year = timedelta(days=182), timedelta(days=365)
    retire(2 * year, None)
    retire(half_a_year, year)
    assert indexer.rows("SELECT count(*) FROM photo") == held
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE photo SET gathered_at = '2026-08-20'")
    assert retire(2 * year, year)["idle_photos"] == held[0][0]
    for table in ("photo", "template", "scan"):
        assert indexer.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert list(indexer.storage.keys("photos/")) == []
