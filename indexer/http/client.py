"""The HTTP client that sources call: gets a document from the cache, or from its server."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO
from urllib.parse import urlencode

from indexer.errors import SourceError
from indexer.http.addresses import AddressGuard, Network
from indexer.http.cache import HttpCache, Response
from indexer.http.exchange import Exchange
from indexer.http.keys import Keyring
from indexer.http.rate_limit import RateLimiter
from indexer.http.redirects import Redirects
from indexer.http.request import HostPolicy, Request
from indexer.http.statuses import check_status
from indexer.http.transport import FILE_LIMITS, PAGE_LIMITS, Limits, Transport

_DOCUMENT_BYTES = 8 << 20
"""The limit of a document that is read into memory. The largest real ones are a third of it; parsed, they take many
times their length."""
_EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Document:
    """A document as received. `url` is the last one of its redirects, with placeholders for keys; `encoding` is the
    one that the server declares."""

    url: str
    content: bytes
    content_type: str | None
    encoding: str | None
    fetched_at: datetime
    from_cache: bool


class HttpClient:
    """The only client through which sources are reached. Thread-safe; processes that share `folder` share its cache
    and its rate limits.

    `get` and `download` raise `SourceBlocked` when the host refuses us (by status, challenge or robots.txt),
    `NotFound`, `AddressRefused` when the URL leads to a forbidden address, and `SourceUnavailable` for every other
    failure, with `retry_after_s` where the host gives one.
    """

    def __init__(
        self,
        folder: Path,
        user_agent: str,
        *,
        policies: Mapping[str, HostPolicy] = MappingProxyType({}),
        default_policy: HostPolicy = HostPolicy(),
        allowed_networks: Sequence[Network] = (),
        page_limits: Limits = PAGE_LIMITS,
        file_limits: Limits = FILE_LIMITS,
        patience_s: float = 60,
        ca_certs: Path | None = None,
    ) -> None:
        """`policies` by host (or host:port). `user_agent` begins with our product token, by which robots.txt files
        name us. `patience_s` is the longest wait for a host that sends `Retry-After`. `ca_certs` replaces certifi's."""
        guard, keyring = AddressGuard(tuple(allowed_networks)), Keyring()
        self._pages = Transport(guard, keyring, page_limits, ca_certs)
        self._files = Transport(guard, keyring, file_limits, ca_certs)
        self._cache = HttpCache(folder)
        self._rate_limiter = RateLimiter(folder / "pace.sqlite", patience_s)
        exchange = Exchange(self._cache, self._rate_limiter, keyring, user_agent)
        self._redirects = Redirects(
            exchange, keyring, policies, default_policy, product_token=user_agent.partition("/")[0]
        )

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] = _EMPTY,
        headers: Mapping[str, str] = _EMPTY,
        max_bytes: int | None = None,
        fresh_for: timedelta | None = None,
        store: bool = True,
    ) -> Document:
        """The document at `url`. `fresh_for` replaces the host's; without `store`, nothing is left on disk."""
        limit_bytes = min(max_bytes or _DOCUMENT_BYTES, self._pages.limits.max_bytes)
        request = Request(_with_query(url, params), self._pages, headers, limit_bytes, fresh_for, store)
        with self._open(request) as response:
            return Document(
                url=response.head.url,
                content=response.body.read(),
                content_type=response.head.content_type,
                encoding=response.head.encoding,
                fetched_at=response.fetched_at,
                from_cache=response.from_cache,
            )

    @contextmanager
    def download(
        self, url: str, *, max_bytes: int | None = None, fresh_for: timedelta | None = None, store: bool = True
    ) -> Iterator[BinaryIO]:
        """The complete document at `url`, which may be large, as a file that is open within the block."""
        limit_bytes = min(max_bytes or self._files.limits.max_bytes, self._files.limits.max_bytes)
        with self._open(Request(url, self._files, _EMPTY, limit_bytes, fresh_for, store)) as response:
            yield response.body

    def sweep(self, unused_for: timedelta) -> int:
        """Delete cached responses that were not confirmed for `unused_for`: how many files."""
        return self._cache.sweep(unused_for)

    def close(self) -> None:
        """Close all connections and files."""
        self._pages.clear()
        self._files.clear()
        self._rate_limiter.close()

    def _open(self, request: Request) -> AbstractContextManager[Response]:
        response = self._redirects.follow(request)
        try:
            check_status(response.head.url, response.head.status)
        except SourceError as error:
            with closing(response):
                error.body = response.body.read()
            raise
        return closing(response)


def _with_query(url: str, params: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url
