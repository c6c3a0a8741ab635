"""Add what is ordered at the operations dashboard."""

import sqlalchemy as sa
from alembic import op

revision = "c8c65246ac8e"
down_revision = "8a41c7f0d3b5"


def upgrade() -> None:
    op.create_table(
        "ops_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=True),
        sa.Column("airing_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('retry', 'rollback', 'opt_out', 'part')", name=op.f("ck_ops_order_kind")),
        sa.CheckConstraint("state IN ('pending', 'running', 'done', 'failed')", name=op.f("ck_ops_order_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ops_order")),
    )
    op.create_index("ix_ops_order_requested_at", "ops_order", ["requested_at"])
    op.create_index(
        "uq_ops_order_pending",
        "ops_order",
        ["kind", "region_code", "slot", "airing_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_table("ops_order")
