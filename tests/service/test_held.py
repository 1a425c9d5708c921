"""What waits survives its processes: held, released and told once, by two that are killed all the time."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.config import Settings
from monitor.model import DeliveryState, Fate, Record
from monitor.ports import Progress, Store
from monitor.store import open_store
from tests.ingest.fetching import LOOPBACK
from tests.servers.hostile import HostileServer
from tests.servers.slack import BOT, Json, Slack
from tests.servers.stores import RedisServer
from tests.service import strikes
from tests.service.replica import Doom, Replica
from tests.service.strikes import Version

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

STORIES, MOMENTS = 15, 3
STEPS = ("due_holds", "waiting", "commit", "take", "sent")
"""What a process dies at, in turn: each before it, or when it is done."""
PATIENCE = 90.0
"""Seconds for what must come."""
ROUTES = """\
channels:
  desk: {{type: slack, channel: '{room}', gather: 1s}}
routes:
  - {{to: desk, throttle: {{by: rule, every: 2s}}}}
"""


class Killer:
    """Two processes of the service, each of which dies at a step of its own unless it is killed before."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.replicas = [Replica(settings, folder / name) for name in ("one", "other")]
        self._chance = random.Random(7)
        self._ends = itertools.cycle(itertools.product(STEPS, (True, False)))
        for replica in self.replicas:
            replica.start(self._doom())

    def strike(self, number: int) -> None:
        """Kill one of them at any moment."""
        time.sleep(self._chance.uniform(0.1, 0.4))
        self._again(self.replicas[number % 2], self._doom())

    def at_release(self) -> None:
        """One of them is left alone with what waits, and dies at every step of releasing it."""
        one, other = self.replicas
        other.kill()
        for step, before in itertools.product(("held", "release"), (True, False)):
            one.kill()
            one.start(Doom(step, 1, before))
            end = time.monotonic() + PATIENCE
            while not one.died:
                assert time.monotonic() < end, f"never came to {step}"
                time.sleep(0.02)
        for replica in self.replicas:
            self._again(replica, self._doom())

    def tend(self, *, spare: bool = False) -> None:
        """Start again what died by itself; `spare` it from now on."""
        for replica in self.replicas:
            if replica.died:
                self._again(replica, None if spare else self._doom())

    def _again(self, replica: Replica, doom: Doom | None) -> None:
        replica.kill()
        replica.start(doom)

    def _doom(self) -> Doom:
        step, before = next(self._ends)
        return Doom(step, self._chance.randint(2, 8), before)


async def committed(store: Store, killer: Killer, versions: list[Version]) -> None:
    end = time.monotonic() + PATIENCE
    for version in versions:
        while not any(record.item.title == version.title for record in await store.find(version.url)):
            killer.tend()
            assert time.monotonic() < end, f"never committed: {version}"
            await asyncio.sleep(0.02)


async def told(store: Store, killer: Killer) -> None:
    """Wait until nothing waits any more, nowhere."""
    end = time.monotonic() + PATIENCE
    while await store.due_holds(time.time() + PATIENCE, 1) or (await store.backlog(["desk"]))[0].waiting:
        killer.tend(spare=True)
        assert time.monotonic() < end, await store.backlog(["desk"])
        await asyncio.sleep(0.1)


async def first_words(store: Store, wire: tuple[Version, ...]) -> list[tuple[Version, list[Record], list[Progress]]]:
    """Of each story, its first version, what is on record of its texts, and how its first word went out."""
    found = []
    for version in wire:
        if version.guid.startswith("strike") and not version.title.startswith(("CORRECTED", "UPDATE")):
            records = [record for record in await store.find(version.url) if record.item.feed == version.feed]
            if not version.title.endswith("WITHDRAWN"):
                found.append((version, records, list(await store.progress(records[-1].deliveries[:1]))))
    return found


async def test_what_is_held_is_told_once_whoever_dies(
    tmp_path: Path, hostile: HostileServer, slack: Slack, redis_server: RedisServer
) -> None:
    wire = strikes.wire(STORIES, MOMENTS)
    room = await slack.room()
    rules = tmp_path / "rules"
    strikes.write_rules(rules, hostile, [])
    (rules / "routes.yaml").write_text(ROUTES.format(room=room.id), encoding="utf-8")
    settings = Settings(
        rules_dir=rules,
        redis_url=SecretStr(redis_server.url),
        allow_nets=LOOPBACK,
        poll_floor=0.1,
        slack_token=SecretStr(BOT),
        slack_base_url=slack.base_url,
    )
    async with open_store(settings) as store:
        await store.plan(strikes.feeds(), time.time())
        killer = Killer(settings, tmp_path)
        try:
            for moment in range(wire[-1].moment + 1):
                strikes.show(hostile, wire, moment)
                if moment == MOMENTS // 2:
                    redis_server.kill()
                await asyncio.to_thread(killer.strike, moment)
                if moment == MOMENTS - 1:
                    await asyncio.to_thread(killer.at_release)
                if moment == MOMENTS // 2:
                    redis_server.start()
                await committed(store, killer, [version for version in wire if version.moment == moment])
            await told(store, killer)
        finally:
            for replica in killer.replicas:
                replica.kill()
        assert await store.dead(1) == ()
        words = await first_words(store, wire)
    check(words, await slack.messages(room), killer)


def check(words: list[tuple[Version, list[Record], list[Progress]]], messages: list[Json], killer: Killer) -> None:
    ids = Counter(message["metadata"]["event_payload"]["delivery_id"] for message in messages)
    assert ids.most_common(1)[0][1] == 1, "nothing stands there twice"
    digests = [message for message in messages if message["text"].startswith("Throttled")]
    assert len(words) == STORIES
    ways: Counter[str] = Counter()
    for version, records, progress in words:
        in_digests = sum(version.title in json.dumps(message["blocks"]) for message in digests)
        if progress:
            assert progress[0].state is DeliveryState.SENT, version
            assert in_digests == progress[0].digest, version
            ways["in a digest" if progress[0].digest else "by itself"] += 1
        else:  # it was taken out of its hold before anybody was told
            assert in_digests == 0, version
            assert any(record.outcome.fate is Fate.WITHDRAWN for record in records), version
            ways["never"] += 1
    assert ways["in a digest"] > 0 < ways["by itself"]
    assert not any("stumbled" in replica.log for replica in killer.replicas)
