"""Writes listings: channels, programmes and airings. Only differences are written."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Session

from db.keys import channel_key
from db.models import Airing, AiringCredit, Channel, ChannelAlias, Lineup, Programme, Region
from db.queries.external_ids import update_programme_ids


class ProgrammeKey(NamedTuple):
    """The natural key of a programme: `title_key` is the folded title, `kind` is `film`, `series` or `other`."""

    title_key: str
    kind: str
    year: int | None


class AiringRow(NamedTuple):
    """An airing as a listing gives it. Two airings are the same when all fields are equal."""

    channel_id: int
    programme_id: int
    start: datetime
    stop: datetime
    episode_title: str | None
    season: int | None
    episode: int | None


class ChannelRow(NamedTuple):
    """A channel's name and icon, and every key (`db.keys.channel_key`) of its names."""

    name: str
    icon_url: str | None
    keys: frozenset[str]


class AiringChanges(NamedTuple):
    """How many airings a crawl added, removed, and left unchanged."""

    added: int
    removed: int
    kept: int


def lock_writes(session: Session) -> None:
    """Take the lock for writing listings and casts, until the end of the transaction.

    Regions share channels, programmes and people, so that only one transaction may write them at a time. To hold the
    lock briefly, the commit does not wait for the disk: what a power cut loses, the next run writes again.
    """
    session.execute(
        select(
            func.set_config("synchronous_commit", "off", True),
            func.pg_advisory_xact_lock(func.hashtextextended("findtheactor listings", 0)),
        )
    )


def ensure_region(
    session: Session, *, code: str, name: str, country: str, time_zone: str, zones: Sequence[str]
) -> None:
    """Insert the region, or update what changed."""
    values = {"name": name, "country": country, "time_zone": time_zone, "zones": list(zones)}
    statement = insert(Region).values(code=code, **values)
    changed = or_(*(getattr(Region, column) != value for column, value in values.items()))
    session.execute(statement.on_conflict_do_update(index_elements=[Region.code], set_=values, where=changed))


def ensure_lineup(session: Session, region_code: str, channels: Mapping[str, ChannelRow]) -> dict[str, int]:
    """The ids of the channels by slug. Channels, their names, and their places in the line-up are added if missing.

    A channel that was renamed gets its new name.
    """
    known = _channel_ids(session, channels)
    _rename(session, channels)
    missing = [
        {"slug": slug, "name": row.name, "icon_url": row.icon_url}
        for slug, row in channels.items()
        if slug not in known
    ]
    if missing:
        session.execute(insert(Channel).on_conflict_do_nothing(), missing)
        known = _channel_ids(session, channels)
    aliases = [{"channel_id": known[slug], "key": key} for slug, row in channels.items() for key in sorted(row.keys)]
    if aliases:
        session.execute(insert(ChannelAlias).on_conflict_do_nothing(), aliases)
    _extend_lineup(session, region_code, [known[slug] for slug in channels])
    return known


def _channel_ids(session: Session, slugs: Iterable[str]) -> dict[str, int]:
    rows = session.execute(select(Channel.slug, Channel.id).where(Channel.slug.in_(list(slugs))))
    return dict(rows.all())


def _rename(session: Session, channels: Mapping[str, ChannelRow]) -> None:
    """Names that differ only in their spelling are left: sources spell a channel in different ways."""
    stored = session.execute(select(Channel.slug, Channel.name).where(Channel.slug.in_(list(channels))))
    for slug, name in stored.all():
        if channel_key(name) != channel_key(channels[slug].name):
            session.execute(update(Channel).where(Channel.slug == slug).values(name=channels[slug].name))


def _extend_lineup(session: Session, region_code: str, channel_ids: Sequence[int]) -> None:
    here = select(Lineup.channel_id).where(Lineup.region_code == region_code)
    listed = set(session.scalars(here))
    new = [
        {"region_code": region_code, "channel_id": channel_id, "position": len(listed) + place}
        for place, channel_id in enumerate(channel for channel in channel_ids if channel not in listed)
    ]
    if new:
        session.execute(insert(Lineup).on_conflict_do_nothing(), new)


def ensure_programmes(
    session: Session, programmes: Mapping[ProgrammeKey, tuple[str, Mapping[str, str]]]
) -> dict[ProgrammeKey, int]:
    """The ids of programmes given as key -> (title, external ids). Missing programmes are created."""
    known = _programme_ids(session, programmes)
    missing = [{**key._asdict(), "title": title} for key, (title, _) in programmes.items() if key not in known]
    if missing:
        session.execute(insert(Programme).on_conflict_do_nothing(), missing)
        known = _programme_ids(session, programmes)
    update_programme_ids(session, {known[key]: ids for key, (_, ids) in programmes.items() if ids})
    return known


