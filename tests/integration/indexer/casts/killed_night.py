"""Asks for casts in a process of its own, so that a test can kill it. Takes: database, folder, models, listing, API."""

import sys
from contextlib import closing
from datetime import timedelta
from ipaddress import IPv4Network
from pathlib import Path

from db.engine import open_database
from faces.engine import FaceEngine
from indexer.http import HostPolicy, HttpClient
from indexer.sources.tmdb.source import Tmdb
from storage import open_storage
from tests.evening import FACENET
from tests.integration.indexer.casts.night import Night
from tests.integration.indexer.replica import Replica
from tests.integration.indexer.rig import Indexer


def main(database_url: str, folder: str, models: str, listing: str, api_url: str) -> None:
    http = HttpClient(
        Path(folder) / "killed",
        "FindTheActor/test (https://example.org/contact)",
        default_policy=HostPolicy(interval_s=0, fresh_for=timedelta()),
        allowed_networks=[IPv4Network("127.0.0.1")],
    )
    with closing(http), open_database(database_url, Path()) as engine:
        storage = open_storage(f"{folder}/objects")
        indexer = Indexer(engine, storage, Path(folder), FaceEngine.load(Path(models), FACENET))
        tmdb = Tmdb(http, "0123456789abcdef0123456789abcdef", language="fr", base_url=f"{api_url}/tmdb")
        Night(indexer, http, Replica()).run(Path(listing).read_text(encoding="utf-8"), tmdb)


if __name__ == "__main__":
    main(*sys.argv[1:])
