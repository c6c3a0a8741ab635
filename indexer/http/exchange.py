"""One question to one host: from the shelf, else from the wire, in turn, with a few more tries."""

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
from indexer.http.cache import Answer, Facts, Shelf
from indexer.http.keys import Keyring
from indexer.http.rate_limit import Pace
from indexer.http.request import Question
from indexer.http.statuses import PASSING, REDIRECTS, check_challenge, retry_after_s
from indexer.http.transport import body_of

_SAID_BYTES = 1 << 16
_PASSING_ERRORS = (ProtocolError, HTTPTimeout)
_UNREACHED_PAUSE_S = 0.25
"""At most, before a host is tried again of which there is no name or no server: it has no load to be spared."""


class _Passing(SourceUnavailable):
    """A failure that another try may not meet."""


class _Unreached(_Passing):
    """The host has no name that can be resolved, or refuses the connection: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Asks questions whose URLs hold stand-ins for keys. A redirect is an answer like others."""

    shelf: Shelf
    pace: Pace
    keyring: Keyring
    user_agent: str

    def answer(
        self, question: Question, authority: str, *, fresh_for: timedelta, permit: Callable[[], float]
    ) -> Answer:
        """The answer, whatever its status but those that call for another try.

        Before the host is asked, `permit` says how many seconds apart it wants its requests, or raises. Raises
        `SourceError`.
        """
        key = Shelf.key(question.url, question.headers)
        kept = self.shelf.find(key) if question.keep else None
        if kept and kept.age < fresh_for:
            return kept
        answer = None
        try:
            answer = self._ask(_Asking(question, authority, permit(), key, kept))
            return answer
        finally:
            if kept and answer is not kept:
                kept.close()

    def _ask(self, asking: "_Asking") -> Answer:
        for pause_s in asking.question.wire.limits.retry_pauses_s:
            try:
                return self._exchange(asking)
            except _Passing as failure:
                if isinstance(failure, _Unreached):
                    pause_s = min(pause_s, _UNREACHED_PAUSE_S)
                if not failure.retry_after_s:
                    self.pace.close_host(asking.authority, pause_s * random.uniform(0.5, 1.5))  # noqa: S311  # only jitter
        return self._exchange(asking)

    def _exchange(self, asking: "_Asking") -> Answer:
        url = asking.question.url
        self.pace.take_turn(asking.authority, asking.interval_s)
        try:
            response = asking.question.wire.ask(url, {"User-Agent": self.user_agent, **asking.headers()})
            try:
                return self._receive(response, asking)
            finally:
                response.close()
        except NewConnectionError as error:  # unresolved names, too
            raise _Unreached(f"{url} did not arrive, try later: {error}") from None
        except _PASSING_ERRORS as error:
            raise _Passing(f"{url} did not arrive, try later: {error}") from None
        except HTTPError as error:
            raise SourceUnavailable(f"{url} did not arrive, try later: {error}") from None

    def _receive(self, response: BaseHTTPResponse, asking: "_Asking") -> Answer:
        question = asking.question
        check_challenge(question.url, response.status, response.headers)
        if asking.kept and response.status == HTTPStatus.NOT_MODIFIED:
            self.shelf.renew(asking.key)
            return asking.kept
        if response.status in PASSING:
            raise self._passing(response, asking)
        facts = _facts(response, question.url)
        whole = response.status == HTTPStatus.OK
        body = body_of(response, question.url, question.max_bytes) if whole else [_said(response)]
        location = facts.location and self.keyring.hide(facts.location)
        if question.keep and response.status in question.kept_statuses and location == facts.location:
            return self.shelf.put(asking.key, facts, body)
        return self.shelf.pass_through(replace(facts, location=location), body)

    def _passing(self, response: BaseHTTPResponse, asking: "_Asking") -> _Passing:
        wait_s = retry_after_s(response.headers)
        if wait_s:
            self.pace.close_host(asking.authority, wait_s)
        failure = _Passing(f"{asking.question.url} answered HTTP {response.status}: try later.", retry_after_s=wait_s)
        failure.answer = _said(response)
        return failure


@dataclass(frozen=True, slots=True)
class _Asking:
    question: Question
    authority: str
    interval_s: float
    key: str
    kept: Answer | None

    def headers(self) -> dict[str, str]:
        """Those of the question, with the conditions under which a new answer is wanted."""
        facts = self.kept.facts if self.kept else None
        conditions = {"If-None-Match": facts.etag, "If-Modified-Since": facts.last_modified} if facts else {}
        return {**self.question.headers, **{name: value for name, value in conditions.items() if value}}


def _said(response: BaseHTTPResponse) -> bytes:
    """What comes with an error status, for the source that knows how to read it."""
    try:
        return response.read(_SAID_BYTES, decode_content=True)
    except (HTTPError, SourceUnavailable):
        return b""


def _facts(response: BaseHTTPResponse, url: str) -> Facts:
    headers, kind = response.headers, Message()
    kind["Content-Type"] = headers.get("Content-Type", "")
    location = headers.get("Location") if response.status in REDIRECTS else None
    return Facts(
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
        raise SourceUnavailable(f"{url} redirects to what is no URL.") from None
