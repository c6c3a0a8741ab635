"""What every command that indexes opens: database with current tables, storage, models."""

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
class Workshop:
    """What an indexing run needs."""

    settings: IndexerSettings
    engine: Engine
    storage: Storage
    faces: FaceEngine


@contextmanager
def open_workshop(settings: IndexerSettings) -> Iterator[Workshop]:
    """Open everything, with the tables brought up to date; raises what each of them raises."""
    limit_arenas()
    faces = FaceEngine.load(settings.models_dir, settings.facenet, streams=os.cpu_count() or 1)
    storage = open_storage(settings.storage_url, s3_endpoint=settings.s3_endpoint)
    with open_database(settings.database_url, settings.data_dir) as engine:
        upgrade(engine)
        yield Workshop(settings, engine, storage, faces)


def executor(workshop: Workshop) -> Executor:
    """What carries out the orders of the operations dashboard, in this workshop."""
    settings, horizon = workshop.settings, timedelta(days=workshop.settings.horizon_days)

    def index(code: str, first: date, days: int) -> RunReport:
        return index_region(settings, workshop.engine, workshop.storage, workshop.faces, code, first=first, days=days)

    return Executor(workshop.engine, workshop.faces.model_key, index, horizon)
