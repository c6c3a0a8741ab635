"""programme-television.org as a source of listings for French channels, with casts where asked for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from indexer.errors import NotFound, PageChanged, SourceError, SourceUnavailable
from indexer.http import Document, HttpClient
from indexer.sources.programme_television.pages import ChannelDay, parse_channel_day, parse_programme
from indexer.sources.records import AiringRecord, ChannelRecord, CreditRecord, Listing

BASE_URL = "https://www.programme-television.org"
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_DAYS_AHEAD = 13


class ProgrammeTelevision:
    """A source of listings. `channels` maps the site's slugs to the channels' names.

    With `casts`, the page about each film and episode is fetched too: one more request for each of them.
    """

    name = "programme-television"

    def __init__(
        self, http: HttpClient, channels: Mapping[str, str], base_url: str = BASE_URL, *, casts: bool = False
    ) -> None:
        self._http, self._channels, self._base_url, self._casts = http, channels, base_url, casts

    def listing(self, day: date, *, today: date) -> Listing:
        """All channels on the local `day`; `today` is the current local date.

        A channel without a page is counted in `skipped`. The first failure becomes the listing's `problem`; no more
        channels are read after it, unless it was the form of one page that changed. Raises `SourceUnavailable` for a
        day that the site does not have, or when it has none of the channels; and the first failure when no channel
        could be read.
        """
        name, missing = day_name(day, today=today), 0
        found: list[Listing] = []
        problem: SourceError | None = None
        for slug, channel in self._channels.items():
            try:
                found.append(self._channel_day(ChannelRecord(slug, channel), day, name))
            except NotFound:
                missing += 1
            except PageChanged as error:
                problem = problem or error
            except SourceUnavailable as error:
                problem = problem or error
                break
        if not found:
            raise problem or SourceUnavailable(f"programme-television.org has none of the {missing} channels on {day}.")
        return _joined(found, missing, problem)

    def _channel_day(self, channel: ChannelRecord, day: date, name: str) -> Listing:
        document = self._get(f"/tv/chaines/{channel.id}/{name}")
        found = parse_channel_day(document.content, channel=channel, day=day, encoding=document.encoding)
        return self._with_casts(found) if self._casts else found.listing

    def _with_casts(self, found: ChannelDay) -> Listing:
        airings = list(found.listing.airings)
        try:
            for place, page in enumerate(found.pages):
                airings[place] = self._with_cast(airings[place], page)
        except (SourceUnavailable, PageChanged) as error:
            return replace(found.listing, airings=tuple(airings), problem=str(error))
        return replace(found.listing, airings=tuple(airings))

    def _with_cast(self, airing: AiringRecord, page: str | None) -> AiringRecord:
        return airing if page is None or airing.kind == "other" else replace(airing, credits=self._credits(page))

    def _credits(self, page: str) -> tuple[CreditRecord, ...]:
        try:
            document = self._get(page)
        except NotFound:
            return ()
        return parse_programme(document.content, encoding=document.encoding).credits

    def _get(self, path: str) -> Document:
        return self._http.get(f"{self._base_url}{path}")


def day_name(day: date, *, today: date) -> str:
    """The name of the local `day` in the site's addresses: `hier`, empty for today, `lundi`…, `lundiprochain`….

    Raises `SourceUnavailable` for a day that has no page.
    """
    ahead = (day - today) // timedelta(days=1)
    if not -1 <= ahead <= _DAYS_AHEAD:
        raise SourceUnavailable(f"programme-television.org lists yesterday to {_DAYS_AHEAD} days ahead, not {day}.")
    if ahead <= 0:
        return "" if ahead == 0 else "hier"
    return _WEEKDAYS[day.weekday()] + ("prochain" if ahead > 6 else "")


def _joined(found: list[Listing], missing: int, problem: SourceError | None) -> Listing:
    skipped = Counter(no_page=missing) if missing else Counter[str]()
    for listing in found:
        skipped.update(listing.skipped)
    problems = [str(problem)] if problem else [listing.problem for listing in found if listing.problem]
    channels = tuple(channel for listing in found for channel in listing.channels)
    airings = tuple(airing for listing in found for airing in listing.airings)
    return Listing(channels, airings, dict(skipped), next(iter(problems), None))
