"""A night in a process of its own, so that a test can kill it. Takes: database, folder, models, guide, town."""

import sys
from pathlib import Path

from db.engine import open_database
from faces.engine import FaceEngine
from indexer.runs.index_region import index_region
from storage import open_storage
from tests.evening import FACENET
from tests.integration.indexer.photos.town import Town
from tests.integration.indexer.rig import DAY


def main(database_url: str, folder: str, models: str, guide: str, address: str) -> None:
    town = Town(Path())
    town.api.url = address
    with open_database(database_url, Path()) as engine:
        storage, faces = open_storage(f"{folder}/objects"), FaceEngine.load(Path(models), FACENET)
        index_region(town.settings(Path(folder)), engine, storage, faces, "FR", first=DAY, days=1, guide=guide)


if __name__ == "__main__":
    main(*sys.argv[1:])
