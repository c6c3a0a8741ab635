"""The fields of an XMLTV `<programme>`, each read by one function. Format: xmltv.dtd of the XMLTV project."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

from lxml.etree import _Element as Element

from indexer.sources.kinds import kind_of
from indexer.sources.links import external_id
from indexer.sources.records import Kind
from indexer.sources.xmltv.credits import Entry, people_in, roles_in
from indexer.sources.xmltv.times import moment

JOBS = (
    "director", "actor", "writer", "adapter", "producer", "composer", "editor", "presenter", "commentator", "guest",
)  # fmt: skip
LONGEST = timedelta(hours=24)
"""An airing that lasts longer is a mistake of the listing."""

_LONGEST_CREDIT = 2000
"""In characters. What is longer is no list of names."""
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"<[A-Za-z/!]")
_ONSCREEN_SEASON = re.compile(r"\b(?:s|season|saison|series)\s*\.?\s*(\d+)", re.IGNORECASE)
_ONSCREEN_EPISODE = re.compile(r"(?:\b|(?<=\d))(?:e|ep|episode|épisode)\s*\.?\s*(\d+)", re.IGNORECASE)


class BadProgramme(ValueError):
    """The programme cannot be used; the message is the reason it is counted under."""


def text_of(element: Element | None) -> str | None:
    """The element's own text with its spaces trimmed and collapsed; None when nothing is left."""
    return None if element is None else " ".join(_own_text(element).split()) or None


def _own_text(element: Element) -> str:
    """The text in the element. Nested elements (`<image>`, `<url>`) do not count, but what stands after them does."""
    return _once_escaped((element.text or "") + "".join(child.tail or "" for child in element))


def _once_escaped(text: str) -> str:
    """The text without references that are left in it because it was escaped twice, unless they would be markup."""
    if "&" not in text:
        return text
    plain = _REFERENCE.sub(lambda found: unescape(found[0]), text)
    return text if _TAG.search(plain) else plain


def start(programme: Element) -> datetime:
    """When the programme starts, in aware UTC; `BadProgramme` where it does not say."""
    text = (programme.get("start") or "").strip()
    if not text:
        raise BadProgramme("no_start")
    try:
        return moment(text)
    except ValueError:
        raise BadProgramme("bad_time") from None


def stop(programme: Element, start: datetime) -> datetime | None:
    """When the programme that starts then stops, in aware UTC; None where it does not say.

    `ValueError` when what it says cannot be: no time, not after the start, or more than `LONGEST` after it.
    """
    text = (programme.get("stop") or "").strip()
    if not text:
        return None
    stop = moment(text)
    if not start < stop <= start + LONGEST:
        raise ValueError(f"The programme of {start} cannot stop at {stop}.")
    return stop


def clump(programme: Element) -> tuple[int, int] | None:
    """Which of how many programmes it is that share one time slot (`clumpidx="1/2"` is the second of two)."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", programme.get("clumpidx") or "", re.ASCII)
    place, size = (int(found[1]), int(found[2])) if found else (0, 1)
    return (place, size) if place < size > 1 else None


def length(programme: Element) -> timedelta | None:
    """How long the programme says it lasts; None when it does not."""
    element = programme.find("length")
    text = text_of(element)
    if element is None or text is None or not text.isdecimal() or len(text) > 5:
        return None
    unit = element.get("units", "minutes")
    lasts = timedelta(**{unit: int(text)}) if unit in ("seconds", "minutes", "hours") else None
    return lasts if lasts and lasts <= LONGEST else None


def in_language(programme: Element, tag: str, language: str) -> str | None:
    """The text of the `tag` in the language, or else the first one that has any text."""
    elements = programme.findall(tag)
    ours = [element for element in elements if element.get("lang", "")[:2].lower() == language]
    return next((text for element in ours + elements if (text := text_of(element))), None)


def year(programme: Element) -> int | None:
    """The year that the work is from."""
    digits = (text_of(programme.find("date")) or "")[:4]
    return int(digits) if re.fullmatch(r"(18[89]|19\d|20\d|21[0-4])\d", digits, re.ASCII) else None


def numbers(programme: Element) -> tuple[int | None, int | None]:
    """Season and episode, counted from 1, from `xmltv_ns` (which counts from 0) or else as shown on screen."""
    by_system = {element.get("system", "onscreen"): text_of(element) for element in programme.findall("episode-num")}
    if ns := by_system.get("xmltv_ns"):
        season, episode, *_ = [*ns.split("."), "", ""]
        found = _from_zero(season), _from_zero(episode)
        if found != (None, None):
            return found
    if shown := by_system.get("onscreen"):
        return _small(_ONSCREEN_SEASON.search(shown)), _small(_ONSCREEN_EPISODE.search(shown))
    return None, None


def _from_zero(part: str) -> int | None:
    found = re.fullmatch(r"\s*(\d{1,6})\s*(?:/.*)?", part, re.ASCII)
    return int(found[1]) + 1 if found else None


def _small(found: re.Match[str] | None) -> int | None:
    return int(found[1]) if found and len(found[1]) <= 6 else None


def kind(programme: Element, *, has_number: bool) -> Kind:
    """Film, series or other, from the programme's categories."""
    categories = [text for element in programme.findall("category") if (text := text_of(element))]
    return kind_of(categories, has_number=has_number)


def external_ids(element: Element) -> dict[str, str]:
    """Ids in the large databases, from nested `<url>` and, for a programme, `<episode-num>` elements."""
    links = [element.text or "" for element in element.findall("url")]
    links += [f"{number.get('system')}/{text_of(number)}" for number in element.findall("episode-num")]
    return dict(found for link in links if (found := external_id(link)))


def credits(programme: Element) -> tuple[Entry, ...]:
    """The credits as they are written, in the order of the listing; an element may name several people."""
    return tuple(_entries(programme))


def _entries(programme: Element) -> Iterator[Entry]:
    more = 0
    for position, element in enumerate(programme.iterfind("credits/*")):
        text = _own_text(element)
        if element.tag not in JOBS or not text.strip():
            continue
        people = people_in(text[:_LONGEST_CREDIT])
        role = " ".join(_once_escaped(element.get("role", "")).split()) or None
        ids = external_ids(element) if len(people) == 1 else {}
        for place, (name, part) in enumerate(zip(people, roles_in(role, len(people)), strict=True)):
            yield Entry(name, str(element.tag), part, position + more + place, ids)
        more += len(people) - 1
