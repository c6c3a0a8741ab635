"""Publishing: moving the pointers to the current galleries, which the API follows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, exists, select, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from db.models import GalleryRelease, PreparedGallery


class Release(NamedTuple):
    """A gallery in storage, ready to be published."""

    slot: datetime
    object_key: str
    sha256: str
    people: int
    templates: int
    airings: int
    size_bytes: int


class LiveGallery(NamedTuple):
    """A published gallery whose objects must stay."""

    object_key: str
    sha256: str


def current_manifests(
    session: Session, region_code: str, model_key: str, slots: Collection[datetime]
) -> Mapping[datetime, str]:
    """The sha256 of the current gallery of each slot that has one."""
    rows = session.execute(
        select(GalleryRelease.slot, GalleryRelease.sha256).where(
            GalleryRelease.region_code == region_code,
            GalleryRelease.model_key == model_key,
            GalleryRelease.state == "current",
            GalleryRelease.slot.in_(list(slots)),
        )
    )
    return dict(rows.all())


def publish(
    session: Session, region_code: str, model_key: str, releases: Sequence[Release], *, built_at: datetime
) -> None:
    """Make these the current galleries of their slots. The replaced ones become `previous`, older ones `retired`."""
    slots = [release.slot for release in releases]
    withdraw(session, region_code, model_key, slots)
    given = {"region_code": region_code, "model_key": model_key, "built_at": built_at, "state": "current"}
    if releases:
        session.execute(insert(GalleryRelease), [{**given, **release._asdict()} for release in releases])


def withdraw(session: Session, region_code: str, model_key: str, slots: Collection[datetime]) -> None:
    """Leave these slots without a current gallery. The current ones become `previous`, older ones `retired`."""
    for state, successor in (("previous", "retired"), ("current", "previous")):
        session.execute(
            update(GalleryRelease)
            .where(
                GalleryRelease.region_code == region_code,
                GalleryRelease.model_key == model_key,
                GalleryRelease.slot.in_(list(slots)),
                GalleryRelease.state == state,
            )
            .values(state=successor)
        )


def rollback(session: Session, region_code: str, model_key: str) -> int:
    """Undo the region's last publication: the galleries that it replaced become current again. Returns how many.

    A gallery that replaced none stays. The undone ones are retired.
    """
    mine = (GalleryRelease.region_code == region_code, GalleryRelease.model_key == model_key)
    last = select(GalleryRelease.built_at).where(*mine, GalleryRelease.state == "current")
    built_at = session.scalar(last.order_by(GalleryRelease.built_at.desc()).limit(1))
    replaced = select(GalleryRelease.slot).where(*mine, GalleryRelease.state == "previous")
    undone = update(GalleryRelease).where(
        *mine, GalleryRelease.state == "current", GalleryRelease.built_at == built_at, GalleryRelease.slot.in_(replaced)
    )
    slots = session.scalars(undone.values(state="retired").returning(GalleryRelease.slot)).all()
    restored = update(GalleryRelease).where(*mine, GalleryRelease.state == "previous", GalleryRelease.slot.in_(slots))
    session.execute(restored.values(state="current"))
    return len(slots)


def retire_before(session: Session, region_code: str, slot: datetime) -> int:
    """Retire the region's galleries of slots before this one. Returns how many."""
    past = update(GalleryRelease).where(
        GalleryRelease.region_code == region_code, GalleryRelease.slot < slot, GalleryRelease.state != "retired"
    )
    return len(session.execute(past.values(state="retired").returning(GalleryRelease.id)).all())


def delete_galleries(session: Session, object_keys: Collection[str]) -> None:
    """Delete the galleries with these manifests, whatever their state."""
    for table in (GalleryRelease, PreparedGallery):
        session.execute(delete(table).where(table.object_key.in_(object_keys)))


def live_galleries(session: Session) -> Sequence[LiveGallery]:
    """All galleries of all regions, prepared titles and models whose objects must be kept."""
    tables = (GalleryRelease, PreparedGallery)
    rows = session.execute(union(*(select(table.object_key, table.sha256) for table in tables)).order_by("object_key"))
    return [LiveGallery(*row) for row in rows]


def purge_retired(session: Session, superseded_before: datetime) -> int:
    """Delete retired galleries that no API can still be loading. Returns how many.

    A replaced gallery is kept until its successor is older than `superseded_before`.
    """
    newer = aliased(GalleryRelease)
    fresh_successor = exists().where(
        newer.region_code == GalleryRelease.region_code,
        newer.slot == GalleryRelease.slot,
        newer.model_key == GalleryRelease.model_key,
        newer.state != "retired",
        newer.built_at >= superseded_before,
    )
    gone = delete(GalleryRelease).where(GalleryRelease.state == "retired", ~fresh_successor)
    return len(session.execute(gone.returning(GalleryRelease.id)).all())
