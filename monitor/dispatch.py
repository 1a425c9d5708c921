"""The channels at work: one sender for each, opened, kept at it, paused while closed, ended.

A channel that says it is closed (a revoked token, a channel that is gone) keeps
what waits for it. Operators are told what to do; one delivery is tried again
after growing pauses, and when it goes through they are told that too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import TextIO

from monitor import channels
from monitor.config import Settings
from monitor.delivery import Attempt, Post, Result, deliver_next, pause, tell_losses
from monitor.durations import written
from monitor.duty import Duty, either
from monitor.errors import ChannelError, Closed, StoreError
from monitor.observe.logs import logger
from monitor.ports import Channel

IDLE = 1.0
"""Seconds after which a channel looks for deliveries that another process queued."""

log = logger("service")


@dataclass(slots=True)
class _Trouble:
    """Why a channel is closed, since when, how often it was tried since; `identity` names the spell."""

    reason: str
    since: float
    identity: str
    tries: int = 0


class Worker:
    """The one sender of a channel in this process."""

    def __init__(self, config: channels.ChannelConfig, channel: Channel, post: Post, duty: Duty) -> None:
        self.config = config
        self.fine = True
        """Whether all that it tried to send was accepted."""
        self._channel = channel
        self._post = post
        self._duty = duty
        self._bell = asyncio.Event()
        self._closing = asyncio.Event()
        self._trouble: _Trouble | None = None

    def ring(self) -> None:
        """Something was queued."""
        self._bell.set()

    def end(self) -> None:
        """Finish what is under way and end."""
        self._closing.set()
        self._bell.set()

    async def serve(self) -> None:
        """From opened to closed."""
        try:
            await self.open()
            await self._duty.turns(self._turn, self._closing)
        finally:
            self._duty.readiness.channels.pop(self._channel.name, None)
            await self._channel.close()

    async def drain(self) -> bool:
        """Send all that is due; whether there was any. Raises StoreError."""
        some = False
        while await self._deliver() == 0:
            some = True
        return some

    async def open(self) -> None:
        """Find out whether the channel works; what it says is told, and it is worked with all the same."""
        try:
            lacking = await self._channel.open()
        except Closed as error:
            await self._shut(str(error), f"opened {self._duty.clock()}")
        except (ChannelError, StoreError) as error:  # it may heal, and says so itself with each delivery
            log.error("channel does not answer as it should", channel=self._channel.name, reason=str(error))
        else:
            for lack in (*self.config.lacks(), *lacking):
                log.warning("channel has its limits", channel=self._channel.name, lack=lack)

    async def close(self) -> None:
        await self._channel.close()

    async def _turn(self) -> float:
        self._bell.clear()
        rest = await self._deliver()
        if rest:
            await either(self._closing if self._trouble else self._bell, rest)
        return 0

    async def _deliver(self) -> float:
        """Send one delivery; seconds to rest, 0 when there may be more. Raises StoreError."""
        attempt = await deliver_next(self._post, self._channel)
        if attempt is None:
            return IDLE
        self.fine = self.fine and attempt.result is Result.SENT
        if attempt.result is Result.CLOSED:
            return await self._closed(attempt)
        if attempt.result is Result.SENT:
            await self._works()
        await asyncio.sleep(self._channel.pace)
        return 0

    # ── Closed ──────────────────────────────────────────────────────────────

    async def _closed(self, attempt: Attempt) -> float:
        """Seconds until the same delivery is tried again."""
        # The same delivery until it goes through: so its id names the spell, for replicas and after a restart too.
        await self._shut(attempt.reason, attempt.delivery.id)
        assert self._trouble is not None  # noqa: S101 (just said)
        self._trouble.tries += 1
        return pause(self._trouble.tries - 1, self._post.random())

    async def _shut(self, reason: str, identity: str) -> None:
        trouble = self._trouble
        if trouble is not None and trouble.reason == reason:
            return
        name = self._channel.name
        log.error("channel is closed; what waits for it is kept", channel=name, reason=reason)
        since, tries = (trouble.since, trouble.tries) if trouble else (self._duty.clock(), 0)
        self._trouble = _Trouble(reason, since, identity, tries)
        self._duty.readiness.channels[name] = reason
        text = f"takes nothing at the moment; what waits for it is kept. {reason}"
        await self._duty.tell(f"channel {name}", text, f"closed {name} {identity} {reason}", without=name)

    async def _works(self) -> None:
        if self._trouble is None:
            return
        trouble, name, self._trouble = self._trouble, self._channel.name, None
        log.info("channel works again", channel=name)
        self._duty.readiness.channels.pop(name, None)
        text = f"works again after {written(max(1.0, self._duty.clock() - trouble.since))}; what waited is being sent"
        await self._duty.tell(f"channel {name}", text, f"works {name} {trouble.identity}", recovered=True)


class Dispatch:
    """The workers of one process."""

    def __init__(self, settings: Settings, stream: TextIO, post: Post, duty: Duty) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self._outside = channels.Outside(settings, stream, duty.clock, duty.store)
        self._post = post
        self._duty = duty
        self._workers: dict[str, Worker] = {}

    @property
    def names(self) -> list[str]:
        """Channels in use."""
        return list(self._workers)

    def install(self, configs: Mapping[str, channels.ChannelConfig], tasks: asyncio.TaskGroup) -> None:
        """Put channels to work that are new or changed, and end those that are not in use any more."""
        for name, worker in list(self._workers.items()):
            if configs.get(name) != worker.config:
                worker.end()
                del self._workers[name]
        for name, config in configs.items():
            if name not in self._workers:
                self._workers[name] = self._worker(name, config)
                task = tasks.create_task(self._workers[name].serve())
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    async def once(self, configs: Mapping[str, channels.ChannelConfig]) -> bool:
        """Send all that is due; whether all was accepted and nothing is left waiting. Raises StoreError."""
        workers = [self._worker(name, config) for name, config in configs.items()]
        try:
            await asyncio.gather(*(worker.open() for worker in workers))
            while any(await asyncio.gather(*(worker.drain() for worker in workers))):
                await tell_losses(self._post, after=0)  # what one channel gave up puts a notice on another
        finally:
            for worker in workers:
                await worker.close()
        left = await self._duty.store.backlog(list(configs))
        return all(worker.fine for worker in workers) and not any(backlog.waiting for backlog in left)

    def ring(self, names: Set[str]) -> None:
        """Something was queued for these channels."""
        for name in names & self._workers.keys():
            self._workers[name].ring()

    def end(self) -> None:
        """End all workers once they have finished what is under way."""
        for worker in self._workers.values():
            worker.end()

    async def tell_of_the_gone(self, gone: Iterable[str]) -> None:
        """Tell operators what waits for channels that are no longer in routes.yaml. Raises StoreError."""
        for backlog in await self._duty.store.backlog(sorted(gone)):
            if backlog.waiting:
                some = "1 delivery waits" if backlog.waiting == 1 else f"{backlog.waiting} deliveries wait"
                text = f"is no longer in routes.yaml, and {some} for it: kept for 30 days, sent if it comes back"
                await self._duty.tell(f"channel {backlog.channel}", text, f"gone {backlog} {self._duty.clock()}")

    def _worker(self, name: str, config: channels.ChannelConfig) -> Worker:
        return Worker(config, channels.build(name, config, self._outside), self._post, self._duty)
