"""How much of the service one client may use, so that there is some left for the others.

A client is an address; of IPv6, the /64 network that a household has. Two things are limited: how many requests a
client makes a minute (`RateLimits`, told with every answer), and how many of its pictures are worked on at the same
time (`Shares`). What is counted is in this process's memory only.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Kind, Problem, document

MOST_CLIENTS = 10_000
"""Clients that are remembered; beyond that, the one that was silent longest starts anew."""
PICTURES = ("/v1/identify", "/v1/faces")
LIMITED = "/v1/"


@dataclass(frozen=True, slots=True)
class Taken:
    """The state of a client's quota after it asked for one more."""

    remaining: int
    reset_s: int
    """Seconds until the whole quota is there again."""
    wait_s: int
    """Seconds until the next one is there; 0 when this one was granted."""


class Quota:
    """At most `most` within `window_s` seconds for each client, refilled evenly (the generic cell rate algorithm,
    ITU-T I.371)."""

    def __init__(self, name: str, most: int, window_s: float) -> None:
        self.name, self._most, self._window_s = name, most, window_s
        self._every_s = window_s / most
        self._full_at: dict[str, float] = {}
        """When the client's whole quota is there again; the client that asked last is at the end."""
        self.policy = f'"{name}";q={most};w={round(window_s)}'
        """As the header `RateLimit-Policy` has it."""

    def take(self, client: str, now: float) -> Taken:
        """Take one for the client, at `now` of a monotonic clock in seconds, if there is one."""
        full_at = max(self._full_at.pop(client, now), now)
        wait_s = full_at + self._every_s - self._window_s - now
        granted = wait_s <= 1e-6
        if granted:
            full_at += self._every_s
        self._full_at[client] = full_at
        self._forget(now)
        remaining = int((self._window_s - (full_at - now)) / self._every_s + 1e-6)
        return Taken(max(remaining, 0), ceil(full_at - now), 0 if granted else max(1, ceil(wait_s)))

    def _forget(self, now: float) -> None:
        """Forget the longest silent client, if its quota is whole again or there are too many."""
        oldest = next(iter(self._full_at))
        if self._full_at[oldest] <= now or len(self._full_at) > MOST_CLIENTS:
            del self._full_at[oldest]


class RateLimits:
    """Middleware that refuses requests to `/v1` over a client's quota, and tells the quota with every answer.

    The headers `RateLimit-Policy` and `RateLimit` are those of draft-ietf-httpapi-ratelimit-headers-10.
    """

    def __init__(self, app: ASGIApp, *, requests_per_minute: int, pictures_per_minute: int) -> None:
        self._app = app
        self._requests = Quota("requests", requests_per_minute, 60) if requests_per_minute else None
        self._pictures = Quota("pictures", pictures_per_minute, 60) if pictures_per_minute else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        quota = self._quota(scope)
        if quota is None:
            await self._app(scope, receive, send)
            return
        taken = quota.take(client_of(scope), time.monotonic())

        async def send_with_quota(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = quota.policy
                headers["RateLimit"] = f'"{quota.name}";r={taken.remaining};t={taken.reset_s}'
            await send(message)

        app = _refusal(scope, quota, taken.wait_s) if taken.wait_s else self._app
        await app(scope, receive, send_with_quota)

    def _quota(self, scope: Scope) -> Quota | None:
        if scope["type"] != "http" or not scope["path"].startswith(LIMITED):
            return None
        return self._pictures if scope["method"] == "POST" and scope["path"] in PICTURES else self._requests


def _refusal(scope: Scope, quota: Quota, wait_s: int) -> ASGIApp:
    headers = {"Retry-After": str(wait_s)}
    if scope["method"] not in ("GET", "HEAD"):
        headers["Connection"] = "close"  # the body is not read
    said = f"Your address has used up its quota of {quota.name}"
    return document(Request(scope), Problem(Kind.TOO_MANY_REQUESTS, said, headers=headers))


class Shares:
    """How many questions of each client are in the pool, `most` at most (0: any number). Used in the event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = Counter[str]()

    @contextmanager
    def place(self, request: Request) -> Iterator[None]:
        """A place for one question of the client that sent the request; `Problem` when it has `most` already."""
        client = client_of(request.scope)
        if 0 < self._most <= self._taken[client]:
            said = f"{self._most} pictures of yours are worked on already"
            raise Problem(Kind.TOO_MANY_REQUESTS, said, headers={"Retry-After": "1"})
        self._taken[client] += 1
        try:
            yield
        finally:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]


def client_of(scope: Scope) -> str:
    """The client that sent the request: its address, or its /64 network of IPv6."""
    return _client(scope["client"][0] if scope.get("client") else "")


@lru_cache(maxsize=4096)
def _client(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or ip_network((int(known), 64), strict=False))
    return address
