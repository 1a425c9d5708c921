"""Feeds being polled: claimed, held, kept from crowding each other out, handed back.

Most polls wait for a server, and a slot is lost to the others while one waits.
So one host has a few slots at most, and feeds that failed last time have half of
them all; a feed claimed beyond that is due again a moment later. Feeds of one
host take turns, which the store gives out: whatever the number of processes, the
host is asked no more often than once in a gap.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from monitor import pipeline, visit
from monitor.duty import AWAY, STORE_PAUSE, Duty
from monitor.errors import StoreError
from monitor.ingest import pauses, schedule
from monitor.model import Feed, FeedState, Priority
from monitor.observe.logs import logger
from monitor.ports import Claim, Schedule
from monitor.web import guard

POLLERS = 192
"""Polls under way at once in one process: ten thousand feeds a minute, each of which takes a second."""
POLLERS_OF_A_HOST = 16
POLLERS_OF_THE_FAILING = POLLERS // 2
PUT_OFF = 0.2
"""Seconds until a feed that found no slot is due again: long enough for those that have waited longer to go first."""
LEASE = 15.0
"""Seconds for which a feed is claimed. Prolonged while it is polled, so that a dead process holds it no longer."""
HOLD = 4.0
"""Seconds between two prolongations."""
MOST_NAMED = 10
"""Feeds that are named in one line of the log."""

log = logger("service")


@dataclass(frozen=True, slots=True)
class Round:
    """How every feed's first poll since the start went."""

    feeds: int
    items: int
    unread: tuple[str, ...]
    """`id: reason` of each feed that could not be read."""

    def __str__(self) -> str:
        told = f"{self.feeds - len(self.unread)} of {self.feeds} feeds read, {self.items} items seen"
        if not self.unread:
            return told
        more = len(self.unread) - MOST_NAMED
        return f"{told}; not read: {', '.join(self.unread[:MOST_NAMED])}" + (f" and {more} more" if more > 0 else "")


def first_round(feeds: Collection[str], states: Mapping[str, FeedState], start: float) -> Round | None:
    """The first round since `start`, or None while it goes on.

    A feed that was polled before, or is paused, and is not due yet counts as it was.
    """
    known = [states[feed] for feed in feeds if feed in states and (states[feed].last_attempt or states[feed].pause)]
    over = [state for state in known if max(state.last_attempt, state.next_poll) >= start]
    if not feeds or len(over) < len(feeds):
        return None
    unread = tuple(f"{state.id}: {state.error}" for state in over if state.failures)
    return Round(len(feeds), sum(state.items for state in over if not state.failures), unread)


async def plan(store: Schedule, feeds: Mapping[str, Feed], now: float) -> None:
    """Make exactly these feeds known to the store, in the ranks that their editors gave them. Raises StoreError."""
    high, low = (
        frozenset(feed.id for feed in feeds.values() if feed.priority is priority)
        for priority in (Priority.HIGH, Priority.LOW)
    )
    await store.plan(list(feeds), now, first=high, last=low)


