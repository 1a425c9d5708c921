"""The composition root: the service wired, started, and stopped in order.

`running` puts the parts together; `Service` is the tasks that turn them. A task
is a loop over a turn that returns how many seconds to rest. A turn that finds
the store away is taken again until it is back, so no turn speaks of outages.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TextIO

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from watchfiles import awatch

from monitor import __version__, channels, pipeline
from monitor.alerts.ops import notices
from monitor.config import Settings
from monitor.delivery import Post, deliver_next
from monitor.desk import Desk, InForce
from monitor.desk import load as load_desk
from monitor.errors import ChannelError, ConfigError, StoreError, StoreUnavailable
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import Delivery, FeedHealth, OpsEvent
from monitor.observe import health
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.ports import Channel, Claim, Store
from monitor.store import open_store

TICK = 0.25
"""Seconds between two looks at the due feeds."""
POLLERS = 64
"""Polls under way at once in one process; most of them wait for a server."""
LEASE = 15.0
"""Seconds for which a feed is claimed. Prolonged while it is polled, so that a dead process holds it no longer."""
HOLD = 4.0
"""Seconds between two prolongations."""
IDLE = 1.0
"""Seconds after which a channel looks for deliveries that another process queued."""
HOUSEKEEPING = 5.0
"""Seconds between two readings of the gauges."""
SETTLE = 3.0
"""Seconds given to polls under way when the service stops; one cut off is taken up again, nothing is lost."""
STORE_PAUSE = 0.5
"""Seconds between two tries while the store is away."""

log = logger("service")


@dataclass(slots=True)
class _Worker:
    """A channel at work: its bell says that something was queued, `closing` that it is to end."""

    config: channels.ChannelConfig
    channel: Channel
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.time,
    chance: Callable[[], float] = random.random,
    accepted: Callable[[Delivery], None] = lambda _: None,
) -> AsyncIterator[Service]:
    """The service, its parts open and its rules loaded, ready for `serve` or `once`.

    `stream` is where console channels write (standard output by default);
    `accepted` is called with each delivery that went out.
    Raises ConfigError and StoreUnfit before anything is started; waits for a
    Redis server that is away.
    """
    current = load_desk(settings.rules_dir, settings)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings))
        await _wait_for(store)
        for warning in await store.check():
            log.warning("store", warning=warning)
        if settings.redis_url is None:  # ours alone: whatever is leased was leased by a process that died
            await store.release(clock())
        await store.plan(list(current.feeds), clock())
        contact = f"; {settings.user_agent_contact}" if settings.user_agent_contact else ""
        fetcher = await stack.enter_async_context(
            HttpFetcher(f"wirewatch/{__version__} (feed monitor{contact})", settings.allow_nets)
        )
        parser = await stack.enter_async_context(ParserPool())
        metrics = Metrics()
        in_force = InForce(current)
        line = pipeline.Line(fetcher, parser, store, in_force, metrics, clock, chance)
        post = Post(store, in_force, metrics, clock, chance, accepted)
        yield Service(settings, line, post, stream or sys.stdout)


async def _wait_for(store: Store) -> None:
    """Return once the store answers, saying at first that it does not."""
    said = False
    while True:
        try:
            await store.ping()
        except StoreUnavailable as error:
            if not said:
                log.warning("the store is away; waiting for it", reason=str(error))
            said = True
            await asyncio.sleep(STORE_PAUSE)
        else:
            return


class Service:
    """The tasks of one process. `serve` runs until `stop`; `once` polls every feed once."""

    def __init__(self, settings: Settings, line: pipeline.Line, post: Post, stream: TextIO) -> None:
        self.store = line.store
        self.metrics = line.metrics
        self.readiness = health.Readiness()
        self._settings = settings
        self._line = line
        self._post = post
        self._clock = line.clock
        self._stream = stream
        self._workers: dict[str, _Worker] = {}
        self._stopping = asyncio.Event()
        self._tick = asyncio.Event()
        self._changed = asyncio.Event()
        self._polls: dict[asyncio.Task[None], Claim] = {}

    @property
    def desk(self) -> Desk:
        """The rule set in force."""
        return self._line.in_force.desk

    # ── The two ways to run ─────────────────────────────────────────────────

    async def serve(self) -> None:
        """Poll, deliver and reload until `stop` is called; then finish what is under way.

        Raises ConfigError when the address for metrics and health is taken.
        """
        async with AsyncExitStack() as stack:
            if self._settings.http is not None:
                host, port = await stack.enter_async_context(
                    health.serve(self._settings.http, self.metrics, self.readiness)
                )
                log.info("metrics and health", metrics=f"http://{host}:{port}/metrics")
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            self._install(self.desk, tasks)
            turns = (
                lambda: self._tick_turn(tasks),
                self._hold_turn,
                self._watch_turn,
                lambda: self._reload_turn(tasks),
                self._gauges_turn,
            )
            loops = [tasks.create_task(self._loop(turn, self._stopping)) for turn in turns]
            clocks = AsyncIOScheduler(job_defaults={"misfire_grace_time": None, "coalesce": True})
            clocks.add_job(self._tick.set, "interval", seconds=TICK)  # only rings: APScheduler 3 cancels its jobs
            clocks.start()
            log.info("watching", feeds=len(self.desk.feeds), rules=len(self.desk.rules.rules), set=self.desk.hash)
            await self._stopping.wait()
            clocks.shutdown(wait=False)
            await self._finish(loops)

    async def once(self) -> bool:
        """Poll every feed once, deliver what is due. False when something went wrong."""
        async with asyncio.TaskGroup() as tasks:
            self._install(self.desk, tasks)
            tasks.create_task(self._loop(self._hold_turn, self._stopping))
            await self.store.poll_now(list(self.desk.feeds), self._clock())
            polled: set[str] = set()
            while True:
                claims = await self.store.claim(self._clock(), POLLERS, LEASE)
                fresh = [claim for claim in claims if claim.state.id not in polled]
                polled.update(claim.state.id for claim in fresh)
                for claim in fresh:
                    self._start_poll(claim, tasks)
                if not self._polls:
                    break
                await asyncio.wait(self._polls, return_when=asyncio.FIRST_COMPLETED)
            while any(await asyncio.gather(*map(self._drain, self._workers.values()))):
                pass  # what one channel gave up may have put a notice on another
            self.stop()
        states = (await self.store.feed_states(list(self.desk.feeds))).values()
        left = await self.store.backlog(list(self._workers))
        read = any(state.failures == 0 for state in states) or not states
        return read and not any(backlog.waiting for backlog in left)

    def stop(self) -> None:
        """Ask the service to end; `serve` returns once what is under way is done."""
        self._stopping.set()
        self._tick.set()
        self._changed.set()
        for worker in self._workers.values():
            worker.closing.set()
            worker.bell.set()

    async def _finish(self, loops: Sequence[asyncio.Task[None]]) -> None:
        under_way = {*loops, *self._polls}
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=SETTLE)
            for task in late:  # its lease lapses, and the next process takes it up
                task.cancel()

    # ── Turns ───────────────────────────────────────────────────────────────

    async def _loop(self, turn: Callable[[], Awaitable[float]], stopping: asyncio.Event) -> None:
        """Take turns until told to stop. Here is the wall between one task's surprise and all the others."""
        while not stopping.is_set():
            try:
                rest = await turn()
            except StoreUnavailable as error:
                self._store_is_away(error)
                rest = STORE_PAUSE
            except Exception:
                log.exception("a task stumbled and goes on")
                rest = IDLE
            if rest:
                await _either(stopping, rest)

    async def _tick_turn(self, tasks: asyncio.TaskGroup) -> float:
        """Claim what is due, as far as there is room, and start polling it."""
        await self._tick.wait()
        self._tick.clear()
        room = POLLERS - len(self._polls)
        if self._stopping.is_set() or room <= 0:
            return 0
        for claim in await self.store.claim(self._clock(), room, LEASE):
            self._start_poll(claim, tasks)
        self._store_is_back()
        self.readiness.last_tick = self._clock()
        return 0

    async def _hold_turn(self) -> float:
        await self.store.hold(list(self._polls.values()), self._clock() + LEASE)
        return HOLD

    def _start_poll(self, claim: Claim, tasks: asyncio.TaskGroup) -> None:
        task = tasks.create_task(self._poll(claim))
        self._polls[task] = claim
        task.add_done_callback(self._polls.pop)

    async def _poll(self, claim: Claim) -> None:
        """Poll one feed; whatever goes wrong stays with this feed."""
        try:
            await pipeline.poll(self._line, claim)
        except StoreUnavailable as error:
            self._store_is_away(error)
            await self._hand_back(claim)
        except Exception as error:  # the same wall as around the turns
            log.exception("poll failed", feed=claim.state.id)
            await self._tell_ops(f"feed {claim.state.id}", f"its poll failed unexpectedly: {error!r}")
        for worker in self._workers.values():
            worker.bell.set()
        self._tick.set()  # there is room again

    async def _hand_back(self, claim: Claim) -> None:
        """Make a feed due again once the store is back, so that it need not wait for its lease to lapse."""
        while True:
            await _wait_for(self.store)
            again = replace(claim.state, next_poll=self._clock(), reason="the store was away during its poll")
            try:
                await self.store.finish(claim, again)
                return
            except StoreUnavailable:
                continue

    async def _deliver_turn(self, worker: _Worker) -> float:
        """Send one delivery; 0 means there may be more."""
        worker.bell.clear()
        if await deliver_next(self._post, worker.channel):
            await asyncio.sleep(worker.channel.pace)
            return 0
        return IDLE

    async def _drain(self, worker: _Worker) -> bool:
        """Send all that is due; whether there was any."""
        sent = False
        while await self._deliver_turn(worker) == 0:
            sent = True
        return sent

    async def _serve_channel(self, worker: _Worker) -> None:
        """A channel from opened to closed."""
        try:
            await worker.channel.open()
        except ChannelError as error:  # it may heal, and says so itself with each delivery
            log.error("channel does not answer as it should", channel=worker.channel.name, reason=str(error))
            await self._tell_ops(f"channel {worker.channel.name}", str(error))

        async def turn() -> float:
            rest = await self._deliver_turn(worker)
            if rest:
                await _either(worker.bell, rest)
            return 0

        await self._loop(turn, worker.closing)
        await worker.channel.close()

    async def _gauges_turn(self) -> float:
        states = await self.store.feed_states(list(self.desk.feeds))
        for kind in FeedHealth:
            self.metrics.feeds.labels(health=kind).set(sum(state.health is kind for state in states.values()))
        for backlog in await self.store.backlog(list(self._workers)):
            self.metrics.waiting.labels(channel=backlog.channel).set(backlog.waiting)
        return HOUSEKEEPING

    # ── Rules ───────────────────────────────────────────────────────────────

    async def _watch_turn(self) -> float:
        """Ring at each change of the rules folder; without the system's help, every few seconds."""
        try:
            async for _ in awatch(self._settings.rules_dir, stop_event=self._stopping):
                self._changed.set()
        except (OSError, RuntimeError) as error:  # no such folder at the moment, or no watches left
            log.warning("the rules folder cannot be watched", reason=str(error))
            self._changed.set()
        return HOUSEKEEPING

    async def _reload_turn(self, tasks: asyncio.TaskGroup) -> float:
        """Load the rules folder anew after a change; a faulty one leaves the last good set in force."""
        await self._changed.wait()
        self._changed.clear()
        if self._stopping.is_set():
            return 0
        try:
            fresh = await asyncio.to_thread(load_desk, self._settings.rules_dir, self._settings)
        except ConfigError as error:
            self.metrics.reloads.labels(result="refused").inc()
            self.readiness.rules_fault = str(error)
            log.error("rules not reloaded; the last good set stays in force", faults=str(error))
            await self._tell_ops("rules", f"not reloaded, the last good set stays in force:\n{error}")
            return 0
        self.readiness.rules_fault = ""
        if fresh.hash == self.desk.hash:
            return 0
        before = self.desk.feeds
        moved = [feed.id for feed in fresh.feeds.values() if feed.id in before and before[feed.id].url != feed.url]
        try:
            await self.store.plan(list(fresh.feeds), self._clock())
            await self.store.poll_now(moved, self._clock())
        except StoreUnavailable:
            self._changed.set()  # then once more from the start
            raise
        self._install(fresh, tasks)
        self.metrics.reloads.labels(result="accepted").inc()
        log.info("rules reloaded", feeds=len(fresh.feeds), rules=len(fresh.rules.rules), set=fresh.hash)
        return 0

    def _install(self, fresh: Desk, tasks: asyncio.TaskGroup) -> None:
        """Put a rule set in force, and channels to work that are new or changed."""
        self.metrics.rules.clear()
        self.metrics.rules.labels(hash=fresh.hash).set(len(fresh.rules.rules))
        self.readiness.rules_hash, self.readiness.feeds = fresh.hash, len(fresh.feeds)
        self._line.in_force.desk = fresh
        for name, worker in list(self._workers.items()):
            if fresh.channels.get(name) != worker.config:
                worker.closing.set()
                worker.bell.set()
                del self._workers[name]
        for name, config in fresh.channels.items():
            if name not in self._workers:
                worker = _Worker(config, channels.build(name, config, self._settings, self._stream))
                self._workers[name] = worker
                tasks.create_task(self._serve_channel(worker))

    # ── Telling of itself ───────────────────────────────────────────────────

    async def _tell_ops(self, subject: str, text: str) -> None:
        """To the ops channels, the same words once a day; a store that is away has the log instead."""
        now = self._clock()
        told = notices(self.desk.ops, OpsEvent(now, subject, text), f"{subject} {text} {int(now // 86_400)}")
        try:
            await self.store.put(told)
        except StoreError as error:
            log.error("could not tell ops", subject=subject, text=text, reason=str(error))

    def _store_is_away(self, error: StoreUnavailable) -> None:
        if not self.readiness.store:
            log.error("the store is away; waiting, nothing is lost", reason=str(error))
        self.readiness.store = str(error)
        self.metrics.store_up.set(0)

    def _store_is_back(self) -> None:
        if self.readiness.store:
            log.info("the store answers")
        self.readiness.store = ""
        self.metrics.store_up.set(1)


async def _either(event: asyncio.Event, rest: float) -> None:
    """Wait for the event, at most `rest` seconds."""
    try:
        async with asyncio.timeout(rest):
            await event.wait()
    except TimeoutError:
        pass
