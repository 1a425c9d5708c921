"""Polls of due feeds: in turn, in ranks, in their own ways. All is real; names of hosts stand for this machine."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from monitor import rules
from monitor.desk import CONSOLE_ONLY, Desk, InForce
from monitor.duty import Duty
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import Access, Feed, FeedState, Priority
from monitor.observe.metrics import Metrics
from monitor.pipeline import Line
from monitor.polling import Polling, plan
from monitor.store.memory import MemoryStore
from tests.ingest.fetching import LOOPBACK, Zone
from tests.items import NOON
from tests.servers.hostile import HostileServer, Request, head
from tests.servers.service import rss

GAP = 2.0


class Room:
    """A process's polls, at a time that the test tells."""

    def __init__(self, fetcher: HttpFetcher, parser: ParserPool, store: MemoryStore, feeds: list[Feed]) -> None:
        self.now = NOON
        self.store = store
        desk = Desk({feed.id: feed for feed in feeds}, rules.load([], []), CONSOLE_ONLY.channels, (), (), "")
        in_force, metrics = InForce(desk), Metrics()
        line = Line(fetcher, parser, store, in_force, metrics, lambda: self.now, lambda: 0.0)
        duty = Duty(store, in_force, metrics, lambda: self.now)
        self.polling = Polling(line, duty, GAP)
        self.hasty = Polling(replace(line, clock=time.time), duty, gap=0.05)
        """With the clock on the wall, and little between two turns."""

    async def look(self, after: float = 0.0) -> None:
        """Look for what is due, and poll it."""
        self.now += after
        async with asyncio.TaskGroup() as tasks:
            await self.polling.look(tasks)

    async def states(self) -> dict[str, FeedState]:
        return dict(await self.store.feed_states([f"f{number}" for number in range(9)]))


@asynccontextmanager
async def process(store: MemoryStore, feeds: list[Feed]) -> AsyncIterator[Room]:
    names = Zone({"one.example": ["127.0.0.1"], "two.example": ["127.0.0.1"]})
    async with HttpFetcher("test", LOOPBACK, resolver=names) as fetcher, ParserPool() as parser:
        yield Room(fetcher, parser, store, feeds)


def feeds_of(hostile: HostileServer, *hosts: str) -> list[Feed]:
    return [
        Feed(id=f"f{number}", url=hostile.url(f"/f{number}", host), source="", every=60.0)
        for number, host in enumerate(hosts)
    ]


@pytest.fixture
async def store() -> MemoryStore:
    return MemoryStore()


async def test_feeds_of_one_host_take_turns_and_others_do_not_wait_for_them(
    hostile: HostileServer, store: MemoryStore
) -> None:
    feeds = feeds_of(hostile, "one.example", "one.example", "ONE.example", "two.example")
    await store.plan([feed.id for feed in feeds], NOON)
    async with process(store, feeds) as room:
        await room.look()
        assert {request.path for request in hostile.requests} == {"/f0", "/f3"}
        waiting = (await room.states())["f2"]
        assert (waiting.next_poll, waiting.reason) == (NOON + 2 * GAP, "waits for its turn with its host")
        await room.look(after=GAP)
        await room.look(after=GAP / 2)
        assert [request.path for request in hostile.requests][2:] == ["/f1"]
        await room.look(after=GAP / 2)
        assert [request.path for request in hostile.requests][3:] == ["/f2"]
        assert {state.turn for state in (await room.states()).values()} == {0.0}


async def test_feeds_are_planned_in_the_ranks_of_their_editors(store: MemoryStore) -> None:
    ranks = {"a": Priority.LOW, "b": Priority.NORMAL, "c": Priority.HIGH}
    feeds = {name: Feed(name, f"https://{name}.example/", name, 60.0, priority=rank) for name, rank in ranks.items()}
    await plan(store, feeds, NOON)
    claims = [await store.claim(NOON, 1, 60.0) for _ in range(3)]
    assert [claim.state.id for (claim,) in claims] == ["c", "b", "a"]


async def test_a_feed_is_asked_in_its_own_way(hostile: HostileServer, store: MemoryStore) -> None:
    (feed,) = feeds_of(hostile, "one.example")
    await store.plan(["f0"], NOON)
    async with process(store, [replace(feed, access=Access(user_agent="desk/1"))]) as room:
        await room.look()
    assert hostile.requests[0].headers["user-agent"] == "desk/1"


async def test_a_host_that_says_unchanged_whatever_has_changed_is_found_out(
    hostile: HostileServer, store: MemoryStore
) -> None:
    closed, opens = ("1", "Port closed", "A strike closed the port."), ("2", "Port opens", "The strike is over.")
    shown = rss(closed)

    async def lie(request: Request, writer: asyncio.StreamWriter) -> None:
        if "if-none-match" in request.headers:
            writer.write(head(304))
        else:
            writer.write(head(200, ("ETag", '"1"'), ("Content-Length", str(len(shown)))) + shown)

    (feed,) = feeds_of(hostile, "one.example")
    hostile.serve("/f0", lie)
    await store.plan(["f0"], NOON)
    async with process(store, [feed]) as room:
        await room.look()
        shown = rss(opens, closed)
        for _ in range(4):
            await room.look(after=6 * 3600.0)
        assert (await room.states())["f0"].items == 1, "a day of silence may be"
        await room.look(after=6 * 3600.0)
        state = (await room.states())["f0"]
    assert (state.items, state.status) == (2, 200)
    conditional = ["if-none-match" in request.headers for request in hostile.requests]
    assert conditional == [False, True, True, True, True, False]
    assert 0 < state.trusted < 86_400.0, "and will be asked for in full sooner the next time"


async def test_a_round_waits_for_all_turns(hostile: HostileServer, store: MemoryStore) -> None:
    feeds = feeds_of(hostile, *["one.example"] * 4, "two.example")
    await store.plan([feed.id for feed in feeds], NOON)
    async with process(store, feeds) as room, asyncio.TaskGroup() as tasks:
        await room.hasty.round(tasks)
    assert sorted(request.path for request in hostile.requests) == ["/f0", "/f1", "/f2", "/f3", "/f4"]


async def test_turns_are_those_of_all_processes(hostile: HostileServer, store: MemoryStore) -> None:
    feeds = feeds_of(hostile, *["one.example"] * 4)
    await store.plan(["f0", "f1"], NOON)
    async with process(store, feeds) as here, process(store, feeds) as there:
        await here.look()
        await store.plan([feed.id for feed in feeds], NOON)
        await there.look()
        assert len(hostile.requests) == 1
        for _ in range(3):
            await here.look(after=GAP)
            await there.look(after=GAP)
        assert Counter(request.path for request in hostile.requests) == Counter(["/f0", "/f1", "/f2", "/f3"])


async def test_this_machine_needs_no_sparing(hostile: HostileServer, store: MemoryStore) -> None:
    feeds = feeds_of(hostile, "127.0.0.1", "127.0.0.1")
    await store.plan([feed.id for feed in feeds], NOON)
    async with process(store, feeds) as room:
        await room.look()
    assert {request.path for request in hostile.requests} == {"/f0", "/f1"}


async def test_feeds_that_are_asked_for_now_wait_for_their_turn_all_the_same(
    hostile: HostileServer, store: MemoryStore
) -> None:
    feeds = feeds_of(hostile, "one.example", "one.example")
    await store.plan([feed.id for feed in feeds], NOON)
    async with process(store, feeds) as room:
        await room.look()
        await store.poll_now(["f1"], NOON)
        await room.look(after=GAP / 2)
        assert len(hostile.requests) == 1
        assert (await room.states())["f1"].next_poll == NOON + GAP
