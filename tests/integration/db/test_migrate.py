import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, func, select, text

from db.engine import open_database
from db.errors import SchemaError
from db.migrate import ADVISORY_LOCK, downgrade, status, upgrade
from db.models import Base

CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype IN ('c', 'x', 'u', 'f') AND connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"


def _rows(engine: Engine, query: str) -> set[tuple[str, ...]]:
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(query))}


def test_the_migrations_make_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("query", [CONSTRAINTS, INDEXES], ids=["constraints", "indexes"])
def test_the_migrations_make_the_rules_of_the_models(engine: Engine, empty_database_url: str, query: str) -> None:
    with open_database(empty_database_url, Path()) as other:
        with other.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION btree_gist")
            Base.metadata.create_all(connection)
        modelled = _rows(other, query)
    migrated = {row for row in _rows(engine, query) if "alembic" not in row[0]}
    assert any("EXCLUDE" in row[-1] or "gist" in row[-1] for row in modelled)
    assert migrated == modelled


def test_status_tells_what_is_pending(empty_database_url: str) -> None:
    with open_database(empty_database_url, Path()) as engine:
        before = status(engine)
        upgrade(engine)
        after = status(engine)
    assert before.current is None
    assert before.pending[-1] == before.head
    assert after.current == after.head
    assert after.pending == ()


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    assert status(engine).pending == ()


def test_the_tables_can_be_taken_down_and_made_again(engine: Engine) -> None:
    downgrade(engine, "base")
    assert _rows(engine, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == {("alembic_version",)}
    upgrade(engine)
    assert status(engine).pending == ()


def test_several_processes_can_upgrade_at_once(empty_database_url: str) -> None:
    code = """
import sys; from pathlib import Path; from db.engine import open_database; from db.migrate import upgrade
with open_database(sys.argv[1], Path()) as engine: upgrade(engine)
"""
    processes = [subprocess.Popen([sys.executable, "-c", code, empty_database_url]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with open_database(empty_database_url, Path()) as engine:
        assert status(engine).pending == ()


def test_tables_of_a_later_version_are_reported(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    with pytest.raises(SchemaError, match="later version"):
        upgrade(engine)
    with pytest.raises(SchemaError, match="later version"):
        status(engine)


def test_a_table_in_use_stops_the_migration_and_changes_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.migrate.LOCK_TIMEOUT_S", 1)
    with engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE photo IN ACCESS SHARE MODE")
        with pytest.raises(SchemaError, match="lock timeout"):
            downgrade(engine, "base")
    assert status(engine).pending == ()


def test_another_migration_is_waited_for(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(ADVISORY_LOCK)))
        with ThreadPoolExecutor(1) as pool:
            upgrading = pool.submit(upgrade, engine)
            with pytest.raises(TimeoutError):
                upgrading.result(timeout=0.5)
            connection.execute(select(func.pg_advisory_unlock(ADVISORY_LOCK)))
            upgrading.result(timeout=10)
