"""A question about a person: when it is worth asking, and how it ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from db.queries.lookups import LookupRow
from indexer.asking.circuit_breakers import CircuitBreakers, CircuitOpen
from indexer.asking.subject import Subject
from indexer.errors import NotFound, SourceError

FOUND, NOTHING, UNKNOWN = "found", "nothing", "not told apart by what is known of them"
FAILURES_FRESH_FOR = timedelta(hours=6)

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Reply(Generic[Record]):
    """How it ended: `records` is None when the source failed, or cannot tell who is meant."""

    outcome: str
    detail: str | None
    records: Sequence[Record] | None

    @property
    def skipped(self) -> bool:
        """Whether nothing was asked because the source refused us, or failed too often, before."""
        return self.records is None and self.detail is None

    @property
    def was_asked(self) -> bool:
        """Whether the source was asked: it was not left in peace, and can tell who is meant."""
        return not self.skipped and self.outcome != UNKNOWN

    def is_worth_recording(self, row: LookupRow | None) -> bool:
        """Whether it has to be remembered, after what is: that nobody was asked is, once."""
        return not self.skipped or row is None or (row.outcome, row.detail) != (self.outcome, None)

    def row(self, now: datetime) -> LookupRow:
        """What is remembered of it."""
        return LookupRow(now, self.outcome, self.detail)


def is_due(row: LookupRow | None, person: Subject, now: datetime, *, fresh_for: timedelta) -> bool:
    """Whether to ask: never asked, the answer is stale, it failed hours ago, or more is known of the person now."""
    if row is None or (row.outcome == UNKNOWN and row.detail != person.known_by):
        return True
    answered = row.outcome in (FOUND, NOTHING, UNKNOWN)
    if not answered and row.detail is None:  # it was left in peace, and this is the next run
        return True
    return now - row.asked_at >= (fresh_for if answered else FAILURES_FRESH_FOR)


def ask(
    breakers: CircuitBreakers, source: str, person: Subject, question: Callable[[], Sequence[Record] | None]
) -> Reply[Record]:
    """Ask the source `question` about the person. A reply without detail: the circuit was open, nothing was asked."""
    try:
        records = breakers.call(source, question)
    except CircuitOpen as error:
        return Reply(error.state, None, None)
    except NotFound:
        records = ()
    except SourceError as error:
        return Reply(error.state, str(error), None)
    if records is None:
        return Reply(UNKNOWN, person.known_by, None)
    return Reply(FOUND if records else NOTHING, None, records)
