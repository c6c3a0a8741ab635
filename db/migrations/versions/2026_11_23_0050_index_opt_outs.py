"""Index opt-outs."""

import sqlalchemy as sa
from alembic import op

revision = "b71d3c0e52af"
down_revision = "e0280d4fb6a3"


def upgrade() -> None:
    op.create_index("ix_person_opted_out", "person", ["id"], postgresql_where=sa.text("opted_out"))


def downgrade() -> None:
    op.drop_index("ix_person_opted_out", table_name="person")
