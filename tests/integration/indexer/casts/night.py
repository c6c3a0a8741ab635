"""Nights of listings, and replicas on loopback of TMDB, TVmaze and Wikidata that know what a test tells them."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from indexer.casts.resolve import resolve_casts
from indexer.http import HttpClient
from indexer.job.outside import Outside
from indexer.listings.crawl import crawl_listings
from indexer.sources.imdb.datasets import ImdbDatasets
from indexer.sources.protocols import CastSource, PersonSource
from indexer.sources.registry import Sources
from indexer.sources.tmdb.source import Tmdb
from indexer.sources.tvmaze.source import Tvmaze
from indexer.sources.wikimedia.commons import Commons
from indexer.sources.wikimedia.wikidata import Wikidata
from tests.integration.indexer.replica import Replica
from tests.integration.indexer.rig import DAY, MORNING, Indexer

Cast = Sequence[tuple[int, str, str | None]]
"""The people of a work: number, name, character."""

IMAGES = {"secure_base_url": "https://image.tmdb.org/t/p/", "profile_sizes": ["h632"]}


def film(title: str, start: str, stop: str, *cast: str, year: int | None = 2020, channel: str = "one") -> str:
    """A film in a listing; a name may be followed by `=` and the role."""
    return _programme(title, start, stop, cast, "film", year, channel)


def series(
    title: str,
    start: str,
    stop: str,
    *cast: str,
    year: int | None = 2020,
    channel: str = "one",
    episode: tuple[int, int] | None = None,
) -> str:
    """An episode of a series in a listing."""
    number = f'<episode-num system="xmltv_ns">{episode[0] - 1}.{episode[1] - 1}.</episode-num>' if episode else ""
    return _programme(title, start, stop, cast, "série", year, channel, number)


def _programme(
    title: str, start: str, stop: str, cast: Sequence[str], kind: str, year: int | None, channel: str, more: str = ""
) -> str:
    stamps = [f'{key}="{DAY:%Y%m%d}{at.replace(":", "")}00 +0200"' for key, at in (("start", start), ("stop", stop))]
    parts = [(name, role) for name, _, role in (person.partition("=") for person in cast)]
    credits = "".join(f'<actor role="{role}">{name}</actor>' for name, role in parts)
    return (
        f'<programme {" ".join(stamps)} channel="{channel}"><title>{title}</title><credits>{credits}</credits>'
        f"{f'<date>{year}</date>' if year else ''}<category>{kind}</category>{more}</programme>"
    )


@dataclass
class Night:
    """Runs the first two jobs over a listing, and shows who is in what."""

    indexer: Indexer
    http: HttpClient
    api: Replica

    def run(
        self,
        listing: str,
        *casts: CastSource,
        people: Sequence[PersonSource] = (),
        datasets: ImdbDatasets | None = None,
        now: datetime = MORNING,
    ) -> Counter[str]:
        """What the job counted, without the noughts."""
        sources = Sources(casts=casts, photos=(), careers=(), people=people, datasets=datasets, left_out={})
        context = self.indexer.context(self.indexer.write(listing), now=now)
        context = replace(context, outside=Outside(self.http, sources))
        counts: Counter[str] = Counter()
        listed = crawl_listings(context, self.indexer.reader, Counter())
        resolve_casts(context, listed, counts)
        return +counts

    @property
    def tmdb(self) -> Tmdb:
        self.put("/tmdb/configuration", {"images": IMAGES})
        return Tmdb(self.http, "0123456789abcdef0123456789abcdef", language="fr", base_url=f"{self.api.url}/tmdb")

    @property
    def tvmaze(self) -> Tvmaze:
        return Tvmaze(self.http, f"{self.api.url}/tvmaze")

    @property
    def datasets(self) -> ImdbDatasets:
        return ImdbDatasets(self.http, f"{self.api.url}/datasets")

    def datasets_hold(self, **tables: Sequence[str]) -> None:
        """The tables of IMDb's datasets, `title_basics` for `title.basics`: lines with a space for each tab."""
        for name, lines in tables.items():
            table = gzip.compress("".join(line.replace(" ", "\t") + "\n" for line in lines).encode())
            self.api.put(f"/datasets/{name.replace('_', '.')}.tsv.gz", table)

    @property
    def wikidata(self) -> Wikidata:
        commons = Commons(self.http, f"{self.api.url}/commons")
        return Wikidata(self.http, commons, language="fr", base_url=f"{self.api.url}/wikidata")

    def tmdb_finds(self, title: str, *works: dict[str, Any]) -> None:
        """What a search for the title answers."""
        self.put("/tmdb/search/multi", {"results": works}, query=title)

    def tmdb_film(self, number: int, title: str, cast: Cast, year: int | None = 2020) -> dict[str, Any]:
        """A film: its entry among search results."""
        self.put(f"/tmdb/movie/{number}/credits", {"cast": [_member(*person) for person in cast]})
        return {"id": number, "media_type": "movie", "title": title, "release_date": f"{year}-05-01" if year else ""}

    def tmdb_series(self, number: int, title: str, cast: Cast, year: int = 2015) -> dict[str, Any]:
        """A series: its entry among search results."""
        self.put(f"/tmdb/tv/{number}/aggregate_credits", {"cast": [_member(*person) for person in cast]})
        return {"id": number, "media_type": "tv", "name": title, "first_air_date": f"{year}-05-01"}

    def tvmaze_series(self, number: int, title: str, cast: Cast, year: int = 2015, **show: Any) -> None:
        """A series that a search for its title finds."""
        facts = {"id": number, "name": title, "type": "Scripted", "premiered": f"{year}-01-01", **show}
        self.put("/tvmaze/search/shows", [{"show": facts}], q=title)
        self.put(f"/tvmaze/shows/{number}", facts)
        self.put(f"/tvmaze/shows/{number}/cast", [_appearance(number, *person) for person in cast])

    def tvmaze_guests(self, show: int, season: int, episode: int, cast: Cast) -> None:
        number = show * 1000 + season * 100 + episode
        by_number = {"season": str(season), "number": str(episode)}
        self.put(f"/tvmaze/shows/{show}/episodebynumber", {"id": number, "name": "An episode"}, **by_number)
        self.put(f"/tvmaze/episodes/{number}/guestcast", [_appearance(show, *person) for person in cast])

    def wikidata_knows(self, entity: str, names: dict[str, str], **ids: str) -> None:
        """A person; `ids` are by property, the first of them the one they are found by."""
        claims = {key: [{"mainsnak": {"datavalue": {"value": value}}}] for key, value in ids.items()}
        claims["P31"] = [{"mainsnak": {"datavalue": {"value": {"id": "Q5"}}}}]
        labels = {language: {"value": name} for language, name in names.items()}
        facts = {"id": entity, "labels": labels, "aliases": {}, "claims": claims}
        self.put(f"/wikidata/wiki/Special:EntityData/{entity}.json", {"entities": {entity: facts}})
        for key, value in ids.items():
            found = {"query": {"search": [{"title": entity}]}}
            self.put("/wikidata/w/api.php", found, srsearch=f"haswbstatement:{key}={value}")

    def put(self, path: str, answer: Any, **query: str) -> None:
        self.api.put(path, json.dumps(answer).encode(), **query)

    @property
    def requests(self) -> list[str]:
        """What was asked for so far."""
        return [path for path in self.api.paths if path != "/tmdb/configuration"]

    def cast(self, title: str) -> list[tuple[str, str | None, str | None]]:
        """Who is in the airings of the title, by credits: name, role, id at TMDB or else at TVmaze."""
        return self.indexer.rows(CAST, title=title)  # type: ignore[return-value]

    def people(self, name: str) -> list[tuple[int, dict[str, str]]]:
        """Everybody of this very name, with their ids."""
        return self.indexer.rows(PEOPLE, name=name)  # type: ignore[return-value]

    def outcomes(self) -> dict[tuple[str, str], str]:
        """How lookups ended: (source, title) -> outcome."""
        return {(source, title): outcome for source, title, outcome in self.indexer.rows(OUTCOMES)}

    def health(self) -> dict[str, str]:
        return dict(self.indexer.rows("SELECT source, state FROM source_health"))  # type: ignore[arg-type]


