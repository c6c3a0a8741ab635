"""Fixtures of the indexer's tests."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from faces.engine import FaceEngine
from storage import open_storage
from tests.evening import FACENET, models_dir, photos
from tests.integration.indexer.rig import Indexer

__all__ = ["models_dir", "photos"]


@pytest.fixture(scope="session")
def faces(models_dir: Path) -> FaceEngine:
    return FaceEngine.load(models_dir, FACENET)


@pytest.fixture
def indexer(engine: Engine, tmp_path: Path, faces: FaceEngine) -> Indexer:
    return Indexer(engine, open_storage(str(tmp_path / "objects")), tmp_path, faces)


@pytest.fixture
def people(photos: Path, tmp_path: Path) -> Callable[..., Path]:
    """Makes a photo folder from the demo's photos: name -> (folder of the person, how many)."""

    def make(**wanted: tuple[str, int]) -> Path:
        root = tmp_path / "people"
        for name, (folder, number) in wanted.items():
            (root / name).mkdir(parents=True)
            for photo in sorted((photos / "train" / folder).iterdir())[:number]:
                shutil.copy(photo, root / name)
        return root

    return make