def _programme_ids(session: Session, keys: Iterable[ProgrammeKey]) -> dict[ProgrammeKey, int]:
    wanted = set(keys)
    titles = sorted({key.title_key for key in wanted})
    rows = session.execute(
        select(Programme.title_key, Programme.kind, Programme.year, Programme.id).where(Programme.title_key.in_(titles))
    )
    found = {ProgrammeKey(title_key, kind, year): programme_id for title_key, kind, year, programme_id in rows}
    return {key: found[key] for key in wanted & found.keys()}


def replace_airings(
    session: Session, rows: Mapping[AiringRow, str], *, kept: Collection[AiringRow], crawled_at: datetime
) -> AiringChanges:
    """Replace the airings of each listed channel by `rows` (airing -> source), from its first start to its last stop.

    Unchanged airings, and those in `kept`, keep their row and id. Airings of one channel must not overlap.
    """
    present = _airings_within(session, _extents(rows))
    stale = [airing_id for row, airing_id in present.items() if row not in rows and row not in kept]
    new = [row for row in rows if row not in present]
    if stale:
        session.execute(delete(Airing).where(Airing.id.in_(stale)))
    if new:
        session.execute(insert(Airing), [_values(row, rows[row], crawled_at) for row in new])
    return AiringChanges(len(new), len(stale), len(present) - len(stale))


def has_named_people(session: Session, source: str) -> bool:
    """Whether an airing of this listings source, as it is stored, has a cast of its own."""
    named = select(AiringCredit.airing_id).join(Airing, Airing.id == AiringCredit.airing_id)
    return session.scalar(select(named.where(Airing.source == source).exists())) or False


def airing_ids(session: Session, channel_ids: Iterable[int], start: datetime, stop: datetime) -> dict[AiringRow, int]:
    """The airings of these channels that overlap [start, stop), with their ids."""
    return {row: airing_id for row, airing_id, _ in _airings(session, channel_ids, start, stop)}


def airing_sources(session: Session, rows: Collection[AiringRow]) -> dict[AiringRow, str]:
    """The stored airings of the channels and the time span of `rows`, with their sources."""
    times = [(row.start, row.stop) for row in rows]
    if not times:
        return {}
    start, stop = min(start for start, _ in times), max(stop for _, stop in times)
    found = _airings(session, {row.channel_id for row in rows}, start, stop)
    return {row: source for row, _, source in found}


def _airings(
    session: Session, channel_ids: Iterable[int], start: datetime, stop: datetime
) -> Iterator[tuple[AiringRow, int, str]]:
    statement = select(
        Airing.channel_id,
        Airing.programme_id,
        func.lower(Airing.during),
        func.upper(Airing.during),
        Airing.episode_title,
        Airing.season,
        Airing.episode,
        Airing.id,
        Airing.source,
    ).where(Airing.channel_id.in_(list(channel_ids)), Airing.during.overlaps(Range(start, stop)))
    return ((AiringRow(*row[:-2]), row[-2], row[-1]) for row in session.execute(statement))


def _extents(rows: Iterable[AiringRow]) -> dict[int, tuple[datetime, datetime]]:
    extents: dict[int, tuple[datetime, datetime]] = {}
    for row in rows:
        start, stop = extents.get(row.channel_id, (row.start, row.stop))
        extents[row.channel_id] = min(start, row.start), max(stop, row.stop)
    return extents


def _airings_within(session: Session, extents: Mapping[int, tuple[datetime, datetime]]) -> dict[AiringRow, int]:
    if not extents:
        return {}
    first = min(start for start, _ in extents.values())
    last = max(stop for _, stop in extents.values())
    return {
        row: airing_id
        for row, airing_id in airing_ids(session, extents, first, last).items()
        if row.start < extents[row.channel_id][1] and row.stop > extents[row.channel_id][0]
    }


def _values(row: AiringRow, source: str, crawled_at: datetime) -> dict[str, object]:
    during = Range(row.start, row.stop)
    described = {key: value for key, value in row._asdict().items() if key not in ("start", "stop")}
    return {**described, "during": during, "source": source, "crawled_at": crawled_at}
