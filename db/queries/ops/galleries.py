"""Published galleries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from db.models import GalleryRelease, Photo, PreparedGallery, Programme, Region


@dataclass(frozen=True, slots=True)
class RegionZone:
    """A region and its time zone (IANA)."""

    code: str
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class RegionGalleries:
    """The current galleries of a region and model key."""

    region: str
    name: str
    time_zone: str
    model_key: str
    slots: int
    last_slot: datetime
    people: int
    templates: int
    size_bytes: int
    oldest_at: datetime
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class SlotGallery:
    """The current gallery of a slot, and the one that it replaced."""

    slot: datetime
    model_key: str
    people: int
    templates: int
    airings: int
    size_bytes: int
    built_at: datetime
    sha256: str
    previous_built_at: datetime | None
    previous_people: int | None
    previous_templates: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """How many galleries of a state are stored, and their total size."""

    state: str
    galleries: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """The gallery of a programme that was prepared by hand."""

    programme_id: int
    title: str
    model_key: str
    people: int
    templates: int
    size_bytes: int
    built_at: datetime
    expires_at: datetime | None


def region_zone(session: Session, code: str) -> RegionZone | None:
    """The region with this code; None when there is none."""
    row = session.execute(select(Region.code, Region.name, Region.time_zone).where(Region.code == code)).first()
    return RegionZone(*row) if row else None


def galleries_by_region(session: Session, since: datetime) -> Sequence[RegionGalleries]:
    """The current galleries of the slots from `since` on, by region and model key; `people` is the largest number."""
    release = GalleryRelease
    rows = session.execute(
        select(
            release.region_code,
            Region.name,
            Region.time_zone,
            release.model_key,
            func.count(),
            func.max(release.slot),
            func.max(release.people),
            func.max(release.templates),
            func.sum(release.size_bytes),
            func.min(release.built_at),
            func.max(release.built_at),
        )
        .join(Region, Region.code == release.region_code)
        .where(release.state == "current", release.slot >= since)
        .group_by(release.region_code, Region.name, Region.time_zone, release.model_key)
        .order_by(release.region_code, release.model_key)
    )
    return [RegionGalleries(*row) for row in rows]


def undoable_publications(session: Session) -> Mapping[tuple[str, str], int]:
    """How many galleries a rollback would restore, by (region, model key): those that the last publication replaced."""
    mine = (GalleryRelease.region_code, GalleryRelease.model_key)
    built_at = func.max(GalleryRelease.built_at).filter(GalleryRelease.state == "current")
    slots = (
        select(
            *mine,
            built_at.label("built_at"),
            func.max(built_at).over(partition_by=mine).label("last_at"),
            func.bool_or(GalleryRelease.state == "previous").label("replaced_one"),
        )
        .where(GalleryRelease.state != "retired")
        .group_by(*mine, GalleryRelease.slot)
        .subquery()
    ).c
    last = select(slots.region_code, slots.model_key, func.count())
    last = last.where(slots.built_at == slots.last_at, slots.replaced_one)
    rows = session.execute(last.group_by(slots.region_code, slots.model_key))
    return {(region, model_key): galleries for region, model_key, galleries in rows}


def galleries_of(session: Session, region: str, start: datetime) -> Sequence[SlotGallery]:
    """The region's current galleries of the slots from `start` on, each with the one that it replaced."""
    release, before = aliased(GalleryRelease), aliased(GalleryRelease)
    same = (before.region_code == release.region_code, before.slot == release.slot)
    rows = session.execute(
        select(
            release.slot,
            release.model_key,
            release.people,
            release.templates,
            release.airings,
            release.size_bytes,
            release.built_at,
            release.sha256,
            before.built_at,
            before.people,
            before.templates,
        )
        .outerjoin(before, and_(*same, before.model_key == release.model_key, before.state == "previous"))
        .where(release.region_code == region, release.state == "current", release.slot >= start)
        .order_by(release.slot, release.model_key)
    )
    return [SlotGallery(*row) for row in rows]


def stored_galleries(session: Session) -> Sequence[Stored]:
    """The number and size of stored galleries, by state."""
    release = GalleryRelease
    size = func.coalesce(func.sum(release.size_bytes), 0)
    rows = session.execute(select(release.state, func.count(), size).group_by(release.state).order_by(release.state))
    return [Stored(*row) for row in rows]


def photos_held(session: Session) -> int:
    """The number of stored photos; a picture of two people counts twice."""
    return session.scalar(select(func.count()).where(Photo.sha256.is_not(None))) or 0


def prepared_galleries(session: Session) -> Sequence[PreparedRow]:
    """The galleries that were prepared by hand, the latest first."""
    gallery = PreparedGallery
    rows = session.execute(
        select(
            gallery.programme_id,
            Programme.title,
            gallery.model_key,
            gallery.people,
            gallery.templates,
            gallery.size_bytes,
            gallery.built_at,
            gallery.expires_at,
        )
        .join(Programme, Programme.id == gallery.programme_id)
        .order_by(gallery.built_at.desc(), gallery.programme_id)
    )
    return [PreparedRow(*row) for row in rows]
