"""One POST to a receiver, and what became of it.

Redirects are not followed, the address that is connected to is judged
(`web.guard`), and each call has a connection of its own: one kept open may be
gone, and it would be in doubt what it carried. Words name the receiver's host
only, for the rest of its URL may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from monitor import __version__
from monitor.channels import render
from monitor.channels.config import Outside
from monitor.errors import Ambiguous, ChannelError, Closed, Retryable
from monitor.web import guard, headers
from monitor.web.reasons import explain

TIMEOUT = 10.0
"""Seconds for everything, within a delivery's lease."""
_READ = 2_000
"""Bytes of an answer worth looking at."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said."""

    status: int
    text: str
    """The beginning of its body, on one line."""
    retry_after: float | None
    """Seconds for which it asks to be left alone."""


class Receiver:
    """An address that takes POSTs. `kind` begins each message: `Webhook`."""

    def __init__(self, kind: str, url: str, outside: Outside, timeout: float = TIMEOUT) -> None:
        self._url = URL(url)
        self.name = f"{kind}: {self._url.host}"
        """What it is called in messages."""
        self._tls = outside.tls or True
        self._allowed = outside.settings.allow_nets
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def post(self, body: str, more_headers: Mapping[str, str] | None = None) -> Answer:
        """POST a JSON text.

        Raises `Retryable` when it did not get there, `Ambiguous` when the
        answer did not come back, `Closed` when we may not or dare not connect.
        Causes are not chained: they hold the URL.
        """
        said = {
            "Content-Type": "application/json",
            "User-Agent": f"wirewatch/{__version__}",
            **(more_headers or {}),
        }
        connector = aiohttp.TCPConnector(
            ssl=self._tls, socket_factory=guard.socket_factory(self._allowed), force_close=True
        )
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=self._timeout) as session,
                session.post(self._url, data=body.encode(), headers=said, allow_redirects=False) as answer,
            ):
                text = (await answer.content.read(_READ)).decode("utf-8", "replace")
                return Answer(answer.status, render.line(text, 200), headers.retry_after(answer.headers))
        except aiohttp.ClientConnectorError as error:
            raise self._unconnected(error) from None
        except aiohttp.ConnectionTimeoutError:
            raise Retryable(f"{self.name} cannot be reached: no connection in time") from None
        except TimeoutError:
            raise Ambiguous(f"{self.name} did not answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Ambiguous(f"{self.name} gave no clear answer: {explain(error, self._host)}") from None

    @property
    def _host(self) -> str:
        return self._url.host or ""

    def _unconnected(self, error: aiohttp.ClientConnectorError) -> ChannelError:
        why = f"{self.name} cannot be reached: {explain(error, self._host)}"
        certificate = isinstance(error, aiohttp.ClientConnectorCertificateError)
        if certificate or isinstance(error.os_error, PermissionError):
            return Closed(why)
        return Retryable(why)
