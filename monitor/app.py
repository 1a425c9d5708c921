"""The composition root: the service wired, started, and stopped in order.

`running` puts the parts together; `Service` is the tasks that turn them: feeds
(`polling`), channels (`dispatch`), and here the rules folder, housekeeping, and
the end. How a task takes its turns is in `duty`.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any, TextIO, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from watchfiles import awatch

from monitor import pipeline
from monitor.amending import close_idle
from monitor.channels import slack_buttons
from monitor.config import Settings
from monitor.delivery import Post, tell_losses
from monitor.desk import Desk, InForce
from monitor.desk import load as load_desk
from monitor.desk import tuned as tune
from monitor.dispatch import Dispatch
from monitor.duty import AWAY, STORE_PAUSE, Duty
from monitor.errors import Closed, ConfigError, Retryable, StoreUnavailable
from monitor.ingest.feeds import risks
from monitor.ingest.fetch import HttpFetcher, Limits
from monitor.ingest.hub import HttpHubs
from monitor.ingest.parse import ParserPool
from monitor.model import Delivery, Item, Press
from monitor.observe import health
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.polling import Polling, plan
from monitor.ports import Hubs, Store
from monitor.pressing import heed
from monitor.pushing import Pushing
from monitor.release import release_due
from monitor.roll_call import RollCall
from monitor.store import open_store

TICK = 0.25
"""Seconds between two looks at the due feeds."""
HOUSEKEEPING = 5.0
"""Seconds between two readings of the gauges."""
SILENCES = 2.0
"""Seconds after which a silence made by another process holds here, at most."""
RELEASE = 1.0
"""Seconds between two looks at what waits for its time."""
TUNING = 86_400.0
"""Seconds between two looks at which words are rare."""
TUNED_BY = 1_000
"""Items looked at for that, or a few more."""
BUTTONS_PAUSE = 300.0
"""Seconds until Slack is asked again whether the app token is good."""
SETTLE = 3.0
"""Seconds for polls and deliveries under way when the service stops; what is cut off is taken up again."""

T = TypeVar("T")

log = logger("service")


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
        for warning in await _wait_for(store):
            log.warning("store", warning=warning)
        if settings.redis_url is None:  # ours alone: whatever is leased was leased by a process that died
            await store.end_leases(clock())
        await plan(store, current.feeds, clock())
        fetcher = await stack.enter_async_context(
            HttpFetcher(settings.user_agent, settings.allow_nets, Limits(gap=settings.host_gap), secret=settings.secret)
        )
        hubs = await stack.enter_async_context(HttpHubs(settings.user_agent, settings.allow_nets))
        parser = await stack.enter_async_context(ParserPool())
        metrics = Metrics()
        in_force = InForce(current, await store.silences(clock()))
        line = pipeline.Line(
            fetcher, parser, store, in_force, metrics, clock, chance, base=settings.public_url.rstrip("/")
        )
        post = Post(store, in_force, metrics, clock, chance, accepted)
        duty = Duty(store, in_force, metrics, clock)
        yield Service(settings, line, post, duty, hubs, stream or sys.stdout)


async def _wait_for(store: Store) -> tuple[str, ...]:
    """The store's warnings, once it answers and takes writes; says at first that it does not. Raises StoreUnfit."""
    said = False
    while True:
        try:
            warnings = await store.check()
            await store.ping()
        except StoreUnavailable as error:
            if not said:
                log.warning("the store is away; waiting for it", reason=str(error))
            said = True
            await asyncio.sleep(STORE_PAUSE)
        else:
            return warnings


