"""People: their names, their ids in large databases, and merges of two people who turned out to be one."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, reference, surrogate_key


class Person(Base):
    """A person who is credited. People may share a name, but only one of them can be without an id."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_opted_out", "id", postgresql_where=text("opted_out")),)
    id: Mapped[int] = surrogate_key()
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    """The name folded for matching: lower case, no accents, single spaces."""
    latest_credit: Mapped[dict[str, Any] | None]
    """A part in which the viewer may have seen them before: `{title, year, role, co_star}`."""
    opted_out: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether this person opted out. `db.queries.opt_outs` decides who else is left out because of it."""


class PersonAlias(Base):
    """Another name of a person, such as another spelling or script."""

    __tablename__ = "person_alias"
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name_key: Mapped[str] = mapped_column(primary_key=True, index=True)
    name: Mapped[str]


class PersonId(Base):
    """A person's id in a large database. No two people share an id, and a person has at most one in each database."""

    __tablename__ = "person_id"
    __table_args__ = (UniqueConstraint("person_id", "system"),)
    system: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = reference("person.id", index=False)


class PersonMerge(Base):
    """A merge of two people who turned out to be one, with what is needed to undo it."""

    __tablename__ = "person_merge"
    id: Mapped[int] = surrogate_key()
    kept_id: Mapped[int] = mapped_column(BigInteger, index=True)
    gone_id: Mapped[int] = mapped_column(BigInteger, index=True)
    reason: Mapped[str]
    before: Mapped[dict[str, Any]]
    """The rows of both people before the merge."""
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    """When the merge was undone. The two are never merged again."""
