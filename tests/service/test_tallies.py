"""What is counted, in the running service: rules that fire on accumulation, and throttles."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import pipeline, rules, visit
from monitor.alerts.routes import Route
from monitor.backtest import Backtest
from monitor.desk import Desk, InForce
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import AlertEvent, Fate, Feed, FeedState, Parsed, Record
from monitor.observe.metrics import Metrics
from monitor.store.layout import DAY, LAYOUT, Layout
from monitor.store.memory import MemoryStore
from tests.servers.hostile import HostileServer
from tests.servers.service import Event, Wirewatch, rss
from tests.servers.stores import RedisServer
from tests.service.test_replay import REPLAY

pytestmark = pytest.mark.slow

TRADES = ("pilots", "nurses", "bakers", "miners", "judges", "sailors", "tailors")
TOWNS = ("Aarhus", "Bergen", "Cork", "Dover", "Esbjerg", "Faro", "Genoa")
NEWS = [
    (trade, f"{trade.title()} of {town} call a strike", f"The {trade} in {town} will be out on day {number}.")
    for number, (trade, town) in enumerate(zip(TRADES, TOWNS, strict=True))
]


def on_record(server: RedisServer) -> list[Record]:
    """What became of the items so far."""

    async def read() -> list[Record]:
        store = server.store(LAYOUT)
        try:
            return [record for guid, _, _ in NEWS for record in await store.find(guid)]
        finally:
            await store.close()

    return asyncio.run(read())


class Pair:
    """Two processes of one service, which poll two feeds."""

    def __init__(self, folder: Path, hostile: HostileServer, server: RedisServer) -> None:
        self.here, self.there = (Wirewatch(folder / name, redis_url=server.url) for name in ("here", "there"))
        self._hostile = hostile

    def start(self, rules: str) -> None:
        """Both, on these rules; returns once the empty feeds were taken in."""
        self.show()
        for one in (self.here, self.there):
            one.feeds(*map(self._hostile.url, ("/one", "/two")))
            one.write("strikes.yaml", rules)
            one.start()
        self.here.until(lambda: all(len(self._hostile.requests_for(path)) > 1 for path in ("/one", "/two")))

    def show(self, *items: tuple[str, str, str]) -> None:
        """The same in both feeds."""
        for path in ("/one", "/two"):
            self._hostile.set(path, rss(*items))

    def of(self, kind: str) -> list[Event]:
        return self.here.of(kind) + self.there.of(kind)


@pytest.fixture
def pair(tmp_path: Path, hostile: HostileServer, redis_server: RedisServer) -> Iterator[Pair]:
    """Not started."""
    both = Pair(tmp_path, hostile, redis_server)
    yield both
    both.here.kill()
    both.there.kill()


def test_replicas_count_as_one_and_each_third_story_alerts_once(pair: Pair, redis_server: RedisServer) -> None:
    """Seven stories, each told by two feeds, polled by two processes: whatever the order, the count is full twice."""
    pair.start("rules:\n  - {id: strikes, query: strike, when: {count: 3, distinct: story, within: 1h}}\n")
    pair.show(*NEWS)
    pair.here.until(lambda: len(on_record(redis_server)) == 2 * len(NEWS))
    pair.here.until(lambda: len(pair.of("raised")) >= 2)
    assert [pair.here.stop(), pair.there.stop()] == [0, 0]
    raised = pair.of("raised")
    assert len({event["story_id"] for event in raised}) == len(raised) == 2
    for event in raised:
        assert event["note"].startswith("3 stories within 1h, also “")
    fates = Counter(record.outcome.fate for record in on_record(redis_server))
    assert fates[Fate.ALERTED] == 2
    assert fates[Fate.COUNTED] >= 5
    assert fates.keys() <= {Fate.ALERTED, Fate.COUNTED, Fate.ATTACHED}


def test_a_throttle_lets_one_story_by_and_the_others_come_as_one_digest(pair: Pair) -> None:
    """Seven stories at one moment, told by two feeds, polled by two processes."""
    pair.start("rules:\n  - {id: strikes, query: strike, throttle: 10s}\n")
    pair.show(*NEWS)
    pair.here.until(lambda: pair.of("digest"))
    assert [pair.here.stop(), pair.there.stop()] == [0, 0]
    (raised,), (digest,) = pair.of("raised"), pair.of("digest")
    entries = [entry for section in digest["sections"] for entry in section["entries"]]
    assert (digest["reason"], len(entries)) == ("throttle", len(NEWS) - 1)
    assert {raised["item"]["title"], *(entry["headline"] for entry in entries)} == {title for _, title, _ in NEWS}


# ── Two weeks of real feeds ─────────────────────────────────────────────────

COUNTING = """\
rules:
  - {id: stories, query: tariff* OR trump OR inflation, when: {count: 3, within: 2h}}
  - {id: sources, query: tariff* OR trump OR inflation, when: {count: 3, distinct: source, within: 6h}}
"""


class Feeds:
    """Recorded feeds, taken in moment by moment."""

    def __init__(self) -> None:
        self.rules = rules.load([], [("rules.yaml", COUNTING)])
        self.now = 0.0
        self.store = MemoryStore(Layout(item_ttl=60 * DAY))
        routes = tuple(Route.model_validate({"to": rule, "when": {"rule": rule}}) for rule in self.rules.rules)
        self.feeds = {folder.name: Feed(folder.name, "", folder.name, every=300.0) for folder in REPLAY.iterdir()}
        self.desk = Desk(self.feeds, self.rules, {}, routes, (), "")
        self.line = pipeline.Line(
            HttpFetcher("test"), ParserPool(), self.store, InForce(self.desk), Metrics(), lambda: self.now, lambda: 0.5
        )

    async def play(self) -> None:
        moments = sorted((int(path.stem), path) for path in REPLAY.glob("*/*.xml"))
        states = {feed: FeedState(feed) for feed in self.feeds}
        async with ParserPool() as parser:
            for moment, path in moments:
                self.now, feed = float(moment), self.feeds[path.parent.name]
                parsed = await parser.parse(path.read_bytes(), "", feed, self.now)
                assert isinstance(parsed, Parsed)
                await visit.take_in(self.line, self.desk, feed, states[feed.id], parsed.items)
                states[feed.id] = FeedState(feed.id, last_success=self.now)

    async def told(self) -> dict[str, set[str]]:
        """By rule, the stories that people were alerted to."""
        found: dict[str, set[str]] = {rule: set() for rule in self.rules.rules}
        for rule, stories in found.items():
            while taken := await self.store.take(rule, self.now, 30.0):
                assert isinstance(taken.delivery.event, AlertEvent)
                stories.add(taken.delivery.event.story_id)
                await self.store.sent(taken, None, self.now)
        return found


async def test_a_backtest_of_real_feeds_counts_as_the_service_did() -> None:
    if not REPLAY.is_dir():
        pytest.skip("no recorded feeds beside the repository")
    feeds = Feeds()
    await feeds.play()
    test = Backtest(feeds.rules)
    async for records in feeds.store.stored(0.0):
        for record in records:
            if record.outcome.fate is not Fate.SEEDED:
                test.add(record)
    test.finish()
    told = await feeds.told()
    assert {outcome.rule: outcome.stories for outcome in test.outcomes()} == told
    assert min(map(len, told.values())) > 10
