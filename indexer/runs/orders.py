"""Carrying out what was ordered at the operations dashboard, which changes nothing itself."""

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
from db.queries.jobs import exclusive
from db.queries.merges import open_merge, undo_merge
from db.queries.ops.orders import Kind, Order, State, claim_order, finish_order, interrupt_orders, postpone_order
from db.queries.ops.retries import (
    Appearance,
    Missing,
    appearances,
    end_patience,
    missing_in_airing,
    missing_on_air,
    opt_out,
)
from db.queries.photos import forget_photos
from db.queries.publishing import rollback
from gallery.slots import SLOT
from indexer.errors import IndexerError, OrderImpossible, RegionBusy
from indexer.regions import load_region
from indexer.window import day_window

log = structlog.get_logger(__name__)

QUICK: tuple[Kind, ...] = ("rollback", "part")
"""Done in a moment, also while a region is being indexed."""
LONG: tuple[Kind, ...] = ("retry", "opt_out")
"""They index what they are about."""
POLL_S = 10.0
"""How often the scheduler looks for orders."""

Said = TypeVar("Said")
IndexDays = Callable[[str, date, int], object]
"""Indexes so many local days of the region, from the given one on."""


@dataclass(frozen=True, slots=True)
class Executor:
    """What orders are carried out with; `horizon` is how far ahead a region is indexed."""

    engine: Engine
    model_key: str
    index: IndexDays
    horizon: timedelta


def execute_orders(executor: Executor, kinds: Sequence[Kind]) -> int:
    """Carry out every pending order of these kinds, the oldest first, if nobody else does: how many."""
    executed = 0
    with _alone(executor.engine, kinds) as alone:
        while alone and (order := _claim(executor.engine, kinds)) and _execute(executor, order):
            executed += 1
    return executed


@contextmanager
def include_pending_orders(engine: Engine, region_code: str, horizon: timedelta) -> Iterator[None]:
    """Around a run of the region: what was ordered about it is asked again in this run, and is done when it is.

    While another process carries orders out, they are left to it.
    """
    with _alone(engine, LONG) as alone:
        taken = _take(engine, region_code, horizon) if alone else {}
        state: State = "failed"
        try:
            yield
            state = "done"
        finally:
            with transaction(engine) as session:
                for order_id, message in taken.items():
                    why = "" if state == "done" else " The run that was to do it failed: see the runs."
                    finish_order(session, order_id, state, message + why)


@contextmanager
def _alone(engine: Engine, kinds: Sequence[Kind]) -> Iterator[bool]:
    """Whether nobody else carries such orders out; those that still seem to run belong to a process that died."""
    with exclusive(engine, f"orders {' '.join(kinds)}") as hold:
        if hold is not None:
            with transaction(engine) as session:
                interrupt_orders(session, kinds)
        yield hold is not None


def _take(engine: Engine, region_code: str, horizon: timedelta) -> dict[int, str]:
    """Prepare all that the run of the region does: order id -> what that was."""
    taken: dict[int, str] = {}
    while order := _claim(engine, ("retry",), region_code=region_code) or _claim(engine, ("opt_out",)):
        try:
            with transaction(engine) as session:
                taken[order.id], _ = _prepare(session, order, horizon)
        except OrderImpossible as error:
            with transaction(engine) as session:
                finish_order(session, order.id, "failed", str(error))
    return taken


def _claim(engine: Engine, kinds: Sequence[Kind], *, region_code: str | None = None) -> Order | None:
    with transaction(engine) as session:
        return claim_order(session, kinds, region_code=region_code)


def _execute(executor: Executor, order: Order) -> bool:
    """False when it has to wait."""
    log.info("order begun", order=order.id, kind=order.kind)
    state: State = "failed"
    try:
        message = _at_once(executor, order) if order.kind in QUICK else _by_indexing(executor, order)
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


def _at_once(executor: Executor, order: Order) -> str:
    with transaction(executor.engine) as session:
        if order.kind == "part":
            merge = open_merge(session, _said(order.target.person_id, "person"))
            if merge is None:
                raise OrderImpossible("There is no such merge, or it was undone already.")
            undo_merge(session, merge, at=datetime.now(UTC))
            return "They are two people again."
        code = load_region(_said(order.target.region_code, "region")).code
        undone = rollback(session, code, executor.model_key)
    if not undone:
        raise OrderImpossible(f"There is nothing to undo in {code}: no gallery has a predecessor.")
    return f"{undone} galleries of {code} are as they were before, until the next run."


def _by_indexing(executor: Executor, order: Order) -> str:
    with transaction(executor.engine) as session:
        message, places = _prepare(session, order, executor.horizon)
    for place in places:
        zone = ZoneInfo(load_region(place.region_code).time_zone)
        first, last = place.start.astimezone(zone).date(), (place.stop - timedelta(seconds=1)).astimezone(zone).date()
        executor.index(place.region_code, first, (last - first).days + 1)
    regions = ", ".join(place.region_code for place in places)
    return f"{message} {f'Indexed anew: {regions}.' if places else 'They are nowhere on in the coming days.'}"


def _prepare(session: Session, order: Order, horizon: timedelta) -> tuple[str, Sequence[Appearance]]:
    """Do what must be done before a run: what that was, and what is to be indexed."""
    now, target = datetime.now(UTC), order.target
    if order.kind == "opt_out":
        name = opt_out(session, _said(target.person_id, "person"))
        if name is None:
            raise OrderImpossible("There is nobody with that id any more: they may have been merged into somebody.")
        forgotten = forget_photos(session, now)
        return f"{name} is forgotten, with {forgotten} photos.", _of_person(session, target.person_id, now, horizon)
    missing, places = _retried(session, order, now, horizon)
    asked = end_patience(session, missing)
    people, programmes = len(missing.people), len(missing.programmes)
    return f"People asked about again: {people}; programmes: {programmes}; answers forgotten: {asked}.", places


def _retried(session: Session, order: Order, now: datetime, horizon: timedelta) -> tuple[Missing, Sequence[Appearance]]:
    target, code = order.target, order.target.region_code
    if target.person_id is not None:
        places = _of_person(session, target.person_id, now, horizon)
        mine = [place for place in places if place.region_code == code]
        return Missing(frozenset({target.person_id}), frozenset()), mine or places
    if target.airing_id is not None:
        first = now - horizon  # what is on just now began before, and the guide may be of yesterday
        places = appearances(session, airing_id=target.airing_id, start=first, stop=now + 2 * horizon)
        mine = [place for place in places if place.region_code == code]
        if not places:
            raise OrderImpossible("The airing is not listed any more: order it for its half hour.")
        return missing_in_airing(session, target.airing_id), mine or places[:1]
    region = load_region(_said(code, "region"))
    window = day_window(now.astimezone(ZoneInfo(region.time_zone)).date(), horizon.days, region.time_zone)
    start, stop = (target.slot, target.slot + SLOT) if target.slot else (window.start, window.stop)
    return missing_on_air(session, region.code, start, stop), [Appearance(region.code, start, stop)]


def _of_person(session: Session, person_id: int | None, now: datetime, horizon: timedelta) -> Sequence[Appearance]:
    return appearances(session, person_id=person_id, start=now, stop=now + horizon)


def _said(value: Said | None, what: str) -> Said:
    if value is None:
        raise OrderImpossible(f"The order does not say which {what} it is about.")
    return value
