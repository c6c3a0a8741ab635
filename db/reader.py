"""The account of the operations dashboard, which can read what the pages show, file orders, and do nothing else."""

import re
import secrets

from sqlalchemy import Engine, text

from db.engine import session
from db.errors import AccountRefused

READ = (
    "airing", "airing_credit", "alembic_version", "billing", "channel", "channel_alias", "credit", "gallery_release",
    "job_run", "lineup", "lookup", "ops_order", "person", "person_alias", "person_id", "person_merge", "photo",
    "prepared_gallery", "programme", "programme_id", "programme_title", "region", "scan", "slot_coverage",
    "source_health", "source_tally",
)  # fmt: skip
"""The tables that it may read; and of `template` all columns but the vectors."""
TEMPLATE_COLUMNS = ("id", "sha256", "model_key", "face", "box", "confidence", "quality")
ORDER_COLUMNS = ("kind", "region_code", "slot", "airing_id", "person_id", "requested_at")
"""The columns that it may write when it files an order. It cannot change the state of one."""
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def grant_reader(engine: Engine, role: str) -> str | None:
    """Allow the account to read, and to file orders. Create it if there is none, and return its new password.

    Its earlier grants on the tables are revoked. Raises `AccountRefused`.
    """
    if not NAME.fullmatch(role):
        raise AccountRefused(f"“{role}” is no name for an account: use lower-case letters, digits and _.")
    with session(engine) as opened:
        owned = opened.scalar(text("SELECT current_user = :role"), {"role": role})
        if owned:
            raise AccountRefused(f"{role} is the account that owns the tables: name another one for the dashboard.")
        password = None
        if not opened.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
            password = secrets.token_urlsafe(24)
            opened.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'"))
        database = opened.scalar(text("SELECT quote_ident(current_database())"))
        for statement in (
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            f"GRANT CONNECT ON DATABASE {database} TO {role}",
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT SELECT ON {', '.join(READ)} TO {role}",
            f"GRANT SELECT ({', '.join(TEMPLATE_COLUMNS)}) ON template TO {role}",
            f"GRANT INSERT ({', '.join(ORDER_COLUMNS)}) ON ops_order TO {role}",
            f"ALTER ROLE {role} SET default_transaction_read_only = on",
        ):
            opened.execute(text(statement))
    return password
