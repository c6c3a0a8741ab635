"""programme-television.org: what the channels of French television show, page by page, with casts where asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from indexer.errors import NotFound, SourceUnavailable
from indexer.http import HttpClient
from indexer.sources.programme_television_pages import ChannelDay, parse_channel_day, parse_programme
from indexer.sources.records import AiringRecord, ChannelRecord, CreditRecord, Listing

BASE_URL = "https://www.programme-television.org"
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_DAYS_AHEAD = 13


class ProgrammeTelevision:
    """A source of listings. `channels` are the site's slugs with the channels' names.

    With `casts`, the page about each film and episode is asked too: one request more for each of them.
    """

    name = "programme-television"

    def __init__(
        self, http: HttpClient, channels: Mapping[str, str], base_url: str = BASE_URL, *, casts: bool = False
    ) -> None:
        self._http, self._channels, self._base_url, self._casts = http, channels, base_url, casts

    def listing(self, day: date, *, today: date) -> Listing:
        """All channels on the local `day`; `today` is the local date on which it is asked.

        A channel without a page is counted in `skipped`. Raises `SourceUnavailable` for a day that the site does not
        have, or when it has none of the channels.
        """
        name, missing = day_name(day, today=today), 0
        days: list[Listing] = []
        for slug, channel in self._channels.items():
            try:
                days.append(self._channel_day(ChannelRecord(slug, channel), day, name))
            except NotFound:
                missing += 1
        if not days:
            raise SourceUnavailable(f"programme-television.org has none of the {missing} channels asked for on {day}.")
        return _joined(days, missing)

    def _channel_day(self, channel: ChannelRecord, day: date, name: str) -> Listing:
        document = self._http.get(f"{self._base_url}/tv/chaines/{channel.id}/{name}")
        found = parse_channel_day(document.content, channel=channel, day=day, encoding=document.encoding)
        return self._with_casts(found) if self._casts else found.listing

    def _with_casts(self, found: ChannelDay) -> Listing:
        airings = zip(found.listing.airings, found.pages, strict=True)
        return replace(found.listing, airings=tuple(self._with_cast(airing, page) for airing, page in airings))

    def _with_cast(self, airing: AiringRecord, page: str | None) -> AiringRecord:
        return airing if page is None or airing.kind == "other" else replace(airing, credits=self._credits(page))

    def _credits(self, page: str) -> tuple[CreditRecord, ...]:
        try:
            document = self._http.get(f"{self._base_url}{page}")
        except NotFound:
            return ()
        return parse_programme(document.content, encoding=document.encoding).credits


def day_name(day: date, *, today: date) -> str:
    """How the site's addresses call the local `day`: `hier`, nothing for today, `lundi`…, `lundiprochain`….

    Raises `SourceUnavailable` for a day that it has no page for.
    """
    ahead = (day - today) // timedelta(days=1)
    if not -1 <= ahead <= _DAYS_AHEAD:
        raise SourceUnavailable(f"programme-television.org lists yesterday to {_DAYS_AHEAD} days ahead, not {day}.")
    if ahead <= 0:
        return "" if ahead == 0 else "hier"
    return _WEEKDAYS[day.weekday()] + ("prochain" if ahead > 6 else "")


def _joined(days: list[Listing], missing: int) -> Listing:
    skipped = {"no_page": missing} if missing else {}
    for listing in days:
        skipped |= {reason: skipped.get(reason, 0) + count for reason, count in listing.skipped.items()}
    channels = tuple(channel for listing in days for channel in listing.channels)
    return Listing(channels, tuple(airing for listing in days for airing in listing.airings), skipped)
