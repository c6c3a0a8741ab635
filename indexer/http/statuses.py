"""What the status and the headers of a response mean, before its body is read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from indexer.errors import NotFound, SourceBlocked, SourceUnavailable

REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
TRANSIENT = frozenset({429, 500, 502, 503, 504})
"""Worth a retry."""

_BLOCKED = frozenset({202, 401, 403, 451})
_CHALLENGE_HEADERS = ("x-amzn-waf-action", "cf-mitigated")


def check_status(url: str, status: int) -> None:
    """Raise the error for a status other than 200: `SourceBlocked`, `NotFound` or `SourceUnavailable`."""
    if status in _BLOCKED:
        raise SourceBlocked(f"{url} refuses us (HTTP {status}).")
    if status in GONE:
        raise NotFound(f"{url} has no such document (HTTP {status}).")
    if status != HTTPStatus.OK:
        raise SourceUnavailable(f"{url} answered HTTP {status} instead of the document: see that the address is right.")


def check_challenge(url: str, status: int, headers: Mapping[str, str]) -> None:
    """Raise `SourceBlocked` when the response is a challenge that only browsers solve, whatever its status."""
    if any(header in headers for header in _CHALLENGE_HEADERS):
        raise SourceBlocked(f"{url} asks for a browser (HTTP {status}, a challenge).")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The `Retry-After` header (RFC 9110, 10.2.3: seconds or a date) in seconds from now; None without one."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
