"""Where the viewer may have seen somebody before, and with whom, out of what sources know of their past."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from threading import Lock

from db.keys import fold
from indexer.asking.circuit_breakers import CircuitBreakers
from indexer.errors import SourceError
from indexer.sources.protocols import CastRecord, CastSource, Ids, PastCredit
from indexer.sources.records import CreditRecord

LEADS = 3
"""One of so many is not the person, nor another spelling of theirs."""

_AS_THEMSELVES = re.compile(r"\b(self|himself|herself|themselves|lui-même|elle-même|archive)\b", re.IGNORECASE)


def last_seen(past: Iterable[PastCredit], *, today: date, on_screen: Collection[str]) -> PastCredit | None:
    """The latest part that is not in the future, nor in one of the titles (folded) that they are about to be seen in.

    A part played counts before an appearance as themselves, of which actors have many. `past` is newest first.
    """
    seen = [part for part in past if part.dated <= today and fold(part.credit.title) not in on_screen]
    played = (part for part in seen if not _AS_THEMSELVES.search(part.credit.role or ""))
    return next(played, seen[0] if seen else None)


def co_star(cast: Iterable[CreditRecord], ids: Ids, name: str) -> str | None:
    """The first of the `cast`, which comes as billed, who is not the person with these ids and this name."""
    others = (member for member in cast if fold(member.name) != fold(name))
    return next((member.name for member in others if not _same(member.ids, ids)), None)


class PastCasts:
    """The leads of programmes of the past, from any thread: each is asked for once a run, however many played in it."""

    def __init__(self) -> None:
        self._leads: dict[tuple[str, str], Sequence[CastRecord] | None] = {}
        self._doors: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)
        self._lock = Lock()

    def leads(self, breakers: CircuitBreakers, source: CastSource, ids: Ids) -> Sequence[CastRecord] | None:
        """Those who are billed first; None when the source does not know the programme, or fails."""
        key = source.name, " ".join(sorted(ids.values()))
        with self._lock:
            door = self._doors[key]
        with door:
            if key not in self._leads:
                self._leads[key] = _leads(breakers, source, ids)
            return self._leads[key]


def _leads(breakers: CircuitBreakers, source: CastSource, ids: Ids) -> Sequence[CastRecord] | None:
    try:
        cast = breakers.call(source.name, lambda: source.cast(ids))
    except SourceError:  # noted by `asking`; a part is worth telling without
        return None
    return cast and cast[:LEADS]


def _same(one: Ids, other: Ids) -> bool:
    return any(other.get(system) == value for system, value in one.items())
