"""One item that fails, whatever the reason, never ends a job."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.galleries import build, retire
from indexer.photos import gather
from storage.base import StorageUnavailable
from tests.integration.indexer.rig import Indexer, guide, programme

EVENING = guide(programme("Air", "20:00", "21:00", cast=["Ben Affleck", "Elton John"]))


def known(indexer: Indexer) -> list[tuple[str]]:
    return indexer.rows("SELECT DISTINCT name FROM photo JOIN person ON person.id = person_id WHERE state = 'usable'")


def test_photos_without_a_readable_name_do_not_end_the_night(indexer: Indexer, people: Callable[..., Path]) -> None:
    root = people(Ben_Affleck=("ben_afflek", 3), Elton_John=("elton_john", 1))
    photo = next((root / "Ben_Affleck").iterdir())
    shutil.copy(photo, os.fsdecode(os.fsencode(root / "Ben_Affleck") + b"/\xe9.jpg"))
    shutil.copytree(root / "Ben_Affleck", os.fsdecode(os.fsencode(root) + b"/Zo\xeb"))

    report = indexer.run(indexer.write(EVENING), people=root)

    assert report.complete
    assert ("Ben Affleck",) in known(indexer)
    health = dict(indexer.rows("SELECT source, detail FROM source_health"))
    assert health["photo-folder"] == r"Left out: Zo\xeb: cannot be read: its name is not UTF-8."


def test_a_person_whose_photos_cannot_be_gathered_is_left_out(
    indexer: Indexer, people: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, replace_photos = people(Ben_Affleck=("ben_afflek", 3), Elton_John=("elton_john", 3)), gather.replace_photos

    def failing(session, person, *rest):  # type: ignore[no-untyped-def]
        if person.name == "Elton John":
            raise RuntimeError("out of luck")
        return replace_photos(session, person, *rest)

    monkeypatch.setattr(gather, "replace_photos", failing)
    report = indexer.run(indexer.write(EVENING), people=root)

    counts = {job.job: job.counts for job in report.jobs}
    assert report.complete
    assert counts["gather_photos"]["failed_items"] == 1
    assert known(indexer) == [("Ben Affleck",)]


def test_a_gallery_that_cannot_be_stored_leaves_the_others(indexer: Indexer, monkeypatch: pytest.MonkeyPatch) -> None:
    store, failing = build.store_objects, iter([True])

    def store_objects(storage, packed):  # type: ignore[no-untyped-def]
        if next(failing, False):
            raise StorageUnavailable("the disk is full")
        return store(storage, packed)

    monkeypatch.setattr(build, "store_objects", store_objects)
    report = indexer.run(indexer.write(EVENING))

    counts = {job.job: job.counts for job in report.jobs}
    assert report.complete
    assert counts["build_galleries"]["failed_items"] == 1
    assert counts["publish_galleries"]["published"] == 1


def test_an_object_that_cannot_be_deleted_leaves_the_others(indexer: Indexer) -> None:
    for name in ("a", "b", "c"):
        indexer.storage.put(f"{retire.PHOTO_PREFIX}/{name * 64}", b"unreferenced")
    delete = indexer.storage.delete

    def failing(key: str) -> None:
        if key.endswith("b"):
            raise StorageUnavailable("no such luck")
        delete(key)

    indexer.storage.delete = failing  # type: ignore[method-assign]
    report = indexer.run(indexer.write(EVENING))

    assert report.complete
    assert report.jobs[-1].counts["failed_items"] == 1
    assert list(indexer.storage.keys(f"{retire.PHOTO_PREFIX}/")) == [f"{retire.PHOTO_PREFIX}/{'b' * 64}"]
