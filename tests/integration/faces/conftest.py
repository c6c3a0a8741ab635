from pathlib import Path

import pytest

from faces.engine import FaceEngine
from tests.evening import FACENET, models_dir, photos

__all__ = ["models_dir", "photos"]


@pytest.fixture(scope="session")
def engine(models_dir: Path) -> FaceEngine:
    return FaceEngine.load(models_dir, FACENET)
