"""Where the viewer may have seen somebody before, out of what sources know of their past."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from db.keys import fold
from indexer.sources.protocols import Ids, PastCredit
from indexer.sources.records import CreditRecord

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


def _same(one: Ids, other: Ids) -> bool:
    return any(other.get(system) == value for system, value in one.items())
