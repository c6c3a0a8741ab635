import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from faces.errors import ModelsError
from faces.models.cache import build_folder


def fill(folder: Path) -> None:
    (folder / "one").write_text("1")
    (folder / "two").write_text("2")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def test_builds_what_is_not_ready_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "models"
    assert build_folder(target, ready=(target / "two").is_file, build=fill) == target
    assert names(target) == {"one", "two"}
    build_folder(target, ready=(target / "two").is_file, build=lambda _: pytest.fail("built again"))


def test_replaces_a_damaged_folder_whole(tmp_path: Path) -> None:
    target = tmp_path / "models"
    target.mkdir()
    (target / "stale").write_text("")
    build_folder(target, ready=(target / "two").is_file, build=fill)
    assert names(target) == {"one", "two"}


def test_a_failed_build_leaves_nothing_and_works_next_time(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        fill(folder)
        raise RuntimeError

    target = tmp_path / "models"
    with pytest.raises(RuntimeError):
        build_folder(target, ready=target.exists, build=fail)
    assert names(tmp_path) == set()
    build_folder(target, ready=target.exists, build=fill)
    assert names(target) == {"one", "two"}


def test_what_a_killed_process_left_is_not_mixed_in(tmp_path: Path) -> None:
    left = tmp_path / ".models.part"
    left.mkdir()
    (left / "half").write_text("")
    target = tmp_path / "models"
    build_folder(target, ready=target.exists, build=fill)
    assert names(target) == {"one", "two"}
    assert names(tmp_path) == {"models"}


def test_of_several_at_once_one_builds_and_all_get_it(tmp_path: Path) -> None:
    target, builds = tmp_path / "models", []

    def build(folder: Path) -> None:
        builds.append(folder)
        time.sleep(0.1)
        fill(folder)

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(build_folder, target, ready=target.exists, build=build) for _ in range(8)]
    assert {call.result() for call in calls} == {target}
    assert len(builds) == 1


def test_a_full_disk_says_what_to_do(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        raise OSError(28, os.strerror(28), str(folder / "one"))

    target = tmp_path / "models"
    with pytest.raises(ModelsError, match=r"No space left on device.*Make room"):
        build_folder(target, ready=target.exists, build=fail)
    assert names(tmp_path) == set()
