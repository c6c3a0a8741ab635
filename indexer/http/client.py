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
from indexer.http.cache import Answer, Shelf
from indexer.http.exchange import Visitor
from indexer.http.keys import Keyring
from indexer.http.rate_limit import Pace
from indexer.http.redirects import Route
from indexer.http.request import Manners, Question
from indexer.http.statuses import check_status
from indexer.http.transport import FILE_LIMITS, PAGE_LIMITS, Limits, Wire

_DOCUMENT_BYTES = 8 << 20
"""Of whatever is read as a whole: the largest real answers are a third of it, and take many times their length."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it came. `url` is where it was in the end, with stand-ins for keys; `encoding` what its server
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
        manners: Mapping[str, Manners] = MappingProxyType({}),
        other_manners: Manners = Manners(),
        allowed_networks: Sequence[Network] = (),
        page_limits: Limits = PAGE_LIMITS,
        file_limits: Limits = FILE_LIMITS,
        patience_s: float = 60,
        ca_certs: Path | None = None,
    ) -> None:
        """`manners` by host (or host:port); `user_agent` begins with the name that robots.txt files call us by;
        `patience_s` is how long we wait for a host that says when to come back; `ca_certs` instead of certifi's."""
        guard, keyring = AddressGuard(tuple(allowed_networks)), Keyring()
        self._pages = Wire(guard, keyring, page_limits, ca_certs)
        self._files = Wire(guard, keyring, file_limits, ca_certs)
        self._shelf = Shelf(folder)
        self._pace = Pace(folder / "pace.sqlite", patience_s)
        visitor = Visitor(self._shelf, self._pace, keyring, user_agent)
        self._route = Route(visitor, keyring, manners, other_manners, robot=user_agent.partition("/")[0])

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        max_bytes: int | None = None,
        fresh_for: timedelta | None = None,
        keep: bool = True,
    ) -> Document:
        """The document at `url`. `fresh_for` stands in for the host's; without `keep`, nothing is left on disk."""
        most_bytes = min(max_bytes or _DOCUMENT_BYTES, self._pages.limits.max_bytes)
        with self._answer(Question(_with(url, params), self._pages, headers, most_bytes, fresh_for, keep)) as answer:
            return Document(
                url=answer.facts.url,
                content=answer.body.read(),
                content_type=answer.facts.content_type,
                encoding=answer.facts.encoding,
                fetched_at=answer.fetched_at,
                from_cache=answer.from_cache,
            )

    @contextmanager
    def download(
        self, url: str, *, max_bytes: int | None = None, fresh_for: timedelta | None = None, keep: bool = True
    ) -> Iterator[BinaryIO]:
        """The document at `url`, which may be large, whole, as a file open for reading within the block."""
        most_bytes = min(max_bytes or self._files.limits.max_bytes, self._files.limits.max_bytes)
        with self._answer(Question(url, self._files, _NOTHING, most_bytes, fresh_for, keep)) as answer:
            yield answer.body

    def sweep(self, unused_for: timedelta) -> int:
        """Delete kept answers that were not confirmed for so long; how many files that were."""
        return self._shelf.sweep(unused_for)

    def close(self) -> None:
        """Close all connections, and the files."""
        self._pages.clear()
        self._files.clear()
        self._pace.close()

    def _answer(self, question: Question) -> AbstractContextManager[Answer]:
        answer = self._route.follow(question)
        try:
            check_status(answer.facts.url, answer.facts.status)
        except SourceError as error:
            with closing(answer):
                error.answer = answer.body.read()
            raise
        return closing(answer)


def _with(url: str, params: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url
