"""A small HTTP server that plays the script: each outlet's feed as of the moment.

The play begins once every feed has been asked for, so that a desk which takes
long to open still sees the first item come in after the old ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import ETag, web

from monitor.demo.documents import CONTENT_TYPES, render
from monitor.demo.script import Outlet, Script


@dataclass(frozen=True, slots=True)
class Play:
    """A script set in time: play second 0 shows as Unix time `opened`, and time runs `speed` times as fast."""

    script: Script
    opened: float
    speed: float = 1.0

    def date(self, second: float) -> float:
        """Unix time of a play second. What is older than the play keeps its age at any speed."""
        return self.opened + (second / self.speed if second > 0 else second)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an outlet's server says to one request."""

    status: int
    content_type: str
    body: bytes = b""
    etag: str = ""


def answer(play: Play, outlet: Outlet, second: float, known: frozenset[str]) -> Answer:
    """The answer at a play second to a client that knows these ETags."""
    status = outlet.status(second)
    if status != 200:
        return Answer(status, "text/plain", f"{outlet.name} is having technical trouble.\n".encode())
    body = render(outlet, play.script.showing(outlet.id, second), play.date)
    etag = hashlib.sha256(body).hexdigest()[:16]
    content_type = CONTENT_TYPES[outlet.format]
    return Answer(304, content_type, etag=etag) if etag in known else Answer(200, content_type, body, etag)


class WireServer:
    """Serves `<base>/<outlet>/feed` on 127.0.0.1, on a port of the system's choice, while entered.

    `clock` gives Unix seconds. The play stands at second 0 until every feed
    has been asked for, or begins at `begun` when that is given.
    """

    def __init__(
        self, script: Script, clock: Callable[[], float], *, speed: float = 1.0, begun: float | None = None
    ) -> None:
        self.play = Play(script, clock() if begun is None else begun, speed)
        self._clock = clock
        self._begun = begun
        self._not_asked = set(script.outlets)
        app = web.Application()
        app.router.add_get("/{outlet}/feed", self._feed)
        self._runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def base(self) -> str:
        """The server's address, such as `http://127.0.0.1:40123`."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    @property
    def second(self) -> float:
        """Where the play stands."""
        return 0.0 if self._begun is None else (self._clock() - self._begun) * self.play.speed

    async def _feed(self, request: web.Request) -> web.Response:
        outlet = self.play.script.outlets.get(request.match_info["outlet"])
        if outlet is None:
            raise web.HTTPNotFound
        known = frozenset(tag.value for tag in request.if_none_match or ())
        said = answer(self.play, outlet, self.second, known)
        self._not_asked.discard(outlet.id)
        if self._begun is None and not self._not_asked:
            self._begun = self._clock()
        response = web.Response(status=said.status, body=said.body or None)
        response.content_type = said.content_type
        if said.etag:
            response.etag = ETag(said.etag)
        return response
