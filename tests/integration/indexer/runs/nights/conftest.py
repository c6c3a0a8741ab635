"""Fixtures: two stages alike, with the world of a small guide."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.night.__main__ import two_stages
from benchmarks.night.stage import Stage
from tests.integration.indexer.runs.nights.small import SMALL, TODAY


@pytest.fixture(scope="module")
def stages(models_dir: Path, photos: Path) -> Iterator[tuple[Stage, Stage]]:
    with two_stages(SMALL, TODAY) as stages:
        yield stages


@pytest.fixture(scope="module")
def stage(stages: tuple[Stage, Stage]) -> Stage:
    return stages[0]


@pytest.fixture(scope="module")
def other(stages: tuple[Stage, Stage]) -> Stage:
    return stages[1]
