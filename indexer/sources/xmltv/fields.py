"""The fields of an XMLTV `<programme>`, each read by one function. Format: xmltv.dtd of the XMLTV project."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from lxml.etree import _Element as Element

from db.keys import fold
from indexer.sources.kinds import kind_of
from indexer.sources.links import external_id
from indexer.sources.records import CreditRecord, Kind

JOBS = (
    "director", "actor", "writer", "adapter", "producer", "composer", "editor", "presenter", "commentator", "guest",
)  # fmt: skip
ON_SCREEN = frozenset({"actor", "guest", "presenter"})

_MOMENT = re.compile(r"(\d{12})(\d{2})?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_NAME_AND_ROLE = re.compile(r"([^(]+?)\s*\((.+)\)")
_ONSCREEN_SEASON = re.compile(r"\b(?:s|season|saison|series)\s*\.?\s*(\d+)", re.IGNORECASE)
_ONSCREEN_EPISODE = re.compile(r"(?:\b|(?<=\d))(?:e|ep|episode|épisode)\s*\.?\s*(\d+)", re.IGNORECASE)


class BadProgramme(ValueError):
    """The programme cannot be used; the message is the reason it is counted under."""


def text_of(element: Element | None) -> str | None:
    """The element's own text with its spaces trimmed and collapsed; None when nothing is left.

    Nested elements (`<image>`, `<url>`) do not count, but what stands after them does.
    """
    if element is None:
        return None
    own = (element.text or "") + "".join(child.tail or "" for child in element)
    return " ".join(own.split()) or None


def moment(text: str | None) -> datetime | None:
    """`20260820210500 +0200` as aware UTC. No offset means UTC. `BadProgramme` when it is no time."""
    if text is None or not text.strip():
        return None
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise BadProgramme("bad_time")
    digits, seconds, zone = found.groups()
    try:
        local = datetime.strptime(digits + (seconds or "00"), "%Y%m%d%H%M%S").replace(tzinfo=_offset(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadProgramme("bad_time") from None


def _offset(zone: str | None) -> timezone:
    if zone is None or zone[0] not in "+-":
        return UTC
    span = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return timezone(span if zone[0] == "+" else -span)


def length(programme: Element) -> timedelta | None:
    """How long the programme says it lasts; None when it does not."""
    element = programme.find("length")
    text = text_of(element)
    if element is None or text is None or not text.isdecimal() or len(text) > 5:
        return None
    unit = element.get("units", "minutes")
    return timedelta(**{unit: int(text)}) if unit in ("seconds", "minutes", "hours") else None


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


def cast(programme: Element) -> tuple[CreditRecord, ...]:
    """The credits in the order of the listing, each (name, job, role) once."""
    seen: dict[tuple[str, str, str | None], CreditRecord] = {}
    for credit in _credits(programme):
        seen.setdefault((fold(credit.name), credit.job, credit.role), credit)
    return tuple(seen.values())


def _credits(programme: Element) -> Iterator[CreditRecord]:
    for position, element in enumerate(programme.iterfind("credits/*")):
        name = text_of(element)
        if name is None or element.tag not in JOBS or not fold(name):
            continue
        role = " ".join(element.get("role", "").split()) or None
        if element.tag in ON_SCREEN and (both := _NAME_AND_ROLE.fullmatch(name)):
            name, role = both[1], role or both[2].strip() or None
        yield CreditRecord(name, str(element.tag), role, position, external_ids(element))
