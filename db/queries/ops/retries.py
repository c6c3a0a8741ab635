"""Retries: what is missing, and clearing the lookups so that the sources are asked about it again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from db.models import Airing, AiringCredit, Credit, Lineup, Lookup, Person, Photo
from db.queries.opt_outs import opted_out
from db.queries.scope import OnAir, credits_on_screen


@dataclass(frozen=True, slots=True)
class Missing:
    """The ids of people without a usable photo, and of programmes with such people or without a cast."""

    people: frozenset[int]
    programmes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where and when a person or an airing is on air."""

    region_code: str
    start: datetime
    stop: datetime


def missing_on_air(session: Session, region_code: str, start: datetime, stop: datetime) -> Missing:
    """What is missing for the airings of the region in [start, stop)."""
    unknown = ~opted_out() & ~exists().where(Photo.person_id == Person.id, Photo.state == "usable")
    on_screen = credits_on_screen(OnAir(region_code, start, stop))
    lacking = select(Person.id, Credit.programme_id).join(Credit, Credit.person_id == Person.id)
    rows = session.execute(lacking.where(Credit.id.in_(on_screen), unknown)).all()
    without_cast = session.scalars(
        select(Airing.programme_id)
        .join(Lineup, Lineup.channel_id == Airing.channel_id)
        .where(Lineup.region_code == region_code, Airing.during.overlaps(Range(start, stop)))
        .where(~exists().where(AiringCredit.airing_id == Airing.id))
    )
    return Missing(frozenset(row[0] for row in rows), frozenset([*(row[1] for row in rows), *without_cast]))


def missing_in_airing(session: Session, airing_id: int) -> Missing:
    """The airing's programme, and the people credited for the airing who have no usable photo."""
    programmes = session.scalars(select(Airing.programme_id).where(Airing.id == airing_id))
    unknown = ~exists().where(Photo.person_id == Credit.person_id, Photo.state == "usable")
    credited = select(Credit.person_id).join(AiringCredit, AiringCredit.credit_id == Credit.id)
    people = session.scalars(credited.where(AiringCredit.airing_id == airing_id, unknown))
    return Missing(frozenset(people), frozenset(programmes))


def appearances(
    session: Session, *, airing_id: int | None = None, person_id: int | None = None, start: datetime, stop: datetime
) -> list[Appearance]:
    """The first time in [start, stop) that the airing, or an airing with the person, is on air in each region."""
    begins, ends = func.lower(Airing.during), func.upper(Airing.during)
    wanted = (
        select(Lineup.region_code, func.min(begins), func.min(ends))
        .join(Airing, Airing.channel_id == Lineup.channel_id)
        .where(Airing.during.overlaps(Range(start, stop)))
        .group_by(Lineup.region_code)
        .order_by(Lineup.region_code)
    )
    if airing_id is not None:
        wanted = wanted.where(Airing.id == airing_id)
    if person_id is not None:
        of_person = select(AiringCredit.airing_id).join(Credit, Credit.id == AiringCredit.credit_id)
        wanted = wanted.where(Airing.id.in_(of_person.where(Credit.person_id == person_id)))
    return [Appearance(*row) for row in session.execute(wanted)]


def clear_lookups(session: Session, missing: Missing) -> int:
    """Delete the lookups of what is missing, and the failed downloads. Returns how many lookups.

    The next run then asks again. Pictures without a face stay refused: they would be the same pictures.
    """
    asked = 0
    for subject, ids in (("person", missing.people), ("programme", missing.programmes)):
        gone = delete(Lookup).where(Lookup.subject == subject, Lookup.subject_id.in_(ids))
        asked += len(session.execute(gone.returning(Lookup.source)).all())
    not_had = delete(Photo).where(Photo.person_id.in_(missing.people), Photo.object_key.is_(None))
    session.execute(not_had.where(Photo.state == "refused"))
    return asked


def opt_out(session: Session, person_id: int) -> str | None:
    """Record a person's opt-out, and return their name; None when there is no such person."""
    person = session.get(Person, person_id)
    if person is None:
        return None
    person.opted_out = True
    return person.name
