"""What the API reads: regions with their line-ups, and the current galleries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Channel, ChannelAlias, GalleryRelease, Lineup, Region

_RELEASES = select(
    GalleryRelease.region_code,
    GalleryRelease.slot,
    GalleryRelease.object_key,
    GalleryRelease.sha256,
    GalleryRelease.size_bytes,
    GalleryRelease.built_at,
)
"""The columns of a `CurrentRelease`."""


@dataclass(frozen=True, slots=True)
class CurrentRelease:
    """The current gallery of one (region, slot): the key and SHA-256 of its manifest."""

    region: str
    slot: datetime
    object_key: str
    sha256: str
    size_bytes: int
    built_at: datetime


@dataclass(frozen=True, slots=True)
class RegionLineup:
    """A region; `channels` are (slug, name, keys of its names), in the order of the line-up."""

    code: str
    name: str
    country: str
    time_zone: str
    channels: tuple[tuple[str, str, frozenset[str]], ...]
    zones: tuple[str, ...]


def current_releases(session: Session, model_key: str) -> Sequence[CurrentRelease]:
    """The current galleries of the model key, by slot and region."""
    release = GalleryRelease
    rows = session.execute(
        _RELEASES.where(release.state == "current", release.model_key == model_key).order_by(
            release.slot, release.region_code
        )
    )
    return [CurrentRelease(*row) for row in rows]


def previous_release(session: Session, model_key: str, region_code: str, slot: datetime) -> CurrentRelease | None:
    """The gallery that was current in that slot before the current one; None when there is none (any more)."""
    release = GalleryRelease
    row = session.execute(
        _RELEASES.where(
            release.state == "previous",
            release.model_key == model_key,
            release.region_code == region_code,
            release.slot == slot,
        )
        .order_by(release.built_at.desc())
        .limit(1)
    ).first()
    return CurrentRelease(*row) if row else None


def region_lineups(session: Session) -> Sequence[RegionLineup]:
    """Every region with its channels, by code."""
    rows = session.execute(
        select(Lineup.region_code, Channel.id, Channel.slug, Channel.name)
        .join(Channel, Channel.id == Lineup.channel_id)
        .order_by(Lineup.region_code, Lineup.position, Channel.slug)
    )
    keys: defaultdict[int, set[str]] = defaultdict(set)
    for channel_id, key in session.execute(select(ChannelAlias.channel_id, ChannelAlias.key)):
        keys[channel_id].add(key)
    channels: defaultdict[str, list[tuple[str, str, frozenset[str]]]] = defaultdict(list)
    for region_code, channel_id, slug, name in rows:
        channels[region_code].append((slug, name, frozenset(keys[channel_id])))
    regions = session.scalars(select(Region).order_by(Region.code))
    return [
        RegionLineup(r.code, r.name, r.country, r.time_zone, tuple(channels[r.code]), tuple(r.zones)) for r in regions
    ]
