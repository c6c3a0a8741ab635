"""External ids: the ids of programmes and people in large databases."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import PersonId, ProgrammeId


def update_programme_ids(session: Session, given: Mapping[int, Mapping[str, str]]) -> None:
    """Store ids that sources gave (programme id -> system -> id). They replace older ids of the same system."""
    known = programme_external_ids(session, given)
    changes = [
        {"programme_id": programme_id, "system": system, "value": value}
        for programme_id, ids in given.items()
        for system, value in ids.items()
        if known.get(programme_id, {}).get(system) != value
    ]
    if changes:
        statement = insert(ProgrammeId)
        changed = {"value": statement.excluded.value}
        session.execute(statement.on_conflict_do_update(constraint="pk_programme_id", set_=changed), changes)


def programme_external_ids(session: Session, programme_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The external ids of these programmes: programme id -> system -> id."""
    rows = session.execute(
        select(ProgrammeId.programme_id, ProgrammeId.system, ProgrammeId.value)
        .where(ProgrammeId.programme_id.in_(list(programme_ids)))
        .order_by(ProgrammeId.programme_id, ProgrammeId.system)
    )
    return _by_owner(rows)


def programmes_with_ids(session: Session, ids: Mapping[str, str]) -> list[int]:
    """The programmes that have one of these ids (system -> id), the oldest first."""
    held = tuple_(ProgrammeId.system, ProgrammeId.value).in_(list(ids.items()))
    rows = session.scalars(select(ProgrammeId.programme_id).where(held).distinct().order_by(ProgrammeId.programme_id))
    return list(rows)


def person_external_ids(session: Session, person_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The external ids of these people: person id -> system -> id."""
    rows = session.execute(
        select(PersonId.person_id, PersonId.system, PersonId.value)
        .where(PersonId.person_id.in_(list(person_ids)))
        .order_by(PersonId.person_id, PersonId.system)
    )
    return _by_owner(rows)


def _by_owner(rows: Iterable[tuple[int, str, str]]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for owner_id, system, value in rows:
        found.setdefault(owner_id, {})[system] = value
    return found
