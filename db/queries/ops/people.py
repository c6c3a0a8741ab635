"""People, with all that is stored of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from db.keys import fold
from db.models import Credit, Person, PersonAlias, PersonMerge, Photo, Programme
from db.queries import opt_outs


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person found by a search, with the numbers of their photos, usable photos and credits."""

    id: int
    name: str
    opted_out: bool
    photos: int
    usable: int
    credits: int


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """A person."""

    id: int
    name: str
    latest_credit: dict[str, Any] | None
    opted_out: bool


@dataclass(frozen=True, slots=True)
class PersonPhoto:
    """A photo of a person: stored, on offer, or refused with a reason."""

    id: int
    state: str
    reason: str | None
    source: str
    origin: str
    kind: str
    of: str | None
    licence: str | None
    credit_line: str | None
    gathered_at: datetime
    expires_at: datetime | None
    held: bool


@dataclass(frozen=True, slots=True)
class PersonCredit:
    """A person's part in a programme; `identified` says whether a source gave the person's id."""

    programme_id: int
    title: str
    kind: str
    year: int | None
    job: str
    role: str | None
    source: str
    identified: bool


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge of two people."""

    id: int
    kept_id: int
    kept_name: str | None
    gone_id: int
    gone_name: str
    reason: str
    merged_at: datetime
    undone_at: datetime | None


class HeldObject(NamedTuple):
    """The storage key and the SHA-256 of a stored photo."""

    object_key: str
    sha256: str


def search_people(session: Session, words: str, *, most: int) -> Sequence[FoundPerson]:
    """The people with a name that contains `words`, both folded. Exact matches of the main name come first."""
    key = fold(words)
    alias = select(PersonAlias.person_id).where(PersonAlias.name_key.contains(key, autoescape=True))
    matching = or_(Person.name_key.contains(key, autoescape=True), Person.id.in_(alias))
    exact = (Person.name_key == key).desc()
    people = select(Person.id).where(matching).order_by(exact, Person.name_key, Person.id).limit(most).subquery()
    photos = select(func.count()).where(Photo.person_id == Person.id)
    credits = select(func.count(Credit.programme_id.distinct())).where(Credit.person_id == Person.id)
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            Person.opted_out,
            photos.scalar_subquery(),
            photos.where(Photo.state == "usable").scalar_subquery(),
            credits.scalar_subquery(),
        )
        .join(people, people.c.id == Person.id)
        .order_by(exact, Person.name_key, Person.id)
    )
    return [FoundPerson(*row) for row in rows]


def person_detail(session: Session, person_id: int) -> PersonDetail | None:
    """The person with this id; None when there is none."""
    columns = [getattr(Person, field.name) for field in fields(PersonDetail)]
    row = session.execute(select(*columns).where(Person.id == person_id)).first()
    return PersonDetail(*row) if row else None


def photos_of_person(session: Session, person_id: int) -> Sequence[PersonPhoto]:
    """All photos of a person: usable ones first, then those to be analysed, on offer, and refused."""
    order = func.array_position(["usable", "gathered", "offered", "refused"], Photo.state)
    columns = [getattr(Photo, field.name) for field in fields(PersonPhoto)[:-1]]
    wanted = select(*columns, Photo.object_key.is_not(None)).where(Photo.person_id == person_id)
    rows: Iterable[Any] = session.execute(wanted.order_by(order, Photo.id))
    return [PersonPhoto(*row) for row in rows]


def held_photo(session: Session, photo_id: int) -> HeldObject | None:
    """Where the photo is stored; None when it is not stored, or the person opted out."""
    wanted = select(Photo.object_key, Photo.sha256).join(Person, Person.id == Photo.person_id)
    row = session.execute(
        wanted.where(Photo.id == photo_id, Photo.object_key.is_not(None), ~opt_outs.opted_out())
    ).first()
    return HeldObject(str(row[0]), str(row[1])) if row else None


def aliases_of_person(session: Session, person_id: int) -> Sequence[str]:
    """Other names of a person."""
    names = select(PersonAlias.name).where(PersonAlias.person_id == person_id)
    return session.scalars(names.order_by(PersonAlias.name_key)).all()


def credits_of_person(session: Session, person_id: int, *, most: int) -> Sequence[PersonCredit]:
    """The credits of a person, the latest work first."""
    rows = session.execute(
        select(
            Programme.id,
            Programme.title,
            Programme.kind,
            Programme.year,
            Credit.job,
            Credit.role,
            Credit.source,
            Credit.identified,
        )
        .join(Programme, Programme.id == Credit.programme_id)
        .where(Credit.person_id == person_id)
        .order_by(Programme.year.desc().nulls_last(), Programme.title_key, Credit.job, Credit.id)
        .limit(most)
    )
    return [PersonCredit(*row) for row in rows]


def merges(session: Session, *, person_id: int | None = None, most: int) -> Sequence[MergeRow]:
    """The merges of one person or of all, the latest first."""
    kept = aliased(Person)
    wanted = (
        select(
            PersonMerge.id,
            PersonMerge.kept_id,
            kept.name,
            PersonMerge.gone_id,
            PersonMerge.before["gone"]["name"].astext,
            PersonMerge.reason,
            PersonMerge.merged_at,
            PersonMerge.undone_at,
        )
        .outerjoin(kept, kept.id == PersonMerge.kept_id)
        .order_by(PersonMerge.merged_at.desc(), PersonMerge.id.desc())
        .limit(most)
    )
    if person_id is not None:
        wanted = wanted.where(or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id))
    return [MergeRow(*row) for row in session.execute(wanted)]


def opted_out(session: Session, *, most: int) -> Sequence[PersonDetail]:
    """The people who opted out, by name."""
    columns = [getattr(Person, field.name) for field in fields(PersonDetail)]
    wanted = select(*columns).where(Person.opted_out).order_by(Person.name_key, Person.id).limit(most)
    return [PersonDetail(*row) for row in session.execute(wanted)]
