"""The commands, each as its user runs it: what they print, and how they fail."""

import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.demo.guide import write_guide

Run = Callable[..., "subprocess.CompletedProcess[str]"]
DAY = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    path = tmp_path / "guide.xml"
    write_guide(path, DAY)
    return path


def assert_fails(done: "subprocess.CompletedProcess[str]", *words: str, code: int = 1) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.models
def test_a_guide_is_indexed_and_its_coverage_says_who_is_missing_and_why(
    findtheactor_json: Callable[..., Any], guide: Path
) -> None:
    report = findtheactor_json("index", "run", "--region", "FR", "--from", "2026-08-20", "--guide", guide)
    again = findtheactor_json("index", "run", "--region", "FR", "--from", "2026-08-20", "--guide", guide)
    airings = findtheactor_json("coverage", "--region", "FR", "--from", "2026-08-20")["airings"]

    assert [job["error"] for job in report["jobs"]] == [None] * 7
    publishing = {job["job"]: job["counts"] for job in again["jobs"]}["publish_galleries"]
    assert not any(publishing.values())
    argo = next(airing for airing in airings if airing["title"] == "Argo")
    assert (argo["people"][0]["name"], argo["people"][0]["role"]) == ("Ben Affleck", "Tony Mendez")
    assert {person["reason"] for person in argo["people"]} == {"no photo"}
    assert {airing["reason"] for airing in airings if airing["title"] == "Journal"} == {"no cast in the listing"}


@pytest.mark.models
def test_the_last_publication_can_be_undone(findtheactor: Run, guide: Path) -> None:
    index = ("index", "run", "--region", "FR", "--from", "2026-08-20", "--guide", guide)
    assert findtheactor(*index).returncode == 0
    assert "nothing to undo" in findtheactor("index", "rollback", "--region", "FR").stdout

    guide.write_text(guide.read_text(encoding="utf-8").replace("Argo", "Argo 2"), encoding="utf-8")
    assert findtheactor(*index).returncode == 0
    undone = findtheactor("index", "rollback", "--region", "FR")

    assert undone.returncode == 0, undone.stderr
    assert "as they were before" in undone.stdout


@pytest.mark.models
def test_a_guide_that_cannot_be_had_is_said_and_fails(findtheactor: Run, tmp_path: Path) -> None:
    missing = tmp_path / "nothing.xml"

    done = findtheactor("index", "run", "--region", "FR", "--guide", missing)

    assert done.returncode == 1
    assert "nothing.xml" in done.stdout


@pytest.mark.models
def test_an_unknown_region_names_the_known_ones(findtheactor: Run) -> None:
    assert_fails(findtheactor("index", "run", "--region", "XX"), "XX", "FR")


def test_without_models_it_says_how_to_prepare_them(findtheactor: Run, tmp_path: Path) -> None:
    for command in (("serve", "--port", "0"), ("index", "run", "--region", "FR")):
        done = findtheactor(*command, FTA_MODELS=str(tmp_path / "none"))

        assert_fails(done, "findtheactor models prepare")


@pytest.mark.models
def test_without_a_database_it_says_what_to_check(findtheactor: Run) -> None:
    assert_fails(findtheactor("db", "status", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"), "DATABASE_URL")
    assert_fails(findtheactor("serve", "--port", "0", DATABASE_URL="sqlite:///here.db"), "DATABASE_URL")


def test_the_state_of_the_tables_is_told(findtheactor: Run, empty_database_url: str) -> None:
    before = findtheactor("db", "status", DATABASE_URL=empty_database_url)
    assert before.returncode == 1
    assert "findtheactor db upgrade" in before.stdout

    assert findtheactor("db", "upgrade", DATABASE_URL=empty_database_url).returncode == 0

    assert findtheactor("db", "status", DATABASE_URL=empty_database_url).returncode == 0


def test_identify_says_that_no_api_answers(findtheactor: Run, guide: Path) -> None:
    assert_fails(findtheactor("identify", guide, "--region", "FR", "--api", "http://127.0.0.1:1"), "findtheactor serve")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--lat", "48"), "--lon"),
        (("--region", "FR", "--at", "tonight"), "2026-08-20T21:00+02:00"),
        (("--region", "FR", "--at", "2026-08-20T21:00"), "zone"),
    ],
)
def test_identify_refuses_what_it_cannot_mean(
    findtheactor: Run, guide: Path, arguments: tuple[str, ...], word: str
) -> None:
    assert_fails(findtheactor("identify", guide, *arguments), word, code=2)


def test_a_taken_port_is_said(findtheactor: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = findtheactor("serve", "--port", taken.getsockname()[1])

    assert_fails(done, "--port", code=2)
