"""The whole script through the real line, from HTTP answer to delivery, in the script's own time.

Every part is the one that ships; only the clock is ours, so twenty seconds
pass in a few and every run sees the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor import desk, pipeline
from monitor.config import Settings
from monitor.demo import folder, script
from monitor.demo.server import WireServer
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import Event, Fingerprint
from monitor.observe.metrics import Metrics
from monitor.ports import Store
from monitor.store.memory import MemoryStore
from tests.demo.expectations import FEED_TROUBLES, ONE_ALERTS, ROWS, FeedTrouble, OneAlert, Row, cases
from tests.demo.outcome import Outcome, alerts_unmet, gather, trouble_unmet, unmet

WIRE = script.load()
OPENED = 1_700_000_000.0
STEP = 0.25
AFTERWARDS = 12.0
"""Seconds after the script's end within which a feed that died is asked again, however far polls have backed off."""


class Clock:
    """Unix time, moved by the test."""

    def __init__(self) -> None:
        self.now = OPENED

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def _line(rules: Path, server: WireServer, clock: Clock) -> AsyncIterator[pipeline.Line]:
    settings = Settings(rules_dir=rules, allow_nets=(ip_network("127.0.0.0/8"),), poll_floor=0.2)
    folder.lay_out(rules, WIRE.outlets.values(), server.base)
    async with AsyncExitStack() as stack:
        yield pipeline.Line(
            fetcher=await stack.enter_async_context(HttpFetcher("wirewatch-tests", settings.allow_nets)),
            parser=await stack.enter_async_context(ParserPool()),
            store=MemoryStore(),
            in_force=desk.InForce(desk.load(rules, settings)),
            metrics=Metrics(),
            clock=clock,
            random=lambda: 0.5,
        )


async def _play(rules: Path) -> Outcome:
    clock = Clock()
    async with WireServer(WIRE, clock, begun=OPENED) as server, _line(rules, server, clock) as line:
        store = line.store
        await store.plan(list(WIRE.outlets), clock())
        while server.second < WIRE.length + AFTERWARDS:
            for claim in await store.claim(clock(), 100, 60.0):
                await pipeline.poll(line, claim)
            clock.now += STEP
        newest = (await store.neighbours(Fingerprint((), ()), clock())).clock
        records = [await store.record(number) for number in range(1, newest + 1)]
        return gather(WIRE, [record for record in records if record], [event async for event in _events(store, clock)])


async def _events(store: Store, clock: Clock) -> AsyncIterator[Event]:
    while taken := await store.take("desk", clock(), 60.0):
        yield taken.delivery.event
        await store.sent(taken, None, clock())


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return asyncio.run(_play(tmp_path_factory.mktemp("rules")))


@pytest.mark.parametrize("row", cases(ROWS))
def test_what_became_of(row: Row, outcome: Outcome) -> None:
    assert unmet(row, outcome) == [], row.why


@pytest.mark.parametrize("one", cases(ONE_ALERTS))
def test_one_alert_for(one: OneAlert, outcome: Outcome) -> None:
    assert alerts_unmet(one, outcome) == [], one.why


@pytest.mark.parametrize("trouble", cases(FEED_TROUBLES))
def test_operators_hear_of(trouble: FeedTrouble, outcome: Outcome) -> None:
    assert trouble_unmet(trouble, outcome) == [], trouble.why


def test_operators_hear_of_no_other_feed(outcome: Outcome) -> None:
    assert {event.subject for event in outcome.ops} == {f"feed {trouble.feed}" for trouble in FEED_TROUBLES}


def test_no_release_is_lost_and_none_is_told_twice(outcome: Outcome) -> None:
    assert set(outcome.records) == set(WIRE.releases)
    for name, events in outcome.told.items():
        assert len({event.kind for event in events}) == len(events), name
