"""The bad days of a folder."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.base import InvalidKey, ObjectNotFound, StorageUnavailable
from storage.folder import PARTIAL, PARTIAL_MAX_AGE_S, FolderStorage

KILLED_WHILE_FLUSHING = """
import os, signal, sys
from pathlib import Path
from storage.folder import FolderStorage
if sys.argv[2] == "kill":
    os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
FolderStorage(Path(sys.argv[1])).put("k", b"new" * 1000)
"""


def put_in_another_process(root: Path, how: str) -> int:
    return subprocess.run([sys.executable, "-c", KILLED_WHILE_FLUSHING, str(root), how], check=False).returncode


def partial_files(root: Path) -> list[Path]:
    return list((root / PARTIAL).iterdir())


def test_a_killed_writer_leaves_nothing_to_see_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("k", b"old")
    assert put_in_another_process(tmp_path, "kill") == -signal.SIGKILL
    assert storage.get("k", max_bytes=10) == b"old"
    assert list(storage.keys()) == ["k"]
    [left_behind] = partial_files(tmp_path)

    storage.put("other", b"x")
    assert left_behind.exists(), "it is young: its writer may still be at work"
    long_ago = time.time() - PARTIAL_MAX_AGE_S - 1
    os.utime(left_behind, (long_ago, long_ago))
    storage.put("other", b"x")
    assert partial_files(tmp_path) == []


def test_a_whole_put_of_another_process_is_seen(tmp_path: Path) -> None:
    assert put_in_another_process(tmp_path, "finish") == 0
    assert FolderStorage(tmp_path).get("k", max_bytes=3000) == b"new" * 1000


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EDQUOT, "Free some space"),
        (errno.EACCES, "Let this user"),
        (errno.EROFS, "Let this user"),
        (errno.EIO, "Check the disk"),
    ],
)
def test_a_disk_that_refuses_says_what_to_do_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, advice: str
) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("k", b"old")

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(StorageUnavailable, match=advice):
            storage.put("k", b"new")
    assert storage.get("k", max_bytes=3) == b"old"
    assert partial_files(tmp_path) == []
    storage.put("k", b"new")
    assert storage.get("k", max_bytes=3) == b"new"


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    root = tmp_path / "objects"
    root.mkdir()
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    storage = FolderStorage(root)
    for key in ("folder/secret", "file"):
        with pytest.raises(InvalidKey, match="symbolic link"):
            storage.get(key, max_bytes=10)
    with pytest.raises(InvalidKey, match="symbolic link"):
        storage.put("folder/new", b"x")
    assert list(storage.keys()) == []
    assert [path.name for path in outside.iterdir()] == ["secret"]


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    FolderStorage(tmp_path / "link").put("k", b"x")
    assert (tmp_path / "real" / "k").read_bytes() == b"x"


def test_a_key_below_another_object_is_refused(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a", b"x")
    with pytest.raises(InvalidKey, match="folder of another"):
        storage.put("a/b", b"y")
    storage.put("c/d", b"x")
    with pytest.raises(InvalidKey, match="folder of another"):
        storage.put("c", b"y")
    assert list(storage.keys()) == ["a", "c/d"]


def test_a_file_in_the_place_of_the_folder_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    storage = FolderStorage(tmp_path / "file")
    with pytest.raises((InvalidKey, StorageUnavailable), match=str(tmp_path / "file")):
        storage.put("k", b"x")


def test_files_that_are_no_objects_are_not_listed(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("k", b"x")
    (tmp_path / "notes to self").write_bytes(b"")
    assert list(storage.keys()) == ["k"]


def test_an_object_that_goes_away_while_it_is_read_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = FolderStorage(tmp_path)
    monkeypatch.setattr(storage, "size", lambda key: 1)
    with pytest.raises(ObjectNotFound):
        storage.get("k", max_bytes=1)
