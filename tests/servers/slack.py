"""The Slack emulator, and a proxy before it that makes Slack misbehave.

The emulator is the npm package `emulate`, found in `.tools/` or on PATH. It
checks scopes, but takes any unknown token for its administrator's.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.threaded import ThreadedServer

Json = dict[str, Any]

BOT = "xoxb-wirewatch"
"""A token with every scope that the README asks for."""
WRITER = "xoxb-writer"
"""A token that may write and do nothing else."""
ADMIN = "xoxp-admin"

_READS = ["channels:read", "groups:read", "channels:history", "groups:history"]
_SEED: Json = {
    "slack": {
        "strict_scopes": True,
        "users": [{"name": "wirewatch"}, {"name": "editor"}],
        "tokens": [
            {"token": BOT, "user": "wirewatch", "scopes": ["chat:write", *_READS]},
            {"token": WRITER, "user": "wirewatch", "scopes": ["chat:write"]},
            {
                "token": ADMIN,
                "user": "editor",
                "scopes": ["chat:write", "channels:manage", "groups:write", *_READS],
            },
        ],
    }
}
_PATIENCE = 30.0


class Room(NamedTuple):
    """A channel of the emulator."""

    id: str
    name: str


class Slack:
    """The emulator, seen as a person of the workspace sees Slack."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/api/"

    async def call(self, method: str, token: str = ADMIN, **form: str) -> Json:
        """Call a method of the Web API."""
        client = AsyncWebClient(token=token, base_url=self.base_url, retry_handlers=[])
        answer = await client.api_call(method, data=form)
        assert isinstance(answer.data, dict)
        return answer.data

    async def room(self, *, private: bool = False) -> Room:
        """A channel of this test's own; into a private one the bot is not invited."""
        name = f"desk-{uuid4().hex[:12]}"
        answer = await self.call("conversations.create", name=name, is_private=str(private).lower())
        return Room(answer["channel"]["id"], name)

    async def messages(self, room: Room) -> list[Json]:
        """The messages of a channel, oldest first, without those in threads."""
        answer = await self.call("conversations.history", channel=room.id, limit="1000")
        return list(reversed(answer["messages"]))

    async def replies(self, room: Room, ts: str) -> list[Json]:
        """The thread under a message, oldest first."""
        answer = await self.call("conversations.replies", channel=room.id, ts=ts)
        return [message for message in answer["messages"] if message["ts"] != ts]


def emulator() -> str | None:
    """Where the emulator's command is."""
    tools = Path(__file__).parents[2] / ".tools" / "node_modules" / ".bin" / "emulate"
    return str(tools) if tools.exists() else shutil.which("emulate")


@pytest.fixture(scope="session")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slack]:
    """The Slack emulator, one for each test process."""
    command = emulator()
    if command is None:
        reason = "the Slack emulator is not installed: npm install --prefix .tools emulate@0.11.2"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with emulated(command, tmp_path_factory.mktemp("slack")) as running:
        yield running


@contextmanager
def emulated(command: str, folder: Path) -> Iterator[Slack]:
    """The Slack emulator, its log in a folder."""
    seed = folder / "seed.json"
    seed.write_text(json.dumps(_SEED), encoding="utf-8")
    port = _free_port()
    arguments = [command, "start", "-s", "slack", "-p", str(port), "--seed", str(seed)]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=folder)
    try:
        _wait_for(port, process, folder / "log.txt")
        yield Slack(port)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the Slack emulator did not start: {log.read_text(encoding='utf-8')}")


# ── Faults ──────────────────────────────────────────────────────────────────


class Call(NamedTuple):
    """A call as the proxy saw it."""

    method: str
    body: bytes


Forward = Callable[[], Awaitable[web.Response]]
Fault = Callable[[web.Request, Forward], Awaitable[web.StreamResponse]]


async def passes(request: web.Request, forward: Forward) -> web.StreamResponse:
    """No fault."""
    return await forward()


def says(**answer: object) -> Fault:
    """Slack's answer is this, and nothing is done."""

    async def fault(request: web.Request, forward: Forward) -> web.StreamResponse:
        return web.json_response(answer)

    return fault


def refuses(code: str, **more: object) -> Fault:
    """Slack says no, with a word of its own."""
    return says(ok=False, error=code, **more)


def too_many(retry_after: str = "7") -> Fault:
    """429 before anything is done."""

    async def fault(request: web.Request, forward: Forward) -> web.StreamResponse:
        headers = {"Retry-After": retry_after}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    return fault


def answers(status: int, text: str = "<html>", content_type: str = "text/html", *, accepted: bool = False) -> Fault:
    """Something that is not Slack's JSON, with nothing done or (`accepted`) after all was."""

    async def fault(request: web.Request, forward: Forward) -> web.StreamResponse:
        if accepted:
            await forward()
        return web.Response(status=status, text=text, content_type=content_type)

    return fault


def adds_header(name: str, value: str) -> Fault:
    """Slack's answer with one more header."""

    async def fault(request: web.Request, forward: Forward) -> web.StreamResponse:
        answer = await forward()
        answer.headers[name] = value
        return answer

    return fault


async def resets(request: web.Request, forward: Forward) -> web.StreamResponse:
    """The call is accepted, and the connection reset before the answer."""
    await forward()
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def goes_silent(request: web.Request, forward: Forward) -> web.StreamResponse:
    """The call is accepted, and no answer ever comes."""
    await forward()
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


class FaultySlack(ThreadedServer):
    """Passes every call on to the emulator, except as `next` says. `calls` is the log."""

    def __init__(self, slack: Slack) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self._slack = slack
        self._faults: dict[str, list[Fault]] = {}

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def next(self, method: str, *faults: Fault) -> None:
        """Answer the coming calls of a method like this, one after the other."""
        self._faults.setdefault(method, []).extend(faults)

    def calm(self) -> None:
        """Make no more faults."""
        self._faults.clear()

    def called(self, method: str) -> int:
        """How often a method was called."""
        return sum(call.method == method for call in self.calls)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        app = web.Application()
        self.routes(app)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        async with aiohttp.ClientSession() as self._session:
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            yield int(runner.addresses[0][1])
            await runner.cleanup()

    def routes(self, app: web.Application) -> None:
        """What it answers to."""
        app.router.add_post("/api/{method}", self._serve)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await request.read()
        self.calls.append(Call(method, body))

        async def forward() -> web.Response:
            headers = {
                name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers
            }
            async with self._session.post(self._slack.base_url + method, data=body, headers=headers) as answer:
                return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)

        faults = self._faults.get(method)
        return await faults.pop(0)(request, forward) if faults else await forward()


@pytest.fixture
def faulty_slack(slack: Slack) -> Iterator[FaultySlack]:
    """The emulator behind a proxy of this test's own."""
    with FaultySlack(slack) as proxy:
        yield proxy
