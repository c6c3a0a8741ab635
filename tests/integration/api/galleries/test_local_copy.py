"""The copy of the last good galleries on the service's own disk."""

import os
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from api.galleries.local_copy import STATE, LocalCopy
from api.galleries.refresher import Refresher
from api.metrics import Metrics
from api.settings import ApiSettings
from gallery.artefact import pack
from storage import open_storage
from storage.base import Storage
from tests import served
from tests.integration.api.galleries.test_refreshing import made, now, storage

__all__ = ["now", "storage"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copy"


@pytest.fixture
def region(engine: Engine) -> None:
    served.add_region(engine)


def following(engine: Engine, storage: Storage, enrolled: served.Enrolled, folder: Path) -> Refresher:
    return made(engine, storage, Metrics(), enrolled.model_key, local_copy=LocalCopy(folder))


def restored(engine: Engine, enrolled: served.Enrolled, folder: Path, tmp_path: Path) -> Refresher:
    """A refresher after a restart, whose object store has nothing."""
    refresher = following(engine, open_storage(str(tmp_path / "empty")), enrolled, folder)
    refresher.restore()
    return refresher


@pytest.mark.usefixtures("region")
def test_after_a_restart_the_last_galleries_serve_without_database_and_store(
    engine: Engine, storage: Storage, enrolled: served.Enrolled, folder: Path, tmp_path: Path, now: datetime
) -> None:
    good = served.publish(engine, storage, enrolled.content(now))
    first = following(engine, storage, enrolled, folder)
    first.refresh()
    again = restored(engine, enrolled, folder, tmp_path)
    assert again.snapshot.galleries["FR", now].sha256 == good.manifest_sha256
    assert again.snapshot.regions == first.snapshot.regions
    assert again.refreshed_at is not None
    assert "copy on this machine" in (again.warning or "")


@pytest.mark.usefixtures("region")
def test_without_a_copy_or_with_a_spoilt_one_it_waits_for_the_first_refresh(
    engine: Engine, storage: Storage, enrolled: served.Enrolled, folder: Path, tmp_path: Path, now: datetime
) -> None:
    assert restored(engine, enrolled, folder, tmp_path).refreshed_at is None
    served.publish(engine, storage, enrolled.content(now))
    following(engine, storage, enrolled, folder).refresh()
    (folder / STATE).write_bytes((folder / STATE).read_bytes()[:-20])
    assert restored(engine, enrolled, folder, tmp_path).refreshed_at is None


@pytest.mark.usefixtures("region")
def test_a_damaged_object_of_the_copy_is_not_used_and_is_fetched_anew(
    engine: Engine, storage: Storage, enrolled: served.Enrolled, folder: Path, tmp_path: Path, now: datetime
) -> None:
    good = served.publish(engine, storage, enrolled.content(now))
    following(engine, storage, enrolled, folder).refresh()
    (folder / good.manifest_key).write_bytes(b"spoilt")
    assert not restored(engine, enrolled, folder, tmp_path).snapshot.galleries
    again = following(engine, storage, enrolled, folder)
    again.refresh()
    assert ("FR", now) in again.snapshot.galleries
    assert (folder / good.manifest_key).read_bytes() == good.objects[good.manifest_key]


@pytest.mark.usefixtures("region")
def test_what_no_longer_serves_is_removed_from_the_copy(
    engine: Engine, storage: Storage, enrolled: served.Enrolled, folder: Path, now: datetime
) -> None:
    refresher = following(engine, storage, enrolled, folder)
    old = served.publish(engine, storage, enrolled.content_without_faces(now))
    refresher.refresh()
    new = served.publish(engine, storage, enrolled.content(now))
    refresher.refresh()
    assert set(open_storage(str(folder)).keys("galleries/")) == set(new.objects)
    assert old.objects.keys() - new.objects.keys()


@pytest.mark.usefixtures("region")
def test_a_folder_that_cannot_be_written_stops_nothing(
    engine: Engine, storage: Storage, enrolled: served.Enrolled, folder: Path, now: datetime
) -> None:
    folder.write_bytes(b"a file is in its place")
    served.publish(engine, storage, enrolled.content(now))
    refresher = following(engine, storage, enrolled, folder)
    refresher.refresh()
    assert ("FR", now) in refresher.snapshot.galleries
    assert refresher.warning is None


@pytest.mark.usefixtures("region")
def test_its_age_is_the_time_since_it_was_last_known_to_be_current(
    engine: Engine, storage: Storage, enrolled: served.Enrolled, folder: Path, tmp_path: Path, now: datetime
) -> None:
    served.publish(engine, storage, enrolled.content(now))
    refresher = following(engine, storage, enrolled, folder)
    refresher.refresh()
    an_hour_ago = (folder / STATE).stat().st_mtime - 3600
    os.utime(folder / STATE, (an_hour_ago, an_hour_ago))
    assert restored(engine, enrolled, folder, tmp_path).age_seconds() > 3500
    refresher.refresh()
    assert restored(engine, enrolled, folder, tmp_path).age_seconds() < 3500


@pytest.mark.usefixtures("region")
@pytest.mark.parametrize("far", [False, True])
def test_the_release_before_serves_when_the_current_one_is_damaged(
    engine: Engine, storage: Storage, enrolled: served.Enrolled, now: datetime, far: bool
) -> None:
    slot = now - 200 * served.SLOT if far else now
    good = served.publish(engine, storage, enrolled.content_without_faces(slot))
    bad = pack(enrolled.content(slot))
    for key in bad.objects.keys() - good.objects.keys():
        storage.put(key, b"spoilt")
    served.point_to(engine, enrolled.content(slot), bad.manifest_key, bad.manifest_sha256)
    refresher = made(engine, storage, Metrics(), enrolled.model_key)
    refresher.refresh()
    snapshot = refresher.fetch("FR", slot, slot + served.SLOT)
    assert snapshot.galleries["FR", slot].sha256 == good.manifest_sha256
    assert far or "SHA-256" in (refresher.warning or "")


def test_a_restart_while_the_database_is_down_serves_at_once_and_says_so(
    settings: ApiSettings, engine: Engine, enrolled: served.Enrolled, photos: Path, now: datetime
) -> None:
    served.add_region(engine)
    served.publish(engine, open_storage(settings.storage_url), enrolled.content(now))
    with served.serving_api(settings) as url:
        served.wait_until(lambda: httpx.get(f"{url}/readyz").status_code == 200)
    nowhere = {"database_url": "postgresql://nobody@127.0.0.1:9/tv", "storage": str(settings.data_dir / "away")}
    picture = served.probes(photos / "val")["Jerry Seinfeld"][0].read_bytes()
    with served.serving_api(settings.model_copy(update=nowhere)) as url, httpx.Client(base_url=url) as client:
        served.wait_until(lambda: client.get("/readyz").status_code == 200)
        reply = client.post("/v1/identify", files={"picture": picture}, data={"region": "FR"}, timeout=30)
        assert reply.json()["faces"][0]["best"]["name"] == "Jerry Seinfeld"
        served.wait_until(lambda: "database" in client.get("/readyz").json()["warning"])
