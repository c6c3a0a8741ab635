"""Turns rows of IMDb's datasets into records: each function reads one table once and keeps only what is wanted."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, NamedTuple

from db.keys import fold
from indexer.sources.imdb.roles import read_part
from indexer.sources.imdb.search import KINDS
from indexer.sources.imdb.tables import Row, Table, text_or_none, year_or_none
from indexer.sources.protocols import PersonRecord, ProgrammeRecord
from indexer.sources.records import Kind

_FIRST_YEAR = 1870
_MOST_TITLES = 200_000_000
_TITLE_COLUMNS = ("tconst", "titleType", "primaryTitle", "originalTitle", "isAdult", "startYear", "endYear")
_AKA_COLUMNS = ("titleId", "title")
_PRINCIPAL_COLUMNS = ("tconst", "ordering", "nconst", "category", "characters")
_JOBS = {"actor": "actor", "actress": "actor", "self": "guest", "archive_footage": "guest"}
_TYPES: Mapping[bytes, Kind] = {name.encode(): kind for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A title to find. Without `year`, or without `kind` (or with `other`), works of any year or kind are found."""

    title: str
    kind: Kind | None = None
    year: int | None = None


class Principal(NamedTuple):
    """A person's part in a title; `ordering` is from 1."""

    title_id: str
    person_id: str
    ordering: int
    job: str
    role: str | None


class Part(NamedTuple):
    """A part in a title, dated by the title's first year."""

    year: int
    title_id: str
    role: str | None


class Years:
    """The first year of every film, series and other programme, in one byte each so that all fit in memory."""

    def __init__(self) -> None:
        self._years = bytearray()

    def __getitem__(self, title_id: str) -> int | None:
        """The year of a title; None when it has none, or is an episode, a game, or an adult title."""
        number = _number(title_id)
        offset = self._years[number] if number is not None and number < len(self._years) else 0
        return _FIRST_YEAR + offset if offset else None

    def __setitem__(self, title_id: str, year: int) -> None:
        number, offset = _number(title_id), year - _FIRST_YEAR
        if number is None or not 0 < offset < 256:
            return
        if number >= len(self._years):
            self._years.extend(bytes(number + (1 << 20) - len(self._years)))
        self._years[number] = offset


def _number(title_id: str) -> int | None:
    digits = title_id[2:]
    return int(digits) if digits.isdecimal() and len(digits) < 10 and int(digits) < _MOST_TITLES else None


def find_other_titles(stream: BinaryIO, wanted: Iterable[Wanted]) -> dict[bytes, set[str]]:
    """`title.akas`: works that have a wanted title in some country: title id -> those titles, folded."""
    keys = {fold(title.title) for title in wanted}
    found: defaultdict[bytes, set[str]] = defaultdict(set)
    for title_id, title in Table("title.akas", _AKA_COLUMNS, stream).columns(*_AKA_COLUMNS):
        if (key := _key(title)) in keys:
            found[title_id].add(key)
    return found


def find_titles(
    stream: BinaryIO, wanted: Iterable[Wanted], elsewhere: Mapping[bytes, Collection[str]]
) -> dict[Wanted, list[ProgrammeRecord]]:
    """`title.basics`: for each wanted title, the films and series with that title, the likeliest first.

    The title is IMDb's main or original one; where no work has it, one used in some country (`elsewhere`, from
    `find_other_titles`). A film's year may be one off; for a series any year in which it ran fits. A title that is not
    found has an empty list.
    """
    found: dict[Wanted, list[ProgrammeRecord]] = {title: [] for title in wanted}
    translated: dict[Wanted, list[ProgrammeRecord]] = {title: [] for title in found}
    by_key: defaultdict[str, list[Wanted]] = defaultdict(list)
    for title in found:
        by_key[fold(title.title)].append(title)
    for values in Table("title.basics", _TITLE_COLUMNS, stream).columns(*_TITLE_COLUMNS):
        kind = _TYPES.get(values[1].lower())
        if kind is None or values[4] == b"1":
            continue
        for key in {_key(title) for title in {values[2], values[3]}}:
            for title in by_key.get(key, ()):
                if _fits(title, kind, values):
                    found[title].append(_programme(values, kind))
        for key in elsewhere.get(values[0], ()):
            for title in by_key[key]:
                if _fits(title, kind, values):
                    translated[title].append(_programme(values, kind, title.title))
    return {title: sorted(found[title] or translated[title], key=partial(_distance, title)) for title in found}


def _key(title: bytes) -> str:
    """The title, folded. Plain ASCII, as nearly all titles are, takes a faster path with the same result."""
    if title.isascii():
        return " ".join(title.decode("ascii").lower().split())
    return fold(title.decode("utf-8", "replace"))


