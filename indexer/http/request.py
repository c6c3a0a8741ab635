"""What is asked, and how a host wants to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from indexer.http.statuses import GONE, REDIRECTS
from indexer.http.transport import Wire

KEPT_STATUSES = frozenset({int(HTTPStatus.OK)}) | GONE | REDIRECTS


@dataclass(frozen=True, slots=True)
class Manners:
    """How a host wants to be treated.

    `pace_s` lies between two requests. Answers count as new for `fresh_for`; then they are asked for again, if they
    changed. `robots` is False for an API whose terms invite programs.
    """

    pace_s: float = 0.5
    fresh_for: timedelta = timedelta(days=1)
    robots: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """A document to fetch over `wire`. `fresh_for`, where given, stands in for that of the host; without `keep`, the
    answer leaves nothing on disk."""

    url: str
    wire: Wire
    headers: Mapping[str, str]
    max_bytes: int
    fresh_for: timedelta | None = None
    keep: bool = True
    kept_statuses: frozenset[int] = KEPT_STATUSES
