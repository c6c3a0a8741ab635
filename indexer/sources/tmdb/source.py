"""TMDB as a source of casts, portraits, past parts and ids. It needs a key; about 40 requests a second; its terms
allow us to keep its data for six months."""

from collections.abc import Sequence
from functools import cached_property

from db.keys import fold
from indexer.errors import NotFound
from indexer.http import HttpClient
from indexer.sources.ids import imdb_id, number_of
from indexer.sources.protocols import CastRecord, Ids, PastCredit, PersonRecord, PhotoRecord, ProgrammeRecord
from indexer.sources.records import Kind
from indexer.sources.tmdb import answers

BASE_URL = "https://api.themoviedb.org/3"
_NARROWER = {"film": "movie", "series": "tv"}


class Tmdb:
    """A source of casts, photos, careers and ids.

    `key` is an API key (32 hexadecimal digits), sent in the query, or an API read access token (a JSON Web Token), sent
    in a header. Titles come in `language` (ISO 639-1), and in the original language.
    """

    name = "tmdb"
    knows_guests = False
    cast_has_portraits = False

    def __init__(self, http: HttpClient, key: str, *, language: str, base_url: str = BASE_URL) -> None:
        self._http, self._base_url, self._language = http, base_url, language
        is_token = "." in key
        self._headers = {"Authorization": f"Bearer {key}"} if is_token else {}
        self._key = {} if is_token else {"api_key": key}

    def search(self, title: str, *, kind: Kind | None = None, year: int | None = None) -> Sequence[ProgrammeRecord]:
        """Works with a similar title, those of the kind first.

        Where none has exactly the title, a second search is limited to the kind (and for a film to the year).
        """
        found = answers.parse_search(self._get("search/multi", query=title, language=self._language))
        path = _NARROWER.get(kind or "")
        if path and not any(fold(name) == fold(title) for programme in found for name in programme.titles):
            filters = {"year": str(year)} if year and kind == "film" else {}
            content = self._get_if_there(f"search/{path}", query=title, language=self._language, **filters)
            more = answers.parse_search(content) if content else []
            found += [programme for programme in more if programme not in found]
        return sorted(found, key=lambda programme: programme.kind != kind)

    def cast(self, ids: Ids, *, season: int | None = None, episode: int | None = None) -> Sequence[CastRecord] | None:
        """The cast in billing order; for a series, of all its episodes."""
        ids = self._with_tmdb_id(ids, imdb_id(ids, "tt"))
        if tv := number_of(ids, "tmdb", "tv"):
            return answers.parse_cast(self._get(f"tv/{tv}/aggregate_credits"), self._portrait)
        if movie := number_of(ids, "tmdb", "movie"):
            return answers.parse_cast(self._get(f"movie/{movie}/credits"), self._portrait)
        return None

    def photos(self, ids: Ids, names: Sequence[str]) -> Sequence[PhotoRecord] | None:
        """The person's portraits, best rated first."""
        number = self._person_number(ids)
        return answers.parse_images(self._get(f"person/{number}/images"), self._portrait) if number else None

    def past_credits(self, ids: Ids) -> Sequence[PastCredit] | None:
        """Parts in films and series, dated by the release or the first airing."""
        number = self._person_number(ids)
        if number is None:
            return None
        return answers.parse_past_credits(self._get(f"person/{number}/combined_credits", language=self._language))

    def person(self, ids: Ids) -> PersonRecord | None:
        """The person's ids at IMDb and Wikidata; the answer has no names."""
        number = self._person_number(ids)
        if number is None:
            return None
        elsewhere = answers.parse_external_ids(self._get(f"person/{number}/external_ids"))
        return PersonRecord((), {"tmdb": f"person/{number}", **elsewhere})

    @cached_property
    def _portrait(self) -> answers.Portrait:
        return answers.parse_configuration(self._get("configuration"))

    def _person_number(self, ids: Ids) -> str | None:
        return number_of(self._with_tmdb_id(ids, imdb_id(ids, "nm")), "tmdb", "person")

    def _with_tmdb_id(self, ids: Ids, imdb: str | None) -> Ids:
        """The ids with TMDB's own, which is looked up by the IMDb id where it is missing."""
        if "tmdb" in ids or imdb is None:
            return ids
        found = answers.parse_find(self._get(f"find/{imdb}", external_source="imdb_id"))
        return {**ids, "tmdb": found} if found else ids

    def _get(self, path: str, **params: str) -> bytes:
        url = f"{self._base_url}/{path}"
        return self._http.get(url, params={**self._key, **params}, headers=self._headers).content

    def _get_if_there(self, path: str, **params: str) -> bytes | None:
        try:
            return self._get(path, **params)
        except NotFound:
            return None
