"""Connections: how many there may be, and how long a caller may take over each part of a request.

uvicorn lets a caller take as long as they like over the head of a request, and over a body that no endpoint reads: a
thousand connections that send a byte now and then would use up the process's file descriptors. Here each connection
has a deadline while the service waits for its caller, and when there are too many, the one that has made the service
wait longest is closed in favour of the new one.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, TypeAlias

import h11
import structlog
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.settings import ApiSettings

log = structlog.get_logger(__name__)
Networks: TypeAlias = tuple[IPv4Network | IPv6Network, ...]

HEAD_TIMEOUT_S = 10.0
"""For the head of a request, from the start of the connection or the end of the previous answer."""
BODY_GRACE_S = 5.0
"""The connection is closed so long after the deadline of the body: there is time for the answer that says so."""
ANSWER_TIMEOUT_S = 30.0
"""For a caller to take in some of an answer, when what is unsent no longer fits the buffers."""
SHUTDOWN_TIMEOUT_S = 5
"""For requests that are being answered when the service is told to stop."""
BACKLOG = 128
"""Connections that are accepted at once; also by so many the limit may be passed for a moment."""


@dataclass(slots=True)
class Limits:
    """The open connections of a process, and how many there may be: in all, and from one address (0: any number).

    The addresses of trusted proxies have no limit of their own: behind them, there are many callers.
    """

    most: int
    most_per_address: int
    trusted: Networks
    head_timeout_s: float
    body_timeout_s: float
    answer_timeout_s: float
    _open: dict["Connection", str] = field(default_factory=dict)
    """Each with its caller's address, the oldest first."""
    _by_address: dict[str, int] = field(default_factory=dict)

    def admit(self, connection: "Connection", address: str) -> None:
        """Count a new connection in. When there are too many, another one is closed, or if none can be, this one."""
        here = self._by_address.get(address, 0)
        too_many_here = 0 < self.most_per_address <= here and not is_within(address, self.trusted)
        if too_many_here or 0 < self.most <= len(self._open):
            others = (it for it, whose in self._open.items() if whose == address or not too_many_here)
            victim = next((it for it in others if it.waits_for_caller), connection)
            log.warning("too many connections", open=len(self._open), same_address=here)
            victim.abort()
            if victim is connection:
                return
        self._open[connection] = address
        self._by_address[address] = self._by_address.get(address, 0) + 1

    def discharge(self, connection: "Connection") -> None:
        """Count a connection out; nothing happens when it was not counted in."""
        address = self._open.pop(connection, None)
        if address is not None:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]


class Connection(H11Protocol):
    """uvicorn's connection, with deadlines, and counted."""

    def __init__(self, limits: Limits, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._limits = limits
        self._awaited: object = None
        self._deadline: asyncio.TimerHandle | None = None
        self._slow_reader: asyncio.TimerHandle | None = None

    @property
    def waits_for_caller(self) -> bool:
        """Whether the next step is the caller's: the rest of a request, or to take in an answer."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY) or self._slow_reader is not None

    def abort(self) -> None:
        """Close the connection without another word, and forget what was not sent yet."""
        self._limits.discharge(self)
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop."""
        super().connection_made(transport)
        self._watch()
        self._limits.admit(self, self.client[0] if self.client else "")

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._limits.discharge(self)
        for timer in (self._deadline, self._slow_reader):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Called after each piece of a request, and after each answer."""
        super().handle_events()
        self._watch()

    def pause_writing(self) -> None:
        """Called by the transport when the caller does not take in the answer."""
        super().pause_writing()
        self._slow_reader = self.loop.call_later(self._limits.answer_timeout_s, self.abort)

    def resume_writing(self) -> None:
        """Called by the transport when the caller took in enough of it."""
        super().resume_writing()
        if self._slow_reader is not None:
            self._slow_reader.cancel()
            self._slow_reader = None

    def timeout_keep_alive_handler(self) -> None:
        """Called when an answered connection was idle for some seconds."""
        if self.transport.get_write_buffer_size():
            self.abort()  # to close it would wait for its caller to take in the rest
        else:
            super().timeout_keep_alive_handler()

    def _watch(self) -> None:
        """Set the deadline of the part that the caller is to send next. More bytes of a part do not move it."""
        awaited = self.conn.their_state
        if awaited is self._awaited:
            return
        self._awaited = awaited
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if awaited is h11.IDLE:
            self._deadline = self.loop.call_later(self._limits.head_timeout_s, self.abort)
        elif awaited is h11.SEND_BODY:
            self._deadline = self.loop.call_later(self._limits.body_timeout_s, self.abort)


def server_config(app: Any, settings: ApiSettings, **more: Any) -> Config:
    """What uvicorn needs to serve `app` with these settings: limits on connections, and proxies that are believed."""
    limits = Limits(
        settings.max_connections,
        settings.max_connections_per_address,
        settings.trusted_proxies,
        head_timeout_s=HEAD_TIMEOUT_S,
        body_timeout_s=settings.upload_timeout_s + BODY_GRACE_S,
        answer_timeout_s=ANSWER_TIMEOUT_S,
    )

    class Limited(Connection):
        def __init__(self, **arguments: Any) -> None:
            super().__init__(limits, **arguments)

    return Config(
        app,
        http=Limited,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        backlog=BACKLOG,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        **more,
    )


def is_within(address: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether the address is in one of the networks; text that is no address is in none."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in networks)
