"""IMDb's non-commercial datasets: casts and past parts for the whole schedule in a few passes, without pictures.

They are published daily for such use (https://developer.imdb.com/non-commercial-datasets/) as tables of up to
gigabytes. Each method therefore answers for many titles or people at once: it downloads and reads whole tables, and
costs the same for one title as for a thousand.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import BinaryIO, TypeVar

from indexer.http import HttpClient
from indexer.sources.imdb import rows
from indexer.sources.imdb.rows import Principal, Wanted
from indexer.sources.protocols import CastRecord, PastCredit, PersonRecord, ProgrammeRecord
from indexer.sources.records import LatestCreditRecord

BASE_URL = "https://datasets.imdbws.com"
PARTS_KEPT = 10
"""How many of a person's latest parts are returned."""

Answer = TypeVar("Answer")


class ImdbDatasets:
    """A source of casts and careers, asked for many at a time."""

    name = "imdb-datasets"

    def __init__(self, http: HttpClient, base_url: str = BASE_URL) -> None:
        self._http, self._base_url = http, base_url

    def find_titles(self, wanted: Iterable[Wanted]) -> dict[Wanted, list[ProgrammeRecord]]:
        """The candidates for each title, the likeliest first. Two passes."""
        titles = list(wanted)
        elsewhere = self._read("title.akas", lambda stream: rows.find_other_titles(stream, titles))
        return self._read("title.basics", lambda stream: rows.find_titles(stream, titles, elsewhere))

    def casts(self, title_ids: Collection[str]) -> dict[str, list[CastRecord]]:
        """The on-screen cast of each title, the most important first; a title without one is absent. Two passes."""
        casts = self._read("title.principals", lambda stream: rows.read_casts(stream, title_ids))
        people = self.names({part.person_id for cast in casts.values() for part in cast})
        return {title_id: records for title_id, cast in casts.items() if (records := _records(cast, people))}

    def names(self, person_ids: Collection[str]) -> dict[str, PersonRecord]:
        """The people with these ids. One pass."""
        return self._read("name.basics", lambda stream: rows.read_people(stream, person_ids))

    def past_credits(self, person_ids: Collection[str]) -> dict[str, list[PastCredit]]:
        """Each person's latest on-screen parts, newest first, dated by year: films and series, not single episodes.

        A person without any is absent. Three passes.
        """
        years = self._read("title.basics", rows.read_years)
        careers = self._read(
            "title.principals", lambda stream: rows.read_careers(stream, person_ids, years, keep=PARTS_KEPT)
        )
        title_ids = {part.title_id for parts in careers.values() for part in parts}
        titles = self._read("title.basics", lambda stream: rows.read_titles(stream, title_ids))
        return {
            person_id: [_past_credit(part, titles[part.title_id]) for part in parts if part.title_id in titles]
            for person_id, parts in careers.items()
        }

    def _read(self, table: str, read: Callable[[BinaryIO], Answer]) -> Answer:
        with self._http.download(f"{self._base_url}/{table}.tsv.gz") as stream:
            return read(stream)


def _records(cast: list[Principal], people: dict[str, PersonRecord]) -> list[CastRecord]:
    """The cast with names, each person once, without those missing from `name.basics`."""
    parts = {part.person_id: part for part in reversed(cast)}
    named = [parts[person_id] for person_id in dict.fromkeys(part.person_id for part in cast) if person_id in people]
    return [
        CastRecord(people[part.person_id].names[0], part.job, part.role, position, people[part.person_id].ids)
        for position, part in enumerate(named)
    ]


def _past_credit(part: rows.Part, title: ProgrammeRecord) -> PastCredit:
    return PastCredit(LatestCreditRecord(title.titles[0], part.year, part.role), date(part.year, 1, 1), dict(title.ids))