class Service:
    """The tasks of one process. `serve` runs until `stop`; `once` polls every feed once."""

    def __init__(
        self, settings: Settings, line: pipeline.Line, post: Post, duty: Duty, hubs: Hubs, stream: TextIO
    ) -> None:
        self.store = line.store
        self.metrics = line.metrics
        self.readiness = duty.readiness
        self._settings = settings
        self._in_force = line.in_force
        self._post = post
        self._duty = duty
        self._clock = line.clock
        self._dispatch = Dispatch(settings, stream, post, duty)
        line = replace(line, queued=self._dispatch.ring, excused=lambda: self._roll_call.excused)
        self._polling = Polling(line, duty, settings.host_gap)
        self._pushing = Pushing(line, duty, hubs, token_urlsafe) if line.base else None
        self._stopping = asyncio.Event()
        self._changed = asyncio.Event()
        self._start = line.clock()
        self._roll_call = RollCall(duty)
        self._mend = ""
        """What the store will know the next mend of the rules by, while they have faults."""

    @property
    def desk(self) -> Desk:
        """The rule set in force."""
        return self._in_force.desk

    # ── The two ways to run ─────────────────────────────────────────────────

    async def serve(self) -> None:
        """Poll, deliver and reload until `stop` is called; then finish what is under way.

        Raises ConfigError when the address for metrics and health is taken.
        """
        async with AsyncExitStack() as stack:
            if self._settings.http is not None:
                host, port = await stack.enter_async_context(
                    health.serve(
                        self._settings.http,
                        self.metrics,
                        self.readiness,
                        self._pushing.routes() if self._pushing else (),
                    )
                )
                log.info("metrics and health", metrics=f"http://{host}:{port}/metrics")
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            self._install(self.desk)
            self._dispatch.install(self.desk.channels, tasks)
            turns: list[Callable[[], Awaitable[float]]] = [
                lambda: self._tick_turn(tasks),
                self._polling.hold,
                self._watch_turn,
                lambda: self._reload_turn(tasks),
                self._tuning_turn,
                self._housekeeping_turn,
                self._roll_call.turn,
                self._silences_turn,
                self._release_turn,
                *([self._pushing.turn] if self._pushing else []),
                *([self._buttons_turn] if self._settings.slack_app_token else []),
            ]
            loops = [tasks.create_task(self._duty.turns(turn, self._stopping)) for turn in turns]
            clocks = AsyncIOScheduler(job_defaults={"misfire_grace_time": None, "coalesce": True})
            clocks.add_job(
                self._polling.tick.set, "interval", seconds=TICK
            )  # only rings: APScheduler 3 cancels its jobs
            clocks.start()
            log.info("watching", feeds=len(self.desk.feeds), rules=len(self.desk.rules.rules), set=self.desk.hash)
            await self._stopping.wait()
            clocks.shutdown(wait=False)
            await _finish([*loops, *self._polling.under_way, *self._dispatch.tasks])

    async def once(self) -> bool:
        """Poll every feed once, deliver what is due.

        False when no feed could be read, or a delivery was not accepted or is left waiting.
        """
        async with asyncio.TaskGroup() as tasks:
            self._install(self.desk)
            holding = tasks.create_task(self._duty.turns(self._polling.hold, self._stopping))
            await self._persist(lambda: self._polling.round(tasks))
            read = await self._persist(self._roll_call.any_read)
            await self._persist(self._release_turn)
            delivered = await self._persist(lambda: self._dispatch.once(self.desk.channels))
            holding.cancel()
        return read and delivered

    def stop(self) -> None:
        """Ask the service to end; `serve` returns once what is under way is done."""
        self._stopping.set()
        self._polling.tick.set()
        self._changed.set()
        self._dispatch.end()

    async def _persist(self, step: Callable[[], Awaitable[T]]) -> T:
        """Take a step again until the store was there for all of it."""
        while True:
            try:
                return await step()
            except AWAY as error:
                self._duty.store_is_away(error)
                await asyncio.sleep(STORE_PAUSE)

    # ── Turns ───────────────────────────────────────────────────────────────

    async def _tick_turn(self, tasks: asyncio.TaskGroup) -> float:
        await self._polling.tick.wait()
        self._polling.tick.clear()
        if not self._stopping.is_set():
            await self._polling.look(tasks)
            await self._duty.store_answers()
        return 0

    async def _buttons_turn(self) -> float:
        """Heed the buttons under alerts in Slack; a token that is no good is told to operators once."""

        async def pressed(press: Press) -> str:
            said = await heed(self.store, self.metrics, press, self._clock())
            self._dispatch.ring(set(self._dispatch.names))
            return said

        try:
            await slack_buttons.listen(self._settings, pressed, self._stopping)
        except Closed as error:
            log.error(str(error))
            await self._duty.tell("slack buttons", str(error), f"buttons {self._start} {error}")
            return BUTTONS_PAUSE
        except Retryable as error:
            log.warning(str(error))
            return HOUSEKEEPING
        return 0

    async def _housekeeping_turn(self) -> float:
        await self._plan_again()
        channels = sorted({*self._dispatch.names, *await self.store.channels()})
        self.metrics.show_outbox(await self.store.backlog(channels), self._clock())
        await tell_losses(self._post)
        await close_idle(self.store, self._clock())
        return HOUSEKEEPING

    async def _silences_turn(self) -> float:
        holding = await self.store.silences(self._clock())
        if holding != self._in_force.silences:
            log.info("silences", holding=len(holding))
        self._in_force.silences = holding
        self.metrics.silences.set(len(holding))
        return SILENCES

    async def _release_turn(self) -> float:
        if await release_due(self.store, self.metrics, self._clock()):
            self._dispatch.ring(set(self._dispatch.names))
        return RELEASE

    async def _plan_again(self) -> None:
        """A store that was emptied, or came back without its data, has forgotten its feeds too."""
        if not self.desk.feeds or await self.store.planned():
            return
        await plan(self.store, self.desk.feeds, self._clock())
        text = "the store came back empty: what was seen is forgotten, feeds are seeded anew"
        log.error(text)
        await self._duty.tell("store", text, text)  # it has forgotten as well that it said so before

    # ── Rules ───────────────────────────────────────────────────────────────

    async def _tuning_turn(self) -> float:
        """Look rules up by what is rare in the items that came lately, which no shipped table can know."""
        desk = self.desk
        tuned = await self._tuned(desk)
        if tuned is not desk and self.desk is desk:
            self._in_force.put(tuned)
        return TUNING

    async def _tuned(self, desk: Desk) -> Desk:
        items: list[Item] = []
        async for records in self.store.stored(self._clock() - TUNING):
            items += (record.item for record in records)
            if len(items) >= TUNED_BY:
                break
        if not items:
            return desk
        tuned = await asyncio.to_thread(tune, desk, items)
        log.info("rules tuned", items=len(items), set=tuned.hash)
        return tuned

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
            await self._refuse(error)
            return 0
        if fresh.hash != self.desk.hash:
            await self._accept(await self._tuned(fresh), tasks)
        if self._mend:
            await self._duty.tell("rules", "are in force again", self._mend, recovered=True)
        self.readiness.rules_fault, self._mend = "", ""
        return 0

    async def _refuse(self, error: ConfigError) -> None:
        """Keep the last good set. The same faults are told once by all replicas, until they were mended in between."""
        self.metrics.reloads.labels(result="refused").inc()
        self.readiness.rules_fault = str(error)
        log.error("rules not reloaded; the last good set stays in force", faults=str(error))
        self._mend = await self._duty.next_ending("rules mended")
        text = f"not reloaded, the last good set stays in force:\n{error}"
        await self._duty.tell("rules", text, f"{error}, before {self._mend}")

    async def _accept(self, fresh: Desk, tasks: asyncio.TaskGroup) -> None:
        before = self.desk
        moved = [
            feed.id
            for feed in fresh.feeds.values()
            if feed.id in before.feeds and before.feeds[feed.id].url != feed.url
        ]
        try:
            await plan(self.store, fresh.feeds, self._clock())
            await self.store.poll_now(moved, self._clock())
        except AWAY:
            self._changed.set()  # then once more from the start
            raise
        self._install(fresh)
        self._dispatch.install(fresh.channels, tasks)
        if self._pushing:
            await self._pushing.part_with(before.feeds.keys() - fresh.feeds.keys())
        self.metrics.reloads.labels(result="accepted").inc()
        log.info("rules reloaded", feeds=len(fresh.feeds), rules=len(fresh.rules.rules), set=fresh.hash)
        await self._dispatch.tell_of_the_gone(before.channels.keys() - fresh.channels.keys())

    def _install(self, fresh: Desk) -> None:
        """Put a rule set in force."""
        self.metrics.rules.clear()
        self.metrics.rules.labels(hash=fresh.hash).set(len(fresh.rules.rules))
        self.readiness.rules_hash, self.readiness.feeds = fresh.hash, len(fresh.feeds)
        self._in_force.put(fresh)
        for feed in fresh.feeds.values():
            for risk in risks(feed):
                log.warning("feed at risk", feed=feed.id, risk=risk)


async def _finish(under_way: Collection[asyncio.Task[Any]]) -> None:
    """Give tasks a moment to end by themselves; the leases of those that do not will lapse."""
    if under_way:
        _, late = await asyncio.wait(under_way, timeout=SETTLE)
        for task in late:
            task.cancel()
