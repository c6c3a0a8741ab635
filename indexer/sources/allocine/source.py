"""AlloCiné as a source of casts, portraits and past parts on French television.

It answers robots with 403 and bans addresses. The settings must therefore name this source, it is asked slowly (see its
policy in `registry`), and its refusal is reported as *blocked*.
"""

from collections.abc import Sequence
from urllib.parse import quote

from indexer.http import Document, HttpClient
from indexer.sources.allocine import pages
from indexer.sources.ids import number_of
from indexer.sources.protocols import CastRecord, Ids, PastCredit, PhotoRecord, ProgrammeRecord
from indexer.sources.records import Kind

BASE_URL = "https://www.allocine.fr"


class Allocine:
    """A source of casts, photos and careers."""

    name = "allocine"
    knows_guests = False
    cast_has_portraits = False

    def __init__(self, http: HttpClient, base_url: str = BASE_URL) -> None:
        self._http, self._base_url = http, base_url

    def search(self, title: str, *, kind: Kind | None = None, year: int | None = None) -> Sequence[ProgrammeRecord]:
        """Films and series with a similar title, best first."""
        found = pages.parse_search(self._get(f"_/autocomplete/{quote(title, safe='')}").content)
        return [programme for programme in found if kind in (None, programme.kind)]

    def cast(self, ids: Ids, *, season: int | None = None, episode: int | None = None) -> Sequence[CastRecord] | None:
        """The actors of the film, or of all episodes of the series."""
        film, series = number_of(ids, "allocine", "film"), number_of(ids, "allocine", "series")
        if film is None and series is None:
            return None
        page = self._get(f"film/fichefilm-{film}/casting/" if film else f"series/ficheserie-{series}/casting/")
        return pages.parse_casting(page.content, encoding=page.encoding)

    def photos(self, ids: Ids, names: Sequence[str]) -> Sequence[PhotoRecord] | None:
        """The person's portrait."""
        person = number_of(ids, "allocine", "personne")
        if person is None:
            return None
        page = self._get(f"personne/fichepersonne_gen_cpersonne={person}.html")
        return pages.parse_person(page.content, encoding=page.encoding).photos

    def past_credits(self, ids: Ids) -> Sequence[PastCredit] | None:
        """The person's parts, dated by year."""
        person = number_of(ids, "allocine", "personne")
        if person is None:
            return None
        page = self._get(f"personne/fichepersonne-{person}/filmographie/")
        return pages.parse_filmography(page.content, encoding=page.encoding)

    def _get(self, path: str) -> Document:
        return self._http.get(f"{self._base_url}/{path}")
