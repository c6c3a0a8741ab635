"""People who want to be forgotten: they, and whoever may be them, are left out of everything."""

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
    """Those who opted out, by id and folded name; `known` are the ids of everybody whom the index knows."""

    people: Set[int]
    names: Set[str]
    known: Set[int]

    def covers(self, person_id: int, name: str) -> bool:
        """Whether somebody in a gallery is one of them, also by an id from before they turned out to be."""
        return person_id in self.people or (person_id not in self.known and fold(name) in self.names)


@cache
def opted_out() -> ColumnElement[bool]:
    """Whether a `Person` has opted out, or may be somebody who has.

    In doubt an opt-out holds: whoever shares a name with somebody who opted out is them, until both have an id in one
    system and these differ. For nobody's ids are all known from the beginning; and where only a name was known, nobody
    can say whose it was.
    """
    return Person.id.in_(_opted_out_ids())


def has_opted_out(session: Session, person_id: int) -> bool:
    """Whether they themselves have since they were chosen by `opted_out`, or are gone."""
    return session.scalar(select(Person.opted_out).where(Person.id == person_id)) is not False


def all_opted_out(session: Session) -> OptedOut:
    """Everybody who opted out."""
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
    """Every name of everybody."""
    names = select(Person.id.label("person_id"), Person.name_key)
    return union_all(names, select(PersonAlias.person_id, PersonAlias.name_key))
