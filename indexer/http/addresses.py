"""The address guard: connects to public addresses only, plus the networks on the allow-list."""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from indexer.errors import AddressRefused

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

WEB_PORTS = frozenset({80, 443})

_NOT_PUBLIC = tuple(
    map(
        ipaddress.IPv4Network,
        (
            # Not globally reachable by IANA's special-purpose registry; the list in `ipaddress` depends on the Python.
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_IPV6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20")))
_EMBED_IPV4 = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96")))


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Resolves a host to addresses that may be connected to. In the `allowed` networks, any address and port may."""

    allowed: Sequence[Network] = ()

    def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of `host`, each checked: a name with one address that is not public is refused as a whole.

        The resolver reads spellings such as `0x7f.1` or `2130706433`, so they are checked as the address they mean.
        Raises `AddressRefused`, and `socket.gaierror` when the name does not exist.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError:
            raise AddressRefused(f"{host[:80]!r} is not a host name.") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            self.check(address, port, host)
        return addresses

    def check(self, address: str, port: int, host: str) -> None:
        """Raise `AddressRefused` unless a connection to `address` (one of `host`) at `port` is allowed."""
        target = _final_address(ipaddress.ip_address(address.partition("%")[0]))
        if any(target in network for network in self.allowed):
            return
        if not _is_public(target):
            raise AddressRefused(f"{host} leads to {address}, which is not on the internet: not connected.")
        if port not in WEB_PORTS:
            raise AddressRefused(f"{host} asks for port {port}; only {sorted(WEB_PORTS)} are connected to.")


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC)
    return address in _GLOBAL_IPV6 and not any(address in network for network in _NOT_PUBLIC_IPV6)


def _final_address(address: Address) -> Address:
    """The IPv4 address embedded in an IPv6 one (mapped, compatible, NAT64, 6to4), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.sixtofour:
        return address.sixtofour
    if any(address in network for network in _EMBED_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
