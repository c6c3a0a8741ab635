"""Opt-outs: a person who opted out, and everyone who may be that person, is left out of everything."""

from collections.abc import Set
from dataclasses import dataclass
from functools import cache

from sqlalchemy import CompoundSelect, Select, exists, select, union_all
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from db.keys import fold
from db.models import Person, PersonAlias, PersonId


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The people who opted out, by id and folded name; `known` has the ids of all people in the index."""

    people: Set[int]
    names: Set[str]
    known: Set[int]

    def covers(self, person_id: int, name: str) -> bool:
        """Whether a person in a gallery opted out, also when the gallery has an id from before a merge."""
        return person_id in self.people or (person_id not in self.known and fold(name) in self.names)


@cache
def opted_out() -> ColumnElement[bool]:
    """An SQL condition: whether a `Person` opted out, or may be a person who did.

    In doubt an opt-out applies: it covers everyone who shares a name with the person who opted out, unless both have an
    id in the same system and the ids differ. The reason is that a person's ids become known only over time, and that an
    opt-out by name alone does not say which person of that name is meant.
    """
    return Person.id.in_(_opted_out_ids())


def has_opted_out(session: Session, person_id: int) -> bool:
    """Whether this very person has opted out by now, or no longer exists."""
    return session.scalar(select(Person.opted_out).where(Person.id == person_id)) is not False


def all_opted_out(session: Session) -> OptedOut:
    """All people who opted out."""
    people: set[int] = set(session.scalars(_opted_out_ids()))
    names = _names().subquery()
    theirs = session.scalars(select(names.c.name_key).where(names.c.person_id.in_(people)))
    known = session.scalars(select(Person.id)) if people else ()
    return OptedOut(people, set(theirs), set(known))


@cache
def _opted_out_ids() -> Select[int]:
    them, mine, theirs = aliased(Person), _names().subquery("mine"), _names().subquery("theirs")
    my_id, their_id = aliased(PersonId), aliased(PersonId)
    are_two = exists().where(
        my_id.person_id == mine.c.person_id,
        their_id.person_id == them.id,
        my_id.system == their_id.system,
        my_id.value != their_id.value,
    )
    return (
        select(mine.c.person_id)
        .join(theirs, theirs.c.name_key == mine.c.name_key)
        .join(them, them.id == theirs.c.person_id)
        .where(them.opted_out, ~are_two)
    )


def _names() -> CompoundSelect[tuple[int, str]]:
    """Every name of every person."""
    names = select(Person.id.label("person_id"), Person.name_key)
    return union_all(names, select(PersonAlias.person_id, PersonAlias.name_key))
