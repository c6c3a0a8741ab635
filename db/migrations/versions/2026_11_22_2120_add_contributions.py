"""Add contributions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e0280d4fb6a3"
down_revision = "5d6949330640"


def upgrade() -> None:
    op.create_table(
        "contribution",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("object_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("model_key", sa.Text(), nullable=False),
        sa.Column("named", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    op.create_index(op.f("ix_contribution_expires_at"), "contribution", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("contribution")
