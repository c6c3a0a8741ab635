"""What is ordered at the dashboard is carried out, once, and says what came of it."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from db.engine import session
from db.models import Airing, Lookup, OpsOrder, Person, Photo
from db.queries.locks import exclusive_lock
from db.queries.lookups import LookupRow, record_lookup
from db.queries.ops.orders import Kind, Order, Target, claim_order, file_order, recent_orders
from indexer.errors import RegionBusy
from indexer.runs.orders import LONG, QUICK, Executor, execute_orders, include_pending_orders
from indexer.runs.schedule import run_schedule
from tests.integration.indexer.rig import Indexer, guide
from tests.moments import wait_until

HORIZON = timedelta(days=2)


def this_evening(now: datetime, *cast: str) -> str:
    """A guide in which a film with this cast is on just now."""
    start, stop = (f"{moment:%Y%m%d%H%M%S} +0000" for moment in (now - timedelta(hours=1), now + timedelta(hours=1)))
    actors = "".join(f"<actor>{name}</actor>" for name in cast)
    film = f'<programme start="{start}" stop="{stop}" channel="one"><title>Argo</title><credits>{actors}</credits>'
    return guide(film + "</programme>")


class Indexed(list[tuple[str, date, int]]):
    """Remembers what an executor has indexed."""

    def __call__(self, code: str, first: date, days: int) -> None:
        self.append((code, first, days))


@pytest.fixture
def indexed() -> Indexed:
    return Indexed()


@pytest.fixture
def executor(indexer: Indexer, indexed: Indexed, people: Callable[..., Path], now: datetime) -> Executor:
    """In a region where Ben Affleck, who has a photo, and Alan Arkin, who has none, are on just now."""
    address = indexer.write(this_evening(now, "Ben Affleck", "Alan Arkin"))
    folder = people(**{"Ben Affleck": ("ben_afflek", 2)})
    indexer.run(address, day=(now - timedelta(days=1)).date(), days=3, now=now, people=folder)
    return Executor(indexer.engine, indexer.faces.model_key, indexed, HORIZON)


def person(indexer: Indexer, name: str) -> int:
    with session(indexer.engine) as opened:
        return opened.scalars(select(Person.id).where(Person.name == name)).one()


def order(indexer: Indexer, kind: Kind, **about: object) -> None:
    with session(indexer.engine) as opened:
        assert file_order(opened, kind, Target(**about))  # type: ignore[arg-type]


def last(indexer: Indexer) -> Order:
    with session(indexer.engine) as opened:
        return recent_orders(opened)[0]


def ask_about(indexer: Indexer, *people: str) -> None:
    """As if a source had been asked about their photos, in vain."""
    for name in people:
        somebody = person(indexer, name)
        with session(indexer.engine) as opened:
            record_lookup(
                opened, "person", somebody, "tmdb", LookupRow(datetime.now(UTC), "nothing", None), part="photos"
            )


def asked(indexer: Indexer) -> list[str]:
    with session(indexer.engine) as opened:
        names = select(Person.name).join(Lookup, Lookup.subject_id == Person.id).where(Lookup.subject == "person")
        return sorted(opened.scalars(names))


def test_a_retry_of_a_region_asks_again_about_whom_it_lacks_and_about_nobody_else(
    indexer: Indexer, executor: Executor, indexed: Indexed
) -> None:
    ask_about(indexer, "Ben Affleck", "Alan Arkin")
    order(indexer, "retry", region_code="FR")

    assert execute_orders(executor, LONG) == 1

    assert asked(indexer) == ["Ben Affleck"]
    assert [(code, days) for code, _, days in indexed] == [("FR", 2)]
    assert last(indexer).state == "done"
    assert last(indexer).message == (
        "People asked about again: 1; programmes: 1; answers forgotten: 1. Indexed anew: FR."
    )
    assert last(indexer).finished_at is not None


def test_a_retry_of_a_person_indexes_where_they_are_on(indexer: Indexer, executor: Executor, indexed: Indexed) -> None:
    ask_about(indexer, "Alan Arkin")
    order(indexer, "retry", person_id=person(indexer, "Alan Arkin"))

    execute_orders(executor, LONG)

    assert asked(indexer) == []
    assert [code for code, *_ in indexed] == ["FR"]


def test_a_retry_of_an_airing_is_about_its_cast_and_its_days(
    indexer: Indexer, executor: Executor, indexed: Indexed
) -> None:
    ask_about(indexer, "Ben Affleck", "Alan Arkin")
    with session(indexer.engine) as opened:
        airing = opened.scalars(select(Airing.id)).one()
    order(indexer, "retry", region_code="FR", airing_id=airing)

    execute_orders(executor, LONG)

    assert asked(indexer) == ["Ben Affleck"]
    assert len(indexed) == 1


def test_an_airing_that_is_gone_is_said_to_be_gone(indexer: Indexer, executor: Executor) -> None:
    order(indexer, "retry", region_code="FR", airing_id=999_999)

    execute_orders(executor, LONG)

    assert last(indexer).state == "failed"
    assert "not listed any more" in (last(indexer).message or "")


def test_who_opts_out_is_forgotten_at_once(indexer: Indexer, executor: Executor, indexed: Indexed) -> None:
    order(indexer, "opt_out", person_id=person(indexer, "Ben Affleck"))

    execute_orders(executor, LONG)

    with session(indexer.engine) as opened:
        assert opened.scalars(select(Photo)).all() == []
        assert opened.scalars(select(Person.opted_out).where(Person.name == "Ben Affleck")).one()
    assert [code for code, *_ in indexed] == ["FR"]
    assert last(indexer).message == "Ben Affleck is forgotten, with 2 photos. Indexed anew: FR."


def test_a_rollback_brings_the_replaced_galleries_back(
    indexer: Indexer, executor: Executor, people: Callable[..., Path], now: datetime
) -> None:
    current = "SELECT sha256 FROM gallery_release WHERE state = 'current' ORDER BY slot"
    before = indexer.rows(current)
    address = indexer.write(this_evening(now, "Ben Affleck", "Alan Arkin", "John Goodman"))
    indexer.run(address, day=(now - timedelta(days=1)).date(), days=3, now=now + timedelta(minutes=1))
    assert indexer.rows(current) != before
    order(indexer, "rollback", region_code="FR")

    assert execute_orders(executor, QUICK) == 1

    assert indexer.rows(current) == before
    assert last(indexer).state == "done"


def test_a_rollback_of_what_replaced_nothing_says_so(indexer: Indexer, executor: Executor) -> None:
    order(indexer, "rollback", region_code="FR")

    execute_orders(executor, QUICK)

    assert (last(indexer).state, last(indexer).message) == (
        "failed",
        "There is nothing to undo in FR: no gallery has a predecessor.",
    )


def test_an_order_waits_while_its_region_is_indexed(indexer: Indexer, executor: Executor) -> None:
    def busy(code: str, first: date, days: int) -> None:
        raise RegionBusy(f"Region {code} is being indexed by another process.")

    order(indexer, "retry", region_code="FR")

    assert execute_orders(Executor(executor.engine, executor.model_key, busy, HORIZON), LONG) == 0

    assert last(indexer).state == "pending"
    assert "being indexed" in (last(indexer).message or "")


def test_the_same_order_is_not_filed_twice_while_it_is_pending(indexer: Indexer, executor: Executor) -> None:
    order(indexer, "retry", region_code="FR")
    with session(indexer.engine) as opened:
        assert not file_order(opened, "retry", Target("FR"))
    execute_orders(executor, LONG)

    order(indexer, "retry", region_code="FR")


def test_an_order_whose_process_died_is_said_to_have_failed(indexer: Indexer, executor: Executor) -> None:
    order(indexer, "retry", region_code="FR")
    with session(indexer.engine) as opened:
        assert claim_order(opened, LONG)

    execute_orders(executor, LONG)

    assert last(indexer).state == "failed"
    assert "died" in (last(indexer).message or "")


def test_one_process_carries_them_out_at_a_time(indexer: Indexer, executor: Executor) -> None:
    order(indexer, "retry", region_code="FR")
    with exclusive_lock(indexer.engine, f"orders {' '.join(LONG)}"):
        assert execute_orders(executor, LONG) == 0

    assert last(indexer).state == "pending"


def test_one_order_that_goes_wrong_does_not_hold_up_the_others(
    indexer: Indexer, executor: Executor, indexed: Indexed
) -> None:
    order(indexer, "retry", region_code="XX")
    order(indexer, "retry", region_code="FR")

    assert execute_orders(executor, LONG) == 2

    assert [code for code, *_ in indexed] == ["FR"]
    with session(indexer.engine) as opened:
        orders = opened.scalars(select(OpsOrder)).all()
    assert {order.region_code: order.state for order in orders} == {"XX": "failed", "FR": "done"}


def test_a_run_takes_the_orders_about_its_region_along(indexer: Indexer, executor: Executor) -> None:
    ask_about(indexer, "Alan Arkin")
    order(indexer, "retry", region_code="BE")
    order(indexer, "retry", region_code="FR")

    with include_pending_orders(indexer.engine, "FR", HORIZON):
        assert asked(indexer) == []
        assert last(indexer).state == "running"

    assert last(indexer).state == "done"
    with session(indexer.engine) as opened:
        assert [order.state for order in recent_orders(opened)] == ["done", "pending"]


def test_a_run_leaves_orders_alone_that_another_process_carries_out(indexer: Indexer, executor: Executor) -> None:
    order(indexer, "retry", region_code="FR")

    with (
        exclusive_lock(indexer.engine, f"orders {' '.join(LONG)}"),
        include_pending_orders(indexer.engine, "FR", HORIZON),
    ):
        assert last(indexer).state == "pending"


def test_a_scheduler_leaves_orders_alone_that_a_run_has_taken_along(indexer: Indexer, executor: Executor) -> None:
    order(indexer, "retry", region_code="FR")

    with include_pending_orders(indexer.engine, "FR", HORIZON):
        assert execute_orders(executor, LONG) == 0
        assert last(indexer).state == "running"
    assert last(indexer).state == "done"


def test_a_run_that_fails_says_so_of_the_orders_it_took_along(indexer: Indexer, executor: Executor) -> None:
    order(indexer, "retry", region_code="FR")

    with pytest.raises(OSError, match="full"), include_pending_orders(indexer.engine, "FR", HORIZON):
        raise OSError("the disk is full")

    assert last(indexer).state == "failed"


def test_the_scheduler_carries_orders_out_in_between(
    indexer: Indexer, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.runs.schedule.POLL_S", 0.2)
    order(indexer, "rollback", region_code="FR")
    stop = threading.Event()
    arguments = {"hour": 3, "stop": stop, "standby_s": 0.1, "orders": lambda kinds: execute_orders(executor, kinds)}
    thread = threading.Thread(target=run_schedule, args=(indexer.engine, lambda code: None, []), kwargs=arguments)
    thread.start()
    try:
        wait_until(lambda: last(indexer).state != "pending")
    finally:
        stop.set()
        thread.join(30)
    assert last(indexer).state == "failed"  # there was nothing to undo, and that was found out
