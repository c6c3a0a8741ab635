"""Health of the sources, and what they were asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Lookup, SourceHealth, SourceTally
from db.queries.tallies import SourceHour

Health: TypeAlias = Literal["ok", "unavailable", "blocked", "changed"]


class HealthRow(NamedTuple):
    """The health of a source, by its last answer."""

    source: str
    state: Health
    detail: str | None
    checked_at: datetime
    last_success_at: datetime | None


class OutcomeRow(NamedTuple):
    """How many lookups of a source had this outcome."""

    source: str
    subject: str
    outcome: str
    questions: int


def source_health(session: Session) -> Sequence[HealthRow]:
    """The health of every source that was ever asked, by name."""
    columns = [getattr(SourceHealth, field) for field in HealthRow._fields]
    return [HealthRow._make(row) for row in session.execute(select(*columns).order_by(SourceHealth.source))]


def tallies_since(session: Session, since: datetime) -> Sequence[SourceHour]:
    """The tallies from `since` on, by source and hour."""
    columns = [getattr(SourceTally, field) for field in SourceHour._fields]
    wanted = select(*columns).where(SourceTally.hour >= since).order_by(SourceTally.source, SourceTally.hour)
    return [SourceHour(*row) for row in session.execute(wanted)]


def lookup_outcomes(session: Session, since: datetime) -> Sequence[OutcomeRow]:
    """The outcomes of lookups since then, by source and subject, the most frequent first."""
    questions = func.count()
    wanted = (
        select(Lookup.source, Lookup.subject, Lookup.outcome, questions)
        .where(Lookup.asked_at >= since)
        .group_by(Lookup.source, Lookup.subject, Lookup.outcome)
        .order_by(Lookup.source, Lookup.subject, questions.desc(), Lookup.outcome)
    )
    return [OutcomeRow(*row) for row in session.execute(wanted)]
