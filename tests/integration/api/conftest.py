"""What the tests of the API share."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.settings import ApiSettings
from tests.evening import enrolled, evening_url, models_dir, photos

__all__ = ["enrolled", "evening_url", "models_dir", "photos"]


@pytest.fixture
def settings(database_url: str, models_dir: Path, tmp_path: Path) -> ApiSettings:
    """Of an API of its own, for one test; refreshes quickly."""
    changes = {"database_url": database_url, "data_dir": tmp_path, "models": models_dir, "refresh_s": 0.1}
    return ApiSettings().model_copy(update=changes)


@pytest.fixture
def client(evening_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=evening_url, timeout=30, trust_env=False) as client:
        yield client
