"""TVmaze as a source of casts, portraits, stills and past parts, of series only. No key; 20 requests in 10 seconds."""

from collections.abc import Sequence
from dataclasses import replace

from db.keys import fold
from indexer.errors import NotFound
from indexer.http import HttpClient
from indexer.sources.ids import imdb_id, number_of
from indexer.sources.protocols import CastRecord, Ids, PastCredit, PhotoRecord, ProgrammeRecord
from indexer.sources.records import Kind
from indexer.sources.tvmaze import answers

BASE_URL = "https://api.tvmaze.com"
TRANSLATED = 3
"""Where no programme found has the title, this many of them are asked for their titles in other countries."""


class Tvmaze:
    """A source of casts, photos and careers."""

    name = "tvmaze"
    knows_guests = True
    cast_has_portraits = True

    def __init__(self, http: HttpClient, base_url: str = BASE_URL) -> None:
        self._http, self._base_url = http, base_url
        self._titles: dict[str, str | None] = {}

    def search(self, title: str, *, kind: Kind | None = None, year: int | None = None) -> Sequence[ProgrammeRecord]:
        """Programmes with a similar title, best first; none for a film, since TVmaze has only series."""
        if kind == "film":
            return ()
        found = self._search(title)
        if any(fold(name) == fold(title) for programme in found for name in programme.titles):
            return found
        return [self._with_titles_abroad(programme) for programme in found[:TRANSLATED]] + found[TRANSLATED:]

    def cast(self, ids: Ids, *, season: int | None = None, episode: int | None = None) -> Sequence[CastRecord] | None:
        """The regular cast, and, with `season` and `episode`, the guests of that episode."""
        show = self._show_number(ids)
        if show is None:
            return None
        title = self._title(show)
        cast = answers.parse_cast(self._get(f"shows/{show}/cast"), title=title)
        if season is not None and episode is not None:
            cast += self._guests(show, season, episode, title)
        return [replace(record, position=position) for position, record in enumerate(cast)]

    def photos(self, ids: Ids, names: Sequence[str]) -> Sequence[PhotoRecord] | None:
        """The person's portrait, which also comes with a cast. Stills come only with the cast of a programme."""
        number = number_of(ids, "tvmaze", "people")
        if number is None:
            return None
        return answers.parse_person(self._get(f"people/{number}")).photos

    def past_credits(self, ids: Ids) -> Sequence[PastCredit] | None:
        """The person's regular parts, dated by their programmes (see `answers.parse_past_credits`)."""
        number = number_of(ids, "tvmaze", "people")
        if number is None:
            return None
        document = self._http.get(f"{self._base_url}/people/{number}/castcredits", params={"embed": "show"})
        parts = answers.parse_past_credits(document.content, asked_on=document.fetched_at.date())
        self._titles |= {part.programme_ids["tvmaze"]: part.credit.title for part in parts}
        return parts

    def _search(self, title: str) -> list[ProgrammeRecord]:
        content = self._get_if_there("search/shows", q=title)
        if content is not None:
            found = answers.parse_search(content)
            self._titles |= {programme.ids["tvmaze"]: programme.titles[0] for programme in found}
            return found
        single = self._get_if_there("singlesearch/shows", q=title)  # some mirrors offer only this search
        return [answers.parse_show(single)] if single else []

    def _with_titles_abroad(self, programme: ProgrammeRecord) -> ProgrammeRecord:
        content = self._get_if_there(f"{programme.ids['tvmaze']}/akas")
        titles = answers.parse_akas(content) if content else ()
        return replace(programme, titles=tuple(dict.fromkeys(programme.titles + titles)))

    def _show_number(self, ids: Ids) -> str | None:
        number, imdb = number_of(ids, "tvmaze", "shows"), imdb_id(ids, "tt")
        if number or imdb is None:
            return number
        content = self._get_if_there("lookup/shows", imdb=imdb)
        return number_of(answers.parse_show(content).ids, "tvmaze", "shows") if content else None

    def _title(self, show: str) -> str | None:
        """The programme's title, which its stills carry; known already if a search found the programme."""
        if (key := f"shows/{show}") not in self._titles:
            content = self._get_if_there(key)
            self._titles[key] = next(iter(answers.parse_show(content).titles), None) if content else None
        return self._titles[key]

    def _guests(self, show: str, season: int, episode: int, title: str | None) -> list[CastRecord]:
        found = self._get_if_there(f"shows/{show}/episodebynumber", season=str(season), number=str(episode))
        if found is None:
            return []
        content = self._get(f"episodes/{answers.parse_episode(found)}/guestcast")
        return answers.parse_cast(content, title=title, guests=True)

    def _get(self, path: str, **params: str) -> bytes:
        return self._http.get(f"{self._base_url}/{path}", params=params).content

    def _get_if_there(self, path: str, **params: str) -> bytes | None:
        try:
            return self._get(path, **params)
        except NotFound:
            return None
