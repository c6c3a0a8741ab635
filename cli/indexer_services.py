"""What every indexing command uses: the migrated database, the storage and the models."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine

from db.engine import open_database
from db.migrate import upgrade
from faces.allocator import limit_arenas
from faces.engine import FaceEngine
from indexer.runs.index_region import index_region
from indexer.runs.orders import Executor
from indexer.runs.pipeline import RunReport
from indexer.settings import IndexerSettings
from storage import open_storage
from storage.base import Storage


@dataclass(frozen=True, slots=True)
class IndexerServices:
    """The services that an indexing run needs."""

    settings: IndexerSettings
    engine: Engine
    storage: Storage
    faces: FaceEngine


@contextmanager
def open_indexer(settings: IndexerSettings) -> Iterator[IndexerServices]:
    """Load the models, open the storage and the database, and migrate it. Raises what each of these raises."""
    limit_arenas()
    faces = FaceEngine.load(settings.models_dir, settings.facenet, streams=os.cpu_count() or 1)
    storage = open_storage(settings.storage_url, s3_endpoint=settings.s3_endpoint)
    with open_database(settings.database_url, settings.data_dir) as engine:
        upgrade(engine)
        yield IndexerServices(settings, engine, storage, faces)


def order_executor(services: IndexerServices) -> Executor:
    """What carries out the orders of the operations dashboard."""
    settings, horizon = services.settings, timedelta(days=services.settings.horizon_days)

    def index(code: str, first: date, days: int) -> RunReport:
        return index_region(settings, services.engine, services.storage, services.faces, code, first=first, days=days)

    return Executor(services.engine, services.faces.model_key, index, horizon)
