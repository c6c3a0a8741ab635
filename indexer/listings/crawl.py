"""Job 1: what is on, from the region's sources in order of preference."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.engine import session as transaction
from db.keys import fold, richness
from db.queries import listings
from db.queries.jobs import record_health
from db.queries.listings import AiringRow, ProgrammeKey
from db.queries.tallies import add_tallies
from indexer.errors import SourceUnavailable
from indexer.job.context import Context
from indexer.listings.days import ListingDays
from indexer.listings.reader import GuideReader
from indexer.listings.shared_channels import ListedSpans, precedence, still_valid, trimmed_around
from indexer.listings.timetable import timetable
from indexer.regions import Region
from indexer.sources.records import AiringRecord
from indexer.window import day_window

Listed = Mapping[AiringRow, AiringRecord]
"""The airings as stored, each with the record that it came from (its `channel` is the channel's slug)."""


def crawl_listings(context: Context, reader: GuideReader, counts: Counter[str]) -> Listed:
    """Store what is on in the window; unchanged airings keep their rows and ids.

    Raises `SourceUnavailable` when no source lists anything in it: an evening is never emptied by a source that fails.
    """
    days = ListingDays(context, reader, counts)
    wanted = list(_days(context))
    for day in context.progress.track(wanted, description="Reading the guide", total=len(wanted)):
        days.add(day)
    with transaction(context.engine) as session:
        lost = {name: count for name, count in days.without_cast().items() if listings.has_named_people(session, name)}
        for source, (state, detail) in days.health().items():
            if source in lost:
                state, detail = "changed", f"It lists {lost[source]} films and episodes and nobody in them; it used to."
            record_health(session, source, state, detail)
        add_tallies(session, days.tally.drain())
    if not days.airings:
        raise SourceUnavailable(_nothing_listed(context, days))
    return _store(context, days, counts)


def _days(context: Context) -> Iterator[date]:
    zone = ZoneInfo(context.region.time_zone)
    day = context.window.start.astimezone(zone).date()
    while day_window(day, 1, zone.key).start < context.window.stop:
        yield day
        day += timedelta(days=1)


def _nothing_listed(context: Context, days: ListingDays) -> str:
    said = "; ".join(f"{source}: {detail or 'lists nothing then'}" for source, (_, detail) in days.health().items())
    return f"No source lists region {context.region.code} from {context.window.start:%Y-%m-%d %H:%M} UTC on. {said}"


def _store(context: Context, days: ListingDays, counts: Counter[str]) -> Listed:
    settled = timetable(days.airings).channels
    airings = [airing for row in settled.values() for airing in row]
    with transaction(context.engine) as session:
        listings.lock_writes(session)
        store_region(session, context.region)
        channel_ids = listings.ensure_lineup(session, context.region.code, days.channels())
        programme_ids = listings.ensure_programmes(session, _programmes(airings))
        found = {_row(airing, channel_ids, programme_ids): airing for airing in airings}
        heard = {(channel_ids[slug], source): spans for (slug, source), spans in days.heard.items()}
        kept = _kept(session, context, found, heard)
        listed = {row: found[before] for before, row in trimmed_around(found, kept).items()}
        changes = listings.replace_airings(
            session, {row: airing.source for row, airing in listed.items()}, kept=kept, crawled_at=context.started_at
        )
    counts.update(channels=len(channel_ids), programmes=len(programme_ids), **changes._asdict())
    return listed


def _kept(session: Session, context: Context, found: Listed, heard: ListedSpans) -> set[AiringRow]:
    new = {row: airing.source for row, airing in found.items()}
    return still_valid(listings.airing_sources(session, new), new, heard, precedence(context.region.market))


def store_region(session: Session, region: Region) -> None:
    """Record the region, so that the API knows it."""
    listings.ensure_region(
        session,
        code=region.code,
        name=region.name,
        country=region.country,
        time_zone=region.time_zone,
        zones=region.zones,
    )


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
