"""A dashboard on a database of its own, served over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_dashboard
from api.ops.services import running_dashboard
from api.settings import ApiSettings
from faces.engine import FaceEngine
from tests import served
from tests.evening import FACENET, models_dir, photos

__all__ = ["models_dir", "photos"]

TOKEN = "a-token-for-the-tests"


@pytest.fixture(scope="session")
def faces(models_dir: Path) -> FaceEngine:
    return FaceEngine.load(models_dir, FACENET)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> ApiSettings:
    changes = {"database_url": database_url, "data_dir": tmp_path, "ops_token": SecretStr(TOKEN)}
    return ApiSettings().model_copy(update=changes)


@pytest.fixture
def ops(settings: ApiSettings) -> Iterator[httpx.Client]:
    """A client of the dashboard that has the token."""
    with (
        running_dashboard(settings) as services,
        served.serving(create_dashboard(services)) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client,
    ):
        yield client
