"""Galleries as the dashboard shows them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import Engine

from db.engine import session
from db.models import Region
from db.queries.ops.orders import recent_orders
from db.queries.publishing import Release, publish, rollback

SLOT = timedelta(minutes=30)
PARIS = ZoneInfo("Europe/Paris")
KEY = "mtcnn1-msceleb-128-aligned1"


@pytest.fixture
def upcoming(now: datetime) -> datetime:
    """A slot that is not yet on."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@pytest.fixture(autouse=True)
def regions(engine: Engine) -> None:
    with session(engine) as opened:
        for code, name in (("FR", "France"), ("BE", "Belgique")):
            opened.add(Region(code=code, name=name, country=code, time_zone="Europe/Paris"))


def put(engine: Engine, region: str, slots: list[datetime], built_at: datetime, *, people: int, key: str = KEY) -> None:
    releases = [Release(slot, f"galleries/{slot}{built_at}", "0" * 64, people, 10 * people, 5, 1000) for slot in slots]
    with session(engine) as opened:
        publish(opened, region, key, releases, built_at=built_at)


def test_without_a_gallery_it_points_to_the_runs(ops: httpx.Client) -> None:
    found = ops.get("/ops/api/galleries").json()
    assert (found["regions"], found["size_bytes"], found["photos"]) == ([], 0, 0)
    assert "Nothing is published yet" in ops.get("/ops/galleries").text
    assert "Nothing is published from today on" in ops.get("/ops/galleries/FR").text


def test_a_region_shows_what_serves_it_and_what_can_be_undone(
    engine: Engine, ops: httpx.Client, now: datetime, upcoming: datetime
) -> None:
    put(engine, "FR", [upcoming, upcoming + SLOT, upcoming + 2 * SLOT], now - timedelta(hours=20), people=40)
    put(engine, "FR", [upcoming, upcoming + SLOT], now - timedelta(hours=2), people=50)
    put(engine, "BE", [upcoming], now - timedelta(hours=3), people=7)

    found = ops.get("/ops/api/galleries").json()

    shown = {it["galleries"]["region"]: (it["galleries"]["slots"], it["undoable"]) for it in found["regions"]}
    assert shown == {"BE": (1, 0), "FR": (3, 2)}
    france = found["regions"][1]["galleries"]
    assert (france["people"], france["templates"], france["size_bytes"]) == (50, 500, 3000)
    assert france["oldest_at"] < france["newest_at"]
    assert {it["state"]: it["galleries"] for it in found["stored"]} == {"current": 4, "previous": 2}
    assert found["size_bytes"] == 6000
    with session(engine) as opened:
        assert rollback(opened, "FR", KEY) == 2


def test_the_days_of_a_region_are_its_own(engine: Engine, ops: httpx.Client, now: datetime) -> None:
    tomorrow = (now.astimezone(PARIS) + timedelta(days=1)).date()
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=PARIS)
    put(engine, "FR", [midnight - SLOT, midnight, midnight + SLOT], now, people=4)

    found = ops.get("/ops/api/galleries/FR", params={"day": tomorrow.isoformat()}).json()

    first, second = found["days"]
    assert [sum(slot is not None for slot in day["slots"]) for day in (first, second)] == [1, 2]
    assert first["slots"][-1]["people"] == 4
    assert second["slots"][0]["slot"] == midnight.astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert found["day"] == tomorrow.isoformat()
    html = ops.get("/ops/galleries/FR", params={"day": tomorrow.isoformat()}).text
    assert "00:00: 4 people, 40 photos" in html


def test_a_slot_shows_the_gallery_that_it_replaced(
    engine: Engine, ops: httpx.Client, now: datetime, upcoming: datetime
) -> None:
    put(engine, "FR", [upcoming], now - timedelta(hours=20), people=40)
    put(engine, "FR", [upcoming], now, people=50)

    days = ops.get("/ops/api/galleries/FR").json()["days"]

    [slot] = [slot for day in days for slot in day["slots"] if slot]
    assert (slot["people"], slot["previous_people"], slot["previous_templates"]) == (50, 40, 400)


def test_the_model_of_the_latest_publication_is_shown_and_others_can_be(
    engine: Engine, ops: httpx.Client, now: datetime, upcoming: datetime
) -> None:
    put(engine, "FR", [upcoming], now - timedelta(hours=2), people=40, key="older")
    put(engine, "FR", [upcoming], now, people=50, key="newer")

    assert ops.get("/ops/api/galleries/FR").json()["model_key"] == "newer"
    found = ops.get("/ops/api/galleries/FR", params={"model_key": "older"}).json()
    assert (found["model_key"], found["model_keys"], found["most_people"]) == ("older", ["newer", "older"], 40)


def test_an_unknown_region_is_said_to_be(ops: httpx.Client) -> None:
    assert ops.get("/ops/api/galleries/XX").json()["code"] == "unknown_region"


def test_the_rollback_button_files_an_order_and_rolls_nothing_back_itself(
    engine: Engine, ops: httpx.Client, now: datetime, upcoming: datetime
) -> None:
    put(engine, "FR", [upcoming], now - timedelta(hours=20), people=40)
    put(engine, "FR", [upcoming], now, people=50)
    html = ops.get("/ops/galleries").text
    assert 'name="kind" value="rollback"' in html

    ops.post("/ops/orders", data={"kind": "rollback", "region": "FR", "next": "/ops/galleries"})

    with session(engine) as opened:
        [order] = recent_orders(opened)
    assert (order.kind, order.target.region_code, order.state) == ("rollback", "FR", "pending")
    assert ops.get("/ops/api/galleries").json()["regions"][0]["galleries"]["people"] == 50
