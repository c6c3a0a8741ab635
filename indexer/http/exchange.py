"""One request to one host: from the cache, else from its server, rate limited and retried."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import Message
from http import HTTPStatus
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError
from urllib3.exceptions import TimeoutError as HTTPTimeout

from indexer.errors import SourceUnavailable
from indexer.http.cache import HttpCache, Response, ResponseHead
from indexer.http.keys import Keyring
from indexer.http.rate_limit import RateLimiter
from indexer.http.request import Request
from indexer.http.statuses import REDIRECTS, TRANSIENT, check_challenge, retry_after_s
from indexer.http.transport import body_of

_ERROR_BODY_BYTES = 1 << 16
_TRANSIENT_ERRORS = (ProtocolError, HTTPTimeout)
_UNREACHABLE_PAUSE_S = 0.25
"""The longest pause before a retry where the name does not resolve or nothing listens: no server is put under load."""


class _Transient(SourceUnavailable):
    """A failure that may be gone at the next attempt."""


class _Unreachable(_Transient):
    """The host's name does not resolve, or it refuses the connection: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Sends requests, whose URLs hold placeholders for keys. A redirect is returned like any other response."""

    cache: HttpCache
    rate_limiter: RateLimiter
    keyring: Keyring
    user_agent: str

    def fetch(self, request: Request, authority: str, *, fresh_for: timedelta, permit: Callable[[], float]) -> Response:
        """The cached response while it is fresh, else the server's, whatever its status.

        Transient statuses are retried. `permit` is called before anything is sent: it returns the host's interval
        between two requests in seconds, or raises where robots.txt forbids the request. Raises `SourceError`.
        """
        key = HttpCache.key(request.url, request.headers)
        cached = self.cache.find(key) if request.store else None
        if cached and cached.age < fresh_for:
            return cached
        response = None
        try:
            response = self._send_with_retries(_Pending(request, authority, permit(), key, cached))
            return response
        finally:
            if cached and response is not cached:
                cached.close()

    def _send_with_retries(self, pending: "_Pending") -> Response:
        for pause_s in pending.request.transport.limits.retry_pauses_s:
            try:
                return self._send(pending)
            except _Transient as failure:
                if isinstance(failure, _Unreachable):
                    pause_s = min(pause_s, _UNREACHABLE_PAUSE_S)
                if not failure.retry_after_s:
                    self.rate_limiter.back_off(pending.authority, pause_s * random.uniform(0.5, 1.5))  # noqa: S311  # only jitter
        return self._send(pending)

    def _send(self, pending: "_Pending") -> Response:
        url = pending.request.url
        self.rate_limiter.wait_for_turn(pending.authority, pending.interval_s)
        try:
            response = pending.request.transport.get(url, {"User-Agent": self.user_agent, **pending.headers()})
            try:
                return self._receive(response, pending)
            finally:
                response.close()
        except NewConnectionError as error:  # unresolved names, too
            raise _Unreachable(f"{url} did not arrive, try later: {error}") from None
        except _TRANSIENT_ERRORS as error:
            raise _Transient(f"{url} did not arrive, try later: {error}") from None
        except HTTPError as error:
            raise SourceUnavailable(f"{url} did not arrive, try later: {error}") from None

    def _receive(self, response: BaseHTTPResponse, pending: "_Pending") -> Response:
        request = pending.request
        check_challenge(request.url, response.status, response.headers)
        if pending.cached and response.status == HTTPStatus.NOT_MODIFIED:
            self.cache.renew(pending.key)
            return pending.cached
        if response.status in TRANSIENT:
            raise self._transient(response, pending)
        head = _head(response, request.url)
        whole = response.status == HTTPStatus.OK
        body = body_of(response, request.url, request.max_bytes) if whole else [_error_body(response)]
        location = head.location and self.keyring.redact(head.location)
        if request.store and response.status in request.cached_statuses and location == head.location:
            return self.cache.put(pending.key, head, body)
        return self.cache.pass_through(replace(head, location=location), body)

    def _transient(self, response: BaseHTTPResponse, pending: "_Pending") -> _Transient:
        wait_s = retry_after_s(response.headers)
        if wait_s:
            self.rate_limiter.back_off(pending.authority, wait_s)
        failure = _Transient(f"{pending.request.url} answered HTTP {response.status}: try later.", retry_after_s=wait_s)
        failure.body = _error_body(response)
        return failure


@dataclass(frozen=True, slots=True)
class _Pending:
    request: Request
    authority: str
    interval_s: float
    key: str
    cached: Response | None

    def headers(self) -> dict[str, str]:
        """The request's headers, with the validators that make it a conditional request (RFC 9110, 13.1)."""
        head = self.cached.head if self.cached else None
        conditions = {"If-None-Match": head.etag, "If-Modified-Since": head.last_modified} if head else {}
        return {**self.request.headers, **{name: value for name, value in conditions.items() if value}}


def _error_body(response: BaseHTTPResponse) -> bytes:
    """The body of an error status, in which some sources explain the failure."""
    try:
        return response.read(_ERROR_BODY_BYTES, decode_content=True)
    except (HTTPError, SourceUnavailable):
        return b""


def _head(response: BaseHTTPResponse, url: str) -> ResponseHead:
    headers, kind = response.headers, Message()
    kind["Content-Type"] = headers.get("Content-Type", "")
    location = headers.get("Location") if response.status in REDIRECTS else None
    return ResponseHead(
        url=url,
        status=response.status,
        fetched_at=time.time(),
        content_type=kind.get_content_type() if "Content-Type" in headers else None,
        encoding=kind.get_content_charset(),
        etag=headers.get("ETag"),
        last_modified=headers.get("Last-Modified"),
        location=_joined(url, location) if location else None,
    )


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise SourceUnavailable(f"{url} redirects to an invalid URL: try later.") from None
