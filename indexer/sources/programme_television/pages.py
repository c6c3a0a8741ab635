"""Parses the pages of programme-television.org: a channel's day, and a single programme."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, time, timedelta
from urllib.parse import urlsplit

from bs4 import Tag

from db.keys import fold
from indexer.errors import PageChanged
from indexer.sources.clock_times import ClockTimes
from indexer.sources.kinds import kind_of
from indexer.sources.markup import attribute, text_of, tree
from indexer.sources.records import AiringRecord, ChannelRecord, CreditRecord, Listing

TIME_ZONE = "Europe/Paris"
_HOST = ".programme-television.org"
_ITEM = ".tvgrid-broadcast__item"
_CLOCK = re.compile(r"(\d{1,2})\s*[h:]\s*(\d{2})", re.IGNORECASE)
_LASTS = re.compile(r"(?:(\d{1,2})\s*h(?:eures?)?)?\s*(?:(\d{1,4})\s*(?:mn|min|mins|minutes?|')?)?", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:S(?:aison)?\s*(\d{1,4}))?[\s,:-]*(?:(?:E|Ep\.?|[ÉE]pisode)\s*(\d{1,5})(?:\s*/\s*\d+)?)?", re.IGNORECASE
)
_JOBS = {
    "realisateur": "director",
    "realisatrice": "director",
    "producteur": "producer",
    "productrice": "producer",
    "scenariste": "writer",
    "auteur": "writer",
    "compositeur": "composer",
    "presentateur": "presenter",
    "presentatrice": "presenter",
    "invite": "guest",
    "invitee": "guest",
    "acteur": "actor",
    "actrice": "actor",
}
"""Roles, folded, that are jobs; any other role is a character."""
_FLAGS = frozenset({"inedit", "direct", "en direct", "rediffusion", "multidiffusion"})
"""Labels, folded, that appear among the categories but are not categories."""


@dataclass(frozen=True, slots=True)
class ChannelDay:
    """One channel's listing, and the path of the page about each of its airings, in the same order."""

    listing: Listing
    pages: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """What the page about a programme adds to the listing: its credits and its summary."""

    credits: tuple[CreditRecord, ...]
    summary: str | None


class _Unusable(ValueError):
    """The programme cannot be used; the message is the reason under which it is counted."""


def parse_channel_day(content: bytes, *, channel: ChannelRecord, day: date, encoding: str | None = None) -> ChannelDay:
    """The programmes of `channel` on the local `day` and in the night after it.

    Raises `PageChanged` when the page has no programme, or none that can be read.
    """
    items = tree(content, encoding).select(_ITEM)
    skipped: Counter[str] = Counter()
    readable: list[tuple[Tag, time]] = []
    for item in items:
        try:
            readable.append((item, _clock(item)))
        except _Unusable as reason:
            skipped[str(reason)] += 1
    if not readable:
        why = f"{len(items)} × {_ITEM}, none with a time and a title: {dict(skipped)}" if items else f"no {_ITEM}"
        raise PageChanged(f"programme-television.org's page of {channel.id} on {day} has {why}.")
    times = ClockTimes.of_day(day, [clock for _, clock in readable], TIME_ZONE)
    airings = tuple(_airing(item, clock, channel.id, times) for item, clock in readable)
    return ChannelDay(Listing((channel,), airings, dict(skipped)), tuple(_page(item) for item, _ in readable))


def _clock(item: Tag) -> time:
    found = _CLOCK.fullmatch(text_of(item.select_one(".tvgrid-broadcast__details-time")) or "")
    if found is None or int(found[1]) > 24 or int(found[2]) > 59:
        raise _Unusable("no_start")
    if text_of(item.select_one(".tvgrid-broadcast__details-title")) is None:
        raise _Unusable("no_title")
    return time(int(found[1]) % 24, int(found[2]))


def _airing(item: Tag, clock: time, channel: str, times: ClockTimes) -> AiringRecord:
    details = _parts(item, ".tvgrid-broadcast__subdetails")
    lasts = next((span for part in details if (span := duration(part))), None)
    start, stop = times.next(clock, lasts)
    categories = [part for part in details if not duration(part) and fold(part) not in _FLAGS]
    season, episode, episode_title = _numbers(_parts(item, ".tvgrid-broadcast__details-season"))
    return AiringRecord(
        channel=channel,
        start=start,
        stop=stop,
        title=text_of(item.select_one(".tvgrid-broadcast__details-title")) or "",
        kind=kind_of(categories, has_number=season is not None or episode is not None),
        episode_title=episode_title,
        season=season,
        episode=episode,
    )


def _parts(item: Tag, selector: str) -> list[str]:
    return [part.strip() for part in (text_of(item.select_one(selector)) or "").split("|") if part.strip()]


def duration(text: str) -> timedelta | None:
    """The duration in a text such as `55mn`, `1h45` or `29 mins`; None when it is zero or the text has another form."""
    found = _LASTS.fullmatch(text)
    if found is None or text.isdecimal():
        return None
    return timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0)) or None


def _numbers(parts: list[str]) -> tuple[int | None, int | None, str | None]:
    """Season, episode and the episode's title of `S2 E5 | Le titre`."""
    found = _NUMBER.fullmatch(parts[0]) if parts else None
    if found is None:
        return None, None, " | ".join(parts) or None
    season, episode = (int(digits) if digits else None for digits in found.groups())
    return season, episode, " | ".join(parts[1:]) or None


def _page(item: Tag) -> str | None:
    address = urlsplit(attribute(item if item.name == "a" else item.select_one("a[href]"), "href") or "")
    on_site = address.hostname is None or f".{address.hostname}".endswith(_HOST)
    return address.path if on_site and address.path.startswith("/") else None


def parse_programme(content: bytes, *, encoding: str | None = None) -> ProgrammePage:
    """The page about a programme, which may lack a cast; `PageChanged` when it has no summary either."""
    page = tree(content, encoding)
    items = page.select("li.casting__item")
    credits = tuple(
        _credit(name, text_of(item.select_one(".casting__role")), position)
        for position, item in enumerate(items)
        if (name := text_of(item.select_one(".casting__name")))
    )
    summary = text_of(page.select_one(".program-details__summary-text"))
    if (items and not credits) or (not items and summary is None):
        missing = (
            ".casting__name in li.casting__item" if items else "li.casting__item, no .program-details__summary-text"
        )
        raise PageChanged(f"programme-television.org's page about a programme has no {missing}.")
    return ProgrammePage(credits, summary)


def _credit(name: str, role: str | None, position: int) -> CreditRecord:
    job = _JOBS.get(fold(role)) if role else None
    return CreditRecord(name, job or "actor", None if job else role, position)
