"""`findtheactor identify`, against a served evening."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import served

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def elton(photos: Path) -> list[Path]:
    return served.probes(photos / "val")["Elton John"][:3]


def test_photos_of_one_moment_are_answered_as_one(
    findtheactor: Run, findtheactor_json: Callable[..., Any], evening_url: str, elton: list[Path]
) -> None:
    asked = ("identify", *elton, "--burst", "--region", "FR", "--api", evening_url)

    answer = findtheactor_json(*asked)
    table = findtheactor(*asked).stdout

    face = next(face for face in answer["faces"] if face["best"])
    assert (face["best"]["name"], len(face["views"]), len(answer["frames"])) == ("Elton John", 3, 3)
    assert "1, 2, 3" in table


def test_photos_of_different_moments_are_asked_about_one_at_a_time(findtheactor: Run, elton: list[Path]) -> None:
    done = findtheactor("identify", *elton, "--region", "FR")

    assert done.returncode == 2
    assert "--burst" in done.stderr


def test_the_airing_can_be_named(
    findtheactor: Run, findtheactor_json: Callable[..., Any], evening_url: str, elton: list[Path]
) -> None:
    asked = ("identify", elton[0], "--region", "FR", "--api", evening_url, "--airing")

    assert findtheactor_json(*asked, "13")["airing"]["title"] == "La nuit des concerts"
    assert "Use an `id` of `/v1/guide`" in findtheactor(*asked, "99").stderr
