"""Who gets in: one token, shown once at the door, or with every request of a program."""

import hmac
import secrets
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
"""Wrong tokens of one address within the window, after which it is told to wait."""
MOST_REMEMBERED = 1000


@dataclass(slots=True)
class Attempts:
    """The wrong tokens of the last minute, of this process."""

    _wrong: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    _lock: Lock = field(default_factory=Lock)

    def note(self, address: str) -> None:
        """Remember a wrong one; raises `Problem` when too many came from there."""
        now = time.monotonic()
        with self._lock:
            while self._wrong and self._wrong[0][0] <= now - WINDOW_S:
                self._wrong.popleft()
            times = [at for at, known in self._wrong if known == address]
            if len(times) >= MOST_WRONG:
                wait_s = round(times[0] + WINDOW_S - now) + 1
                raise Problem(Kind.TOO_MANY_ATTEMPTS, "Wait a minute", headers={"Retry-After": str(wait_s)})
            self._wrong.append((now, address))


@dataclass(slots=True)
class EndedSessions:
    """The sessions of this process that were signed out of before they expired: a copied cookie opens nothing then."""

    _expires: dict[str, float] = field(default_factory=dict)

    def end(self, session: str, expires: float) -> None:
        """Remember that the session is over."""
        now = time.time()
        self._expires = {known: until for known, until in self._expires.items() if until > now} | {session: expires}

    def __contains__(self, session: str) -> bool:
        return session in self._expires


def signed_in(request: Request, ops: Running) -> None:
    """Lets the request through that carries the token or the cookie of a session; else raises `Problem`."""
    token = _token(ops)
    scheme, _, offered = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        check_token(request, ops, offered.strip())
    elif _session(request, token) is None:
        raise Problem(Kind.NOT_SIGNED_IN, "There is no session", headers={"WWW-Authenticate": "Bearer"})


def check_token(request: Request, ops: Running, offered: str) -> None:
    """Raises `Problem` unless that is the token. Wrong ones, however many, never keep the right one out: a token is too
    long to be guessed, and the wait only spares the service."""
    token, address = _token(ops), request.client.host if request.client else ""
    attempts: Attempts = request.app.state.attempts
    if not hmac.compare_digest(sha256(token).digest(), sha256(offered.encode()).digest()):
        attempts.note(address)
        raise Problem(Kind.WRONG_TOKEN, "The token is wrong", headers={"WWW-Authenticate": "Bearer"})


def open_session(request: Request, response: Response, ops: Running) -> None:
    """Give the browser a session that ends by itself."""
    session = f"{int(time.time()) + SESSION_S}.{secrets.token_hex(8)}"
    response.set_cookie(
        COOKIE,
        f"{session}.{_signature(_token(ops), session)}",
        max_age=SESSION_S,
        path="/ops",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def close_session(request: Request, response: Response, ops: Running) -> None:
    """End the session of the request, also where its cookie was copied to."""
    session = _session(request, _token(ops))
    if session is not None:
        request.app.state.ended.end(session, float(session.partition(".")[0]))
    response.delete_cookie(COOKIE, path="/ops", httponly=True, samesite="strict")


def from_here(request: Request) -> None:
    """Refuses a form that another site made the browser send; raises `Problem`."""
    if request.headers.get("authorization", "").lower().startswith("bearer "):
        return  # no browser sends that by itself, unlike Basic
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


def _signature(token: bytes, session: str) -> str:
    return hmac.new(token, f"session {session}".encode(), sha256).hexdigest()


def _session(request: Request, token: bytes) -> str | None:
    """The session of the request's cookie, as `expires.id`; None when there is none, or it is over."""
    session, _, signature = request.cookies.get(COOKIE, "").rpartition(".")
    expires = session.partition(".")[0]
    if not (expires.isascii() and expires.isdecimal() and len(expires) < 12):
        return None
    is_ours = hmac.compare_digest(_signature(token, session).encode(), signature.encode())
    is_over = time.time() >= int(expires) or session in request.app.state.ended
    return session if is_ours and not is_over else None
