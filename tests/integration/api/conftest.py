"""One served evening for all the tests of the API that only ask."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import ApiSettings
from db.engine import open_database
from faces.engine import FaceEngine
from faces.prepare import demo_photos, prepare_models
from storage import open_storage
from tests import served

FACENET = "msceleb-128"
VAR = Path(__file__).parents[3] / "var"


@pytest.fixture(scope="session")
def models_dir() -> Path:
    return prepare_models(VAR / "models", FACENET).parent


@pytest.fixture(scope="session")
def photos(models_dir: Path) -> Path:
    return demo_photos(VAR / "downloads")


@pytest.fixture(scope="session")
def enrolled(models_dir: Path, photos: Path) -> served.Enrolled:
    return served.Enrolled(FaceEngine.load(models_dir, FACENET), photos / "train")


@pytest.fixture
def settings(database_url: str, models_dir: Path, tmp_path: Path) -> ApiSettings:
    """Of an API of its own, for one test; refreshes quickly."""
    changes = {"database_url": database_url, "data_dir": tmp_path, "models": models_dir, "refresh_s": 0.1}
    return ApiSettings().model_copy(update=changes)


@pytest.fixture(scope="session")
def evening_url(
    server_url: str,
    migrated_database: str,
    models_dir: Path,
    enrolled: served.Enrolled,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Base URL of an API that has loaded: now with everybody, the next slot before any photo was found."""
    data_dir = tmp_path_factory.mktemp("evening")
    storage = open_storage(str(data_dir / "objects"))
    for key, data in enrolled.objects.items():
        storage.put(key, data)
    with open_database(server_url, data_dir) as server, server.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(f"CREATE DATABASE evening TEMPLATE {migrated_database} STRATEGY file_copy")
        url = server.url.set(database="evening").render_as_string(hide_password=False)
    with open_database(url, data_dir) as engine:
        _publish_evening(engine, storage, enrolled)
    changes = {"database_url": url, "data_dir": data_dir, "models": models_dir, "max_upload_mb": 4}
    with served.serving(create_app(ApiSettings().model_copy(update=changes))) as base_url:
        served.wait_until(lambda: httpx.get(f"{base_url}/readyz").status_code == 200)
        yield base_url


def _publish_evening(engine: Engine, storage: object, enrolled: served.Enrolled) -> None:
    served.add_region(engine)
    now = served.current_slot()
    for earlier in (0, 1):
        served.publish(engine, storage, enrolled.content(now - earlier * served.SLOT))
    for later in (1, 2):
        served.publish(engine, storage, enrolled.content(now + later * served.SLOT))
    served.publish(engine, storage, enrolled.content_without_faces(now + 4 * served.SLOT))


@pytest.fixture
def client(evening_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=evening_url, timeout=30, trust_env=False) as client:
        yield client
