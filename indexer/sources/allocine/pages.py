"""Parses AlloCiné's pages: the casting of a title, a person, a filmography, a search."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

from bs4 import BeautifulSoup, Tag
from pydantic import TypeAdapter

from indexer.errors import PageChanged
from indexer.sources.allocine.links import id_of, portrait
from indexer.sources.json_answers import Entries, Shape, Text, read_json
from indexer.sources.markup import attribute, text_of, tree
from indexer.sources.protocols import CastRecord, PastCredit, PersonRecord, ProgrammeRecord
from indexer.sources.records import Kind, LatestCreditRecord

_ROLE = re.compile(r"Rôles?\s*:\s*(.+)", re.IGNORECASE)
_VOICE = re.compile(r"\s*\(\s*voi(?:x|ce)\b[^)]*\)|\s*\([^)]*\bvoi(?:x|ce)\s*\)", re.IGNORECASE)
_YEAR = re.compile(r"(?:18|19|20|21)\d\d")
_OTHER_NAMES = re.compile(r"(?:Nom de naissance|Pseudos?)\s*:?\s*(.+)", re.IGNORECASE)
_KINDS: dict[str, tuple[str, Kind]] = {"movie": ("film", "film"), "series": ("series", "series")}


def parse_casting(content: bytes, *, encoding: str | None = None) -> tuple[CastRecord, ...]:
    """The actors on the casting page of a film or series, the leads first, without voice-only parts.

    Raises `PageChanged` when the page has no section of actors, or nobody in it.
    """
    page = tree(content, encoding)
    sections = page.select("section.casting-actor")
    listed = [person for section in sections for person in _people(section)]
    if not listed:
        missing = "section.casting-actor" if not sections else ".person-card and .md-table-row in section.casting-actor"
        raise PageChanged(f"AlloCiné's casting page has no {missing}.")
    cast = {(name, role): (link, image) for name, role, link, image in listed}
    return tuple(
        _credit(name, role, position, link, image)
        for position, ((name, role), (link, image)) in enumerate(cast.items())
        if not _is_voice(role)
    )


_Person = tuple[str, str | None, Tag, Tag | None]


def _people(section: Tag) -> Iterator[_Person]:
    """Name, role, link and picture of each person: first the cards, then the rows of the table."""
    for card in section.select(".person-card"):
        link = card.select_one(".meta-title-link") or card.select_one(".thumbnail-link")
        name = text_of(card.select_one(".meta-title")) or attribute(link, "title")
        if link is not None and name:
            yield name, _card_role(card), link, card.select_one("img")
    for row in section.select(".md-table-row"):
        link = row.select_one(".item.link")
        if link is not None and (name := text_of(link)):
            yield name, text_of(row.select_one(".item.light")), link, None


def _card_role(card: Tag) -> str | None:
    lines = (_ROLE.fullmatch(text_of(line) or "") for line in card.select(".meta-sub"))
    return next((found[1] for found in lines if found), None)


def _is_voice(role: str | None) -> bool:
    """Whether every character is voice-only, such as `Woody (voix)`."""
    return role is not None and all(_VOICE.search(part) for part in role.split(" / "))


def _credit(name: str, role: str | None, position: int, link: Tag, image: Tag | None) -> CastRecord:
    photo = portrait(image)
    return CastRecord(
        name=name,
        job="actor",
        role=(_VOICE.sub("", role).strip() or None) if role else None,
        position=position,
        ids={"allocine": found} if (found := id_of(link)) else {},
        photos=(photo,) if photo else (),
    )


def parse_person(content: bytes, *, encoding: str | None = None) -> PersonRecord:
    """A person's page: names, id and portrait. `PageChanged` when it names nobody."""
    page = tree(content, encoding)
    name = text_of(page.select_one(".titlebar-title-lg"))
    if name is None:
        raise PageChanged("AlloCiné's person page has no .titlebar-title-lg.")
    lines = (_OTHER_NAMES.fullmatch(text_of(item) or "") for item in page.select(".meta-body-item"))
    others = [other.strip() for found in lines if found for other in found[1].split(",")]
    overview = page.select_one(".person-card-overview")
    photo = portrait(overview.select_one("img.thumbnail-img")) if overview is not None else None
    return PersonRecord(
        names=tuple(dict.fromkeys([name, *others])),
        ids={"allocine": found} if (found := _own_id(page)) else {},
        photos=(photo,) if photo else (),
    )


def _own_id(page: BeautifulSoup) -> str | None:
    """The id of the person whose page this is: the one that its canonical link or its card links to."""
    links = page.select('link[rel="canonical"], .person-card-overview [class*="ACr"], .person-card-overview a')
    found = (page_id for link in links if (page_id := id_of(link)) and page_id.startswith("personne/"))
    return next(found, None)


def parse_filmography(content: bytes, *, encoding: str | None = None) -> tuple[PastCredit, ...]:
    """A person's parts, newest first, dated by year; empty for a filmography without acting.

    Raises `PageChanged` when there is no filmography, or no part of it can be read.
    """
    page = tree(content, encoding)
    if not page.select("table.filmography-table"):
        raise PageChanged("AlloCiné's filmography has no table.filmography-table.")
    rows = page.select("section#actor table.filmography-table tbody tr")
    parts = [part for row in rows if (part := _past_credit(row))]
    if (rows or page.select_one("section#actor")) and not parts:
        raise PageChanged("AlloCiné's section#actor has no row with td[data-heading=Année] and [data-heading=Titre].")
    return tuple(sorted(parts, key=lambda part: part.dated, reverse=True))


def _past_credit(row: Tag) -> PastCredit | None:
    cells = {attribute(cell, "data-heading"): cell for cell in row.select("td[data-heading]")}
    year = _YEAR.search(text_of(cells.get("Année")) or "")
    title = text_of(cells.get("Titre"))
    if year is None or title is None:
        return None
    role = text_of(cells.get("Rôle"))
    found = id_of(cells["Titre"].select_one('a, [class*="ACr"]'))
    return PastCredit(
        LatestCreditRecord(title, int(year[0]), None if role == "-" else role),
        dated=date(int(year[0]), 1, 1),
        programme_ids={"allocine": found} if found else {},
    )


class _Data(Shape):
    year: int | str | None = None


class _Result(Shape):
    entity_type: str
    entity_id: int | str
    label: Text = None
    original_label: Text = None
    data: _Data | list[None] | None = None


class _Results(Shape):
    results: Entries[_Result]


_RESULTS = TypeAdapter(_Results)


def parse_search(content: bytes) -> tuple[ProgrammeRecord, ...]:
    """The films and series that AlloCiné's search box suggests, best first."""
    results = read_json(_RESULTS, content, "AlloCiné search").results
    return tuple(programme for result in results if (programme := _programme(result)))


def _programme(result: _Result) -> ProgrammeRecord | None:
    titles = tuple(dict.fromkeys(title for title in (result.label, result.original_label) if title))
    if result.entity_type not in _KINDS or not titles or not str(result.entity_id).isdecimal():
        return None
    system, kind = _KINDS[result.entity_type]
    year = _YEAR.search(str(result.data.year)) if isinstance(result.data, _Data) else None
    page: Literal["film", "serie"] = "film" if kind == "film" else "serie"
    return ProgrammeRecord(
        titles=titles,
        kind=kind,
        year=int(year[0]) if year else None,
        ids={"allocine": f"{system}/{result.entity_id}"},
        url=f"https://www.allocine.fr/{system}/fiche{page}-{result.entity_id}/",
    )
