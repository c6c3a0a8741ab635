"""Parses the cast on IMDb's full-credits pages, in their old and new layouts, which are told apart by structure."""

import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Tag

from indexer.errors import PageChanged
from indexer.sources.imdb.next_data import CAST_GROUP, cast_of, load_json, next_data
from indexer.sources.imdb.records import CastEntry, CastRecords, portrait
from indexer.sources.imdb.roles import read_part
from indexer.sources.markup import attribute, decoded, text_of, tree_of
from indexer.sources.protocols import PhotoRecord

_PERSON = re.compile(r"/name/(nm\d+)")
_IN_BRACKETS = re.compile(r"\([^()]*\)")


def parse_full_credits(content: bytes, *, encoding: str | None = None) -> CastRecords:
    """The cast of a full-credits or reference page, or of its JSON alone; `encoding` is that of the HTTP header.

    Raises `PageChanged` when the page has none of the known layouts, or lists nobody.
    """
    text = decoded(content, encoding)
    if text.lstrip().startswith("{"):
        found = cast_of(load_json(text))
    else:
        page = tree_of(text)
        found = cast_of(next_data(page)) or _from_table(page) or _from_list(page)
    if found is None:
        raise PageChanged(
            "IMDb's page has no cast: no cast group in __NEXT_DATA__, no table.cast_list, "
            "no li[data-testid=name-credits-list-item] in a cast section."
        )
    return found


def _from_table(page: BeautifulSoup) -> CastRecords | None:
    """The layout until 2022: a table of photo, name, dots, character."""
    tables = page.select("table.cast_list")
    rows = [row for table in tables for row in table.select("tr") if row.select_one('a[href*="/name/nm"]')]
    return _read(tables, (_from_row(row, position) for position, row in enumerate(rows)))


def _from_row(row: Tag, position: int) -> CastEntry | None:
    cell = row.select_one("td.character")
    for toggle in cell.select('.toggle-episodes, [id^="episodes-"]') if cell else ():
        toggle.decompose()
    image = row.select_one("td.primary_photo img")
    role = text_of(cell)
    photo = portrait(attribute(image, "loadlate"))
    return _listed(row, position, [role] if role else [], [], photo)


def _from_list(page: BeautifulSoup) -> CastRecords | None:
    """The layout of 2025 without its JSON: list items, with the cast in sections of its own."""
    items = page.select('li[data-testid="name-credits-list-item"]')
    ours = [item for item in items if _in_cast(item)]
    return _read(items, (_from_item(item, position) for position, item in enumerate(ours)))


def _in_cast(item: Tag) -> bool:
    section = item.find_parent(attrs={"data-testid": re.compile("sub-section")})
    if isinstance(section, Tag):
        name = attribute(section, "data-testid") or ""
        return name.endswith(("sub-section-cast", CAST_GROUP))
    return item.select_one('a[href*="/characters/"]') is not None


def _from_item(item: Tag, position: int) -> CastEntry | None:
    roles = [role for link in item.select('a[href*="/characters/"]') if (role := text_of(link))]
    notes = _IN_BRACKETS.findall(text_of(item) or "")
    image = item.select_one("img")
    return _listed(item, position, roles, notes, portrait(attribute(image, "src")))


def _listed(
    element: Tag, position: int, roles: list[str], notes: Iterable[str], photo: PhotoRecord | None
) -> CastEntry | None:
    for link in element.select('a[href*="/name/nm"]'):
        person = _PERSON.search(attribute(link, "href") or "")
        if person and (name := text_of(link)):
            return CastEntry(person[1], name, read_part(roles, notes), position, photo)
    return None


def _read(structure: list[Tag], listed: Iterator[CastEntry | None]) -> CastRecords | None:
    """The cast; None when the layout's structure is absent, `PageChanged` when it is present but names nobody."""
    people = [person for person in listed if person]
    if structure and not people:
        raise PageChanged(
            f"IMDb's page has {len(structure)} × <{structure[0].name}> of a cast list, but names nobody in it."
        )
    return CastRecords.of(people) if structure else None
