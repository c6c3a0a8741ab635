"""Migrations: bringing the tables up to date. The steps are in `migrations/versions/`; `make migration` drafts one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util.exc import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from db.errors import SchemaError

ADVISORY_LOCK = 0x46544131
"""The key of the lock that every migrating process takes: an arbitrary number."""
LOCK_TIMEOUT_S = 10
"""When others lock a table for longer, the migration fails, so that it never blocks the service."""
STATEMENT_TIMEOUT_S = 600


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """The state of the tables: `current` is None before the first migration; `pending` has the next revisions."""

    current: str | None
    head: str
    pending: tuple[str, ...]


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate to `revision`, in one transaction. Several processes may try at the same time. Raises `SchemaError`."""
    with _alembic(engine) as config:
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate back to `revision` (`base`: no tables). What only later versions of the tables hold is lost."""
    with _alembic(engine) as config:
        command.downgrade(config, revision)


def draft(engine: Engine, message: str) -> None:
    """Draft a new migration from the difference between the tables and the models, to be read and corrected."""
    with _alembic(engine) as config:
        command.revision(config, message, autogenerate=True)


def status(engine: Engine) -> MigrationStatus:
    """Compare the tables with the migrations. Raises `SchemaError` when the tables are of a later version."""
    script = ScriptDirectory.from_config(_config())
    head = script.get_current_head()
    assert head is not None
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    with _explained():
        steps = script.iterate_revisions(head, current or "base")
        return MigrationStatus(current, head, tuple(reversed([step.revision for step in steps])))


def _config() -> Config:
    config = Config()
    folder = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "os")
    config.set_main_option("timezone", "UTC")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    return config


@contextmanager
def _alembic(engine: Engine) -> Iterator[Config]:
    config = _config()
    with _explained(), engine.connect() as connection:
        config.attributes["connection"] = connection
        yield config


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (CommandError, RevisionError) as error:
        raise SchemaError(
            f"The tables and the migrations do not meet: {error}. "
            "If a later version made the tables, run that version, or restore a backup from before it."
        ) from error
    except DBAPIError as error:
        raise SchemaError(f"The tables could not be brought up to date; nothing was changed: {error.orig}") from error
