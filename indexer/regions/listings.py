"""The listings sources of a region, as its TOML file names them: one class for each `kind`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from indexer.regions.feeds import Feed
from indexer.window import Window


@dataclass(frozen=True, slots=True)
class XmltvListings:
    """A guide in the XMLTV format. `guides` are its addresses (URLs or files), of which the first that exists is read.

    `{day}` in an address stands for the day (YYYYMMDD) in `zone` (by default the region's), which begins at the hour
    `day_begins`.
    """

    name: str
    guides: tuple[str, ...]
    zone: str | None = None
    feed: Feed | None = None
    day_begins: int = 0

    def addresses(self, day: date) -> tuple[str, ...]:
        """The guide's addresses for one day."""
        return tuple(guide.replace("{day}", f"{day:%Y%m%d}") for guide in self.guides)


@dataclass(frozen=True, slots=True)
class TvmazeListings:
    """TVmaze's schedule of a country (ISO 3166-1): new episodes of series. Its days are those of `zone`."""

    name: str
    country: str
    zone: str | None = None
    feed: Feed | None = None
    day_begins: int = 0


@dataclass(frozen=True, slots=True)
class PageListings:
    """The pages of programme-television.org. `channels` maps the site's slugs to the channels' names.

    With `casts`, the page of each film and episode is fetched as well.
    """

    name: str
    channels: Mapping[str, str]
    casts: bool = False
    zone: str | None = "Europe/Paris"
    feed: Feed | None = None
    day_begins: int = 0


Listings: TypeAlias = XmltvListings | TvmazeListings | PageListings


def days_of(source: Listings, window: Window, time_zone: str) -> Iterator[date]:
    """The source's own days that cover the window of a region of `time_zone`."""
    start, stop = window.start, window.stop - timedelta(microseconds=1)
    zone = ZoneInfo(source.zone or time_zone)
    if source.feed:
        start -= source.feed.delay(start, time_zone)
        stop -= source.feed.delay(stop, time_zone)
    night = timedelta(hours=source.day_begins)
    day, last = ((moment.astimezone(zone).replace(tzinfo=None) - night).date() for moment in (start, stop))
    while day <= last:
        yield day
        day += timedelta(days=1)


def read_listings(entry: Mapping[str, Any]) -> Listings:
    """A `[[listings]]` table of a region file. `ValueError` for an unknown kind, `TypeError` for an unknown key."""
    values = dict(entry)
    kind = values.pop("kind")
    if feed := values.pop("feed", None):
        values["feed"] = Feed(**{**feed, "live": frozenset(feed.get("live", ()))})
    match kind:
        case "xmltv":
            return XmltvListings(values.pop("name"), tuple(values.pop("guides")), **values)
        case "tvmaze":
            return TvmazeListings(values.pop("name", "tvmaze-schedule"), **values)
        case "programme-television":
            return PageListings(kind, MappingProxyType(values.pop("channels")), **values)
    raise ValueError(f"There is no kind of listings {kind!r}; there are xmltv, tvmaze and programme-television.")
