"""Writing who is in what: people, their credits, and the credits of each airing, always only the difference."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import AiringCredit, Credit, Person

ON_SCREEN = ("actor", "guest", "presenter")
"""The jobs that show a face."""


class CreditKey(NamedTuple):
    """By what a credit is known."""

    programme_id: int
    person_id: int
    job: str
    role: str | None


def ensure_people(session: Session, people: Mapping[str, tuple[str, Mapping[str, str]]]) -> dict[str, int]:
    """The ids of people given as folded name -> (name, ids elsewhere), made where missing."""
    known = _person_ids(session, people)
    missing = [{"name_key": key, "name": name} for key, (name, _) in people.items() if key not in known]
    if missing:
        session.execute(insert(Person).on_conflict_do_nothing(), missing)
        known = _person_ids(session, people)
    return known


def _person_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    rows = session.execute(select(Person.name_key, Person.id).where(Person.name_key.in_(list(keys))))
    return dict(rows.all())


def ensure_credits(session: Session, positions: Mapping[CreditKey, int], *, source: str) -> dict[CreditKey, int]:
    """The ids of credits given with their place in the cast, made where missing; the best place ever listed stays."""
    known = _credits(session, positions)
    missing = [
        {**key._asdict(), "position": position, "source": source}
        for key, position in positions.items()
        if key not in known
    ]
    if missing:
        session.execute(insert(Credit).on_conflict_do_nothing(), missing)
        known = _credits(session, positions)
    better = [
        {"id": known[key][0], "position": position} for key, position in positions.items() if position < known[key][1]
    ]
    if better:
        session.execute(update(Credit), better)
    return {key: credit_id for key, (credit_id, _) in known.items()}


def _credits(session: Session, keys: Iterable[CreditKey]) -> dict[CreditKey, tuple[int, int]]:
    wanted = set(keys)
    programmes = sorted({key.programme_id for key in wanted})
    rows = session.execute(
        select(Credit.programme_id, Credit.person_id, Credit.job, Credit.role, Credit.id, Credit.position).where(
            Credit.programme_id.in_(programmes)
        )
    )
    found = {CreditKey(*row[:4]): (row[4], row[5]) for row in rows}
    return {key: found[key] for key in wanted & found.keys()}


def replace_airing_credits(session: Session, casts: Mapping[int, Iterable[int]]) -> tuple[int, int]:
    """Give each airing exactly the listed credits (airing id -> credit ids); how many were added and removed."""
    wanted = {(airing_id, credit_id) for airing_id, credits in casts.items() for credit_id in credits}
    rows = session.execute(
        select(AiringCredit.airing_id, AiringCredit.credit_id).where(AiringCredit.airing_id.in_(list(casts)))
    )
    present = {(airing_id, credit_id) for airing_id, credit_id in rows}
    if stale := sorted(present - wanted):
        session.execute(delete(AiringCredit).where(tuple_(AiringCredit.airing_id, AiringCredit.credit_id).in_(stale)))
    if new := sorted(wanted - present):
        session.execute(
            insert(AiringCredit).on_conflict_do_nothing(),
            [{"airing_id": airing_id, "credit_id": credit_id} for airing_id, credit_id in new],
        )
    return len(wanted - present), len(present - wanted)
