"""Regions, their channels and line-ups."""

from sqlalchemy import BigInteger, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, surrogate_key


class Region(Base):
    """A broadcast market."""

    __tablename__ = "region"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str]
    """ISO 3166-1 alpha-2."""
    time_zone: Mapped[str]
    """IANA name, used for the region's days."""
    zones: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    """All time zones of the region (IANA), by which a place on the map is assigned to it."""


class Channel(Base):
    """A channel."""

    __tablename__ = "channel"
    id: Mapped[int] = surrogate_key()
    slug: Mapped[str] = mapped_column(unique=True)
    """The name folded to `[a-z0-9+-]`, which sources and callers share: `france-2`, `canal+`. Outside the French market
    the market is appended: `itv1-gb`."""
    name: Mapped[str]
    icon_url: Mapped[str | None]


class ChannelAlias(Base):
    """Another name of a channel. In two markets, one name can mean two channels."""

    __tablename__ = "channel_alias"
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The name as `db.keys.channel_key` folds it."""


class Lineup(Base):
    """A channel that a region receives."""

    __tablename__ = "lineup"
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code", ondelete="CASCADE"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
