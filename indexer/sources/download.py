"""Fetching a document over HTTP: once, politely, never more than asked for."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import requests

from indexer.errors import SourceBlocked, SourceUnavailable

_CHUNK_BYTES = 1 << 16
_BLOCKED = frozenset({401, 403, 451})
_BUSY = frozenset({429, 503})
_CHALLENGE_HEADERS = ("x-amzn-waf-action", "cf-mitigated")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much to wait for. `total_timeout_s` ends an answer that only trickles."""

    connect_timeout_s: float = 10
    read_timeout_s: float = 30
    total_timeout_s: float = 300
    max_bytes: int = 256 << 20
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches documents into temporary files of `folder`, saying who asks (`user_agent`)."""

    folder: Path
    user_agent: str
    limits: Limits = Limits()

    @contextmanager
    def fetch(self, url: str) -> Iterator[BinaryIO]:
        """The document at `url`, whole, as an open temporary file that goes away with the block.

        Raises `SourceBlocked` when the server refuses us, `SourceUnavailable` when it has not got the document or the
        document did not arrive whole within the limits.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.folder) as file:
            try:
                self._receive(url, file)
            except requests.RequestException as error:
                raise SourceUnavailable(f"{url} did not arrive: {error}") from None
            file.seek(0)
            yield file

    def _receive(self, url: str, file: BinaryIO) -> None:
        deadline = time.monotonic() + self.limits.total_timeout_s
        with requests.Session() as session:
            session.max_redirects = self.limits.max_redirects
            session.headers["User-Agent"] = self.user_agent
            timeouts = (self.limits.connect_timeout_s, self.limits.read_timeout_s)
            with session.get(url, stream=True, timeout=timeouts) as response:
                _check_status(url, response)
                for chunk in response.iter_content(_CHUNK_BYTES):
                    file.write(chunk)
                    self._check_limits(url, file.tell(), deadline)
        if not file.tell():
            raise SourceUnavailable(f"{url} answered with nothing.")

    def _check_limits(self, url: str, received: int, deadline: float) -> None:
        if received > self.limits.max_bytes:
            raise SourceUnavailable(f"{url} is over {self.limits.max_bytes:,} bytes: refused.")
        if time.monotonic() > deadline:
            raise SourceUnavailable(f"{url} was still arriving after {self.limits.total_timeout_s:g} s: given up.")


def _check_status(url: str, response: requests.Response) -> None:
    status = response.status_code
    if status in _BLOCKED or any(header in response.headers for header in _CHALLENGE_HEADERS):
        raise SourceBlocked(f"{url} refuses us (HTTP {status}); this is not worked around.")
    if status in _BUSY:
        raise SourceUnavailable(f"{url} is busy (HTTP {status}); retry after: {_retry_after(response)}.")
    if status != requests.codes.ok:
        raise SourceUnavailable(f"{url} answered HTTP {status} {response.reason} instead of the document.")


def _retry_after(response: requests.Response) -> str:
    return response.headers.get("Retry-After", "not said")[:64]
