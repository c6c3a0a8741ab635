"""The loaded galleries follow the pointers, and survive everything that can fail behind them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api.galleries.local_copy import LocalCopy
from api.galleries.refresher import MOST_ASKED, Refresher
from api.metrics import Metrics
from db.engine import open_database
from gallery.artefact import pack
from storage import open_storage
from storage.base import Storage
from tests import served


@pytest.fixture
def now() -> datetime:
    """The slot of this moment, when the test begins."""
    return served.current_slot()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(str(tmp_path / "objects"))


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def refresher(engine: Engine, storage: Storage, metrics: Metrics, enrolled: served.Enrolled) -> Refresher:
    served.add_region(engine)
    return made(engine, storage, metrics, enrolled.model_key)


def made(
    engine: Engine, storage: Storage, metrics: Metrics, model_key: str, local_copy: LocalCopy | None = None
) -> Refresher:
    hours = {"past": timedelta(hours=3), "horizon": timedelta(hours=12)}
    return Refresher(engine, storage, metrics, model_key=model_key, interval_s=0.05, local_copy=local_copy, **hours)


def gauge(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_it_loads_the_current_galleries_of_its_model_within_its_hours(
    refresher: Refresher, engine: Engine, storage: Storage, metrics: Metrics, enrolled: served.Enrolled, now: datetime
) -> None:
    for hours in (-4, -3, 0, 11, 13):
        served.publish(engine, storage, enrolled.content(now + timedelta(hours=hours)))
    served.point_to(engine, _of_another_model(enrolled, now), "absent", "0" * 64)
    refresher.refresh()
    assert refresher.problem is None
    held = [round((slot - now) / timedelta(hours=1)) for _, slot in refresher.snapshot.galleries]
    assert held == [-3, 0, 11]
    assert gauge(metrics, "fta_galleries_loaded", region="FR") == 3
    assert (gauge(metrics, "fta_galleries_bytes", region="FR") or 0) > 10_000
    assert gauge(metrics, "fta_galleries_valid") == 1
    assert refresher.age_seconds() < 5


def test_a_gallery_far_from_now_is_fetched_when_somebody_asks_and_stays(
    refresher: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, now: datetime
) -> None:
    long_ago = now - timedelta(days=90)
    served.publish(engine, storage, enrolled.content(long_ago))
    refresher.refresh()
    assert not refresher.snapshot.galleries
    fetched = refresher.fetch("FR", long_ago, long_ago + timedelta(minutes=1))
    assert [slot for _, slot in fetched.galleries] == [long_ago]
    refresher.refresh()
    assert refresher.snapshot.galleries["FR", long_ago] is fetched.galleries["FR", long_ago]
    assert not refresher.snapshot.not_loaded("FR", long_ago, long_ago + timedelta(minutes=1))


def test_of_the_galleries_far_from_now_only_the_last_asked_stay(
    refresher: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, now: datetime
) -> None:
    slots = [now - timedelta(days=days) for days in range(2, MOST_ASKED + 4)]
    for slot in slots:
        served.publish(engine, storage, enrolled.content_without_faces(slot))
    refresher.refresh()
    for slot in slots:
        refresher.fetch("FR", slot, slot + served.SLOT)
    refresher.refresh()
    assert {slot for _, slot in refresher.snapshot.galleries} == set(slots[-MOST_ASKED:])


def _of_another_model(enrolled: served.Enrolled, now: datetime) -> served.GalleryContent:
    content = enrolled.content(now + timedelta(hours=1))
    return served.replace(content, model_key="another-model")


def test_a_new_release_replaces_the_old_one_and_a_held_one_is_not_loaded_again(
    refresher: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, now: datetime
) -> None:
    served.publish(engine, storage, enrolled.content_without_faces(now))
    refresher.refresh()
    before = refresher.snapshot
    refresher.refresh()
    assert refresher.snapshot.galleries["FR", now] is before.galleries["FR", now]
    served.publish(engine, storage, enrolled.content(now))
    refresher.refresh()
    after = refresher.snapshot
    assert after.galleries["FR", now].sha256 != before.galleries["FR", now].sha256
    assert any(person.references for person in after.galleries["FR", now].gallery.people)
    assert not any(person.references for person in before.galleries["FR", now].gallery.people)


def test_a_withdrawn_release_is_let_go(
    refresher: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, now: datetime
) -> None:
    served.publish(engine, storage, enrolled.content(now))
    refresher.refresh()
    with engine.begin() as connection:
        connection.execute(text("UPDATE gallery_release SET state = 'retired'"))
    refresher.refresh()
    assert not refresher.snapshot.galleries


def test_a_corrupt_object_keeps_the_last_good_gallery(
    refresher: Refresher,
    engine: Engine,
    storage: Storage,
    metrics: Metrics,
    enrolled: served.Enrolled,
    tmp_path: Path,
    now: datetime,
) -> None:
    good = served.publish(engine, storage, enrolled.content_without_faces(now))
    refresher.refresh()
    bad = pack(enrolled.content(now))
    for key, data in bad.objects.items():
        spoilt = key not in good.objects and key != bad.manifest_key
        storage.put(key, data[:-1] + bytes([data[-1] ^ 1]) if spoilt else data)
    served.point_to(engine, enrolled.content(now), bad.manifest_key, bad.manifest_sha256)
    refresher.refresh()
    assert refresher.snapshot.galleries["FR", now].sha256 == good.manifest_sha256
    assert "SHA-256" in (refresher.problem or "")
    assert gauge(metrics, "fta_galleries_valid") == 0
    assert gauge(metrics, "fta_refreshes_total", outcome="incomplete") == 1


def test_a_missing_object_stops_no_other_gallery(
    refresher: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, now: datetime
) -> None:
    served.point_to(engine, enrolled.content(now), "galleries/absent", "0" * 64)
    served.publish(engine, storage, enrolled.content(now + served.SLOT))
    refresher.refresh()
    assert [slot for _, slot in refresher.snapshot.galleries] == [now + served.SLOT]
    assert "absent" in (refresher.problem or "")


def test_a_lost_database_keeps_what_is_loaded_until_it_is_past(
    refresher: Refresher, engine: Engine, storage: Storage, metrics: Metrics, enrolled: served.Enrolled, now: datetime
) -> None:
    served.publish(engine, storage, enrolled.content(now - timedelta(hours=3)))
    served.publish(engine, storage, enrolled.content(now))
    refresher.refresh()
    read_at = refresher.refreshed_at
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE gallery_release RENAME TO gone"))
    refresher._past = timedelta(hours=1)
    refresher.refresh()
    assert [slot for _, slot in refresher.snapshot.galleries] == [now]
    assert "FR" in refresher.snapshot.regions
    assert refresher.refreshed_at == read_at
    assert refresher.problem
    assert "gone" not in refresher.problem
    assert gauge(metrics, "fta_galleries_valid") == 0
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO gallery_release"))
    refresher.refresh()
    assert refresher.problem is None


def test_a_lost_store_keeps_what_is_loaded(
    refresher: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, tmp_path: Path, now: datetime
) -> None:
    served.publish(engine, storage, enrolled.content_without_faces(now))
    refresher.refresh()
    served.publish(engine, storage, enrolled.content(now))
    (tmp_path / "objects").rename(tmp_path / "elsewhere")
    refresher.refresh()
    assert ("FR", now) in refresher.snapshot.galleries
    assert refresher.problem
    (tmp_path / "elsewhere").rename(tmp_path / "objects")
    refresher.refresh()
    assert refresher.problem is None


@pytest.fixture
def vanishing(database_url: str, storage: Storage, metrics: Metrics, enrolled: served.Enrolled) -> Iterator[Refresher]:
    """A refresher that runs by itself, on a database of its own."""
    with open_database(database_url, Path()) as engine:
        served.add_region(engine)
        refresher = made(engine, storage, metrics, enrolled.model_key)
        refresher.start()
        yield refresher
        refresher.stop()
        assert not refresher._thread.is_alive()


def test_the_thread_notices_a_publication_by_itself_and_stops_when_asked(
    vanishing: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, now: datetime
) -> None:
    served.wait_until(lambda: vanishing.refreshed_at)
    served.publish(engine, storage, enrolled.content(now))
    served.wait_until(lambda: ("FR", now) in vanishing.snapshot.galleries)
    assert vanishing.refreshed_at is not None
    assert vanishing.refreshed_at > datetime.now(UTC) - timedelta(seconds=5)


def test_a_store_that_is_away_is_told_though_nothing_new_is_to_be_loaded(
    refresher: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, tmp_path: Path, now: datetime
) -> None:
    served.publish(engine, storage, enrolled.content(now))
    refresher.refresh()
    assert refresher.warning is None
    (tmp_path / "objects").rename(tmp_path / "elsewhere")
    refresher.refresh()
    assert ("FR", now) in refresher.snapshot.galleries
    assert "object store" in (refresher.warning or "")


def test_a_refresh_that_hangs_is_told_by_its_age(
    refresher: Refresher, engine: Engine, storage: Storage, enrolled: served.Enrolled, now: datetime
) -> None:
    served.publish(engine, storage, enrolled.content(now))
    refresher.refresh()
    refresher.refreshed_at = datetime.now(UTC) - timedelta(seconds=61)
    assert "last looked at 61 s ago" in (refresher.warning or "")
