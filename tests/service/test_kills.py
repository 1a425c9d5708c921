"""Two hundred alerts to Slack by two processes that are killed all the time: none lost, none told twice.

What stands in Slack in the end is compared with what stands there when nothing
goes wrong: every message with its last edit, every thread in its order.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.config import Settings
from monitor.delivery import deliver_next
from monitor.ingest.fetch import HttpFetcher
from monitor.ports import Channel, Store
from monitor.store import open_store
from monitor.store.memory import MemoryStore
from tests.ingest.fetching import LOOPBACK
from tests.servers.hostile import HostileServer
from tests.servers.slack import BOT, FaultySlack, Json, Room, Slack, answers, goes_silent, passes, resets, too_many
from tests.servers.stores import RedisServer
from tests.service import strikes
from tests.service.replica import STEPS, Doom, Replica, Service, service
from tests.service.strikes import FEEDS_AT_WORK, STORIES, Version

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

KILLS = 60
"""At the least; at most moments of the wire there are two."""
FEWEST_STEPS = 8
"""Different ones at which a process died by itself, of all that there are."""
PATIENCE = 90.0
"""Seconds for what must come."""
LONGEST_LIFE = 0.5
"""Seconds after which one of the two processes is killed, at the latest."""
OUTAGES = (15, 35)
"""Moments at which Redis is killed, and started again a little later."""
FAULTS = (
    *([passes] * 93),
    *[answers(500), answers(503), answers(503, accepted=True), resets, resets, goes_silent],
    too_many("1"),
)
"""What the proxy draws an answer from."""


# ── What stands in Slack ────────────────────────────────────────────────────


async def threads(slack: Slack, rooms: Sequence[Room]) -> list[list[Json]]:
    """Every message of some channels, and after it the replies under it."""
    found = []
    for room in rooms:
        for message in await slack.messages(room):
            replies = await slack.replies(room, message["ts"]) if message.get("reply_count") else []
            found.append([message, *replies])
    return found


def timeless(threads: Sequence[Sequence[Json]]) -> Counter[tuple[str, ...]]:
    """What the threads show, but for the times of this run."""
    shown = ((json.dumps(message["blocks"], ensure_ascii=False) for message in thread) for thread in threads)
    return Counter(tuple(re.sub(r"<!date[^>]*>", "<!date>", blocks) for blocks in thread) for thread in shown)


def delivery_id(message: Json) -> str:
    return str(message["metadata"]["event_payload"]["delivery_id"])


# ── The service ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Desk:
    """A rules folder for a wire, and the Slack channels that it tells."""

    settings: Settings
    rooms: tuple[Room, ...]


async def a_desk(folder: Path, hostile: HostileServer, slack: Slack, base_url: str, redis_url: str = "") -> Desk:
    rooms = tuple([await slack.room() for _ in range(FEEDS_AT_WORK)])
    strikes.write_rules(folder, hostile, [room.id for room in rooms])
    settings = Settings(
        rules_dir=folder,
        redis_url=SecretStr(redis_url) if redis_url else None,
        allow_nets=LOOPBACK,
        poll_floor=0.1,
        slack_token=SecretStr(BOT),
        slack_base_url=base_url,
    )
    return Desk(settings, rooms)


async def in_peace(desk: Desk, hostile: HostileServer, wire: tuple[Version, ...]) -> None:
    """Tell a whole wire, moment by moment, by one process that nothing happens to."""
    async with HttpFetcher("test", LOOPBACK) as fetcher:
        parts = service(desk.settings, MemoryStore(), fetcher)
        await parts.line.store.plan(strikes.feeds(), time.time())
        for moment in range(wire[-1].moment + 1):
            strikes.show(hostile, wire, moment)
            await parts.line.store.poll_now(strikes.feeds(), time.time())
            await parts.poll()
        await asyncio.gather(*(_deliver_all(parts, channel) for channel in parts.channels))


async def _deliver_all(parts: Service, channel: Channel) -> None:
    while (await parts.line.store.backlog([channel.name]))[0].waiting:
        if await deliver_next(parts.post, channel) is None:
            await asyncio.sleep(channel.pace)


class Killer:
    """Two processes of the service, each of which is to die at a step of its own unless it is killed before."""

    def __init__(self, desk: Desk, folder: Path, seed: int) -> None:
        self.replicas = (Replica(desk.settings, folder / "one"), Replica(desk.settings, folder / "other"))
        self.kills = 0
        self._chance = random.Random(seed)
        self._victims = itertools.cycle(self.replicas)
        ends = [(step, before) for step in STEPS for before in (True, False)]
        self._ends = itertools.cycle(self._chance.sample(ends, len(ends)))

    def start(self) -> None:
        for replica in self.replicas:
            replica.start(self._doom())

    def strike(self) -> None:
        """Kill one of them at any moment."""
        time.sleep(self._chance.uniform(0, LONGEST_LIFE))
        self._again(next(self._victims), self._doom())

    def tend(self, *, spare: bool = False) -> None:
        """Start again what died by itself; `spare` it from now on."""
        for replica in self.replicas:
            if replica.died:
                self._again(replica, None if spare else self._doom())

    def end(self) -> None:
        for replica in self.replicas:
            replica.kill()

    @property
    def steps(self) -> Counter[str]:
        """At which steps they died by themselves, and how often."""
        return Counter(step for replica in self.replicas for step in replica.deaths)

    def _again(self, replica: Replica, doom: Doom | None) -> None:
        replica.kill()
        self.kills += 1
        replica.start(doom)

    def _doom(self) -> Doom:
        step, before = next(self._ends)
        return Doom(step, self._chance.randint(1, 4), before)


async def committed(store: Store, killer: Killer, versions: Sequence[Version]) -> None:
    """Wait until the store has these."""
    waiting = list(versions)
    end = time.monotonic() + PATIENCE
    while waiting:
        killer.tend()
        records = await store.find(waiting[0].url)
        if any(record.item.title == waiting[0].title for record in records):
            waiting.pop(0)
        else:
            assert time.monotonic() < end, f"never committed: {waiting[0]}"
            await asyncio.sleep(0.02)


async def delivered(store: Store, killer: Killer) -> None:
    """Wait until nothing is left in the outbox."""
    end = time.monotonic() + PATIENCE
    while sum(backlog.waiting for backlog in await store.backlog(await store.channels())):
        killer.tend(spare=True)
        assert time.monotonic() < end, await store.backlog(await store.channels())
        await asyncio.sleep(0.1)


@pytest.fixture
def faults(faulty_slack: FaultySlack) -> FaultySlack:
    """A proxy that answers one call in fourteen with a fault."""
    chance = random.Random(429)
    for method in ("chat.postMessage", "chat.update", "conversations.history", "conversations.replies"):
        faulty_slack.next(method, *chance.choices(FAULTS, k=500))
    return faulty_slack


@pytest.mark.parametrize("way", ["straight", "through a proxy that makes faults"])
async def test_killed_at_every_step_nothing_is_lost_and_nothing_told_twice(
    way: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    hostile: HostileServer,
    slack: Slack,
    redis_server: RedisServer,
) -> None:
    wire = strikes.wire()
    peace = await a_desk(tmp_path / "peace", hostile, slack, slack.base_url)
    await in_peace(peace, hostile, wire)
    front: Slack | FaultySlack = slack if way == "straight" else request.getfixturevalue("faults")
    desk = await a_desk(tmp_path / "rules", hostile, slack, front.base_url, redis_server.url)
    killer = Killer(desk, tmp_path, seed=len(way))
    async with open_store(desk.settings) as store:
        await store.plan(strikes.feeds(), time.time())
        killer.start()
        try:
            for moment in range(wire[-1].moment + 1):
                strikes.show(hostile, wire, moment)
                if moment in OUTAGES:
                    redis_server.kill()
                await asyncio.to_thread(killer.strike)
                if moment in OUTAGES:
                    redis_server.start()
                await committed(store, killer, [version for version in wire if version.moment == moment])
            if isinstance(front, FaultySlack):
                front.calm()
            await delivered(store, killer)
        finally:
            killer.end()
        assert await store.dead(1) == ()
    assert killer.kills >= KILLS
    assert len(killer.steps) >= FEWEST_STEPS, killer.steps
    assert not any("stumbled" in replica.log for replica in killer.replicas)
    expected, found = await threads(slack, peace.rooms), await threads(slack, desk.rooms)
    assert len(expected) == STORIES
    told = Counter(delivery_id(message) for thread in found for message in thread)
    assert told.most_common(1)[0][1] == 1, "no message, no reply stands there twice"
    assert timeless(found) == timeless(expected)
