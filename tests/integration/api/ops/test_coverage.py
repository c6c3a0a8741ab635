"""Coverage at a glance, on a small world that is made up: what the pages say is what is stored."""

from collections import Counter
from datetime import datetime, timedelta

import httpx
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, delete, select, update

from api.app import create_dashboard
from api.ops.coverage import coverage
from api.ops.gauges import CoverageGauges
from api.ops.services import running_dashboard
from api.settings import ApiSettings
from benchmarks.scale.seed_world import NotEmpty, seed
from db.engine import session
from db.models import Airing, GalleryRelease, SlotCoverage
from db.queries.jobs import start_job
from db.queries.ops.coverage import measured_slots
from db.queries.slot_coverage import measure_slots
from indexer.galleries.coverage import measure_coverage
from indexer.window import Window
from tests import served
from tests.integration.api.ops.conftest import TOKEN

DAY = timedelta(days=1)


@pytest.fixture
def midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def world(engine: Engine, now: datetime) -> Engine:
    """Two regions, one day, eight channels each."""
    seed(engine, now=now, scale=0.1)
    return engine


@pytest.fixture
def region(world: Engine) -> str:
    with session(world) as opened:
        return str(opened.scalars(select(SlotCoverage.region_code).order_by(SlotCoverage.region_code)).first())


def test_what_is_measured_is_what_the_coverage_command_counts(world: Engine, region: str, midnight: datetime) -> None:
    counted = measure_coverage(world, region, Window(midnight, midnight + DAY))

    with session(world) as opened:
        rows = measured_slots(opened, midnight, midnight + DAY, region_code=region)
    found = {row.slot: (row.airings, row.with_cast, row.people, row.known) for row in rows}
    expected = {slot.slot: (slot.airings, slot.with_cast, slot.people, slot.known) for slot in counted.slots}
    assert found == expected
    assert sum(row.known for row in rows) > 0


def test_measuring_again_replaces_what_was_measured(
    world: Engine, region: str, now: datetime, midnight: datetime
) -> None:
    with session(world) as opened:
        opened.execute(delete(Airing))
        assert measure_slots(opened, region, midnight, midnight + DAY, now=now) == 48
        assert measure_slots(opened, region, midnight, midnight + DAY, now=now) == 48
        rows = measured_slots(opened, midnight, midnight + DAY, region_code=region)
        assert {row.airings for row in rows} == {0}


def test_the_glance_adds_up_the_prime_time_of_every_region(world: Engine, ops: httpx.Client, now: datetime) -> None:
    told = ops.get("/ops/api/coverage").json()

    assert told["day"] == told["days"][0]
    lines = [line for line in told["regions"] if line["days"][0]["prime"]]
    assert len(told["regions"]) == 2
    assert told["tonight"]["people"] == sum(line["days"][0]["prime"]["people"] for line in lines)
    assert len(told["days"]) == 14
    for line in told["regions"]:
        assert len(line["slots"]) == 48
        shares = [slot["face_share"] for slot in line["slots"] if slot and slot["people"]]
        assert all(0 <= share <= 1 for share in shares)


def test_tonight_is_the_evening_that_it_is_where_galleries_serve(world: Engine, midnight: datetime) -> None:
    with session(world) as opened:
        opened.execute(delete(GalleryRelease).where(GalleryRelease.region_code != "CA-AT"))
        told = coverage(opened, midnight + timedelta(hours=2))  # in Halifax, it is the evening before

    assert told.day == told.days[0] == (midnight - DAY).date()


def test_a_half_hour_is_placed_by_the_local_clock(world: Engine, ops: httpx.Client, region: str) -> None:
    told = ops.get(f"/ops/api/coverage/{region}").json()

    for cells in told["slots"].values():
        for index, cell in enumerate(cells):
            if cell:
                slot = datetime.fromisoformat(cell["slot"])
                assert slot.minute == index % 2 * 30
    assert told["region"]["freshest"] == told["region"]["stalest"]


def test_from_the_region_down_to_the_person_every_hole_has_a_reason(
    world: Engine, ops: httpx.Client, region: str, midnight: datetime
) -> None:
    slot = ops.get(f"/ops/api/coverage/{region}/{midnight + timedelta(hours=20):%Y-%m-%dT%H:%MZ}").json()

    assert len(slot["airings"]) >= 8
    missing: Counter[int] = Counter()
    for airing in slot["airings"]:
        reasons = [person["reason"] for person in airing["people"]]
        assert airing["reason"] or None in reasons
        assert airing["known"] == reasons.count(None)
        missing.update({person["id"]: 1 for person in airing["people"] if person["reason"]})
    assert sum(reason["people"] for reason in slot["reasons"]) == len(missing)
    with_cast = next(airing for airing in slot["airings"] if airing["people"])
    told = ops.get(f"/ops/api/coverage/{region}/airings/{with_cast['id']}").json()
    assert told["airing"] == with_cast
    assert [row["outcome"] for row in told["asked"]] == ["found"]


