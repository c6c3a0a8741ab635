"""Questions to a source about a person: when one is due, how it is asked, and how it ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from db.queries.lookups import LookupRow
from indexer.asking.circuit_breakers import CircuitBreakers, CircuitOpen
from indexer.asking.subject import Subject
from indexer.errors import NotFound, SourceError

FOUND, NOTHING, UNKNOWN = "found", "nothing", "not told apart by what is known of them"
"""How a lookup ends that was answered, as stored. `UNKNOWN`: the source cannot tell which person is meant."""
FAILURES_FRESH_FOR = timedelta(hours=6)

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Reply(Generic[Record]):
    """How a question ended: `records` is None when the source failed, or cannot tell which person is meant."""

    outcome: str
    detail: str | None
    records: Sequence[Record] | None

    @property
    def skipped(self) -> bool:
        """Whether the question was skipped because the circuit of the source was open."""
        return self.records is None and self.detail is None

    @property
    def was_asked(self) -> bool:
        """Whether a question was really sent: it was not skipped, and the source can tell who is meant."""
        return not self.skipped and self.outcome != UNKNOWN

    def is_worth_recording(self, row: LookupRow | None) -> bool:
        """Whether it must be stored, given the stored `row`: a skipped question is stored once, others always."""
        return not self.skipped or row is None or (row.outcome, row.detail) != (self.outcome, None)

    def row(self, now: datetime) -> LookupRow:
        """The row to store."""
        return LookupRow(now, self.outcome, self.detail)


def is_due(row: LookupRow | None, person: Subject, now: datetime, *, fresh_for: timedelta) -> bool:
    """Whether to ask: there is no answer yet, it is stale, it failed hours ago, or other ids are known by now."""
    if row is None or (row.outcome == UNKNOWN and row.detail != person.known_by):
        return True
    answered = row.outcome in (FOUND, NOTHING, UNKNOWN)
    if not answered and row.detail is None:  # it was skipped in an earlier run
        return True
    return now - row.asked_at >= (fresh_for if answered else FAILURES_FRESH_FOR)


def ask(
    breakers: CircuitBreakers, source: str, person: Subject, question: Callable[[], Sequence[Record] | None]
) -> Reply[Record]:
    """Ask the source `question` about the person, through its circuit breaker. Failures become replies."""
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
