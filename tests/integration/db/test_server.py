"""The embedded server in good order: who starts it, who stops it, what it is like."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from db.server import remove_server, running_server
from tests.integration.db.servers import ServerUser, ask, is_running, socket_folder

Use = Callable[..., ServerUser]


def test_rows_survive_a_restart(data_dir: Path) -> None:
    with running_server(data_dir) as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS seven")
    assert not is_running(url)
    with running_server(data_dir) as url:
        assert ask(url, "SELECT seven FROM kept") == [(7,)]


def test_starting_is_quicker_than_making(data_dir: Path) -> None:
    seconds = []
    for _ in range(2):
        began = time.monotonic()
        with running_server(data_dir):
            seconds.append(time.monotonic() - began)
    assert seconds[1] < seconds[0]


def test_text_is_unicode_whatever_the_machine_speaks(data_dir: Path) -> None:
    with running_server(data_dir) as url:
        assert ask(url, "SHOW server_encoding") == [("UTF8",)]
        assert ask(url, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == [("C.UTF-8",)]
        assert ask(url, "SELECT upper('é')") == [("É",)]


def test_no_port_is_opened(data_dir: Path) -> None:
    with suppress(OSError), socket.create_server(("127.0.0.1", 5432)), running_server(data_dir) as url:
        assert ask(url, "SHOW listen_addresses") == [("",)]
        return
    with running_server(data_dir) as url:  # somebody else has 5432, which does not matter either
        assert ask(url, "SHOW listen_addresses") == [("",)]


def test_only_its_account_reaches_the_socket_and_the_files(data_dir: Path) -> None:
    with running_server(data_dir) as url:
        assert socket_folder(url).stat().st_mode & 0o777 == 0o700
        assert (data_dir / "postgres" / "cluster").stat().st_mode & 0o777 == 0o700


def test_processes_that_start_at_once_share_one_server(data_dir: Path, use: Use) -> None:
    users = [use(data_dir) for _ in range(4)]
    urls = {user.url for user in users}
    assert len(urls) == 1
    assert [user.leave() for user in users] == [0, 0, 0, 0]
    assert not is_running(urls.pop())


def test_the_last_one_to_leave_stops_the_server(data_dir: Path, use: Use) -> None:
    first, second = use(data_dir), use(data_dir)
    url = first.url
    assert second.url == url
    first.leave()
    assert ask(url, "SELECT 1") == [(1,)]
    second.leave()
    assert not is_running(url)


def test_one_process_can_use_it_twice(data_dir: Path) -> None:
    with running_server(data_dir) as url:
        with running_server(data_dir) as again:
            assert again == url
        assert ask(url, "SELECT 1") == [(1,)]
    assert not is_running(url)


def test_ctrl_c_stops_who_gets_it_and_not_the_server(data_dir: Path, use: Use) -> None:
    interrupted = use(data_dir)
    url = interrupted.url
    with running_server(data_dir):
        os.killpg(interrupted.process.pid, signal.SIGINT)
        assert interrupted.process.wait() == 0
        assert ask(url, "SELECT 1") == [(1,)]
    assert not is_running(url)


def test_ctrl_c_stops_the_server_of_the_last_user(data_dir: Path, use: Use) -> None:
    interrupted = use(data_dir)
    url = interrupted.url
    os.killpg(interrupted.process.pid, signal.SIGINT)
    assert interrupted.process.wait() == 0
    assert not is_running(url)


@pytest.mark.parametrize("name", ["with a space", 'père\'s (data), "x" $HOME `id`', "long" * 30])
def test_any_folder_name_will_do(data_dir: Path, name: str) -> None:
    with running_server(data_dir / name) as url:
        assert ask(url, "SELECT 1") == [(1,)]
    with running_server(data_dir / name) as url:
        assert ask(url, "SELECT 1") == [(1,)]
    folder = socket_folder(url)
    assert folder.is_relative_to(data_dir) or not folder.exists()
    remove_server(data_dir / name)
