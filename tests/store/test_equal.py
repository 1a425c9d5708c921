"""The Redis store does what the memory store does, on any sequence of calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from monitor.model import Delivery, Fingerprint, Mark, Place, Receipt, Story
from monitor.ports import Claim, Commit, Held, Neighbours, Store, Taken
from monitor.store.embedded import find_server
from monitor.store.layout import Layout
from monitor.store.memory import MemoryStore
from tests.items import NOON, an_item
from tests.servers.stores import RedisServer
from tests.store.made import a_commit, a_delivery, a_hold, a_story

T = TypeVar("T")

FEEDS = ("ash", "birch", "cedar")
CHANNELS = ("desk", "night")
LANES = ("alert-1", "alert-2")
LEASE = 30.0
RULES = ("strike", "quake")
WEEK = 604_800.0
HOLDS = (None, a_hold("morning"), a_hold("evening"))
PLACES = [Place(hold.id, lane) for hold in HOLDS if hold for lane in LANES]

feeds = st.lists(st.sampled_from(FEEDS), unique=True)
passages = st.lists(st.integers(0, 5), max_size=4)
links = st.lists(st.integers(0, 2), max_size=2)
guid = st.sampled_from(["1", "2", "3"])
channel = st.sampled_from(CHANNELS)


class Both(RuleBasedStateMachine):
    """Calls both stores alike and compares every answer. Time goes on by steps below the windows of the indexes."""

    def __init__(self, server: RedisServer, prefix: str) -> None:
        super().__init__()
        self.now = NOON
        self.runner = asyncio.Runner()
        self.memory = MemoryStore()
        self.redis = server.store(Layout(prefix=prefix))
        self.claims: list[Claim] = []
        self.taken: list[Taken] = []
        self.decided: list[Commit] = []
        self.held: list[Held] = []
        self.ids = count()

    def teardown(self) -> None:
        self.runner.run(self.redis.close())
        self.runner.close()

    def both(self, call: Callable[[Store], Awaitable[T]]) -> T:
        async def ask(store: Store) -> T:
            return await call(store)

        expected = self.runner.run(ask(self.memory))
        assert self.runner.run(ask(self.redis)) == expected
        return expected

    @rule(seconds=st.sampled_from([0.5, 20.0, 31.0, 900.0]))
    def time_goes_on(self, seconds: float) -> None:
        self.now += seconds

    # ── Schedule ──

    @rule(known=feeds, first=feeds, last=feeds)
    def plan(self, known: list[str], first: list[str], last: list[str]) -> None:
        self.both(lambda store: store.plan(known, self.now, first, last))

    @rule(hosts=feeds, gap=st.sampled_from([0.5, 30.0]))
    def take_turns(self, hosts: list[str], gap: float) -> None:
        self.both(lambda store: store.take_turns(hosts, self.now, gap))

    @rule(limit=st.integers(0, 3))
    def claim(self, limit: int) -> None:
        self.claims += self.both(lambda store: store.claim(self.now, limit, LEASE))

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), after=st.sampled_from([-5.0, 10.0, 100.0]))
    def finish(self, data: st.DataObject, after: float) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        state = replace(claim.state, next_poll=self.now + after, failures=claim.state.failures + 1)
        self.both(lambda store: store.finish(claim, state))

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def prolong(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(self.claims), max_size=3))
        self.both(lambda store: store.prolong(some, self.now + LEASE))

    @rule(some=feeds)
    def poll_now(self, some: list[str]) -> None:
        self.both(lambda store: store.poll_now(some, self.now))

    # ── Archive ──

    @rule(feed=st.sampled_from(FEEDS), guid=guid, revision=st.integers(0, 1), keys=passages, links=links)
    def decide(self, feed: str, guid: str, revision: int, keys: list[int], links: list[int]) -> None:
        item = replace(an_item(guid=guid, feed=feed), revision=str(revision))
        near: Neighbours = self.both(lambda store: store.neighbours(Fingerprint(tuple(keys), tuple(links)), self.now))
        seen = self.both(lambda store: store.seen(feed, [item.key])).get(item.key)
        story = next(iter(sorted(near.stories.values(), key=lambda story: story.id)), None)
        after = a_story(story.id, story.version + 1) if story else Story.opened_by(item, f"{feed} {guid}", self.now)
        delivery = self.delivery(LANES[revision], CHANNELS[len(keys) % 2], len(keys) % 3)
        waiting = self.both(lambda store: store.waiting(PLACES))
        tallies = self.both(lambda store: store.tallies(RULES[: len(links)]))
        moved = [
            replace(tally, version=tally.version + 1, marks=(*tally.marks, Mark(after.id, self.now)), keep=WEEK)
            for tally in tallies.values()
        ]
        self.decided.append(
            a_commit(
                item,
                clock=near.clock,
                story=after,
                keys=keys,
                links=links,
                seen=seen,
                deliveries=[delivery],
                tallies=moved,
                lifted=[waiting[place] for place in PLACES[: len(links)] if place in waiting],
            )
        )

    @precondition(lambda self: self.decided)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        commit = data.draw(st.sampled_from(self.decided))
        self.both(lambda store: store.commit(commit, self.now))

    @rule(feed=st.sampled_from(FEEDS), guids=st.lists(guid, unique=True), days=st.sampled_from([0, 0, 1, 30]))
    def still_there(self, feed: str, guids: list[str], days: int) -> None:
        keys = [an_item(guid=guid, feed=feed).key for guid in guids]
        self.both(lambda store: store.still_there(feed, keys, self.now + days * 86_400, len(keys)))

    # ── Outbox ──

    def delivery(self, lane: str, channel: str, hold: int, wait: float = 0.0, gathers: bool = False) -> Delivery:
        number, at = str(next(self.ids) // 2), self.now
        return a_delivery(number, lane, channel, at=at, not_before=at + wait, hold=HOLDS[hold], gathers=gathers)

    @rule(
        lane=st.sampled_from(LANES),
        channel=channel,
        hold=st.integers(0, 2),
        wait=st.sampled_from([0.0, 25.0]),
        gathers=st.booleans(),
    )
    def put(self, lane: str, channel: str, hold: int, wait: float, gathers: bool) -> None:
        delivery = self.delivery(lane, channel, hold, wait, gathers)
        self.both(lambda store: store.put([delivery]))

    @rule(channel=channel, pace=st.sampled_from([0.0, 1.0]))
    def take(self, channel: str, pace: float) -> None:
        taken = self.both(lambda store: store.take(channel, self.now, LEASE, pace))
        self.taken += [taken] if taken else []

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), receipt=st.sampled_from([None, Receipt("a"), Receipt("b")]))
    def sent(self, data: st.DataObject, receipt: Receipt | None) -> None:
        taken = data.draw(st.sampled_from(self.taken))
        self.both(lambda store: store.sent(taken, receipt, self.now))

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), unsettled=st.booleans())
    def retry(self, data: st.DataObject, unsettled: bool) -> None:
        taken = data.draw(st.sampled_from(self.taken))
        self.both(lambda store: store.retry(taken, self.now, self.now + 15, "503", unsettled))

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        taken = data.draw(st.sampled_from(self.taken))
        self.both(lambda store: store.give_up(taken, self.now, "refused"))

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        taken = data.draw(st.sampled_from(self.taken))
        self.both(lambda store: store.renew(taken, self.now + LEASE))

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), look=st.booleans())
    def replay(self, data: st.DataObject, look: bool) -> None:
        delivery = data.draw(st.sampled_from(self.taken)).delivery
        self.both(lambda store: store.replay(delivery, self.now, look))

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        delivery = data.draw(st.sampled_from(self.taken)).delivery
        self.both(lambda store: store.drop(delivery, self.now))

    @rule(channel=channel, seconds=st.sampled_from([5.0, 40.0]))
    def pause(self, channel: str, seconds: float) -> None:
        self.both(lambda store: store.pause(channel, self.now + seconds))

    # ── Holds ──

    @rule(hold=st.sampled_from(["morning", "evening"]))
    def read_hold(self, hold: str) -> None:
        self.held.append(self.both(lambda store: store.held(hold)))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), apart=st.booleans())
    def release(self, data: st.DataObject, apart: bool) -> None:
        held = data.draw(st.sampled_from(self.held))
        digest = self.delivery("digest", "desk", 0)
        told = [replace(delivery, hold=None) for delivery in held.deliveries] if apart else [digest]
        self.both(lambda store: store.release(held, told, self.now))

    # ── Whatever was called ──

    @rule()
    def end_leases(self) -> None:
        self.both(lambda store: store.end_leases(self.now))

    @invariant()
    def they_know_the_same(self) -> None:
        self.both(lambda store: store.feed_states(FEEDS))
        self.both(lambda store: store.backlog(CHANNELS))
        self.both(lambda store: store.channels())
        self.both(lambda store: store.dead(10))
        self.both(lambda store: store.due_holds(NOON + WEEK, 9))
        self.both(lambda store: store.waiting(PLACES))
        self.both(lambda store: store.progress([str(number) for number in range(6)]))
        self.both(lambda store: store.find("1"))
        self.both(lambda store: store.tallies(RULES))
        self.both(lambda store: store.neighbours(Fingerprint(tuple(range(6)), (0, 1, 2)), self.now))
        for name in CHANNELS:
            for lane in LANES:
                self.both(lambda store, name=name, lane=lane: store.steps(name, lane))  # type: ignore[misc]
        for feed in FEEDS:
            keys = [an_item(guid=guid, feed=feed).key for guid in ("1", "2", "3")]
            self.both(lambda store, feed=feed, keys=keys: store.seen(feed, keys))  # type: ignore[misc]


@pytest.mark.slow
def test_redis_and_memory_answer_alike() -> None:
    prefixes = count()
    with RedisServer(find_server(), "--appendonly", "no") as server:

        class BothOnThisServer(Both):
            def __init__(self) -> None:
                super().__init__(server, f"{next(prefixes)}:")

        run_state_machine_as_test(BothOnThisServer, settings=settings(max_examples=50, stateful_step_count=40))
