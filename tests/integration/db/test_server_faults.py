"""The embedded server after something was killed, left half-made, or does not fit."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from db.account import server_account
from db.engine import open_database, session
from db.errors import DatabaseUnavailable, EmbeddedServerError
from db.server import running_server
from tests.integration.db.servers import ServerUser, ask, is_running
from tests.moments import wait_until

Use = Callable[..., ServerUser]


def postmaster_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def test_a_killed_user_does_not_keep_the_server(data_dir: Path, use: Use) -> None:
    user = use(data_dir)
    url = user.url
    ask(url, "CREATE TABLE kept AS SELECT 7 AS seven")
    user.kill()
    assert is_running(url)
    with running_server(data_dir) as url:
        assert ask(url, "SELECT seven FROM kept") == [(7,)]
    assert not is_running(url)


def test_a_killed_server_is_started_again_with_its_rows(data_dir: Path) -> None:
    with running_server(data_dir) as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS seven")
        kill_postmaster(data_dir)
    with running_server(data_dir) as url:
        assert ask(url, "SELECT seven FROM kept") == [(7,)]


def test_a_killed_server_is_started_again_by_the_next_connection(data_dir: Path) -> None:
    with open_database(None, data_dir) as engine:
        with session(engine) as opened:
            opened.execute(text("CREATE TABLE kept AS SELECT 7 AS seven"))
        kill_postmaster(data_dir)
        with session(engine) as opened:
            assert opened.execute(text("SELECT seven FROM kept")).scalar() == 7
        url = engine.url.render_as_string(hide_password=False)
        assert is_running(url)
    assert not is_running(url)


def test_a_server_that_is_not_required_may_fail_to_start_and_is_tried_again(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "postgres").write_text("in its way")
    with pytest.raises(EmbeddedServerError), open_database(None, data_dir):
        pass
    with open_database(None, data_dir, required=False) as engine:
        with pytest.raises(DatabaseUnavailable), session(engine) as opened:
            opened.execute(text("SELECT 1"))
        (data_dir / "postgres").unlink()
        with session(engine) as opened:
            assert opened.execute(text("SELECT 1")).scalar() == 1


def test_a_killed_server_is_started_again_beside_one_who_still_uses_it(data_dir: Path, use: Use) -> None:
    user = use(data_dir)
    ask(user.url, "CREATE TABLE kept AS SELECT 7 AS seven")
    kill_postmaster(data_dir)
    with running_server(data_dir) as url:
        assert ask(url, "SELECT seven FROM kept") == [(7,)]
    assert user.leave() == 0
    assert not is_running(url)


def test_a_killed_server_with_a_busy_connection_is_started_again(data_dir: Path, use: Use) -> None:
    user = use(data_dir)
    url = user.url
    with busy_connection(url):
        kill_postmaster(data_dir)
        with running_server(data_dir) as again:
            assert ask(again, "SELECT 1") == [(1,)]


def kill_postmaster(data_dir: Path) -> None:
    """`kill -9`, seen through: the signal is sent long before the process is gone."""
    pid = postmaster_pid(data_dir)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{pid}").exists())


@contextmanager
def busy_connection(url: str) -> Iterator[None]:
    code = """
import sys, psycopg2; from sqlalchemy import create_engine
with create_engine(sys.argv[1]).connect() as c:
    print(flush=True); c.exec_driver_sql("SELECT count(*) FROM generate_series(1, 30000000)")
"""
    process = subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("moment_s", [0.0, 0.1, 0.25])
def test_a_cluster_that_was_killed_half_made_is_made_again(data_dir: Path, use: Use, moment_s: float) -> None:
    user = use(data_dir)
    home = data_dir / "postgres"
    wait_until(lambda: list(home.glob("new-*")), pause_s=0.001)
    time.sleep(moment_s)
    user.kill()
    with running_server(data_dir) as url:
        assert ask(url, "SELECT 1") == [(1,)]
    with running_server(data_dir):  # what the orphaned initdb still wrote goes at the next start
        assert not list(home.glob("new-*"))


def test_a_recycled_pid_does_not_keep_it_from_starting(data_dir: Path) -> None:
    with running_server(data_dir):
        pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    account = server_account(data_dir / "postgres" / "cluster")
    with bystander(account.uid) as pid:
        pid_file.write_text("\n".join([str(pid), *lines[1:]]) + "\n")
        pid_file.chmod(0o600)
        account.own(pid_file)
        with running_server(data_dir) as url:
            assert ask(url, "SELECT 1") == [(1,)]
            assert postmaster_pid(data_dir) != pid


@contextmanager
def bystander(uid: int) -> Iterator[int]:
    process = subprocess.Popen(["sleep", "60"], user=uid if os.geteuid() == 0 else None)
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def test_a_cluster_of_another_version_is_refused(data_dir: Path) -> None:
    with running_server(data_dir):
        pass
    (data_dir / "postgres" / "cluster" / "PG_VERSION").write_text("15\n")
    with (
        pytest.raises(EmbeddedServerError, match="by PostgreSQL 15, but 18 is installed"),
        running_server(data_dir),
    ):
        pass


def test_a_folder_that_is_no_cluster_is_refused(data_dir: Path) -> None:
    with running_server(data_dir):
        pass
    (data_dir / "postgres" / "cluster" / "PG_VERSION").unlink()
    with pytest.raises(EmbeddedServerError, match="is not a database: move it away"), running_server(data_dir):
        pass


def test_a_damaged_cluster_says_what_the_server_said(data_dir: Path) -> None:
    with running_server(data_dir):
        pass
    (data_dir / "postgres" / "cluster" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(EmbeddedServerError, match=r"does not start.*pg_control"), running_server(data_dir):
        pass


def test_a_file_in_the_way_is_explained(data_dir: Path) -> None:
    data_dir.write_text("not a folder")
    with pytest.raises(EmbeddedServerError, match="FTA_DATA_DIR"), running_server(data_dir):
        pass
    data_dir.unlink()


def test_without_the_wheel_it_says_what_to_do(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.binaries.PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedServerError, match=r"set DATABASE_URL.*embedded"), running_server(data_dir):
        pass
