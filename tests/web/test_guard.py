"""Where the service may connect."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Network
from monitor.web.guard import Refused, refusal, socket_factory

PRIVATE = "a private address"
LOOPBACK = "a loopback address"
LINK_LOCAL = "a link-local address"
METADATA = "a cloud metadata address"
MULTICAST = "a multicast address"
UNSPECIFIED = "an unspecified address"
RESERVED = "a reserved address"
DOCUMENTATION = "a documentation address"
CGNAT = "a carrier-grade NAT address"
SIX_TO_FOUR = "a 6to4 address"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", UNSPECIFIED),
        ("0.1.2.3", UNSPECIFIED),
        ("10.0.0.5", PRIVATE),
        ("10.255.255.255", PRIVATE),
        ("100.64.0.1", CGNAT),
        ("100.127.255.255", CGNAT),
        ("100.100.100.200", METADATA),
        ("127.0.0.1", LOOPBACK),
        ("127.255.255.254", LOOPBACK),
        ("168.63.129.16", METADATA),
        ("169.254.0.1", LINK_LOCAL),
        ("169.254.169.254", METADATA),
        ("169.254.170.2", METADATA),
        ("172.16.0.1", PRIVATE),
        ("172.31.255.255", PRIVATE),
        ("192.0.0.1", RESERVED),
        ("192.0.0.192", METADATA),
        ("192.0.2.1", DOCUMENTATION),
        ("192.88.99.1", SIX_TO_FOUR),
        ("192.168.1.1", PRIVATE),
        ("198.18.0.1", "a benchmarking address"),
        ("198.51.100.1", DOCUMENTATION),
        ("203.0.113.1", DOCUMENTATION),
        ("224.0.0.1", MULTICAST),
        ("239.255.255.255", MULTICAST),
        ("240.0.0.1", RESERVED),
        ("255.255.255.255", "a broadcast address"),
        ("::", UNSPECIFIED),
        ("::1", LOOPBACK),
        ("0:0:0:0:0:0:0:1", LOOPBACK),
        ("::ffff:127.0.0.1", LOOPBACK),
        ("::ffff:7f00:1", LOOPBACK),
        ("::ffff:10.0.0.5", PRIVATE),
        ("::ffff:169.254.169.254", METADATA),
        ("::ffff:0:10.0.0.5", RESERVED),
        ("::7f00:1", RESERVED),
        ("64:ff9b::7f00:1", "a NAT64 address"),
        ("64:ff9b::808:808", "a NAT64 address"),
        ("64:ff9b:1::1", "a NAT64 address"),
        ("100::1", RESERVED),
        ("2001::1", "a Teredo address"),
        ("2001:2::1", RESERVED),
        ("2001:db8::1", DOCUMENTATION),
        ("2002:7f00:1::", SIX_TO_FOUR),
        ("3fff::1", DOCUMENTATION),
        ("5f00::1", RESERVED),
        ("fc00::1", PRIVATE),
        ("fd00:ec2::254", METADATA),
        ("fd20:ce::254", METADATA),
        ("fd12:3456::1", PRIVATE),
        ("fe80::1", LINK_LOCAL),
        ("fe80::1%eth0", LINK_LOCAL),
        ("fec0::1", PRIVATE),
        ("ff02::1", MULTICAST),
        ("example.org", "not an address"),
        ("2130706433", "not an address"),
        ("0x7f000001", "not an address"),
        ("127.1", "not an address"),
        ("0177.0.0.1", "not an address"),
        ("", "not an address"),
    ],
)
def test_special_addresses_are_refused_by_what_they_are(address: str, kind: str) -> None:
    assert refusal(address) == kind


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "126.255.255.255",
        "128.0.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.167.255.255",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "2001:4860:4860::8888",
        "2606:4700:4700::1111",
        "2a00:1450:4001:800::200e",
    ],
)
def test_public_addresses_pass(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize(
    ("address", "network", "kind"),
    [
        ("127.0.0.1", "127.0.0.0/8", ""),
        ("10.0.0.5", "10.0.0.0/24", ""),
        ("10.0.1.5", "10.0.0.0/24", PRIVATE),
        ("::ffff:10.0.0.5", "10.0.0.0/24", ""),
        ("::1", "127.0.0.0/8", LOOPBACK),
        ("fd12::1", "fd12::/16", ""),
        ("64:ff9b::808:808", "64:ff9b::/96", ""),
    ],
)
def test_the_operator_allows_networks(address: str, network: str, kind: str) -> None:
    assert refusal(address, (ip_network(network),)) == kind


@given(st.ip_addresses())
def test_nothing_passes_that_the_standard_library_calls_special(address: IPv4Address | IPv6Address) -> None:
    carried = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    assert refusal(address) or (carried or address).is_global


@given(st.ip_addresses())
def test_an_allowed_address_always_passes(address: IPv4Address | IPv6Address) -> None:
    assert refusal(address, (ip_network("0.0.0.0/0"), ip_network("::/0"))) == ""


def connect_to(address: str, *allowed: Network) -> socket.socket:
    family = socket.AF_INET if isinstance(ip_address(address), IPv4Address) else socket.AF_INET6
    return socket_factory(allowed)((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 80)))


def test_a_socket_is_made_where_it_may_go() -> None:
    with connect_to("127.0.0.1", ip_network("127.0.0.0/8")) as made:
        assert made.family == socket.AF_INET


def test_no_socket_is_made_where_it_may_not_go() -> None:
    with pytest.raises(Refused, match="a loopback address") as refused:
        connect_to("::1")
    assert (refused.value.address, refused.value.kind) == ("::1", LOOPBACK)
