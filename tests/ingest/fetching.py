"""What tests of the fetcher share."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from ipaddress import ip_network

from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.ingest.fetch import HttpFetcher
from monitor.model import Fetched, FetchFailed, Validators

AGENT = "wirewatch/test (+desk@example.org)"
LOOPBACK = (ip_network("127.0.0.0/8"),)
NONE = Validators()


class Zone(AbstractResolver):
    """Names with the addresses that a test gives them."""

    def __init__(self, names: Mapping[str, list[str]]) -> None:
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in self._names:
            raise socket.gaierror(socket.EAI_AGAIN, "no answer from the name server")
        if not self._names[host]:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self._names[host]
        ]

    async def close(self) -> None:
        """Nothing to close."""


def knowing(*local: str, **addresses: list[str]) -> HttpFetcher:
    """A fetcher that knows these names only: `local` ones are this machine, others have the addresses given."""
    return HttpFetcher(AGENT, LOOPBACK, resolver=Zone({name: ["127.0.0.1"] for name in local} | addresses))


def reason(fetched: Fetched) -> str:
    assert isinstance(fetched, FetchFailed)
    return fetched.reason
