"""Published galleries, and the coverage of each slot."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, one_of, surrogate_key


class GalleryRelease(Base):
    """A published gallery. The `current` row of a (region, slot, model key) is the pointer that queries follow."""

    __tablename__ = "gallery_release"
    __table_args__ = (
        Index(
            "uq_gallery_release_current",
            "model_key",
            "slot",
            "region_code",
            unique=True,
            postgresql_where=text("state = 'current'"),
        ),
        Index("ix_gallery_release_region_code_slot", "region_code", "slot"),
        one_of("state", "current", "previous", "retired"),
        CheckConstraint("slot = date_bin('30 minutes', slot, 'epoch'::timestamptz)", name="slot"),
    )
    id: Mapped[int] = surrogate_key()
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code", ondelete="CASCADE"))
    slot: Mapped[datetime]
    """Start of the half-open 30-minute window."""
    model_key: Mapped[str]
    object_key: Mapped[str]
    """The manifest's key in storage."""
    sha256: Mapped[str]
    """Of the manifest, which carries those of its parts."""
    people: Mapped[int]
    templates: Mapped[int]
    airings: Mapped[int]
    size_bytes: Mapped[int]
    built_at: Mapped[datetime]
    state: Mapped[str]
    """`current`, `previous` (kept for a rollback) or `retired`."""


class PreparedGallery(Base):
    """The gallery of one programme that was prepared by hand, outside the schedule. A new one replaces the old one."""

    __tablename__ = "prepared_gallery"
    programme_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    model_key: Mapped[str] = mapped_column(primary_key=True)
    object_key: Mapped[str]
    """The manifest's key in storage."""
    sha256: Mapped[str]
    """Of the manifest, which carries those of its parts."""
    people: Mapped[int]
    templates: Mapped[int]
    size_bytes: Mapped[int]
    built_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """When the first of its photos must be deleted, and the gallery with it."""


class SlotCoverage(Base):
    """Coverage of a slot: how many of the people on screen have a known face, as of the region's last indexing run."""

    __tablename__ = "slot_coverage"
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    """Start of the half-open 30-minute window."""
    airings: Mapped[int]
    with_cast: Mapped[int]
    """Airings with at least one person on screen whose name is known."""
    people: Mapped[int]
    """People on screen, each counted once."""
    known: Mapped[int]
    """How many of these people have a known face."""
    measured_at: Mapped[datetime]
