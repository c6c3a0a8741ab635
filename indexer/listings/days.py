"""What the listings sources say of a region, day by day, each channel from the best of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import structlog

from db.queries.listings import ChannelRow
from indexer.asking.tally import Tally
from indexer.errors import NotFound, SourceError
from indexer.job.context import Context
from indexer.listings.channels import Market, market
from indexer.listings.reader import GuideReader
from indexer.listings.timetable import Span, filled, longest_gap, timetable
from indexer.regions.listings import Listings, PageListings, XmltvListings, days_of
from indexer.sources.records import AiringRecord, ChannelRecord, Listing
from indexer.window import Window, day_window

log = structlog.get_logger(__name__)

LONGEST_GAP = timedelta(hours=4)
"""A channel of which a source knows nothing for longer is asked of the next source, too."""

MANY_WORKS = 20
"""So many films and episodes without one name are no accident."""

_WORST_FIRST = ("changed", "blocked", "cut off", "ok", "unavailable")

_NOTHING = Listing((), ())

_Channels = dict[str, list[AiringRecord]]
"""Settled airings by channel slug."""


@dataclass(frozen=True, slots=True)
class _Day:
    """What one source says of one local day; not `whole` when some of it did not come."""

    channels: _Channels
    whole: bool


class ListingDays:
    """Collects the region's airings; `counts` gets what could not be used.

    `heard`: by channel and source, for each day, the times of what the source lists when it is asked about the channel.
    """

    def __init__(self, context: Context, reader: GuideReader, counts: Counter[str]) -> None:
        self.airings: list[AiringRecord] = []
        self.heard: defaultdict[tuple[str, str], list[Sequence[Span]]] = defaultdict(list)
        self.tally = Tally()
        self._context, self._reader, self._counts = context, reader, counts
        self._market: Market = market(context.region.market)
        self._lineup = {self._market.name(name): place for place, name in enumerate(context.region.lineup)}
        self._found: dict[str, ChannelRecord] = {}
        self._named_by: defaultdict[str, set[str]] = defaultdict(set)
        self._shown: set[str] = set()
        self._answers: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
        self._read_before: dict[Hashable, Listing | None] = {}
        self._damage: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._works: Counter[str] = Counter()
        self._with_cast: Counter[str] = Counter()

    def add(self, day: date) -> None:
        """Take the day from the first source that has it; the others fill in what it lacks."""
        region = self._context.region
        window = day_window(day, 1, region.time_zone)
        had: _Channels = {}
        whole = False
        for source in region.listings:
            lacking = self._lacking(had, window) if whole else None
            if lacking is not None and not lacking:
                break
            found = self._day(source, window, lacking)
            if found is not None:
                self._add(had, found.channels, lacking, source.name)
                self._shown |= set(had) if lacking is not None else self._named_by[source.name]
                whole = whole or found.whole
        self.airings += [airing for airings in had.values() for airing in airings]
        if not had:
            self._counts["days_without_listing"] += 1
            log.warning("no source lists the day", day=day.isoformat(), region=region.code)

    def _add(self, had: _Channels, found: _Channels, lacking: Collection[str] | None, source: str) -> None:
        for channel, airings in found.items():
            if lacking is None or channel in lacking:
                had[channel] = filled(had.get(channel, ()), airings)
                self.heard[channel, source].append([(it.start, it.stop) for it in airings if it.stop is not None])

    def channels(self) -> Mapping[str, ChannelRow]:
        """By slug, in the order of the line-up: the channels of guides, and those that filled a gap."""
        shown = [(slug, record) for slug, record in self._found.items() if slug in self._shown]
        ordered = sorted(shown, key=lambda item: self._lineup.get(item[1].name, len(self._lineup)))
        return {slug: ChannelRow(it.name, it.icon_url, self._market.keys(it.name)) for slug, it in ordered}

    def health(self) -> dict[str, tuple[str, str | None]]:
        """Each source that was asked: its state, and what went wrong; of one that is ok, what was damaged."""
        states = {}
        for source, answers in self._answers.items():
            state = next(state for state in _WORST_FIRST if state in answers)
            detail = answers[state] or _told(self._damage[source])
            states[source] = "unavailable" if state == "cut off" else state, detail
        return states

    def without_cast(self) -> dict[str, int]:
        """The sources that listed many films and episodes, and how many, but not one person."""
        return {
            source: works
            for source, works in self._works.items()
            if works >= MANY_WORKS and not self._with_cast[source]
        }

    def _lacking(self, had: _Channels, window: Window) -> set[str]:
        """The slugs of the channels of which too little is known: those of the line-up, if there is one."""
        wanted = {self._market.slug(name) for name in self._lineup} or set(had)
        return {slug for slug in wanted if longest_gap(had.get(slug, ()), window.start, window.stop) > LONGEST_GAP}

    def _day(self, source: Listings, window: Window, lacking: Collection[str] | None) -> _Day | None:
        if isinstance(source, PageListings) and lacking is not None:
            missing = {site: name for site, name in source.channels.items() if self._market.slug(name) in lacking}
            if not missing:
                return None
            source = replace(source, channels=missing)
        listings = list(self._listings(source, window))
        airings = (airing for listing in listings if listing is not None for airing in listing.airings)
        channels = {
            channel: on_day
            for channel, row in timetable(airings).channels.items()
            if (on_day := [it for it in row if it.stop is not None and window.overlaps(it.start, it.stop)])
        }
        return _Day(channels, bool(channels) and all(it is not None and it.problem is None for it in listings))

    def _listings(self, source: Listings, window: Window) -> Iterator[Listing | None]:
        """What the source's own days say that can hold a part of the window; None for one that failed.

        A day that the source does not have (yet, or any more) is none that failed: its hours are lacking.
        """
        asked: set[Hashable] = set()
        for day in days_of(source, window, self._context.region.time_zone):
            key = (source.name, _question(source, day))
            if key not in asked:
                asked.add(key)
                if key not in self._read_before:
                    self._read_before[key] = self._read(source, day)
                yield self._read_before[key]

    def _read(self, source: Listings, day: date) -> Listing | None:
        region, window = self._context.region, self._context.window
        today = self._context.started_at.astimezone(ZoneInfo(source.zone or region.time_zone)).date()
        try:
            listing = self._reader.read(source, day, around=window, language=region.language, today=today)
        except SourceError as error:
            self.tally.note(source.name, error)
            self._answers[source.name][error.state] = str(error)
            log.warning("source failed", source=source.name, state=error.state, error=str(error))
            return _NOTHING if isinstance(error, NotFound) else None
        self.tally.note(source.name)
        self._answers[source.name]["cut off" if listing.problem else "ok"] = listing.problem
        return self._settled(listing, source)

    def _settled(self, listing: Listing, source: Listings) -> Listing:
        """The listing with channels by slug, in the region's own times, and without overlaps."""
        slugs = {channel.id: slug for channel in listing.channels if (slug := self._known(channel, source))}
        settled = timetable(
            self._here(replace(airing, channel=slugs[airing.channel], source=source.name), source)
            for airing in listing.airings
            if airing.channel in slugs
        )
        self._works[source.name] += sum(airing.kind != "other" for airing in listing.airings)
        self._with_cast[source.name] += sum(bool(airing.credits) for airing in listing.airings)
        self._damage[source.name].update({**listing.skipped, **listing.repaired})
        self._counts.update({f"repaired_{kind}": count for kind, count in listing.repaired.items()})
        self._counts.update({f"skipped_{reason}": count for reason, count in listing.skipped.items()})
        self._counts.update({f"dropped_{reason}": count for reason, count in settled.dropped.items()})
        return replace(listing, airings=tuple(airing for row in settled.channels.values() for airing in row))

    def _known(self, channel: ChannelRecord, source: Listings) -> str | None:
        """The channel's slug; None when the region does not receive it."""
        region, is_named = self._context.region, channel.name != channel.id
        name = self._market.name(channel.name) if is_named else self._market.name_of_id(channel.id)
        if region.only_lineup and name not in self._lineup:
            return None
        own_feed = source.feed is not None and name not in source.feed.live
        slug = self._market.slug(name, feed=region.code if own_feed else None)
        self._found.setdefault(slug, replace(channel, name=name))
        self._named_by[source.name].add(slug)
        return slug

    def _here(self, airing: AiringRecord, source: Listings) -> AiringRecord:
        if source.feed is None or self._found[airing.channel].name in source.feed.live:
            return airing
        return source.feed.shown(airing, self._context.region.time_zone)


def _told(damage: Mapping[str, int]) -> str | None:
    """Which places of a source's listings were damaged or of no use, the most frequent kind first."""
    if not damage:
        return None
    kinds = sorted(damage.items(), key=lambda item: (-item[1], item[0]))
    return f"Read, with damage in {sum(damage.values())} places: " + ", ".join(
        f"{kind.replace('_', ' ')} ({count})" for kind, count in kinds
    )


def _question(source: Listings, day: date) -> Hashable:
    match source:
        case XmltvListings():
            return source.addresses(day)
        case PageListings():
            return day, frozenset(source.channels)
    return day
