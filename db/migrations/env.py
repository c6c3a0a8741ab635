"""Run by Alembic, with the connection that `db.migrate` gives."""

from alembic import context
from sqlalchemy import Connection, text

from db.models import Base

ADVISORY_LOCK = 0x46544131
"""Any number, the same for everybody who migrates."""
LOCK_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 600


def migrate(connection: Connection) -> None:
    """One migrating process at a time; a table that others hold for long fails the migration instead of the service."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT_S}s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'"))
        context.run_migrations()


migrate(context.config.attributes["connection"])
