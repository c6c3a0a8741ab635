"""Fixtures: two sandboxes alike, with the world of a small guide."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.night.__main__ import two_sandboxes
from benchmarks.night.sandbox import Sandbox
from tests.integration.indexer.runs.nights.small import SMALL, TODAY


@pytest.fixture(scope="module")
def sandboxes(models_dir: Path, photos: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    with two_sandboxes(SMALL, TODAY) as sandboxes:
        yield sandboxes


@pytest.fixture(scope="module")
def sandbox(sandboxes: tuple[Sandbox, Sandbox]) -> Sandbox:
    return sandboxes[0]


@pytest.fixture(scope="module")
def other(sandboxes: tuple[Sandbox, Sandbox]) -> Sandbox:
    return sandboxes[1]
