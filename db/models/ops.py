"""Orders that are filed at the operations dashboard."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, one_of, surrogate_key


class OpsOrder(Base):
    """An order from the operations dashboard. The dashboard itself changes nothing: the indexer carries orders out."""

    __tablename__ = "ops_order"
    __table_args__ = (
        one_of("kind", "retry", "rollback", "opt_out", "part"),
        one_of("state", "pending", "running", "done", "failed"),
        Index(
            "uq_ops_order_pending",
            "kind",
            "region_code",
            "slot",
            "airing_id",
            "person_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_ops_order_requested_at", "requested_at"),
    )
    id: Mapped[int] = surrogate_key()
    kind: Mapped[str]
    """`retry` (ask the sources again), `rollback` (of a region's last publication), `opt_out` (of a person) or `part`
    (undo the merge of two people; `person_id` is the one that the merge removed)."""
    region_code: Mapped[str | None]
    slot: Mapped[datetime | None]
    """Start of the half-open 30-minute window."""
    airing_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    requested_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    """`pending`, `running`, `done` or `failed`. While an order is pending, the same order cannot be filed again."""
    message: Mapped[str | None]
    """The result, or why it was postponed."""
    finished_at: Mapped[datetime | None]
