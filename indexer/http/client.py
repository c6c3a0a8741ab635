"""Asking for a document: once, politely, never more than needed."""

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
"""Of whatever is read as a whole: the largest real answers are a third of it, and take many times their length."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it came. `url` is where it was in the end, with placeholders for keys; `encoding` what its server
    says."""

    url: str
    content: bytes
    content_type: str | None
    encoding: str | None
    fetched_at: datetime
    from_cache: bool


class HttpClient:
    """The one way to a source. Safe for threads; processes that share `folder` share cache and pace.

    Every method raises `SourceBlocked` when we are refused (by status, challenge or robots.txt), `NotFound`,
    `AddressRefused` when the URL leads where it must not, and `SourceUnavailable` for all else, with `retry_after_s`
    where the host says it.
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
        """`policies` by host (or host:port); `user_agent` begins with the name that robots.txt files call us by;
        `patience_s` is how long we wait for a host that says when to come back; `ca_certs` instead of certifi's."""
        guard, keyring = AddressGuard(tuple(allowed_networks)), Keyring()
        self._pages = Transport(guard, keyring, page_limits, ca_certs)
        self._files = Transport(guard, keyring, file_limits, ca_certs)
        self._cache = HttpCache(folder)
        self._rate_limiter = RateLimiter(folder / "pace.sqlite", patience_s)
        exchange = Exchange(self._cache, self._rate_limiter, keyring, user_agent)
        self._redirects = Redirects(exchange, keyring, policies, default_policy, robot=user_agent.partition("/")[0])

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        max_bytes: int | None = None,
        fresh_for: timedelta | None = None,
        store: bool = True,
    ) -> Document:
        """The document at `url`. `fresh_for` replaces the host's; without `store`, nothing is left on disk."""
        most_bytes = min(max_bytes or _DOCUMENT_BYTES, self._pages.limits.max_bytes)
        with self._answer(Request(_with(url, params), self._pages, headers, most_bytes, fresh_for, store)) as answer:
            return Document(
                url=answer.head.url,
                content=answer.body.read(),
                content_type=answer.head.content_type,
                encoding=answer.head.encoding,
                fetched_at=answer.fetched_at,
                from_cache=answer.from_cache,
            )

    @contextmanager
    def download(
        self, url: str, *, max_bytes: int | None = None, fresh_for: timedelta | None = None, store: bool = True
    ) -> Iterator[BinaryIO]:
        """The document at `url`, which may be large, whole, as a file open for reading within the block."""
        most_bytes = min(max_bytes or self._files.limits.max_bytes, self._files.limits.max_bytes)
        with self._answer(Request(url, self._files, _NOTHING, most_bytes, fresh_for, store)) as answer:
            yield answer.body

    def sweep(self, unused_for: timedelta) -> int:
        """Delete cached answers that were not confirmed for so long; how many files that were."""
        return self._cache.sweep(unused_for)

    def close(self) -> None:
        """Close all connections, and the files."""
        self._pages.clear()
        self._files.clear()
        self._rate_limiter.close()

    def _answer(self, request: Request) -> AbstractContextManager[Response]:
        answer = self._redirects.follow(request)
        try:
            check_status(answer.head.url, answer.head.status)
        except SourceError as error:
            with closing(answer):
                error.body = answer.body.read()
            raise
        return closing(answer)


def _with(url: str, params: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url
