"""Orders: what the dashboard asks the indexer to do."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from api.ops.access import FromHere, SignedIn
from api.ops.ranges import Id, Moment, Text
from api.ops.services import Now, Reading, Running
from db.engine import write_session
from db.queries.ops.orders import Kind, Order, Target, file_order, oldest_pending, recent_orders

PENDING_LIMIT = timedelta(minutes=1)
"""An order that is pending for longer is not being taken: no indexer runs, or it is busy."""


class Orders(BaseModel):
    """The last orders, the newest first."""

    orders: list[Order]
    waiting_since: datetime | None
    """When the oldest pending order was filed."""
    nobody_executes: bool
    """Whether it has waited so long that no indexer seems to carry out orders."""


class Filed(BaseModel):
    """`filed` is False when the same order was pending already."""

    filed: bool


router = APIRouter(dependencies=[SignedIn], tags=["Orders"])


@router.get("/api/orders")
def orders(session: Reading, now: Now) -> Orders:
    """The last orders, and whether an indexer carries them out."""
    since = oldest_pending(session)
    last = list(recent_orders(session))
    # A running order shows that an indexer works: the other orders wait for it to finish.
    busy = any(order.state == "running" for order in last)
    late = since is not None and now - since > PENDING_LIMIT
    return Orders(orders=last, waiting_since=since, nobody_executes=late and not busy)


class OrderForm(BaseModel):
    """An order as the dashboard's buttons and other programs send it: as a form."""

    model_config = {"extra": "forbid"}

    kind: Kind
    region: Text | None = None
    slot: Moment | None = None
    airing: Id | None = None
    person: Id | None = None
    next: Text = "/ops/coverage"
    """The page of the dashboard that the browser returns to."""


@router.post("/api/orders", status_code=202, dependencies=[FromHere])
def order(ops: Running, wanted: Annotated[OrderForm, Form()]) -> Filed:
    """File an order for the indexer to carry out."""
    target = Target(wanted.region, wanted.slot, wanted.airing, wanted.person)
    with write_session(ops.database) as session:
        return Filed(filed=file_order(session, wanted.kind, target))


@router.post("/orders", include_in_schema=False, dependencies=[FromHere])
def order_by_button(ops: Running, wanted: Annotated[OrderForm, Form()]) -> RedirectResponse:
    """File an order, then return to the page."""
    order(ops, wanted)
    back = wanted.next if wanted.next.startswith("/ops/") and "\\" not in wanted.next else "/ops/coverage"
    return RedirectResponse(f"{back.partition('#')[0]}#orders", status_code=303)
