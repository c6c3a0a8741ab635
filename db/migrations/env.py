"""Run by Alembic, with the connection that `db.migrate` gives."""

from alembic import context
from sqlalchemy import Connection, text

from db.migrate import ADVISORY_LOCK, LOCK_TIMEOUT_S, STATEMENT_TIMEOUT_S
from db.models import Base


def migrate(connection: Connection) -> None:
    """Run the steps in one transaction, one migrating process at a time."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT_S}s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'"))
        context.run_migrations()


migrate(context.config.attributes["connection"])
