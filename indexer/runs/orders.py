"""Carries out the orders filed at the operations dashboard, which itself changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.engine import session as transaction
from db.errors import MergeNotUndone
from db.queries.locks import exclusive_lock
from db.queries.merges import active_merge, undo_merge
from db.queries.ops.orders import Kind, Order, State, claim_order, finish_order, interrupt_orders, postpone_order
from db.queries.ops.retries import (
    Appearance,
    Missing,
    appearances,
    clear_lookups,
    missing_in_airing,
    missing_on_air,
    opt_out,
)
from db.queries.photos import purge_photos
from db.queries.publishing import rollback
from gallery.slots import SLOT
from indexer.errors import IndexerError, OrderImpossible, RegionBusy
from indexer.regions import load_region
from indexer.window import day_window

log = structlog.get_logger(__name__)

QUICK: tuple[Kind, ...] = ("rollback", "part")
"""Orders that take a moment; they are carried out also while a region is being indexed."""
LONG: tuple[Kind, ...] = ("retry", "opt_out")
"""Orders that need an indexing run."""
POLL_S = 10.0
"""How often the scheduler looks for orders."""

Value = TypeVar("Value")
IndexDays = Callable[[str, date, int], object]
"""Called with a region code, a first local day and a number of days to index."""


@dataclass(frozen=True, slots=True)
class Executor:
    """What is needed to carry out orders; `horizon` is how far ahead a region is indexed."""

    engine: Engine
    model_key: str
    index: IndexDays
    horizon: timedelta


def execute_orders(executor: Executor, kinds: Sequence[Kind]) -> int:
    """Carry out every pending order of these kinds, the oldest first: how many. None while another process does it."""
    executed = 0
    with _sole_executor(executor.engine, kinds) as is_sole:
        while is_sole and (order := _claim_next(executor.engine, kinds)) and _execute(executor, order):
            executed += 1
    return executed


@contextmanager
def include_pending_orders(engine: Engine, region_code: str, horizon: timedelta) -> Iterator[None]:
    """Carry out the region's pending orders as part of the run in the block; they are done, or failed, as it is.

    While another process carries out orders, they are left to that process.
    """
    with _sole_executor(engine, LONG) as is_sole:
        claimed = _claim_for_run(engine, region_code, horizon) if is_sole else {}
        state: State = "failed"
        try:
            yield
            state = "done"
        finally:
            with transaction(engine) as session:
                for order_id, message in claimed.items():
                    why = "" if state == "done" else " The run that was to do it failed: see the runs."
                    finish_order(session, order_id, state, message + why)


@contextmanager
def _sole_executor(engine: Engine, kinds: Sequence[Kind]) -> Iterator[bool]:
    """Whether this is the only process to carry out such orders. If so, those still marked as running were left by a
    process that died, and are marked as interrupted."""
    with exclusive_lock(engine, f"orders {' '.join(kinds)}") as hold:
        if hold is not None:
            with transaction(engine) as session:
                interrupt_orders(session, kinds)
        yield hold is not None


def _claim_for_run(engine: Engine, region_code: str, horizon: timedelta) -> dict[int, str]:
    """Claim and prepare all orders that a run of the region carries out: order id -> message about it."""
    claimed: dict[int, str] = {}
    while order := _claim_next(engine, ("retry",), region_code=region_code) or _claim_next(engine, ("opt_out",)):
        try:
            with transaction(engine) as session:
                claimed[order.id], _ = _prepare(session, order, horizon)
        except OrderImpossible as error:
            with transaction(engine) as session:
                finish_order(session, order.id, "failed", str(error))
    return claimed


def _claim_next(engine: Engine, kinds: Sequence[Kind], *, region_code: str | None = None) -> Order | None:
    with transaction(engine) as session:
        return claim_order(session, kinds, region_code=region_code)


def _execute(executor: Executor, order: Order) -> bool:
    """Carry out the order; False when it has to wait for another run."""
    log.info("order begun", order=order.id, kind=order.kind)
    state: State = "failed"
    try:
        message = _execute_quick(executor, order) if order.kind in QUICK else _execute_by_indexing(executor, order)
        state = "done"
    except RegionBusy as error:
        with transaction(executor.engine) as session:
            postpone_order(session, order.id, f"It waits: {error}")
        return False
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one order, the others are carried out
        message = (
            str(error) if isinstance(error, (IndexerError, MergeNotUndone)) else f"{type(error).__name__}: {error}"
        )
        log.warning("order failed", order=order.id, error=message)
    with transaction(executor.engine) as session:
        finish_order(session, order.id, state, message)
    return True


def _execute_quick(executor: Executor, order: Order) -> str:
    with transaction(executor.engine) as session:
        if order.kind == "part":
            merge = active_merge(session, _required(order.target.person_id, "person"))
            if merge is None:
                raise OrderImpossible("There is no such merge, or it was undone already.")
            undo_merge(session, merge, at=datetime.now(UTC))
            return "They are two people again."
        code = load_region(_required(order.target.region_code, "region")).code
        undone = rollback(session, code, executor.model_key)
    if not undone:
        raise OrderImpossible(f"There is nothing to undo in {code}: no gallery has a predecessor.")
    return f"{undone} galleries of {code} are as they were before, until the next run."


def _execute_by_indexing(executor: Executor, order: Order) -> str:
    with transaction(executor.engine) as session:
        message, places = _prepare(session, order, executor.horizon)
    for place in places:
        zone = ZoneInfo(load_region(place.region_code).time_zone)
        first, last = place.start.astimezone(zone).date(), (place.stop - timedelta(seconds=1)).astimezone(zone).date()
        executor.index(place.region_code, first, (last - first).days + 1)
    regions = ", ".join(place.region_code for place in places)
    return f"{message} {f'Indexed anew: {regions}.' if places else 'They are nowhere on in the coming days.'}"


def _prepare(session: Session, order: Order, horizon: timedelta) -> tuple[str, Sequence[Appearance]]:
    """Do what the order needs before a run: a message about it, and the airings to index."""
    now, target = datetime.now(UTC), order.target
    if order.kind == "opt_out":
        name = opt_out(session, _required(target.person_id, "person"))
        if name is None:
            raise OrderImpossible("There is nobody with that id any more: they may have been merged into somebody.")
        forgotten = purge_photos(session, now)
        places = _appearances_of(session, target.person_id, now, horizon)
        return f"{name} is forgotten, with {forgotten} photos.", places
    missing, places = _retry(session, order, now, horizon)
    asked = clear_lookups(session, missing)
    people, programmes = len(missing.people), len(missing.programmes)
    return f"People asked about again: {people}; programmes: {programmes}; answers forgotten: {asked}.", places


def _retry(session: Session, order: Order, now: datetime, horizon: timedelta) -> tuple[Missing, Sequence[Appearance]]:
    target, code = order.target, order.target.region_code
    if target.person_id is not None:
        places = _appearances_of(session, target.person_id, now, horizon)
        in_region = [place for place in places if place.region_code == code]
        return Missing(frozenset({target.person_id}), frozenset()), in_region or places
    if target.airing_id is not None:
        first = now - horizon  # the airing may have begun already, in a guide of yesterday
        places = appearances(session, airing_id=target.airing_id, start=first, stop=now + 2 * horizon)
        in_region = [place for place in places if place.region_code == code]
        if not places:
            raise OrderImpossible("The airing is not listed any more: order it for its half hour.")
        return missing_in_airing(session, target.airing_id), in_region or places[:1]
    region = load_region(_required(code, "region"))
    window = day_window(now.astimezone(ZoneInfo(region.time_zone)).date(), horizon.days, region.time_zone)
    start, stop = (target.slot, target.slot + SLOT) if target.slot else (window.start, window.stop)
    return missing_on_air(session, region.code, start, stop), [Appearance(region.code, start, stop)]


def _appearances_of(session: Session, person_id: int | None, now: datetime, horizon: timedelta) -> Sequence[Appearance]:
    return appearances(session, person_id=person_id, start=now, stop=now + horizon)


def _required(value: Value | None, what: str) -> Value:
    if value is None:
        raise OrderImpossible(f"The order does not say which {what} it is about.")
    return value
