"""Fixtures: two testbeds alike, with the world of a small guide."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.night.__main__ import two_testbeds
from benchmarks.night.testbed import Testbed
from tests.integration.indexer.runs.nights.small import SMALL, TODAY


@pytest.fixture(scope="module")
def testbeds(models_dir: Path, photos: Path) -> Iterator[tuple[Testbed, Testbed]]:
    with two_testbeds(SMALL, TODAY) as testbeds:
        yield testbeds


@pytest.fixture(scope="module")
def testbed(testbeds: tuple[Testbed, Testbed]) -> Testbed:
    return testbeds[0]


@pytest.fixture(scope="module")
def other(testbeds: tuple[Testbed, Testbed]) -> Testbed:
    return testbeds[1]
