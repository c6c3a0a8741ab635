"""The transport: urllib3 connections to checked addresses only, with limits on time and bytes of every response."""

import io
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from indexer.errors import SourceUnavailable, TooLarge
from indexer.http.addresses import AddressGuard
from indexer.http.keys import Keyring

_CHUNK_BYTES = 1 << 16
_HEADERS_BYTES = 1 << 16
_ADDRESSES_TRIED = 4
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the time and size of one request.

    `total_timeout_s` ends a response that only trickles. `max_bytes` holds on the wire and after decompression.
    `retry_pauses_s` are the pauses before each retry (with jitter).
    """

    connect_timeout_s: float = 10
    read_timeout_s: float = 30
    total_timeout_s: float = 120
    max_bytes: int = 32 << 20
    retry_pauses_s: tuple[float, ...] = (1, 4)


PAGE_LIMITS = Limits()
FILE_LIMITS = Limits(read_timeout_s=60, total_timeout_s=7200, max_bytes=4 << 30)


class Transport(urllib3.PoolManager):
    """Connection pools with one set of limits. It follows no redirects, uses no proxy and does not retry."""

    def __init__(self, guard: AddressGuard, keyring: Keyring, limits: Limits, ca_certs: Path | None = None) -> None:
        super().__init__(num_pools=32, maxsize=4, cert_reqs="CERT_REQUIRED", ca_certs=str(ca_certs or certifi.where()))
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
        self.limits = limits
        self._connection_options = {"guard": guard, "keyring": keyring, "limits": limits}
        self._timeout = urllib3.Timeout(connect=limits.connect_timeout_s, read=limits.read_timeout_s)

    def get(self, url: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """Send GET `url`; `body_of` then reads the body. Raises `urllib3.exceptions.HTTPError` and `SourceError`."""
        return self.request(
            "GET",
            url,
            headers={"Accept-Encoding": "gzip, deflate", **headers},
            timeout=self._timeout,
            redirect=False,
            retries=False,
            preload_content=False,
        )

    def _new_pool(self, *arguments: Any, **options: Any) -> HTTPConnectionPool:
        pool = super()._new_pool(*arguments, **options)
        pool.conn_kw |= self._connection_options
        return pool


def body_of(response: urllib3.BaseHTTPResponse, url: str, max_bytes: int) -> Iterator[bytes]:
    """The body, decompressed, in chunks. Raises `TooLarge` as soon as it is known to exceed `max_bytes`,
    `SourceUnavailable` when it is empty, and `urllib3.exceptions.HTTPError` when it breaks off."""
    if response.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise SourceUnavailable(f"{url} came in a compression that was not asked for.")
    _check_size(int(response.length_remaining or 0), url, max_bytes)
    received = 0
    while chunk := response.read1(_CHUNK_BYTES, decode_content=True):
        received += len(chunk)
        _check_size(received, url, max_bytes)
        yield chunk
    if not received:
        raise SourceUnavailable(f"{url} answered with an empty body: try later.")


def _check_size(size_bytes: int, url: str, max_bytes: int) -> None:
    if size_bytes > max_bytes:
        raise TooLarge(f"{url} is over {max_bytes:,} bytes: refused.")


class _BoundedStream(io.RawIOBase):
    """Reads a socket until a deadline, and up to a number of bytes, headers included."""

    def __init__(self, sock: socket.socket, limits: Limits, host: str) -> None:
        self._socket, self._limits, self._host = sock, limits, host
        self._stream = sock.makefile("rb", buffering=0)
        self._left_bytes = limits.max_bytes + _HEADERS_BYTES
        self._deadline = time.monotonic() + limits.total_timeout_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._left_bytes <= 0:
            raise TooLarge(f"{self._host} sends more than {self._limits.max_bytes:,} bytes: refused.")
        self._socket.settimeout(min(self._limits.read_timeout_s, self._remaining_s()))
        try:
            count: int | None = self._stream.readinto(buffer)
        except TimeoutError:
            self._remaining_s()
            raise
        self._left_bytes -= count or 0
        return count

    def _remaining_s(self) -> float:
        if (remaining_s := self._deadline - time.monotonic()) > 0:
            return remaining_s
        raise SourceUnavailable(
            f"{self._host} was still answering after {self._limits.total_timeout_s:g} s: given up, try later."
        )

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Connection(HTTPConnection):
    """Connects only to addresses that the guard has checked; the name is resolved once, so it cannot change between."""

    def __init__(self, *arguments: Any, guard: AddressGuard, keyring: Keyring, limits: Limits, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._guard, self._keyring, self._limits = guard, keyring, limits
        self.response_class = self._bounded_response  # type: ignore[assignment]

    def putrequest(self, method: str, url: str, *arguments: Any, **options: Any) -> None:
        super().putrequest(method, self._keyring.restore(self.host, url), *arguments, **options)

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            for address in self._addresses(name):
                self._dns_host = address
                try:
                    connected = super()._new_conn()
                except (ConnectTimeoutError, NewConnectionError) as error:
                    failure = error
                    continue
                self._guard.check(connected.getpeername()[0], self.port, name)
                return connected
            raise failure
        finally:
            self._dns_host = name

    def _addresses(self, name: str) -> list[str]:
        try:
            return self._guard.resolve(name, self.port)[:_ADDRESSES_TRIED]
        except socket.gaierror as error:
            raise NameResolutionError(name, self, error) from error

    def _bounded_response(self, sock: socket.socket, *arguments: Any, **options: Any) -> HTTPResponse:
        response = HTTPResponse(sock, *arguments, **options)
        response.fp.close()
        response.fp = io.BufferedReader(_BoundedStream(sock, self._limits, self.host))
        return response


class _TLSConnection(_Connection, HTTPSConnection):
    """The same over TLS; certificate and SNI are checked against the name, not the address."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection
