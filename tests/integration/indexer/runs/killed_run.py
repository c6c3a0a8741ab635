"""Indexes in a process of its own, so that a test can kill it. Takes: database, folder, models, guide, photos."""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from db.engine import open_database
from faces.engine import FaceEngine
from faces.errors import PictureError
from faces.types import Analysis
from storage.folder import FolderStorage
from tests.evening import FACENET
from tests.integration.indexer.rig import Indexer


class UnhurriedEngine(FaceEngine):
    """Long enough at work to be seen and killed on any machine."""

    def analyse_all(self, pictures: Iterable[bytes | PictureError]) -> Iterator[Analysis | PictureError]:
        for found in super().analyse_all(pictures):
            time.sleep(0.5)
            yield found


class UnhurriedFolder(FolderStorage):
    """Keeps a run at publishing for some seconds, too."""

    def put(self, key: str, data: bytes) -> None:
        time.sleep(0.1)
        super().put(key, data)


def main(database_url: str, folder: str, models: str, guide: str, photos: str) -> None:
    with open_database(database_url, Path()) as engine:
        storage = UnhurriedFolder(Path(folder) / "objects")
        indexer = Indexer(engine, storage, Path(folder), UnhurriedEngine.load(Path(models), FACENET))
        indexer.run(guide, people=Path(photos))


if __name__ == "__main__":
    main(*sys.argv[1:])
