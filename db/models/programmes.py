"""Programmes, their titles and ids, and their airings."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import Base, one_of, reference, surrogate_key
from db.models.regions import Channel


class Programme(Base):
    """A work: a film, a series, or another programme. Episodes are attributes of the airing."""

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("title_key", "kind", "year", postgresql_nulls_not_distinct=True),
        one_of("kind", "film", "series", "other"),
    )
    id: Mapped[int] = surrogate_key()
    title: Mapped[str]
    title_key: Mapped[str]
    """The title folded for matching: lower case, no accents, single spaces."""
    kind: Mapped[str]
    """`film`, `series` or `other`."""
    year: Mapped[int | None]


class ProgrammeTitle(Base):
    """Another title of a programme, such as the original one."""

    __tablename__ = "programme_title"
    programme_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    title_key: Mapped[str] = mapped_column(primary_key=True, index=True)
    title: Mapped[str]


class ProgrammeId(Base):
    """A programme's id in a large database. Programmes share an id when listings describe one work differently."""

    __tablename__ = "programme_id"
    __table_args__ = (Index("ix_programme_id_system_value", "system", "value"),)
    programme_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    system: Mapped[str] = mapped_column(primary_key=True)
    """`imdb`, `tmdb`, `tvmaze`, `wikidata`, `allocine`…"""
    value: Mapped[str]


class Airing(Base):
    """A programme on one channel from start to stop. Two airings of one channel cannot overlap."""

    __tablename__ = "airing"
    __table_args__ = (
        ExcludeConstraint(("channel_id", "="), ("during", "&&"), name="ex_airing_channel_during", using="gist"),
        CheckConstraint("NOT (isempty(during) OR lower_inf(during) OR upper_inf(during))", name="bounded"),
        CheckConstraint("lower_inc(during) AND NOT upper_inc(during)", name="half_open"),
        Index("ix_airing_during", "during", postgresql_using="gist"),
    )
    id: Mapped[int] = surrogate_key()
    channel_id: Mapped[int] = reference("channel.id", index=False)
    programme_id: Mapped[int] = reference("programme.id")
    during: Mapped[Range[datetime]]
    episode_title: Mapped[str | None]
    season: Mapped[int | None]
    episode: Mapped[int | None]
    source: Mapped[str]
    """The listings source that it comes from."""
    crawled_at: Mapped[datetime]
    channel: Mapped[Channel] = relationship(lazy="raise")
    programme: Mapped[Programme] = relationship(lazy="raise")
