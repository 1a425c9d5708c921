"""Requests to hubs: one form, posted where we may connect, and what came of it in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from ssl import SSLContext
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from monitor.config import Network
from monitor.ingest.fetch import target
from monitor.ingest.names import Names
from monitor.web import guard
from monitor.web.reasons import explain, redacted, status_line

_DEADLINE = 20.0
"""Seconds for everything; some hubs ask us back before they answer."""
_REDIRECTS = 3
_AS_PAGES = frozenset({301, 302, 303})
_WITH_FORMS = frozenset({307, 308})


class HttpHubs:
    """`ports.Hubs` over HTTP, an async context manager.

    `allowed` are networks that may be reached although not public, by a feed
    that is on the same host as its hub. `tls` takes the place of the system's
    certificates.
    """

    def __init__(self, user_agent: str, allowed: Sequence[Network] = (), *, tls: SSLContext | None = None) -> None:
        self._user_agent = user_agent
        self._allowed = tuple(allowed)
        self._tls = tls

    async def __aenter__(self) -> Self:
        self._names = Names()
        self._session, self._public = self._opened(self._allowed), self._opened(())
        return self

    def _opened(self, allowed: Sequence[Network]) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=self._tls or True,
                resolver=self._names,
                socket_factory=guard.socket_factory(allowed),
                force_close=True,
            ),
            headers={"User-Agent": self._user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._public.close()
        await self._names.close()

    async def ask(self, hub: str, form: Mapping[str, str], home: str) -> str:
        """Why the hub of the feed at `home` does not take the request; empty: it does.

        Never raises for what a hub or a network does.
        """
        try:
            async with asyncio.timeout(_DEADLINE):
                return await self._post(URL(hub), form, URL(home).raw_host)
        except TimeoutError:
            return f"no answer within {_DEADLINE:g} s"
        except (aiohttp.ClientError, OSError, ValueError, RuntimeError) as error:
            return explain(error, hub)

    async def _post(self, url: URL, form: Mapping[str, str], home: str | None) -> str:
        """Redirects are followed by hand: each hop is judged, for a feed may name any hub, and that any other."""
        for _ in range(_REDIRECTS + 1):
            session = self._session if url.raw_host == home else self._public
            async with session.post(url, data=form, allow_redirects=False) as answer:
                location = answer.headers.get("Location", "")
                if not location or answer.status not in _AS_PAGES | _WITH_FORMS:
                    return "" if answer.status // 100 == 2 else status_line(answer.status)
                there = target(url, location)
                if answer.status in _AS_PAGES:  # these forget the form
                    return f"redirects to {redacted(str(there))} as a page"
                if url.scheme == "https" and there.scheme != "https":  # the form holds a secret
                    return f"redirects to {redacted(str(there))}, which is not encrypted"
            url = there
        return f"more than {_REDIRECTS} redirects"