class Polling:
    """The polls of one process."""

    def __init__(self, line: pipeline.Line, duty: Duty, gap: float) -> None:
        self.tick = asyncio.Event()
        """Rings when it is time to look at the due feeds."""
        self.under_way: dict[asyncio.Task[None], Claim] = {}
        self._line = line
        self._duty = duty
        self._gap = gap
        """Seconds between the turns of one host."""
        self._hosts: Counter[str] = Counter()
        """Polls under way, by the server that they ask."""
        self._crowded = False
        """Whether more may be due than there was room for."""

    async def look(self, tasks: asyncio.TaskGroup) -> None:
        """Claim what is due, as far as there is room, and start polling it. Raises StoreError."""
        readiness = self._duty.readiness
        try:
            room = POLLERS - len(self.under_way)
            claims = await self._line.store.claim(self._line.clock(), room, LEASE)
            self._crowded = len(claims) == room
            for claim, turn in await self._in_turn(claims):
                if claim.state.paused(self._line.clock()):
                    await self._rest(claim)
                elif turn > self._line.clock():
                    await self._queue_up(claim, turn)
                elif self._has_slot(claim):
                    self._start(claim, tasks)
                else:
                    await self._put_off(claim, PUT_OFF)
        except StoreError as error:
            readiness.schedule = str(error)
            raise
        readiness.schedule = ""
        readiness.last_tick = self._line.clock()

    async def round(self, tasks: asyncio.TaskGroup) -> None:
        """Poll every feed once. Raises StoreError."""
        store, feeds = self._line.store, list(self._line.in_force.desk.feeds)
        await store.poll_now(feeds, self._line.clock())
        left, last_turn = set(feeds), 0.0
        while True:
            claims = await store.claim(self._line.clock(), POLLERS - len(self.under_way), LEASE)
            for claim, turn in await self._in_turn(claims):
                if claim.state.id not in left:  # due again already
                    await store.finish(claim, claim.state)
                elif claim.state.paused(self._line.clock()):
                    await self._rest(claim)
                elif turn > self._line.clock():
                    last_turn = max(last_turn, turn)
                    await self._queue_up(claim, turn)
                elif self._has_slot(claim):
                    left.discard(claim.state.id)
                    self._start(claim, tasks)
                else:
                    await self._put_off(claim, 0)
            if last_turn > self._line.clock():
                await asyncio.sleep(min(self._gap, PUT_OFF))
            elif self.under_way:
                await asyncio.wait(self.under_way, return_when=asyncio.FIRST_COMPLETED)
            else:
                return

    async def hold(self) -> float:
        """A turn: prolong the leases of what is under way. Raises StoreError."""
        await self._line.store.prolong(list(self.under_way.values()), self._line.clock() + LEASE)
        return HOLD

    # ── Slots ───────────────────────────────────────────────────────────────

    def _has_slot(self, claim: Claim) -> bool:
        host = self._host(claim)
        if host and self._hosts[host] >= POLLERS_OF_A_HOST:
            return False
        if claim.state.failures == 0:
            return True
        return sum(other.state.failures > 0 for other in self.under_way.values()) < POLLERS_OF_THE_FAILING

    def _host(self, claim: Claim) -> str:
        """The server that a poll asks; empty for a feed that is no longer listed."""
        feed = self._line.in_force.desk.feeds.get(claim.state.id)
        return urlsplit(schedule.address(feed, claim.state)).netloc.lower() if feed else ""

    async def _in_turn(self, claims: Sequence[Claim]) -> list[tuple[Claim, float]]:
        """Each with the time of its turn with its host. Raises StoreError."""
        now = self._line.clock()
        asking = [claim for claim in claims if self._wants_turn(claim, now)]
        hosts = [self._host(claim) for claim in asking]
        given = await self._line.store.take_turns(hosts, now, self._gap) if hosts else ()
        turns = {claim.state.id: turn for claim, turn in zip(asking, given, strict=True)}
        return [(claim, turns.get(claim.state.id, claim.state.turn)) for claim in claims]

    def _wants_turn(self, claim: Claim, now: float) -> bool:
        host = urlsplit(f"//{self._host(claim)}").hostname
        spared = bool(self._gap and host and not guard.is_here(host))
        return spared and not claim.state.turn and not claim.state.paused(now)

    async def _queue_up(self, claim: Claim, turn: float) -> None:
        waiting = replace(claim.state, next_poll=turn, turn=turn, reason="waits for its turn with its host")
        await self._line.store.finish(claim, waiting)

    async def _rest(self, claim: Claim) -> None:
        await self._line.store.finish(claim, pauses.resting(claim.state, self._line.clock()))

    async def _put_off(self, claim: Claim, rest: float) -> None:
        at = self._line.clock() + rest
        await self._line.store.finish(claim, replace(claim.state, next_poll=at, reason="waits for a free slot"))

    # ── One poll ────────────────────────────────────────────────────────────

    def _start(self, claim: Claim, tasks: asyncio.TaskGroup) -> None:
        task = tasks.create_task(self._poll(claim))
        host = self._host(claim)
        self.under_way[task] = claim
        self._hosts[host] += 1
        task.add_done_callback(lambda task: self._ended(task, host))

    def _ended(self, task: asyncio.Task[None], host: str) -> None:
        del self.under_way[task]
        self._hosts[host] -= 1
        if not self._hosts[host]:
            del self._hosts[host]
        if self._crowded:  # there is room again
            self.tick.set()

    async def _poll(self, claim: Claim) -> None:
        """Poll one feed; whatever goes wrong stays with this feed."""
        try:
            await visit.poll(self._line, claim)
        except AWAY as error:
            self._duty.store_is_away(error)
            await self._hand_back(claim)
        except Exception as error:
            log.exception("poll failed", feed=claim.state.id)
            await self._fail(claim, f"its poll met {error!r}")

    async def _fail(self, claim: Claim, reason: str) -> None:
        """Book the poll as failed, so that the feed is backed off from and told of like any other."""
        try:
            await visit.fail(self._line, claim, reason)
        except StoreError as error:  # its lease lapses
            log.error("the failure could not be stored", feed=claim.state.id, reason=str(error))

    async def _hand_back(self, claim: Claim) -> None:
        """Make a feed due again once the store is back, so that it need not wait for its lease to lapse."""
        while True:
            await asyncio.sleep(STORE_PAUSE)
            again = replace(claim.state, next_poll=self._line.clock(), reason="the store was away during its poll")
            try:
                await self._line.store.finish(claim, again)
            except AWAY:
                continue
            except StoreError as error:
                log.error("the feed could not be handed back", feed=claim.state.id, reason=str(error))
            return
