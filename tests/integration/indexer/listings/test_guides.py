"""Guides from a real server."""

import gzip
from pathlib import Path

import pytest

from indexer.errors import SourceUnavailable
from indexer.http import HttpClient
from indexer.listings.reader import GuideReader
from indexer.regions.listings import XmltvListings
from indexer.sources.records import Listing
from indexer.window import day_window
from storage import open_storage
from tests.integration.indexer.http.conftest import client, make_client, origin
from tests.integration.indexer.http.origin import Origin, cut_off, whole
from tests.integration.indexer.rig import DAY, guide, programme

__all__ = ["client", "make_client", "origin"]

WINDOW = day_window(DAY, 1, "Europe/Paris")
EVENING = guide(programme("Film", "20:00", "22:00")).encode()


def read(reader: GuideReader, *guides: str) -> Listing:
    return reader.read(XmltvListings("guide", guides), DAY, around=WINDOW, language="fr", today=DAY)


@pytest.mark.parametrize("body", [EVENING, gzip.compress(EVENING)], ids=["plain", "packed"])
def test_a_guide_is_read_from_its_server_and_kept_as_it_came(
    origin: Origin, client: HttpClient, tmp_path: Path, body: bytes
) -> None:
    storage = open_storage(str(tmp_path / "objects"))
    url = origin.at("/guide", whole(body))

    listings = [read(GuideReader(client, storage), url) for _ in range(2)]

    assert [[airing.title for airing in listing.airings] for listing in listings] == [["Film"], ["Film"]]
    (kept,) = storage.keys("raw/listings/")
    assert gzip.decompress(storage.get(kept, max_bytes=100_000)) == body
    assert len(origin.asked) == 1


def test_a_guide_that_is_cut_off_is_not_read(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "objects"))
    reader = GuideReader(client, storage)

    with pytest.raises(SourceUnavailable, match="did not arrive"):
        read(reader, origin.at("/guide", cut_off))

    assert list(storage.keys("")) == []