def _fits(wanted: Wanted, kind: Kind, values: tuple[bytes, ...]) -> bool:
    start, end = map(year_or_none, values[5:7])
    if wanted.kind not in (None, "other", kind):
        return False
    if wanted.year is None or start is None:
        return True
    last = start if kind != "series" else end or wanted.year
    return start - 1 <= wanted.year <= last + 1


def _distance(wanted: Wanted, record: ProgrammeRecord) -> tuple[int, int]:
    years = 0 if wanted.year is None else abs((record.year or 0) - wanted.year)
    return years, _number(record.ids["imdb"]) or 0


def _programme(values: tuple[bytes, ...], kind: Kind, *called: str) -> ProgrammeRecord:
    title_id = values[0].decode("utf-8", "replace")
    titles = [text for value in values[2:4] if (text := text_or_none(value))]
    return ProgrammeRecord(
        titles=tuple(dict.fromkeys((*titles, *called))),
        kind=kind,
        year=year_or_none(values[5]),
        ids={"imdb": title_id},
        url=f"https://www.imdb.com/title/{title_id}/",
    )


def read_titles(stream: BinaryIO, title_ids: Collection[str]) -> dict[str, ProgrammeRecord]:
    """`title.basics`: the titles with these ids."""
    found: dict[str, ProgrammeRecord] = {}
    for row in Table("title.basics", _TITLE_COLUMNS, stream).where("tconst", _encoded(title_ids)):
        values = tuple((row[name] or "").encode() for name in _TITLE_COLUMNS)
        record = _programme(values, _TYPES.get(values[1].lower(), "other"))
        if record.titles:
            found[record.ids["imdb"]] = record
    return found


def read_years(stream: BinaryIO) -> Years:
    """`title.basics`: the first year of every title that is a programme in itself."""
    years = Years()
    columns = ("tconst", "titleType", "isAdult", "startYear")
    for title_id, title_type, adult, start in Table("title.basics", _TITLE_COLUMNS, stream).columns(*columns):
        if adult != b"1" and title_type.lower() in _TYPES and (year := year_or_none(start)):
            years[title_id.decode("ascii", "replace")] = year
    return years


def read_casts(stream: BinaryIO, title_ids: Collection[str]) -> dict[str, list[Principal]]:
    """`title.principals`: the on-screen casts of these titles, the most important first."""
    found: defaultdict[str, list[Principal]] = defaultdict(list)
    for row in Table("title.principals", _PRINCIPAL_COLUMNS, stream).where("tconst", _encoded(title_ids)):
        if principal := _principal(row):
            found[principal.title_id].append(principal)
    return {title_id: sorted(cast, key=lambda part: part.ordering) for title_id, cast in found.items()}


def read_careers(stream: BinaryIO, person_ids: Collection[str], years: Years, *, keep: int) -> dict[str, list[Part]]:
    """`title.principals`: the `keep` latest parts of each of these people, newest first."""
    found: defaultdict[str, list[Part]] = defaultdict(list)
    for row in Table("title.principals", _PRINCIPAL_COLUMNS, stream).where("nconst", _encoded(person_ids)):
        principal = _principal(row)
        if principal is None or (year := years[principal.title_id]) is None:
            continue
        parts = found[principal.person_id]
        parts.append(Part(year, principal.title_id, principal.role))
        if len(parts) >= 2 * keep:
            parts[:] = _latest(parts, keep)
    return {person_id: _latest(parts, keep) for person_id, parts in found.items()}


def _latest(parts: list[Part], keep: int) -> list[Part]:
    return sorted(parts, key=lambda part: (part.year, _number(part.title_id) or 0), reverse=True)[:keep]


def _principal(row: Row) -> Principal | None:
    """The row as an on-screen part; None for crew, voices, and invalid rows."""
    job, ordering = _JOBS.get(row["category"] or ""), row["ordering"] or ""
    part = read_part(_characters(row["characters"]))
    title_id, person_id = row["tconst"], row["nconst"]
    if job is None or not ordering.isdecimal() or not part.on_screen or title_id is None or person_id is None:
        return None
    return Principal(title_id, person_id, int(ordering), job, part.role)


def _characters(text: str | None) -> Iterator[str]:
    try:
        names = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return
    if isinstance(names, list):
        yield from (name for name in names if isinstance(name, str))


def read_people(stream: BinaryIO, person_ids: Collection[str]) -> dict[str, PersonRecord]:
    """`name.basics`: the people with these ids."""
    rows = Table("name.basics", ("nconst", "primaryName"), stream).where("nconst", _encoded(person_ids))
    return {
        person_id: PersonRecord(names=(name,), ids={"imdb": person_id})
        for row in rows
        if (person_id := row["nconst"]) and (name := row["primaryName"])
    }


def _encoded(ids: Iterable[str]) -> frozenset[bytes]:
    return frozenset(identifier.encode() for identifier in ids)
