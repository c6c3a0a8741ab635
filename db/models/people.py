"""People: their names, their ids elsewhere, and who was merged into whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, reference, surrogate_key


class Person(Base):
    """Subject who is credited. Two people may share a name; of those without any id, only one has it."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_opted_out", "id", postgresql_where=text("opted_out")),)
    id: Mapped[int] = surrogate_key()
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    """The name folded for matching: lower case, no accents, single spaces."""
    latest_credit: Mapped[dict[str, Any] | None]
    """Where the viewer may have seen them before: `{title, year, role, co_star}`."""
    opted_out: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether they said so; who else is left out for it, `db.queries.opt_outs` says."""


class PersonAlias(Base):
    """Another name of a person: another spelling, another script."""

    __tablename__ = "person_alias"
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name_key: Mapped[str] = mapped_column(primary_key=True, index=True)
    name: Mapped[str]


class PersonId(Base):
    """A person's id in a large database: nobody else's, and the only one they have there."""

    __tablename__ = "person_id"
    __table_args__ = (UniqueConstraint("person_id", "system"),)
    system: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = reference("person.id", index=False)


class PersonMerge(Base):
    """Two people who turned out to be one: what is needed to part them again."""

    __tablename__ = "person_merge"
    id: Mapped[int] = surrogate_key()
    kept_id: Mapped[int] = mapped_column(BigInteger, index=True)
    gone_id: Mapped[int] = mapped_column(BigInteger, index=True)
    reason: Mapped[str]
    before: Mapped[dict[str, Any]]
    """Both people's rows as they were."""
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    """Once undone, the two are never merged again."""
