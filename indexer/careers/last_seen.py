"""Chooses, out of a person's past credits, the part in which the viewer may have seen them, and a co-star."""

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
"""How many of a cast are kept to choose the co-star from: one of them is neither the person nor a spelling of them."""

_AS_THEMSELVES = re.compile(r"\b(self|himself|herself|themselves|lui-même|elle-même|archive)\b", re.IGNORECASE)


def last_seen(past: Iterable[PastCredit], *, today: date, on_screen: Collection[str]) -> PastCredit | None:
    """The latest of the `past` parts (newest first) that is neither in the future nor in a title of `on_screen`.

    `on_screen` are the folded titles of the person's upcoming programmes. Roles come before appearances as themselves,
    of which actors have many.
    """
    seen = [part for part in past if part.dated <= today and fold(part.credit.title) not in on_screen]
    played = (part for part in seen if not _AS_THEMSELVES.search(part.credit.role or ""))
    return next(played, seen[0] if seen else None)


def co_star(cast: Iterable[CreditRecord], ids: Ids, name: str) -> str | None:
    """The first of the `cast` (in billing order) who is not the person with these ids and this name."""
    others = (member for member in cast if fold(member.name) != fold(name))
    return next((member.name for member in others if not _same(member.ids, ids)), None)


class PastCasts:
    """The leads of past programmes, each asked for once a run however many people were in it. Thread-safe."""

    def __init__(self) -> None:
        self._leads: dict[tuple[str, str], Sequence[CastRecord] | None] = {}
        self._key_locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)
        self._lock = Lock()

    def leads(self, breakers: CircuitBreakers, source: CastSource, ids: Ids) -> Sequence[CastRecord] | None:
        """The first `LEADS` of the cast as billed; None when the source does not know the programme, or fails."""
        key = source.name, " ".join(sorted(ids.values()))
        with self._lock:
            key_lock = self._key_locks[key]
        with key_lock:
            if key not in self._leads:
                self._leads[key] = _leads(breakers, source, ids)
            return self._leads[key]


def _leads(breakers: CircuitBreakers, source: CastSource, ids: Ids) -> Sequence[CastRecord] | None:
    try:
        cast = breakers.call(source.name, lambda: source.cast(ids))
    except SourceError:  # recorded by the circuit breakers; a part is useful without a co-star, too
        return None
    return cast and cast[:LEADS]


def _same(one: Ids, other: Ids) -> bool:
    return any(other.get(system) == value for system, value in one.items())
