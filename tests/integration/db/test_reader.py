from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from db.engine import open_database, session, write_session
from db.errors import AccountRefused
from db.models import Base
from db.queries.ops.orders import Target, file_order, recent_orders
from db.reader import READ, grant_reader

ROLE = "ops_reader"


@pytest.fixture
def reader(engine: Engine) -> Iterator[Engine]:
    """An engine with the account of the dashboard."""
    grant_reader(engine, ROLE)
    url = engine.url.set(username=ROLE).render_as_string(hide_password=False)
    with open_database(url, Path(), read_only=True) as opened:
        yield opened
    with session(engine) as owner:
        owner.execute(text(f"DROP OWNED BY {ROLE}"))
        owner.execute(text(f"DROP ROLE {ROLE}"))


def test_it_reads_every_table_of_the_dashboard_but_no_vector(reader: Engine) -> None:
    with session(reader) as opened:
        for table in READ:
            opened.execute(text(f"SELECT * FROM {table} LIMIT 1"))
        opened.execute(text("SELECT sha256, quality FROM template"))
    with pytest.raises(ProgrammingError, match="permission denied"), session(reader) as opened:
        opened.execute(text("SELECT vector FROM template"))


def test_it_files_orders(reader: Engine) -> None:
    with write_session(reader) as opened:
        assert file_order(opened, "retry", Target("FR"))
        assert not file_order(opened, "retry", Target("FR"))
    with session(reader) as opened:
        assert [(order.kind, order.target.region_code) for order in recent_orders(opened)] == [("retry", "FR")]


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_it_changes_and_deletes_nothing(reader: Engine, table: str) -> None:
    column = next(iter(Base.metadata.tables[table].columns)).name
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}", f"TRUNCATE {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), write_session(reader) as opened:
            opened.execute(text(statement))


def test_it_cannot_say_that_an_order_was_carried_out(reader: Engine) -> None:
    done = "INSERT INTO ops_order (kind, requested_at, state) VALUES ('retry', now(), 'done')"
    with pytest.raises(ProgrammingError, match="permission denied"), write_session(reader) as opened:
        opened.execute(text(done))


def test_without_an_account_of_its_own_sessions_that_read_cannot_write(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with open_database(url, Path(), read_only=True) as reading:
        with pytest.raises(Exception, match="read-only transaction"), session(reading) as opened:
            file_order(opened, "retry", Target("FR"))
        with write_session(reading) as opened:
            assert file_order(opened, "retry", Target("FR"))
        with pytest.raises(Exception, match="read-only transaction"), session(reading) as opened:
            file_order(opened, "retry", Target("BE"))


@pytest.mark.parametrize("name", ["", "Robert'; DROP TABLE person", "1st", "two words"])
def test_a_strange_name_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(AccountRefused, match="no name for an account"):
        grant_reader(engine, name)


def test_the_owner_of_the_tables_is_refused(engine: Engine) -> None:
    with pytest.raises(AccountRefused, match="owns the tables"):
        grant_reader(engine, str(engine.url.username))
