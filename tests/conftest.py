"""What every test may use: a real PostgreSQL, and in CI the rule that a missing component is a failure."""

import os
import signal
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import httpx
import pytest
from hypothesis import settings
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from db.engine import open_database
from db.engine import session as open_session
from db.migrate import upgrade
from db.server import remove_server, running_server
from tests.moments import present

MOST_WORKERS = 8
"""Each holds a PostgreSQL server, the networks and perhaps a browser: about 1 GB."""
MAY_SKIP = ("shared_data", "outside_network", "root")


@pytest.fixture
def now() -> datetime:
    """This moment: a test's own, because a whole run may last into the next hour, or day."""
    return present()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """URL of an embedded PostgreSQL for the whole run."""
    with tempfile.TemporaryDirectory(prefix="fta-") as folder:
        with running_server(Path(folder)) as url:
            with open_database(url, Path()) as server:  # nothing here must survive a power cut
                _execute(server, "ALTER SYSTEM SET fsync = off")
                _execute(server, "SELECT pg_reload_conf()")
            yield url
        remove_server(Path(folder))


@pytest.fixture(scope="session")
def migrated_database(server_url: str) -> str:
    """Name of a database with all tables and no rows: what the tests' databases are cloned from."""
    name = "migrated"
    with open_database(server_url, Path()) as server:
        _execute(server, f"CREATE DATABASE {name}")
    with open_database(_renamed(server_url, name), Path()) as engine:
        upgrade(engine)
    return name


@pytest.fixture(scope="session")
def _database_names() -> Iterator[str]:
    return (f"test_{number}" for number in count())


@pytest.fixture
def empty_database_url(server_url: str, _database_names: Iterator[str]) -> Iterator[str]:
    """URL of a new database without any table."""
    yield from _database(server_url, next(_database_names), "template1")


@pytest.fixture
def database_url(server_url: str, migrated_database: str, _database_names: Iterator[str]) -> Iterator[str]:
    """URL of a new database with all tables and no rows, for this test only."""
    yield from _database(server_url, next(_database_names), migrated_database)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`."""
    with open_database(database_url, Path(), application_name="test") as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on `engine`, in one transaction."""
    with open_session(engine) as session:
        yield session


def _database(server_url: str, name: str, template: str) -> Iterator[str]:
    with open_database(server_url, Path()) as server:
        _execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield _renamed(server_url, name)
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _renamed(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _execute(server: Engine, statement: str) -> None:
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)


settings.register_profile("any load", deadline=None)  # how long an example takes depends on what else is running
settings.load_profile("any load")
for _part in ("connect", "read", "write", "pool"):  # likewise: httpx gives up after five seconds unless it is told
    setattr(httpx._config.DEFAULT_TIMEOUT_CONFIG, _part, 60.0)


def pytest_configure() -> None:
    """A shell that is no terminal lets its background jobs ignore Ctrl-C, and so would every process of a test."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Two workers a core: half of the time, a test waits for another process, a pause or a deadline."""
    return min(2 * (os.cpu_count() or 1), MOST_WORKERS)


@pytest.hookimpl(trylast=True)  # after a random order was made
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long tests first, so that no worker is left alone with them at the end.

    Those of the browser last: Playwright leaves an event loop running, beside which no other can be started.
    """
    order = ("integration", "unit", "browser")
    items.sort(key=lambda item: next((order.index(part) for part in item.path.parts if part in order), 0))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("only root can do this")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and not any(map(item.get_closest_marker, MAY_SKIP)):
        _fail_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    if report.skipped:
        _fail_in_ci(report)
    return report


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"In CI a skip is a failure: {report.longrepr}"
