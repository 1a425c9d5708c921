"""One POST to a receiver, and what became of it.

    2xx              accepted
    408 425 429 503  not now: again later, not before its Retry-After
    3xx, and what
    `shut` lists     closed: an operator has to act
    other 4xx        this message will never be accepted
    5xx, no answer   in doubt

Redirects are not followed, the address that is connected to is judged
(`web.guard`), and each call has a connection of its own: one kept open may be
gone, and it would be in doubt what it carried. Words name the receiver's host
only, for the rest of its URL may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from yarl import URL

from monitor import __version__
from monitor.channels import render
from monitor.channels.config import Outside
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.web import guard, headers
from monitor.web.reasons import explain

TIMEOUT = 10.0
"""Seconds for everything, within a delivery's lease."""
_READ = 2_000
"""Bytes of an answer worth looking at."""
_LATER = frozenset((408, 425, 429, 503))


class Receiver:
    """An address that takes POSTs.

    `kind` begins each message: `Webhook`. `shut` says what an operator has to
    do, by the status that tells it.
    """

    def __init__(
        self, kind: str, url: str, outside: Outside, shut: Mapping[int, str], *, timeout: float = TIMEOUT
    ) -> None:
        self._url = URL(url)
        self._host = self._url.host or ""
        self._name = f"{kind}: {self._host}"
        self._shut = shut
        self._tls = outside.tls or True
        self._allowed = outside.settings.allow_nets
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def post(self, body: str, more_headers: Mapping[str, str] | None = None) -> None:
        """POST a JSON text.

        Raises `Retryable`, `Ambiguous`, `Permanent` or `Closed` as above.
        Causes are not chained: they hold the URL.
        """
        said = {"Content-Type": "application/json", "User-Agent": f"wirewatch/{__version__}", **(more_headers or {})}
        connector = aiohttp.TCPConnector(
            ssl=self._tls, socket_factory=guard.socket_factory(self._allowed), force_close=True
        )
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=self._timeout) as session,
                session.post(self._url, data=body.encode(), headers=said, allow_redirects=False) as answer,
            ):
                if not 200 <= answer.status < 300:
                    text = (await answer.content.read(_READ)).decode("utf-8", "replace")
                    raise self._judged(answer.status, render.line(text, 200), headers.retry_after(answer.headers))
        except aiohttp.ClientConnectorError as error:
            raise self._unconnected(error) from None
        except aiohttp.ConnectionTimeoutError:
            raise Retryable(f"{self._name} cannot be reached: no connection in time") from None
        except TimeoutError:
            raise Ambiguous(f"{self._name} did not answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Ambiguous(f"{self._name} gave no clear answer: {explain(error, self._host)}") from None

    def _judged(self, status: int, text: str, retry_after: float | None) -> ChannelError:
        said = f"{self._name} answered {status}" + (f" ({text})" if text else "")
        if status in _LATER:
            return Retryable(said, retry_after)
        if status in self._shut:
            return Closed(f"{said}: {self._shut[status]}")
        if 300 <= status < 400:
            return Closed(f"{said}: redirects are not followed, so put its new address here")
        if 400 <= status < 500:
            return Permanent(said)
        return Ambiguous(said)

    def _unconnected(self, error: aiohttp.ClientConnectorError) -> ChannelError:
        why = f"{self._name} cannot be reached: {explain(error, self._host)}"
        certificate = isinstance(error, aiohttp.ClientConnectorCertificateError)
        if certificate or isinstance(error.os_error, PermissionError):
            return Closed(why)
        return Retryable(why)
