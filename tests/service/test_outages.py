"""The service when its store goes away, when there are two of it, and when it is killed at any moment."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.demo import folder, script
from monitor.demo.server import WireServer
from tests.demo.expectations import ROWS
from tests.servers.hostile import HostileServer
from tests.servers.service import Wirewatch, rss
from tests.servers.stores import RedisServer, redis_binary

pytestmark = pytest.mark.slow

KILLS = 6


@pytest.fixture
def service(tmp_path: Path, hostile: HostileServer, redis_server: RedisServer) -> Iterator[Wirewatch]:
    """A service on a Redis server of its own, two feeds, one rule; not started."""
    running = Wirewatch(tmp_path, redis_url=redis_server.url)
    hostile.set("/one", rss())
    hostile.set("/two", rss())
    running.feeds(hostile.url("/one"), hostile.url("/two"))
    running.rule("strike", "strike")
    yield running
    running.kill()


def seeded(hostile: HostileServer) -> bool:
    return len(hostile.requests_for("/one")) > 1 and len(hostile.requests_for("/two")) > 1


def news(number: int) -> tuple[str, str, str]:
    """An item that the rule asks for, unlike any other."""
    town = ("Aarhus", "Bergen", "Cork", "Dover", "Esbjerg", "Faro", "Genoa", "Hull", "Izmir", "Kiel")[number]
    trade = ("pilots", "nurses", "bakers", "miners", "judges", "sailors", "tailors", "porters", "cooks", "vets")[number]
    return (
        str(number),
        f"{trade.title()} of {town} call a strike",
        f"The {trade} in {town} will be out on day {number}.",
    )


def test_the_service_waits_for_redis_and_goes_on(
    service: Wirewatch, hostile: HostileServer, redis_server: RedisServer
) -> None:
    redis_server.stop()
    service.start()  # it waits for a server that is away at its start
    service.until(lambda: "the store is away" in service.log.read_text())
    redis_server.start()
    service.until(lambda: seeded(hostile))
    hostile.set("/one", rss(news(1)))
    service.until(lambda: len(service.of("raised")) == 1)
    redis_server.kill()
    hostile.set("/two", rss(news(2)))
    service.until(lambda: service.log.read_text().count("the store is away") == 2)
    redis_server.start()
    service.until(lambda: len(service.of("raised")) == 2)
    assert service.titles() == [news(1)[1], news(2)[1]]
    assert service.stop() == 0


def test_a_store_that_evicts_is_refused(service: Wirewatch) -> None:
    with RedisServer(redis_binary(), "--maxmemory-policy", "allkeys-lru") as evicting:
        service.environment["WIREWATCH_REDIS_URL"] = evicting.url
        service.start()
        assert service.wait() == 2
    assert "noeviction" in service.log.read_text()


def test_replicas_share_the_feeds_and_alert_once(service: Wirewatch, hostile: HostileServer, tmp_path: Path) -> None:
    other = Wirewatch(tmp_path / "other", redis_url=service.environment["WIREWATCH_REDIS_URL"])
    for path in service.rules.iterdir():
        other.write(path.name, path.read_text(encoding="utf-8"))
    service.start()
    other.start()
    try:
        service.until(lambda: seeded(hostile))
        for number in range(1, 9):
            hostile.set("/one", rss(*(news(n) for n in range(1, number + 1))))
            hostile.set("/two", rss(*(news(n) for n in range(1, number + 1))))
            service.until(lambda: len(service.of("raised") + other.of("raised")) >= number)  # noqa: B023 (read at once)
        raised = Counter(service.titles() + other.titles())
        assert raised == Counter(news(number)[1] for number in range(1, 9))
    finally:
        other.kill()


async def test_killed_at_any_moment_of_the_demo_it_loses_no_alert(tmp_path: Path) -> None:
    wire = script.load()
    chance = random.Random(2022)
    async with WireServer(wire, time.time) as server:
        service = Wirewatch(tmp_path)
        folder.lay_out(service.rules, wire.outlets.values(), server.base)
        routes = (service.rules / "routes.yaml").read_text(encoding="utf-8")
        service.write("routes.yaml", routes.replace("format: text", "format: json"))
        service.start("--once")  # what a feed shows before it has been read once is no news
        assert await asyncio.to_thread(service.wait) in (0, 1)
        service.start()

        async def alive(lives: int) -> None:
            """Wait until the service has come up so many times."""
            await asyncio.to_thread(service.until, lambda: service.log.read_text().count(" watching ") >= lives)

        try:
            for life in range(1, KILLS + 1):
                await alive(life)
                await asyncio.sleep(chance.uniform(0.2, 2.5))
                await asyncio.to_thread(service.kill)
                service.start()
            await alive(KILLS + 1)
            await asyncio.sleep(
                max(0.0, wire.length - server.second) + 12
            )  # a feed that failed is tried again within seconds
            assert await asyncio.to_thread(service.stop) == 0
        finally:
            await asyncio.to_thread(service.kill)
    told = {event["item"]["guid"] for event in service.events if event["event"] != "ops"}
    owed = {wire.releases[row.release].guid: wire.releases[row.release] for row in ROWS if row.event is not None}
    withdrawn = {release.guid for release in wire.releases.values() if "WITHDRAWN" in release.title}
    for guid, release in owed.items():  # what is withdrawn while the service lies dead is news to nobody
        assert guid in withdrawn or not told.isdisjoint((guid, release.renumbered().guid)), release.id
    # A message written just before a kill is written again after it: the same one, never another of its alert.
    messages = {(event["alert_id"], event["delivery_id"]) for event in service.of("raised")}
    assert len(messages) == len({alert for alert, _ in messages})
