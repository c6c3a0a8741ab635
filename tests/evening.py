"""Fixtures: one served evening for all the tests of a folder that only ask. A conftest imports those it wants."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from api.settings import ApiSettings
from db.engine import open_database
from faces.engine import FaceEngine
from faces.models.prepare import demo_photos, prepare_models
from storage import open_storage
from storage.base import Storage
from tests import served
from tests.paths import VAR

FACENET = "msceleb-128"


@pytest.fixture(scope="session")
def models_dir() -> Path:
    return prepare_models(VAR / "models", FACENET).parent


@pytest.fixture(scope="session")
def photos(models_dir: Path) -> Path:
    return demo_photos(VAR / "downloads")


@pytest.fixture(scope="session")
def enrolled(models_dir: Path, photos: Path) -> served.Enrolled:
    return served.Enrolled(FaceEngine.load(models_dir, FACENET), photos / "train")


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
        name = f"evening_{uuid.uuid4().hex}"
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {migrated_database} STRATEGY file_copy")
        url = server.url.set(database=name).render_as_string(hide_password=False)
    with open_database(url, data_dir) as engine:
        _publish_evening(engine, storage, enrolled)
    changes = {
        "database_url": url,
        "data_dir": data_dir,
        "models": models_dir,
        "max_upload_mb": 4,
        "pictures_per_minute": 0,
    }
    with served.serving_api(ApiSettings().model_copy(update=changes)) as base_url:
        served.wait_until(lambda: httpx.get(f"{base_url}/readyz").status_code == 200)
        yield base_url


def _publish_evening(engine: Engine, storage: Storage, enrolled: served.Enrolled) -> None:
    served.add_region(engine)
    now = served.current_slot()
    for earlier in (0, 1):
        served.publish(engine, storage, enrolled.content(now - earlier * served.SLOT))
    for later in (1, 2):
        served.publish(engine, storage, enrolled.content(now + later * served.SLOT))
    for later in (4, 5):  # two, as the present slot may end while the tests run
        served.publish(engine, storage, enrolled.content_without_faces(now + later * served.SLOT))
