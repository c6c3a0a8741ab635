"""Job 1: what is on, from the region's sources in order of preference."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import structlog

from db.engine import session as transaction
from db.keys import fold, richness, slug
from db.queries import listings
from db.queries.jobs import record_health
from db.queries.listings import AiringRow, ProgrammeKey
from indexer.errors import SourceError, SourceUnavailable
from indexer.jobs.context import Context
from indexer.regions import GuideSource
from indexer.sources.guide import GuideReader
from indexer.sources.records import AiringRecord, ChannelRecord, Listing
from indexer.timetable import timetable
from indexer.window import day_window

log = structlog.get_logger(__name__)

Listed = Mapping[AiringRow, AiringRecord]
"""The airings as stored, each with the record that it came from (its `channel` is the channel's slug)."""

_WORST_FIRST = ("changed", "blocked", "cut off", "ok", "unavailable")


@dataclass(slots=True)
class _Crawl:
    """What the sources have said so far."""

    context: Context
    reader: GuideReader
    counts: Counter[str]
    channels: dict[str, ChannelRecord] = field(default_factory=dict)
    airings: list[AiringRecord] = field(default_factory=list)
    answers: defaultdict[str, dict[str, str | None]] = field(default_factory=lambda: defaultdict(dict))
    _listings: dict[str, Listing | None] = field(default_factory=dict)

    def read(self, source: GuideSource, day: date) -> Listing | None:
        """The source's listing for the day, by channel slug and without overlaps; None when it failed."""
        guide = source.guide_for(day)
        if guide not in self._listings:
            self._listings[guide] = self._read(source, guide)
        return self._listings[guide]

    def _read(self, source: GuideSource, guide: str) -> Listing | None:
        try:
            listing = self.reader.read(guide, around=self.context.window, language=self.context.region.language)
        except SourceError as error:
            self.answers[source.name][error.state] = str(error)
            log.warning("source failed", source=source.name, state=error.state, error=str(error))
            return None
        self.answers[source.name]["cut off" if listing.problem else "ok"] = listing.problem
        return self._settled(listing, source)

    def _settled(self, listing: Listing, source: GuideSource) -> Listing:
        slugs = {channel.id: slug(channel.name) for channel in listing.channels}
        settled = timetable(
            replace(airing, channel=slugs[airing.channel], source=source.name) for airing in listing.airings
        )
        self.counts.update({f"skipped_{reason}": count for reason, count in listing.skipped.items()})
        self.counts.update({f"dropped_{reason}": count for reason, count in settled.dropped.items()})
        for channel in listing.channels:
            self.channels.setdefault(slugs[channel.id], channel)
        return replace(listing, airings=tuple(airing for row in settled.channels.values() for airing in row))

    def add_day(self, day: date) -> None:
        """Take the day from the first source that has all of it; the others fill in the channels that it lacks."""
        window = day_window(day, 1, self.context.region.time_zone)
        served: set[str] = set()
        for source in self.context.region.listings:
            listing = self.read(source, day)
            if listing is None:
                continue
            on_day = [
                airing
                for airing in listing.airings
                if airing.stop is not None and window.overlaps(airing.start, airing.stop)
            ]
            self.airings += [airing for airing in on_day if airing.channel not in served]
            served |= {airing.channel for airing in on_day}
            if served and listing.problem is None:
                return
        if not served:
            self.counts["days_without_listing"] += 1
            log.warning("no source lists the day", day=day.isoformat(), region=self.context.region.code)


def crawl_listings(context: Context, reader: GuideReader, counts: Counter[str]) -> Listed:
    """Store what is on in the window; unchanged airings keep their rows and ids.

    Raises `SourceUnavailable` when no source lists anything in it: an evening is never emptied by a source that fails.
    """
    crawl = _Crawl(context, reader, counts)
    for day in context.progress.track(list(_days(context)), description="Reading the guide"):
        crawl.add_day(day)
    with transaction(context.engine) as session:
        for source, answers in crawl.answers.items():
            state = next(state for state in _WORST_FIRST if state in answers)
            record_health(session, source, "unavailable" if state == "cut off" else state, answers[state])
    if not crawl.airings:
        raise SourceUnavailable(_nothing_listed(context, crawl))
    return _store(context, crawl)


def _days(context: Context) -> Iterator[date]:
    zone = ZoneInfo(context.region.time_zone)
    day = context.window.start.astimezone(zone).date()
    while day_window(day, 1, zone.key).start < context.window.stop:
        yield day
        day += timedelta(days=1)


def _nothing_listed(context: Context, crawl: _Crawl) -> str:
    said = "; ".join(
        f"{source}: {detail or 'lists nothing then'}"
        for source, answers in crawl.answers.items()
        for detail in answers.values()
    )
    return f"No source lists region {context.region.code} from {context.window.start:%Y-%m-%d %H:%M} UTC on. {said}"


def _store(context: Context, crawl: _Crawl) -> Listed:
    settled = timetable(crawl.airings).channels
    airings = [airing for row in settled.values() for airing in row]
    region = context.region
    with transaction(context.engine) as session:
        listings.write_alone(session)
        listings.ensure_region(
            session, code=region.code, name=region.name, country=region.country, time_zone=region.time_zone
        )
        named = {key: (record.name, record.icon_url) for key, record in crawl.channels.items()}
        channel_ids = listings.ensure_lineup(session, region.code, named)
        programme_ids = listings.ensure_programmes(session, _programmes(airings))
        listed = {_row(airing, channel_ids, programme_ids): airing for airing in airings}
        changes = listings.replace_airings(
            session, {row: airing.source for row, airing in listed.items()}, crawled_at=context.started_at
        )
    crawl.counts.update(channels=len(channel_ids), programmes=len(programme_ids), **changes._asdict())
    return listed


def _key(airing: AiringRecord) -> ProgrammeKey:
    return ProgrammeKey(fold(airing.title), airing.kind, airing.year)


def _programmes(airings: Iterable[AiringRecord]) -> dict[ProgrammeKey, tuple[str, Mapping[str, str]]]:
    programmes: dict[ProgrammeKey, tuple[str, Mapping[str, str]]] = {}
    for airing in airings:
        title, ids = programmes.get(_key(airing), (airing.title, {}))
        programmes[_key(airing)] = max(title, airing.title, key=richness), {**ids, **airing.ids}
    return programmes


def _row(airing: AiringRecord, channel_ids: Mapping[str, int], programme_ids: Mapping[ProgrammeKey, int]) -> AiringRow:
    if airing.stop is None:
        raise ValueError(f"{airing.title} has no stop: only a settled timetable can be stored.")
    return AiringRow(
        channel_ids[airing.channel],
        programme_ids[_key(airing)],
        airing.start,
        airing.stop,
        airing.episode_title,
        airing.season,
        airing.episode,
    )
