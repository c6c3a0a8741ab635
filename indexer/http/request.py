"""What is asked, and how a host wants to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from indexer.http.statuses import GONE, REDIRECTS
from indexer.http.transport import Transport

CACHED_STATUSES = frozenset({int(HTTPStatus.OK)}) | GONE | REDIRECTS


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """How a host wants to be treated.

    `interval_s` lies between two requests. Answers count as new for `fresh_for`; then they are asked for again, if they
    changed. `robots` is False for an API whose terms invite programs.
    """

    interval_s: float = 0.5
    fresh_for: timedelta = timedelta(days=1)
    robots: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """A document to fetch over `transport`.

    `fresh_for`, where given, replaces that of the host. Without `store`, the answer leaves nothing on disk.
    """

    url: str
    transport: Transport
    headers: Mapping[str, str]
    max_bytes: int
    fresh_for: timedelta | None = None
    store: bool = True
    cached_statuses: frozenset[int] = CACHED_STATUSES
