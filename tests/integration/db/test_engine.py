from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from db.engine import open_database, session
from db.errors import DatabaseUnavailable
from db.models import Channel


def test_plain_urls_of_hosts_are_understood(database_url: str) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg2"):
        url = make_url(database_url).set(drivername=scheme).render_as_string(hide_password=False)
        with open_database(url, Path()) as engine, engine.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1


def test_a_connection_is_in_utc_and_says_who_it_is(database_url: str) -> None:
    with open_database(database_url, Path(), application_name="fta-test") as engine, engine.connect() as connection:
        assert connection.scalar(text("SHOW timezone")) == "UTC"
        assert connection.scalar(text("SHOW application_name")) == "fta-test"
        moment = connection.scalar(text("SELECT timestamptz '2026-03-01 20:00+01'"))
    assert moment == datetime(2026, 3, 1, 19, tzinfo=UTC)


def test_a_statement_that_takes_too_long_is_given_up(database_url: str) -> None:
    sleep = text("SELECT pg_sleep(5)")
    with (
        open_database(database_url, Path(), statement_timeout_s=0.1) as engine,
        engine.connect() as connection,
        pytest.raises(DBAPIError, match="statement timeout"),
    ):
        connection.execute(sleep)


def test_options_of_the_url_are_kept(database_url: str) -> None:
    url = make_url(database_url).update_query_dict({"options": "-c work_mem=9MB -c statement_timeout=7000"})
    with open_database(url.render_as_string(hide_password=False), Path()) as engine, engine.connect() as connection:
        assert connection.scalar(text("SHOW work_mem")) == "9MB"
        assert connection.scalar(text("SHOW statement_timeout")) == "7s"


def test_a_dropped_connection_is_replaced(engine: Engine, database_url: str) -> None:
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    with open_database(database_url, Path()) as other, other.connect() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend({pid}, 5000)"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != pid


def test_a_session_commits_at_the_end_and_stays_readable(engine: Engine) -> None:
    with session(engine) as opened:
        channel = Channel(slug="arte", name="Arte")
        opened.add(channel)
    assert channel.slug == "arte"
    with session(engine) as opened:
        assert opened.get(Channel, channel.id) is not None


def test_a_session_takes_everything_back_on_an_error(engine: Engine) -> None:
    def add_and_fail() -> None:
        with session(engine) as opened:
            opened.add(Channel(slug="arte", name="Arte"))
            opened.flush()
            raise KeyError

    with pytest.raises(KeyError):
        add_and_fail()
    with session(engine) as opened:
        assert opened.query(Channel).all() == []


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    url = "postgresql://me:hidden@127.0.0.1:9/tv"
    with (
        pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1:9/tv cannot be reached") as caught,
        open_database(url, Path()),
    ):
        pass
    assert "hidden" not in str(caught.value)


def test_a_database_that_is_not_there_is_named(server_url: str) -> None:
    url = make_url(server_url).set(database="elsewhere").render_as_string(hide_password=False)
    with pytest.raises(DatabaseUnavailable, match='"elsewhere" does not exist'), open_database(url, Path()):
        pass


@pytest.mark.parametrize("url", ["sqlite:///here.db", "mysql://me@host/tv", "nonsense", "postgresql://host:port/tv"])
def test_what_is_not_postgresql_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="postgresql://"), open_database(url, Path()):
        pass