def test_pages_say_when_a_gallery_is_missing(world: Engine, ops: httpx.Client, region: str, midnight: datetime) -> None:
    at = midnight + timedelta(hours=20)
    address = f"/ops/coverage/{region}/{at:%Y-%m-%dT%H:%MZ}"
    assert "The gallery that serves it" in ops.get(address).text
    with session(world) as opened:
        opened.execute(update(GalleryRelease).where(GalleryRelease.slot == at).values(state="retired"))

    assert "No gallery serves this half hour" in ops.get(address).text


def test_an_airing_of_another_region_is_not_shown(world: Engine, ops: httpx.Client, midnight: datetime) -> None:
    regions = [line["region"]["code"] for line in ops.get("/ops/api/coverage").json()["regions"]]
    first = ops.get(f"/ops/api/coverage/{regions[0]}/{midnight:%Y-%m-%dT%H:%MZ}").json()["airings"][0]["id"]

    assert ops.get(f"/ops/api/coverage/{regions[1]}/airings/{first}").status_code == 404


def test_before_anything_is_indexed_the_page_says_what_to_do(ops: httpx.Client) -> None:
    page = ops.get("/ops/coverage")

    assert page.status_code == 200
    assert "findtheactor index run" in page.text


def test_a_database_that_was_not_migrated_is_told_with_what_to_do(
    settings: ApiSettings, empty_database_url: str
) -> None:
    bare = settings.model_copy(update={"database_url": empty_database_url})
    with running_dashboard(bare) as services, served.serving(create_dashboard(services)) as url:
        page = httpx.get(f"{url}/ops/coverage", headers={"Authorization": f"Bearer {TOKEN}"})

    assert page.status_code == 503
    assert "findtheactor db upgrade" in page.text


def test_the_first_page_tells_a_run_that_died_and_the_weakest_region_with_reasons(
    world: Engine, ops: httpx.Client, region: str
) -> None:
    with session(world) as opened:
        start_job(opened, "dead", "crawl_listings", region)

    told = ops.get("/ops/api/coverage").json()

    assert told["unwhole"][0]["state"] == "interrupted"
    assert "was killed before it ended" in ops.get("/ops/coverage").text
    shares = [line["days"][0]["prime"]["face_share"] for line in told["regions"]]
    assert told["weakest"]["share"] == min(shares)
    assert all(reason["advice"] for reason in told["weakest"]["reasons"])


def test_an_order_that_waits_long_says_that_nobody_carries_it_out(engine: Engine, ops: httpx.Client) -> None:
    ops.post("/ops/api/orders", data={"kind": "retry", "region": "FR"}).raise_for_status()
    assert "No process has taken an order" not in ops.get("/ops/coverage").text
    with session(engine) as opened:
        opened.connection().exec_driver_sql("UPDATE ops_order SET requested_at = now() - interval '5 minutes'")

    assert "No process has taken an order" in ops.get("/ops/coverage").text
    assert ops.get("/ops/api/orders").json()["nobody_executes"] is True


def test_the_gauges_are_of_the_next_day_and_of_prime_time(
    world: Engine, ops: httpx.Client, region: str, midnight: datetime
) -> None:
    registry = CollectorRegistry()
    gauges = CoverageGauges(registry)
    assert registry.get_sample_value("fta_coverage_read_timestamp_seconds") is None

    gauges.read(world, midnight)

    def value(name: str, **labels: str) -> float:
        found = registry.get_sample_value(name, labels)
        assert found is not None, name
        return found

    everything = value("fta_coverage_people", region=region, when="all")
    prime = value("fta_coverage_people", region=region, when="prime_time")
    assert 0 < prime < everything
    assert value("fta_coverage_people_known", region=region, when="all") < everything
    assert value("fta_releases", region=region) == 48
    assert value("fta_run_failed_jobs", region=region) >= 0
    assert value("fta_source_state", source="google-images", state="blocked") == 1
    assert value("fta_orders_pending_seconds") == 0
    assert value("fta_coverage_read_timestamp_seconds") == midnight.timestamp()


def test_the_seed_refuses_a_database_with_somebodys_rows(world: Engine, now: datetime) -> None:
    with pytest.raises(NotEmpty, match="has rows"):
        seed(world, now=now, scale=0.1)
