"""What every command that indexes opens: database with current tables, storage, models."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from db.engine import open_database
from db.migrate import upgrade
from faces.engine import FaceEngine
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
    faces = FaceEngine.load(settings.models_dir, settings.facenet, streams=os.cpu_count() or 1)
    storage = open_storage(settings.storage_url, s3_endpoint=settings.s3_endpoint)
    with open_database(settings.database_url, settings.data_dir) as engine:
        upgrade(engine)
        yield Workshop(settings, engine, storage, faces)
