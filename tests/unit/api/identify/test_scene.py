from datetime import UTC, datetime, timedelta, timezone

import pytest

from api.galleries.snapshot import Channel, Region, Snapshot
from api.identify.scene import NotInMemory, scene_at
from api.problems import Kind, Problem
from db.queries.releases import CurrentRelease

FRANCE = Region("FR", "France", "FR", "Europe/Paris", (Channel("france-2", "France 2"),))
SNAPSHOT = Snapshot({"FR": FRANCE}, {})
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def no_fetch(region: str, start: datetime, stop: datetime) -> Snapshot:
    raise AssertionError("nothing is to be fetched")


def test_a_moment_without_a_gallery_is_refused() -> None:
    release = CurrentRelease("FR", NOON - timedelta(days=30), "key", "sha256", 1, NOON)
    snapshot = Snapshot({"FR": FRANCE}, {("FR", release.slot): release})

    with pytest.raises(Problem, match="France has no gallery for 2026-03-01 12:00 UTC") as caught:
        scene_at(no_fetch, snapshot, FRANCE, NOON, None, timedelta(minutes=5))
    assert caught.value.kind is Kind.NO_GALLERY


def test_a_region_that_was_never_indexed_says_so() -> None:
    with pytest.raises(Problem, match=r"France has no gallery yet.*index run --region FR") as caught:
        scene_at(no_fetch, SNAPSHOT, FRANCE, NOON, None, timedelta(minutes=5))
    assert caught.value.kind is Kind.NO_GALLERY


def test_who_cannot_wait_is_told_that_a_gallery_is_not_in_memory() -> None:
    release = CurrentRelease("FR", NOON, "key", "sha256", 1, NOON)
    snapshot = Snapshot({"FR": FRANCE}, {("FR", NOON): release})
    asked = []

    def fetch(region: str, start: datetime, stop: datetime) -> Snapshot:
        asked.append((region, start, stop))
        return snapshot

    with pytest.raises(NotInMemory):
        scene_at(None, snapshot, FRANCE, NOON, None, timedelta(minutes=5))
    with pytest.raises(Problem):  # this store has nothing either
        scene_at(fetch, snapshot, FRANCE, NOON, None, timedelta(minutes=5))
    assert asked == [("FR", NOON - timedelta(minutes=5), NOON + timedelta(minutes=5))]


@pytest.mark.parametrize(
    ("start", "stop", "slots"),
    [(0, 1, [0]), (-1, 1, [-30, 0]), (29, 30, [0]), (30, 31, [30]), (0, 61, [0, 30, 60]), (-29, 0, [-30])],
)
def test_the_slots_of_a_moment_are_those_that_it_overlaps(start: int, stop: int, slots: list[int]) -> None:
    minutes = {offset: NOON + timedelta(minutes=offset) for offset in (-30, 0, 30, 60)}
    releases = {("FR", slot): CurrentRelease("FR", slot, "key", "sha256", 1, NOON) for slot in minutes.values()}
    paris = timezone(timedelta(hours=1))
    asked = (NOON.astimezone(paris) + timedelta(minutes=at) for at in (start, stop))

    found = Snapshot({"FR": FRANCE}, releases).not_loaded("FR", *asked)

    assert [release.slot for release in found] == [minutes[offset] for offset in slots]
