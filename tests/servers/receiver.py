"""A program that takes POSTs, keeps what it took, and can be told to answer otherwise."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from aiohttp import web

from tests.servers.threaded import ThreadedServer


class Posted(NamedTuple):
    """A POST as it came; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; with `lost`, none ever comes although the POST was taken (`reset`: the connection breaks)."""

    status: int = 200
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False
    reset: bool = False


class ReceiverServer(ThreadedServer):
    """`posts` is what came. `replies` are the coming answers, one after the other; then 200 again."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.posts: list[Posted] = []
        self.replies: list[Reply] = []
        self._tls = tls

    def url(self, path: str = "/hook") -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._tls).start()
        yield int(runner.addresses[0][1])
        await runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.posts.append(Posted(request.path, headers, await request.read()))
        reply = self.replies.pop(0) if self.replies else Reply()
        if reply.lost:
            await asyncio.Event().wait()
        if reply.reset and request.transport is not None:
            request.transport.abort()
        return web.Response(status=reply.status, text=reply.text, headers=reply.headers)


@pytest.fixture
def receiver() -> Iterator[ReceiverServer]:
    """A receiver of this test's own."""
    with ReceiverServer() as server:
        yield server
