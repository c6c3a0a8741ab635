"""Where one watches: regions, their channels and line-ups."""

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
    """All its time zones (IANA): a point in one of them is in the region."""


class Channel(Base):
    """A channel, known to its listings sources by ids of their own."""

    __tablename__ = "channel"
    id: Mapped[int] = surrogate_key()
    slug: Mapped[str] = mapped_column(unique=True)
    """The name folded to `[a-z0-9+-]`, by which sources and callers meet: `france-2`, `canal+`. Beyond the French
    market its market follows: `itv1-gb`."""
    name: Mapped[str]
    icon_url: Mapped[str | None]


class ChannelAlias(Base):
    """Another name of a channel; two markets can mean two channels by it."""

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
