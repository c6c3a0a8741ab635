"""The one entry: what the settings and the caller say is what is indexed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from indexer.errors import SourceUnavailable, UnknownRegion
from indexer.runs.index_region import index_region
from indexer.settings import IndexerSettings
from tests.integration.indexer.rig import DAY, Indexer, guide, programme

EVENING = guide(programme("Air", "20:00", "21:00", cast=["Ben Affleck"]))


@pytest.fixture
def settings(tmp_path: Path) -> IndexerSettings:
    return IndexerSettings().model_copy(update={"data_dir": tmp_path, "guide": None, "photos": None, "sources": ()})


def test_the_caller_names_day_guide_and_photos(
    indexer: Indexer, settings: IndexerSettings, people: Callable[..., Path]
) -> None:
    report = index_region(
        settings,
        indexer.engine,
        indexer.storage,
        indexer.faces,
        "FR",
        first=DAY,
        days=1,
        guide=indexer.write(EVENING),
        photos=people(Ben_Affleck=("ben_afflek", 2)),
    )

    assert report.complete
    assert [job.job for job in report.jobs] == [
        "crawl_listings",
        "resolve_casts",
        "gather_photos",
        "embed_photos",
        "build_galleries",
        "publish_galleries",
        "measure_coverage",
        "retire_galleries",
    ]
    assert indexer.rows("SELECT job, state FROM job_run ORDER BY id") == [(job.job, "done") for job in report.jobs]
    assert indexer.rows("SELECT run_id, count(*) FROM job_run GROUP BY 1") == [(report.run_id, 8)]
    assert indexer.rows("SELECT count(*) FROM photo") == [(2,)]


def test_without_a_day_it_is_today_in_the_region_for_the_horizon_of_the_settings(
    indexer: Indexer, settings: IndexerSettings, now: datetime
) -> None:
    today = now.astimezone(ZoneInfo("Europe/Paris")).date()
    indexer.write(guide(programme("Air", "20:00", "21:00")).replace(f"{DAY:%Y%m%d}", f"{today:%Y%m%d}"), "now.xml")
    named = settings.model_copy(update={"guide": str(indexer.folder / "now.xml"), "horizon_days": 2})

    report = index_region(named, indexer.engine, indexer.storage, indexer.faces, "FR")

    assert report.complete
    assert report.jobs[0].counts["days_without_listing"] == 1
    assert [job.job for job in report.jobs if job.job == "gather_photos"] == []


def test_an_unknown_region_or_photo_folder_is_refused_before_anything_is_done(
    indexer: Indexer, settings: IndexerSettings
) -> None:
    with pytest.raises(UnknownRegion, match="FR"):
        index_region(settings, indexer.engine, indexer.storage, indexer.faces, "ZZ")
    with pytest.raises(SourceUnavailable, match="photo folder"):
        index_region(settings, indexer.engine, indexer.storage, indexer.faces, "FR", photos=indexer.folder / "nowhere")

    assert indexer.rows("SELECT * FROM job_run") == []


def test_an_error_of_ours_ends_the_run_and_is_recorded(
    indexer: Indexer, settings: IndexerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.storage, "put", _broken)

    with pytest.raises(RuntimeError, match="no room"):
        index_region(
            settings, indexer.engine, indexer.storage, indexer.faces, "FR", first=DAY, guide=indexer.write(EVENING)
        )

    assert indexer.rows("SELECT job, state, error FROM job_run") == [
        ("crawl_listings", "failed", "RuntimeError: no room")
    ]


def _broken(key: str, data: bytes) -> None:
    raise RuntimeError("no room")


def test_sources_are_told_who_asks(settings: IndexerSettings) -> None:
    assert "no contact given" in settings.user_agent
    assert "me@example.org" in settings.model_copy(update={"contact": "me@example.org"}).user_agent
