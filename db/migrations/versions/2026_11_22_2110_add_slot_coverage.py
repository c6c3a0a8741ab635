"""Add the coverage of each slot."""

import sqlalchemy as sa
from alembic import op

revision = "5d6949330640"
down_revision = "c8c65246ac8e"


def upgrade() -> None:
    op.create_table(
        "slot_coverage",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("airings", sa.Integer(), nullable=False),
        sa.Column("with_cast", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_slot_coverage_region_code"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("region_code", "slot", name=op.f("pk_slot_coverage")),
    )


def downgrade() -> None:
    op.drop_table("slot_coverage")
