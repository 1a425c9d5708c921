"""One of several processes of a service, quick to start and made to die.

The line and the deliveries are the real ones, on a real Redis, wired as `app`
does it; only parsing is done in the process itself, and leases are short. A
life is forked from a process that has imported everything, so it begins within
a few hundredths of a second. It may be told at which step to die.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from monitor import channels, pipeline, visit
from monitor.channels.slack import SlackChannel, SlackConfig
from monitor.config import Settings
from monitor.delivery import Post, deliver_next
from monitor.desk import Desk, InForce, load
from monitor.duty import Duty
from monitor.ingest import article
from monitor.ingest.document import parse_document
from monitor.ingest.fetch import HttpFetcher
from monitor.model import UNTAUGHT, Article, Feed, Habits, Parsed, Unreadable
from monitor.observe import logs
from monitor.observe.metrics import Metrics
from monitor.ports import Channel, Store
from monitor.release import release_due
from monitor.store import open_store

LEASE = 6.0
"""Seconds a delivery is held; what the dead held is taken up after these."""
CLAIMED = 0.5
"""Seconds a feed is."""
SLACK_TIMEOUT = 2
REST = 0.03

STEPS = (
    *("claim", "seen", "neighbours", "record", "commit", "still_there", "finish"),
    *("take", "find", "renew", "send", "sent", "retry"),
)
"""What a process may die at: calls of its store and of its channels, in the order of the line."""

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Doom:
    """Die at the n-th call of a step: before it, or when it is done."""

    step: str
    call: int
    before: bool


@dataclass(frozen=True, slots=True)
class Life:
    """All that a process is told."""

    settings: Settings
    log: Path
    deaths: Path
    """Where it leaves word of the step at which it dies."""
    doom: Doom | None


class Replica:
    """A process of the service, over several lives."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        folder.mkdir()
        self._log, self._deaths = folder / "log.jsonl", folder / "deaths.txt"
        self._process = _forking.Process(target=_live)

    def start(self, doom: Doom | None = None) -> None:
        life = Life(self._settings, self._log, self._deaths, doom)
        self._process = _forking.Process(target=_live, args=(life,))
        self._process.start()

    @property
    def died(self) -> bool:
        """Whether it met the end that it was told."""
        return self._process.exitcode is not None

    def kill(self) -> None:
        """As `kill -9` does. Fails when it had ended in another way."""
        self._process.kill()
        self._process.join()
        assert self._process.exitcode == -signal.SIGKILL, self.log

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    @property
    def deaths(self) -> list[str]:
        """The steps at which it died as told."""
        return self._deaths.read_text(encoding="utf-8").splitlines() if self._deaths.exists() else []


class Doomed:
    """A part of the service that one call is the death of."""

    def __init__(self, part: object, life: Life) -> None:
        self._part = part
        self._life = life
        self._left = life.doom.call if life.doom else 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        doom = self._life.doom
        if doom is None or doom.step != name:
            return found

        async def dying(*args: Any, **kwargs: Any) -> Any:
            self._left -= 1
            if self._left == 0 and doom.before:
                self._die(doom)
            answer = await found(*args, **kwargs)
            if self._left == 0:
                self._die(doom)
            return answer

        return dying

    def _die(self, doom: Doom) -> None:
        with self._life.deaths.open("a", encoding="utf-8") as deaths:
            deaths.write(f"{doom.step}\n")
        os.kill(os.getpid(), signal.SIGKILL)


class Parser:
    """`ports.Parser` in this very process."""

    async def parse(
        self, body: bytes, content_type: str, feed: Feed, now: float, slices: str = "", habits: Habits = UNTAUGHT
    ) -> Parsed | Unreadable:
        return parse_document(body, content_type, feed, now, slices, habits)

    async def article(self, body: bytes, content_type: str, feed: Feed, now: float) -> Article | Unreadable:
        return article.read(body, content_type)


class QuickSlack(SlackChannel):
    """A channel of the emulator, which takes more than a message a second."""

    pace = 0.02


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a process at work."""

    line: pipeline.Line
    post: Post
    channels: tuple[Channel, ...]

    async def poll(self) -> int:
        """Poll what is due; how many feeds were."""
        claims = await self.line.store.claim(self.line.clock(), 16, CLAIMED)
        await asyncio.gather(*(visit.poll(self.line, claim) for claim in claims))
        return len(claims)


def service(settings: Settings, store: Store, fetcher: HttpFetcher, life: Life | None = None) -> Service:
    """The parts wired."""
    desk = load(settings.rules_dir, settings)
    line = pipeline.Line(fetcher, Parser(), store, InForce(desk), Metrics(), time.time, random.random)
    post = Post(store, line.in_force, line.metrics, time.time, random.random, lambda _: None, lease=LEASE)
    rooms = (_channel(name, desk, settings, store) for name in desk.channels)
    doomed = (cast("Channel", Doomed(room, life)) if life else room for room in rooms)
    return Service(line, post, tuple(doomed))


def _channel(name: str, desk: Desk, settings: Settings, store: Store) -> Channel:
    config = desk.channels[name]
    assert isinstance(config, SlackConfig)
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        return QuickSlack(name, config, channels.Outside(settings, nowhere, time.time, store), timeout=SLACK_TIMEOUT)


def _live(life: Life) -> None:
    """A process from its birth to its death."""
    with life.log.open("a", encoding="utf-8") as log:
        os.dup2(log.fileno(), 2)
    logs.configure("json", "warning")
    asyncio.run(_work(life))


async def _work(life: Life) -> None:
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(open_store(life.settings))
        store = cast("Store", Doomed(opened, life))
        fetcher = await stack.enter_async_context(HttpFetcher("test", life.settings.allow_nets))
        parts = service(life.settings, store, fetcher, life)
        duty = Duty(store, parts.line.in_force, parts.line.metrics, time.time)
        never = asyncio.Event()

        async def polling() -> float:
            return REST if await parts.poll() == 0 else 0

        async def releasing() -> float:
            await release_due(store, parts.line.metrics, time.time())
            return 1.0

        def sending(channel: Channel) -> Callable[[], Awaitable[float]]:
            async def turn() -> float:
                return 0 if await deliver_next(parts.post, channel) else REST

            return turn

        turns = (polling, releasing, *map(sending, parts.channels))
        await asyncio.gather(*(duty.turns(turn, never) for turn in turns))
