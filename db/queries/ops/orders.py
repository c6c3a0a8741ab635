"""Orders: filed at the dashboard, carried out by the indexer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import OpsOrder

Kind: TypeAlias = Literal["retry", "rollback", "opt_out", "part"]
State: TypeAlias = Literal["pending", "running", "done", "failed"]
DIED = "The process that carried it out died: order it again."


@dataclass(frozen=True, slots=True)
class Target:
    """What an order applies to. An order for a person or an airing may name its region too."""

    region_code: str | None = None
    slot: datetime | None = None
    airing_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order and its state; `message` says what the result was, or why it was postponed."""

    id: int
    kind: str
    target: Target
    requested_at: datetime
    state: str
    message: str | None
    finished_at: datetime | None


def file_order(session: Session, kind: Kind, target: Target) -> bool:
    """File an order. False when the same order is already pending."""
    row = {
        "kind": kind,
        "region_code": target.region_code,
        "slot": target.slot,
        "airing_id": target.airing_id,
        "person_id": target.person_id,
        "requested_at": datetime.now(UTC),
    }
    filed = insert(OpsOrder).values(**row).on_conflict_do_nothing().returning(OpsOrder.id)
    return session.execute(filed).first() is not None


def recent_orders(session: Session, *, most: int = 20) -> Sequence[Order]:
    """The latest orders, the newest first."""
    rows = session.scalars(select(OpsOrder).order_by(OpsOrder.requested_at.desc(), OpsOrder.id.desc()).limit(most))
    return [_order(row) for row in rows]


def oldest_pending(session: Session) -> datetime | None:
    """When the oldest pending order was filed; None when none is pending."""
    return session.scalar(select(func.min(OpsOrder.requested_at)).where(OpsOrder.state == "pending"))


def claim_order(session: Session, kinds: Sequence[Kind], *, region_code: str | None = None) -> Order | None:
    """Claim the oldest pending order of these kinds (and of `region_code`, if given), and mark it as `running`."""
    pending = select(OpsOrder.id).where(OpsOrder.state == "pending", OpsOrder.kind.in_(kinds))
    if region_code is not None:
        pending = pending.where(OpsOrder.region_code == region_code)
    oldest = pending.order_by(OpsOrder.requested_at, OpsOrder.id).limit(1).with_for_update(skip_locked=True)
    taken = update(OpsOrder).where(OpsOrder.id.in_(oldest.scalar_subquery()))
    row = session.scalars(taken.values(state="running", message=None).returning(OpsOrder)).first()
    return _order(row) if row else None


def finish_order(session: Session, order_id: int, state: State, message: str) -> None:
    """Record the result of an order."""
    ended = update(OpsOrder).where(OpsOrder.id == order_id)
    session.execute(ended.values(state=state, message=message, finished_at=datetime.now(UTC)))


def postpone_order(session: Session, order_id: int, message: str) -> None:
    """Make an order pending again, with the reason; or delete it when the same order was filed meanwhile."""
    this = session.get_one(OpsOrder, order_id)
    target = Target(this.region_code, this.slot, this.airing_id, this.person_id)
    same = select(OpsOrder.id).where(OpsOrder.kind == this.kind, OpsOrder.state == "pending")
    for name, value in (
        ("region_code", target.region_code),
        ("slot", target.slot),
        ("airing_id", target.airing_id),
        ("person_id", target.person_id),
    ):
        same = same.where(getattr(OpsOrder, name).is_not_distinct_from(value))
    if session.scalar(same) is not None:
        session.delete(this)
    else:
        this.state, this.message = "pending", message


def interrupt_orders(session: Session, kinds: Sequence[Kind]) -> int:
    """Mark the `running` orders of these kinds as failed, and return how many. Only their sole executor may call it."""
    dead = update(OpsOrder).where(OpsOrder.state == "running", OpsOrder.kind.in_(kinds))
    values = {"state": "failed", "message": DIED, "finished_at": datetime.now(UTC)}
    return len(session.execute(dead.values(**values).returning(OpsOrder.id)).all())


def _order(row: OpsOrder) -> Order:
    target = Target(row.region_code, row.slot, row.airing_id, row.person_id)
    return Order(row.id, row.kind, target, row.requested_at, row.state, row.message, row.finished_at)
