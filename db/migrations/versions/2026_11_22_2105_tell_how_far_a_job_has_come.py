"""Tell how far a job has come, and how often each source is asked."""

import sqlalchemy as sa
from alembic import op

revision = "8a41c7f0d3b5"
down_revision = "3334fd9e72de"


def upgrade() -> None:
    op.add_column("job_run", sa.Column("doing", sa.Text(), nullable=True))
    op.add_column("job_run", sa.Column("done", sa.Integer(), nullable=True))
    op.add_column("job_run", sa.Column("total", sa.Integer(), nullable=True))
    op.add_column("job_run", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "source_tally",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("source", "hour", name=op.f("pk_source_tally")),
    )


def downgrade() -> None:
    op.drop_table("source_tally")
    for column in ("updated_at", "total", "done", "doing"):
        op.drop_column("job_run", column)