CAST = """
    SELECT DISTINCT person.name, credit.role, coalesce(
        (SELECT value FROM person_id WHERE person_id = person.id AND system = 'tmdb'),
        (SELECT value FROM person_id WHERE person_id = person.id AND system = 'tvmaze')
    ) AS known_as, credit.position
    FROM airing_credit JOIN airing ON airing.id = airing_id JOIN programme ON programme.id = airing.programme_id
    JOIN credit ON credit.id = credit_id JOIN person ON person.id = credit.person_id
    WHERE programme.title = :title ORDER BY credit.position, person.name
"""
PEOPLE = """
    SELECT person.id, coalesce(jsonb_object_agg(system, value) FILTER (WHERE system IS NOT NULL), '{}')
    FROM person LEFT JOIN person_id ON person_id = person.id WHERE name = :name GROUP BY person.id ORDER BY person.id
"""
OUTCOMES = """
    SELECT source, title, outcome FROM lookup JOIN programme ON programme.id = subject_id
    WHERE subject = 'programme' AND part = ''
"""


def _member(number: int, name: str, character: str | None) -> dict[str, Any]:
    return {"id": number, "name": name, "character": character, "profile_path": f"/{number}.jpg"}


def _appearance(show: int, number: int, name: str, character: str | None) -> dict[str, Any]:
    still = {"original": f"https://static.tvmaze.com/{show}-{number}.jpg"}
    return {"person": {"id": number, "name": name}, "character": {"id": number, "name": character, "image": still}}
