"""Fixtures: a stage with the world of a small guide."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from benchmarks.night.guides import shifted, with_films
from benchmarks.night.stage import Stage, staged
from tests.integration.indexer.nights.small import SMALL, TODAY, TOMORROW

NEWCOMERS = [["Nora New", "Nils New"], ["Nora New", "Actor 01"]]


@pytest.fixture
def stage(database_url: str, tmp_path: Path, models_dir: Path, photos: Path) -> Iterator[Stage]:
    guides = {TODAY: SMALL, TOMORROW: with_films(shifted(SMALL, 1), TOMORROW, "Fresh", NEWCOMERS)}
    with staged(database_url, tmp_path, models_dir, guides, photos / "train") as stage:
        yield stage
