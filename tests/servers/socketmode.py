"""Slack's side of Socket Mode: it hands presses of buttons to whoever listens, and keeps what is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import WSMsgType, web

from tests.servers.slack import FaultySlack, Slack

Json = dict[str, Any]

_PATIENCE = 20.0
_BOT = {
    "ok": True,
    "user": "wirewatch",
    "user_id": "U0BOT",
    "bot_id": "B0BOT",
    "team_id": "T0",
    "team": "t",
    "url": "x",
}


class SocketMode(FaultySlack):
    """`said` are the texts that whoever pressed has seen; `refuses` is a word with
    which no connection is given.
    """

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self.said: list[Json] = []
        self.refuses = ""
        self.links = 0
        """Connections made so far."""
        self._links: list[web.WebSocketResponse] = []
        self._acknowledged: dict[str, asyncio.Event] = {}

    def press(self, action: str, value: str, user: str = "anna") -> None:
        """Somebody presses a button; returns once that was acknowledged."""
        asyncio.run_coroutine_threadsafe(self._press(action, value, user), self._loop).result(_PATIENCE)

    def break_off(self) -> None:
        """Every connection is closed."""

        async def close() -> None:
            for link in self._links:
                await link.close()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(_PATIENCE)

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/api/apps.connections.open", self._open)
        app.router.add_post("/respond", self._respond)
        app.router.add_get("/link", self._link)
        super().routes(app)

    async def _open(self, request: web.Request) -> web.Response:
        if self.refuses:
            return web.json_response({"ok": False, "error": self.refuses})
        return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self.port}/link"})

    async def _respond(self, request: web.Request) -> web.Response:
        self.said.append(await request.json())
        return web.Response(text="ok")

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(request)
        await link.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0"}})
        self._links.append(link)
        self.links += 1
        async for message in link:
            if message.type is WSMsgType.TEXT:
                envelope = json.loads(message.data).get("envelope_id")
                if envelope in self._acknowledged:
                    self._acknowledged[envelope].set()
        self._links.remove(link)
        return link

    async def _press(self, action: str, value: str, user: str) -> None:
        envelope = uuid4().hex
        acknowledged = self._acknowledged[envelope] = asyncio.Event()
        while not self._links:
            await asyncio.sleep(0.02)
        payload = {
            "type": "block_actions",
            "team": {"id": "T0", "domain": "t"},
            "user": {"id": "U0ANNA", "username": user, "name": user, "team_id": "T0"},
            "api_app_id": "A0",
            "trigger_id": "1",
            "container": {"type": "message", "message_ts": "1.0", "channel_id": "C0"},
            "channel": {"id": "C0", "name": "desk"},
            "message": {"ts": "1.0", "text": ""},
            "response_url": f"http://127.0.0.1:{self.port}/respond",
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": "1.0"}],
        }
        await self._links[-1].send_json(
            {"envelope_id": envelope, "type": "interactive", "accepts_response_payload": False, "payload": payload}
        )
        await acknowledged.wait()


@pytest.fixture
def socket_mode(slack: Slack) -> Iterator[SocketMode]:
    """Slack with Socket Mode, of this test's own."""
    with SocketMode(slack) as server:
        yield server
