"""Wikidata as a source of a person's ids in other systems, names in all scripts, and free photos. Licence: CC0."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from indexer.errors import PageChanged
from indexer.http import HttpClient
from indexer.sources.json_answers import Shape, Text, read_json
from indexer.sources.protocols import Ids, PersonRecord, PhotoRecord
from indexer.sources.wikimedia.commons import Commons
from indexer.sources.wikimedia.mediawiki import Filled, read_answer

BASE_URL = "https://www.wikidata.org"

_IMAGE, _INSTANCE_OF, _HUMAN = "P18", "P31", "Q5"
_ENTITY = re.compile(r"Q\d+", re.ASCII)
_SYSTEMS = (
    ("imdb", "P345", "", re.compile(r"nm\d+", re.ASCII)),
    ("tmdb", "P4985", "person/", re.compile(r"\d+", re.ASCII)),
    ("tvmaze", "P8600", "people/", re.compile(r"\d+", re.ASCII)),
    ("allocine", "P1266", "personne/", re.compile(r"\d+", re.ASCII)),
)
"""System, the property with its ids of people, the prefix that our ids add to the value, and the form of a value."""
_LABEL_FOR_ALL = "mul"
_RANKS = ("preferred", "normal")


class _Label(Shape):
    value: Text


class _DataValue(Shape):
    value: Any


class _Snak(Shape):
    datavalue: _DataValue | None = None


class _Statement(Shape):
    mainsnak: _Snak
    rank: str = "normal"


class _Entity(Shape):
    id: str
    labels: Filled[dict[str, _Label]]
    aliases: Filled[dict[str, list[_Label]]]
    claims: Filled[dict[str, list[_Statement]]]


class _Entities(Shape):
    entities: dict[str, _Entity]


class _Hit(Shape):
    title: str


class _Hits(Shape):
    search: list[_Hit]


class _Search(Shape):
    query: _Hits


_ENTITIES = TypeAdapter(_Entities)
_SEARCH = TypeAdapter(_Search)


@dataclass(frozen=True, slots=True)
class Human:
    """A person, and the file names of their pictures at Wikimedia Commons, best first."""

    record: PersonRecord
    files: tuple[str, ...]


class Wikidata:
    """A source of ids, names and free photos. Names begin with the one in `language` (ISO 639-1)."""

    name = "wikidata"

    def __init__(self, http: HttpClient, commons: Commons, *, language: str, base_url: str = BASE_URL) -> None:
        self._http, self._commons, self._language, self._base_url = http, commons, language, base_url

    def person(self, ids: Ids) -> PersonRecord | None:
        """The person who has one of these ids, with photos; None when nobody has, or several people have."""
        human = self._human(ids)
        if human is None:
            return None
        return PersonRecord(human.record.names, human.record.ids, tuple(self._commons.photos_of(human.files)))

    def photos(self, ids: Ids, names: Sequence[str]) -> Sequence[PhotoRecord] | None:
        """The person's pictures under a free licence; None when no id identifies them."""
        human = self._human(ids)
        return None if human is None else self._commons.photos_of(human.files)

    def _human(self, ids: Ids) -> Human | None:
        entity = ids.get("wikidata") or self._entity_with(ids)
        if entity is None or not _ENTITY.fullmatch(entity):
            return None
        document = self._http.get(f"{self._base_url}/wiki/Special:EntityData/{entity}.json")
        return parse_entity(document.content, language=self._language)

    def _entity_with(self, ids: Ids) -> str | None:
        """The entity with the first of our ids that Wikidata has; None when several entities have it."""
        for statement in _statements(ids):
            params = {"action": "query", "list": "search", "srsearch": f"haswbstatement:{statement}", "format": "json"}
            found = parse_search(self._http.get(f"{self._base_url}/w/api.php", params=params).content)
            if found:
                return found[0] if len(found) == 1 else None
        return None


def parse_search(content: bytes) -> list[str]:
    """The entities found, such as `Q20145`; `SourceUnavailable` when the answer is an error."""
    hits = read_answer(_SEARCH, content, "Wikidata search").query.search
    return [hit.title for hit in hits if _ENTITY.fullmatch(hit.title)]


def parse_entity(content: bytes, *, language: str) -> Human | None:
    """`Special:EntityData`: the person; None when the entity is not one (a duo, a character, a disambiguation page)."""
    entities = list(read_json(_ENTITIES, content, "Wikidata entity").entities.values())
    if len(entities) != 1:
        raise PageChanged(f"The Wikidata entity has changed its form: the answer has {len(entities)} entities.")
    entity = entities[0]
    kinds = [value.get("id") for value in _values(entity, _INSTANCE_OF) if isinstance(value, Mapping)]
    if kinds and _HUMAN not in kinds:
        return None
    names = tuple(_names(entity, language))
    files = tuple(value for value in _values(entity, _IMAGE) if isinstance(value, str))
    return Human(PersonRecord(names, _ids(entity)), files)


def _statements(ids: Ids) -> Iterator[str]:
    for system, claim, prefix, form in _SYSTEMS:
        value = ids.get(system, "")
        if value.startswith(prefix) and form.fullmatch(value.removeprefix(prefix)):
            yield f"{claim}={value.removeprefix(prefix)}"


def _ids(entity: _Entity) -> dict[str, str]:
    ids = {"wikidata": entity.id}
    for system, claim, prefix, form in _SYSTEMS:
        value = next(
            (value for value in _values(entity, claim) if isinstance(value, str) and form.fullmatch(value)), None
        )
        if value:
            ids[system] = prefix + value
    return ids


def _values(entity: _Entity, claim: str) -> Iterable[Any]:
    """The values of a claim, preferred ones first; deprecated and unknown values are left out."""
    statements = (entity.claims or {}).get(claim, [])
    ranked = (statement for rank in _RANKS for statement in statements if statement.rank == rank)
    return [statement.mainsnak.datavalue.value for statement in ranked if statement.mainsnak.datavalue]


def _names(entity: _Entity, language: str) -> Iterable[str]:
    """Labels and aliases in all languages, each once: first in `language`, then language-neutral, then English."""
    by_language = entity.labels or {}
    first = [by_language[code] for code in (language, _LABEL_FOR_ALL, "en") if code in by_language]
    labels = first + list(by_language.values())
    aliases = [alias for group in (entity.aliases or {}).values() for alias in group]
    return dict.fromkeys(label.value for label in labels + aliases if label.value)
