"""Requests to hubs: one form, posted where we may connect, and what came of it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import aiohttp

from monitor.config import Network
from monitor.ingest.names import Names
from monitor.web import guard
from monitor.web.reasons import explain, redacted, status_line

_DEADLINE = 20.0
"""Seconds for everything; some hubs ask us back before they answer."""
_REDIRECTS = 3


class HttpHubs:
    """`ports.Hubs` over HTTP, an async context manager. `allowed` networks may be reached although not public."""

    def __init__(self, user_agent: str, allowed: Sequence[Network] = ()) -> None:
        self._user_agent = user_agent
        self._allowed = tuple(allowed)

    async def __aenter__(self) -> Self:
        self._names = Names()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._names, socket_factory=guard.socket_factory(self._allowed), force_close=True
            ),
            headers={"User-Agent": self._user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=_DEADLINE),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._names.close()

    async def ask(self, hub: str, form: Mapping[str, str]) -> str:
        """Why the hub does not take the request; empty: it does. Never raises for what a hub or a network does."""
        try:
            async with self._session.post(hub, data=form, max_redirects=_REDIRECTS) as answer:
                if answer.method != "POST":  # a redirect by 301 to 303 forgets the form
                    return f"redirects to {redacted(str(answer.url))} as a page"
                return "" if answer.status // 100 == 2 else status_line(answer.status)
        except TimeoutError:
            return f"no answer within {_DEADLINE:g} s"
        except (aiohttp.ClientError, OSError, ValueError, RuntimeError) as error:
            return explain(error, hub)
