"""Where the service may connect: public addresses, and those the operator allows.

The address that is connected to is judged, not the name: a name may mean
another address by the time it is used (DNS rebinding). Hand `socket_factory`
to `aiohttp.TCPConnector`, which calls it for each address right before it
connects, redirects and literal addresses included.

The networks are those of IANA's special-purpose registries (RFC 6890) and the
metadata services of clouds that live outside them.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.connector import AddrInfoType

from monitor.config import Network

_METADATA = "a cloud metadata address"
_PRIVATE = "a private address"
_LINK_LOCAL = "a link-local address"
_LOOPBACK = "a loopback address"
_MULTICAST = "a multicast address"
_UNSPECIFIED = "an unspecified address"
_DOCUMENTATION = "a documentation address"
_RESERVED = "a reserved address"
_NAT64 = "a NAT64 address"

# The first network that contains an address says what it is.
_SPECIAL: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("169.254.169.254/32", _METADATA),
        ("169.254.170.2/32", _METADATA),  # AWS, containers
        ("100.100.100.200/32", _METADATA),  # Alibaba
        ("168.63.129.16/32", _METADATA),  # Azure, within public space
        ("192.0.0.192/32", _METADATA),  # Oracle
        ("0.0.0.0/8", _UNSPECIFIED),
        ("10.0.0.0/8", _PRIVATE),
        ("100.64.0.0/10", "a carrier-grade NAT address"),
        ("127.0.0.0/8", _LOOPBACK),
        ("169.254.0.0/16", _LINK_LOCAL),
        ("172.16.0.0/12", _PRIVATE),
        ("192.0.0.0/24", _RESERVED),
        ("192.0.2.0/24", _DOCUMENTATION),
        ("192.88.99.0/24", "a 6to4 address"),
        ("192.168.0.0/16", _PRIVATE),
        ("198.18.0.0/15", "a benchmarking address"),
        ("198.51.100.0/24", _DOCUMENTATION),
        ("203.0.113.0/24", _DOCUMENTATION),
        ("224.0.0.0/4", _MULTICAST),
        ("255.255.255.255/32", "a broadcast address"),
        ("240.0.0.0/4", _RESERVED),
        ("fd00:ec2::/32", _METADATA),  # AWS
        ("fd20:ce::254/128", _METADATA),  # Google
        ("::/128", _UNSPECIFIED),
        ("::1/128", _LOOPBACK),
        ("64:ff9b::/96", _NAT64),
        ("64:ff9b:1::/48", _NAT64),
        ("2001::/32", "a Teredo address"),
        ("2001::/23", _RESERVED),
        ("2001:db8::/32", _DOCUMENTATION),
        ("2002::/16", "a 6to4 address"),
        ("3fff::/20", _DOCUMENTATION),
        ("fc00::/7", _PRIVATE),
        ("fe80::/10", _LINK_LOCAL),
        ("fec0::/10", _PRIVATE),
        ("ff00::/8", _MULTICAST),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


class Refused(PermissionError):
    """A connection to where the service may not go; `address` is what the name stood for, `kind` what that is."""

    def __init__(self, address: str, kind: str) -> None:
        self.address = address
        self.kind = kind
        super().__init__(errno.EACCES, kind)  # the same words for each address of a host: aiohttp then keeps the type


def refusal(address: str | IPv4Address | IPv6Address, allowed: Sequence[Network] = ()) -> str:
    """Why the service may not connect to an address, such as `a private address`; empty: it may."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped  # the kernel connects to the IPv4 address
    if any(ip in network for network in allowed):
        return ""
    for network, kind in _SPECIAL:
        if ip in network:
            return kind
    return "" if isinstance(ip, IPv4Address) or ip in _GLOBAL_UNICAST else _RESERVED


def is_here(host: str) -> bool:
    """Whether a name or literal address is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def socket_factory(allowed: Sequence[Network] = ()) -> Callable[[AddrInfoType], socket.socket]:
    """What makes sockets for `aiohttp.TCPConnector(socket_factory=…)`; raises `Refused` for addresses out of bounds."""

    def make(address_info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = address_info
        host = str(address[0])
        if refused := refusal(host, allowed):
            raise Refused(host, refused)
        return socket.socket(family, kind, protocol)

    return make
