"""IMDb's web pages as a source of casts with portraits. Its terms forbid robots, so the settings must name this source.

Where IMDb answers with a challenge (HTTP 202), the client raises `SourceBlocked`, which is not worked around. The legal
way to the same casts, without pictures, is `datasets`.
"""

from collections.abc import Sequence

import structlog

from indexer.http import HttpClient
from indexer.sources.ids import imdb_id
from indexer.sources.imdb.pages import parse_full_credits
from indexer.sources.imdb.search import parse_search
from indexer.sources.protocols import CastRecord, Ids, ProgrammeRecord
from indexer.sources.records import Kind

BASE_URL = "https://www.imdb.com"
log = structlog.get_logger(__name__)


class Imdb:
    """A source of casts."""

    name = "imdb"
    knows_guests = False
    cast_has_portraits = False

    def __init__(self, http: HttpClient, base_url: str = BASE_URL) -> None:
        self._http, self._base_url = http, base_url

    def search(self, title: str, *, kind: Kind | None = None, year: int | None = None) -> Sequence[ProgrammeRecord]:
        """The films and series found, in the order of IMDb's find page."""
        document = self._http.get(f"{self._base_url}/find/", params={"q": title, "s": "tt"})
        found = parse_search(document.content, encoding=document.encoding)
        return [programme for programme in found if kind in (None, programme.kind)]

    def cast(self, ids: Ids, *, season: int | None = None, episode: int | None = None) -> Sequence[CastRecord] | None:
        """The on-screen cast of the title; for a series of all episodes, which its page does not tell apart."""
        title = imdb_id(ids, "tt")
        if title is None:
            return None
        document = self._http.get(f"{self._base_url}/title/{title}/fullcredits/")
        found = parse_full_credits(document.content, encoding=document.encoding)
        if found.missing:
            log.info("cast is partial", source=self.name, title=title, listed=len(found.cast), missing=found.missing)
        return found.cast
