"""Rules that fire on accumulation, in the running service."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from monitor.model import Fate, Record
from monitor.store.layout import LAYOUT
from tests.servers.hostile import HostileServer
from tests.servers.service import Wirewatch, rss
from tests.servers.stores import RedisServer

pytestmark = pytest.mark.slow

STRIKES = "rules:\n  - {id: strikes, query: strike, when: {count: 3, distinct: story, within: 1h}}\n"
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


def test_replicas_count_as_one_and_each_third_story_alerts_once(
    tmp_path: Path, hostile: HostileServer, redis_server: RedisServer
) -> None:
    """Seven stories, each told by two feeds, polled by two processes: whatever the order, the count is full twice."""
    replicas = [Wirewatch(tmp_path / name, redis_url=redis_server.url) for name in ("here", "there")]
    for path in ("/one", "/two"):
        hostile.set(path, rss())
    for replica in replicas:
        replica.feeds(hostile.url("/one"), hostile.url("/two"))
        replica.write("strikes.yaml", STRIKES)
        replica.start()
    here, there = replicas
    try:
        here.until(lambda: all(len(hostile.requests_for(path)) > 1 for path in ("/one", "/two")))
        for path in ("/one", "/two"):
            hostile.set(path, rss(*NEWS))
        here.until(lambda: len(on_record(redis_server)) == 2 * len(NEWS))
        here.until(lambda: len(here.of("raised") + there.of("raised")) >= 2)
        assert [here.stop(), there.stop()] == [0, 0]
        raised = here.of("raised") + there.of("raised")
        assert len({event["story_id"] for event in raised}) == len(raised) == 2
        for event in raised:
            assert event["note"].startswith("3 stories within 1h, also “")
        fates = Counter(record.outcome.fate for record in on_record(redis_server))
        assert fates[Fate.ALERTED] == 2
        assert fates[Fate.COUNTED] >= 5
        assert fates.keys() <= {Fate.ALERTED, Fate.COUNTED, Fate.ATTACHED}
    finally:
        for replica in replicas:
            replica.kill()
