"""Lookups: what sources were asked about programmes and people, and the outcomes."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Lookup, Person, Programme

Subject: TypeAlias = Literal["programme", "person"]


class LookupRow(NamedTuple):
    """The outcome of a question: `found`, or why there was no answer."""

    asked_at: datetime
    outcome: str
    detail: str | None


def lookups(session: Session, subject: Subject, subject_ids: Collection[int]) -> dict[tuple[int, str, str], LookupRow]:
    """All lookups of these subjects: (subject id, source, part) -> outcome."""
    columns = (Lookup.subject_id, Lookup.source, Lookup.part, Lookup.asked_at, Lookup.outcome, Lookup.detail)
    rows = session.execute(select(*columns).where(Lookup.subject == subject, Lookup.subject_id.in_(list(subject_ids))))
    return {(row[0], row[1], row[2]): LookupRow(*row[3:]) for row in rows}


def record_lookup(
    session: Session,
    subject: Subject,
    subject_id: int,
    source: str,
    row: LookupRow,
    *,
    part: str = "",
) -> None:
    """Record the outcome of a question, in place of the previous one."""
    key = {"subject": subject, "subject_id": subject_id, "source": source, "part": part}
    statement = insert(Lookup).values(**key, **row._asdict())
    session.execute(statement.on_conflict_do_update(constraint="pk_lookup", set_=row._asdict()))


def delete_orphaned_lookups(session: Session) -> int:
    """Delete the lookups of people and programmes that no longer exist, for example after a merge. Returns how many."""
    gone = or_(
        (Lookup.subject == "person") & Lookup.subject_id.not_in(select(Person.id)),
        (Lookup.subject == "programme") & Lookup.subject_id.not_in(select(Programme.id)),
    )
    return len(session.execute(delete(Lookup).where(gone).returning(Lookup.subject_id)).all())
