"""Who gets in: one token, shown once at the door, or with every request of a program."""

import hmac
import time
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from api.ops.services import Running
from api.problems import Kind, Problem

COOKIE = "fta_ops"
SESSION_S = 12 * 3600
WINDOW_S = 60.0
MOST_WRONG = 5
"""Wrong tokens of one address within the window; behind a proxy, everybody has the proxy's."""
MOST_WRONG_IN_ALL = 50


@dataclass(slots=True)
class Attempts:
    """The wrong tokens of the last minute, of this process."""

    _wrong: deque[tuple[float, str]] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)

    def check(self, address: str) -> None:
        """Raises `Problem` when too many wrong ones came from there, or in all."""
        now = time.monotonic()
        with self._lock:
            while self._wrong and self._wrong[0][0] <= now - WINDOW_S:
                self._wrong.popleft()
            here = sum(known == address for _, known in self._wrong)
            if here >= MOST_WRONG or len(self._wrong) >= MOST_WRONG_IN_ALL:
                wait_s = round(self._wrong[0][0] + WINDOW_S - now) + 1
                raise Problem(Kind.TOO_MANY_ATTEMPTS, "Wait a minute", headers={"Retry-After": str(wait_s)})

    def note(self, address: str) -> None:
        """Remember a wrong one."""
        with self._lock:
            self._wrong.append((time.monotonic(), address))


def signed_in(request: Request, ops: Running) -> None:
    """Lets the request through that carries the token or the cookie of a session; else raises `Problem`."""
    token = _token(ops)
    scheme, _, offered = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        check_token(request, ops, offered.strip())
    elif not _is_valid(token, request.cookies.get(COOKIE, ""), time.time()):
        raise Problem(Kind.NOT_SIGNED_IN, "There is no session", headers={"WWW-Authenticate": "Bearer"})


def check_token(request: Request, ops: Running, offered: str) -> None:
    """Raises `Problem` unless that is the token."""
    token, address = _token(ops), request.client.host if request.client else ""
    attempts: Attempts = request.app.state.attempts
    attempts.check(address)
    if not hmac.compare_digest(sha256(token).digest(), sha256(offered.encode()).digest()):
        attempts.note(address)
        raise Problem(Kind.WRONG_TOKEN, "The token is wrong", headers={"WWW-Authenticate": "Bearer"})


def open_session(request: Request, response: Response, ops: Running) -> None:
    """Give the browser a session that ends by itself."""
    expires = str(int(time.time()) + SESSION_S)
    response.set_cookie(
        COOKIE,
        f"{expires}.{_signature(_token(ops), expires)}",
        max_age=SESSION_S,
        path="/ops",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def close_session(response: Response) -> None:
    """Take the session back."""
    response.delete_cookie(COOKIE, path="/ops", httponly=True, samesite="strict")


def from_here(request: Request) -> None:
    """Refuses a form that another site made the browser send; raises `Problem`."""
    if request.headers.get("authorization"):
        return  # no browser sends that by itself
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    same_origin = bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
    if site not in (None, "same-origin") or not same_origin:
        raise Problem(Kind.FOREIGN_FORM, f"The form came from {origin or 'an unknown site'}")


SignedIn = Depends(signed_in)
FromHere = Depends(from_here)


def _token(ops: Running) -> bytes:
    if ops.settings.ops_token is None:
        raise Problem(Kind.NO_TOKEN_SET, "`FTA_OPS_TOKEN` is not set, so nobody gets in")
    return ops.settings.ops_token.get_secret_value().encode()


def _signature(token: bytes, expires: str) -> str:
    return hmac.new(token, f"session until {expires}".encode(), sha256).hexdigest()


def _is_valid(token: bytes, cookie: str, now: float) -> bool:
    expires, _, signature = cookie.partition(".")
    if not (expires.isascii() and expires.isdecimal() and len(expires) < 12):
        return False
    is_ours = hmac.compare_digest(_signature(token, expires).encode(), signature.encode())
    return is_ours and now < int(expires)
