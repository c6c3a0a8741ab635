"""A request, and the policy of the host that it goes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from indexer.http.statuses import GONE, REDIRECTS
from indexer.http.transport import Transport

CACHED_STATUSES = frozenset({int(HTTPStatus.OK)}) | GONE | REDIRECTS


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """How the client treats a host.

    `interval_s` is the time between two requests. A cached response is used for `fresh_for`, and then revalidated.
    `robots` says whether robots.txt is obeyed; it is False for an API, which is made for programs.
    """

    interval_s: float = 0.5
    fresh_for: timedelta = timedelta(days=1)
    robots: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """A document to fetch over `transport`.

    `fresh_for`, where given, replaces that of the host. Without `store`, the response leaves nothing on disk. With
    `store`, responses of the `cached_statuses` are cached.
    """

    url: str
    transport: Transport
    headers: Mapping[str, str]
    max_bytes: int
    fresh_for: timedelta | None = None
    store: bool = True
    cached_statuses: frozenset[int] = CACHED_STATUSES
