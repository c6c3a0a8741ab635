"""The cast in the JSON that IMDb's newer pages contain in `<script id="__NEXT_DATA__">`.

Its place in the JSON differs by page and year, its form does not: a group named as the cast, whose items are people.
The whole JSON is searched for such groups, and the largest one is taken.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bs4 import BeautifulSoup

from indexer.errors import PageChanged
from indexer.sources.imdb.records import CastEntry, CastRecords, portrait
from indexer.sources.imdb.roles import read_part
from indexer.sources.protocols import PhotoRecord

CAST_GROUP = "amzn1.imdb.concept.name_credit_group.7caf7d16-5db9-4f4f-8864-d4c6e711c686"
_CAST_NAMES = frozenset({CAST_GROUP, "cast", "castv2"})
_SIZES = (("width", "height"), ("maxWidth", "maxHeight"))
_TITLES = ("id", "text", "categoryId", "groupingId")


def cast_of(data: Any) -> CastRecords | None:
    """The cast in `data`: the largest group named so, else the largest group of people with characters.

    None when there is no such group. Raises `PageChanged` when none of its items can be read.
    """
    groups = list(mappings(data))
    found = [(group, _items(group) or nodes(group)) for key, group in groups if _is_called_cast(key, group)]
    if not any(items for _, items in found):
        found = [(group, items) for _, group in groups if (items := _items(group)) and _most_play(items)]
    group, items = max(found, key=lambda one: len(one[1]), default=({}, []))
    if not items:
        return None
    people = [person for position, item in enumerate(items) if (person := _person(item, position))]
    if not people:
        raise PageChanged(f"IMDb's cast has {len(items)} items, none with an id and a name: {sorted(items[0])}.")
    return CastRecords.of(people, total=_total(group), end_cursor=_end_cursor(group))


def next_data(page: BeautifulSoup) -> Any:
    """The page's `__NEXT_DATA__` JSON; None when it has none."""
    script = page.select_one("script#__NEXT_DATA__")
    return load_json(script.get_text()) if script is not None else None


def load_json(text: str) -> Any:
    """The JSON as Python objects; `PageChanged` when it is invalid."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PageChanged(f"The JSON of IMDb's page cannot be read: {error}") from None


def dig(value: Any, *path: str) -> Any:
    """The value at the end of the path of keys; None when a key is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def nodes(connection: Any) -> list[dict[str, Any]]:
    """The objects of a list, or of a GraphQL connection (`edges[].node`)."""
    edges = dig(connection, "edges") if isinstance(connection, dict) else connection
    found = [edge.get("node", edge) if isinstance(edge, dict) else None for edge in edges or ()]
    return [node for node in found if isinstance(node, dict)]


def mappings(data: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object in `data`, in document order, with its key (for an object in a list, the key of the list)."""
    waiting = [("", data)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            yield key, value
            waiting += reversed(value.items())
        elif isinstance(value, list):
            waiting += ((key, child) for child in reversed(value))


def _is_called_cast(key: str, group: Mapping[str, Any]) -> bool:
    titles = [key, *(group.get(name) for name in ("id", "name"))]
    titles += [dig(group, kind, name) for kind in ("category", "grouping") for name in _TITLES]
    return any(isinstance(title, str) and title.casefold() in _CAST_NAMES for title in titles)


def _items(group: Mapping[str, Any]) -> list[dict[str, Any]]:
    return nodes(dig(group, "section", "items")) or nodes(group.get("credits"))


def _most_play(items: Sequence[Mapping[str, Any]]) -> bool:
    return 2 * sum(bool(_characters(item)) and _person(item, 0) is not None for item in items) > len(items)


def _person(item: Mapping[str, Any], position: int) -> CastEntry | None:
    name = item.get("name")
    if isinstance(name, dict):
        person_id, person, image = name.get("id"), dig(name, "nameText", "text"), name.get("primaryImage")
    else:
        person_id, person, image = item.get("id"), item.get("rowTitle"), dig(item, "imageProps", "imageModel")
    if not isinstance(person_id, str) or not isinstance(person, str):
        return None
    part = read_part(_characters(item), _notes(item))
    return CastEntry(person_id, person, part, position, _photo(image))


def _characters(item: Mapping[str, Any]) -> list[str]:
    found = _texts(item.get("characters"))
    for role in nodes(item.get("creditedRoles")):
        found += _texts(role.get("characters")) or _texts([role])
    return found


def _notes(item: Mapping[str, Any]) -> list[str]:
    notes = item.get("attributes") or []
    found = [notes] if isinstance(notes, str) else _texts(notes)
    for role in nodes(item.get("creditedRoles")):
        found += _texts(role.get("attributes"))
    return [note if note.startswith("(") else f"({note})" for note in found]


def _texts(values: Any) -> list[str]:
    """The names of a list of strings, of objects with a `name` or `text`, or of a connection of such."""
    strings = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    named = (node.get("name") or node.get("text") for node in nodes(values))
    return strings + [name for name in named if isinstance(name, str)]


def _photo(image: Any) -> PhotoRecord | None:
    sizes = [(dig(image, width), dig(image, height)) for width, height in _SIZES]
    width, height = next((size for size in sizes if all(isinstance(side, int) for side in size)), (None, None))
    return portrait(dig(image, "url"), width, height)


def _total(group: Mapping[str, Any]) -> int | None:
    totals = (dig(group, *path) for path in (("section", "total"), ("credits", "total"), ("total",)))
    return next((total for total in totals if isinstance(total, int)), None)


def _end_cursor(group: Mapping[str, Any]) -> str | None:
    paths = (("section", "endCursor"), ("credits", "pageInfo", "endCursor"), ("pageInfo", "endCursor"))
    return next((cursor for path in paths if isinstance(cursor := dig(group, *path), str)), None)
