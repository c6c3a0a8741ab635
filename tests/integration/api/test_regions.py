"""What the API knows of the regions that an indexing process has stored."""

import pytest
from sqlalchemy import Engine

from api.galleries.loader import read_current
from api.galleries.snapshot import Snapshot
from api.identify.question import Place, find_channel, find_region
from api.problems import Problem
from db.engine import session as transaction
from db.queries.listings import ChannelRow, ensure_lineup
from indexer.regions import region_codes
from indexer.runs.index_region import store_regions


@pytest.fixture
def snapshot(engine: Engine) -> Snapshot:
    store_regions(engine)
    with transaction(engine) as session:
        ensure_lineup(session, "GB", {"bbc-one-gb": ChannelRow("BBC One", None, frozenset({"bbcone", "bbc1"}))})
    return Snapshot(read_current(engine, "any-model").regions)


def test_every_region_is_known_before_it_is_indexed(snapshot: Snapshot) -> None:
    assert set(snapshot.regions) == set(region_codes())


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        ("16.24", "-61.53", "FR-GP"),
        ("-8.911", "-140.1", "FR-PF"),
        ("42.331", "-83.046", "US-ET"),
        ("50.85", "4.35", "BE"),
    ],
)
def test_a_place_leads_to_its_region_in_any_of_its_zones(snapshot: Snapshot, lat: str, lon: str, code: str) -> None:
    assert find_region(snapshot, Place(None, lat, lon)).code == code


def test_a_channel_is_found_by_the_names_that_were_stored(snapshot: Snapshot) -> None:
    found = find_channel(snapshot.regions["GB"], "BBC 1")

    assert found is not None
    assert found.slug == "bbc-one-gb"


def test_a_channel_of_another_region_is_not(snapshot: Snapshot) -> None:
    with pytest.raises(Problem):
        find_channel(snapshot.regions["FR"], "BBC 1")


def test_storing_the_regions_again_changes_nothing(engine: Engine, snapshot: Snapshot) -> None:
    store_regions(engine)

    assert read_current(engine, "any-model").regions == snapshot.regions
