"""Deliveries through the outbox a second, and what each costs."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from monitor.alerts import policy
from monitor.alerts.follow_up import Situation
from monitor.alerts.routes import Route
from monitor.channels.console import ConsoleChannel
from monitor.config import Settings
from monitor.delivery import Post, deliver_next
from monitor.desk import FEEDS, InForce, load
from monitor.model import Delivery, Item, Relation, Verdict
from monitor.observe.metrics import Metrics
from monitor.ports import Channel
from monitor.store.client import connect
from monitor.store.embedded import serve
from monitor.store.redis import RedisStore
from tests.benchmarks.figures import table
from tests.benchmarks.news import Newsroom, items
from tests.items import NOON, a_match

DELIVERIES = 4_000
AT_ONCE = 100
"""Deliveries queued in one call."""
CHANNELS = (1, 4)
"""Channels that share them."""
RUNS = 3

COLUMNS = ("channels", "deliveries a second", "CPU ms, service", "CPU ms, server", "round trips", "commands")


@dataclass(frozen=True, slots=True)
class Work:
    """What the server has done so far."""

    calls: float
    """Of our scripts."""
    commands: float
    """Of the scripts and in them."""
    cpu: float
    """Seconds."""

    def since(self, before: Work) -> Work:
        return Work(self.calls - before.calls, self.commands - before.commands, self.cpu - before.cpu)


def report() -> str:
    """Markdown: a row for each number of channels."""
    news = items(Newsroom().releases(DELIVERIES))
    runs = {number: [asyncio.run(_measure(news, number)) for _ in range(RUNS)] for number in CHANNELS}
    queued = runs[1][0][1]
    rows = [(number, *map(statistics.median, zip(*(row for row, _ in of), strict=True))) for number, of in runs.items()]
    method = (
        f"{DELIVERIES:,} alerts with their cards, each in a lane of its own; embedded Valkey; taken, written as JSON "
        "to a null stream and settled, one at a time for each channel, as in the service. CPU time, round trips to the "
        f"server and commands that its scripts run are those of a delivery; the medians of {RUNS} runs. To queue one "
        f"costs {queued.commands / DELIVERIES:.0f} commands more, in the call that commits its item."
    )
    return f"{method}\n\n{table(COLUMNS, rows)}"


async def _measure(news: Sequence[Item], number: int) -> tuple[tuple[float, ...], Work]:
    """The figures of a row but the first, and what queueing cost."""
    names = [f"channel-{n}" for n in range(number)]
    with tempfile.TemporaryDirectory(prefix="bench-") as name, open(os.devnull, "w") as nowhere:  # noqa: ASYNC230, PTH123
        folder = Path(name)
        (folder / FEEDS).write_text("feeds: []\n")
        in_force = InForce(load(folder, Settings(rules_dir=folder)))
        async with serve(folder / "data") as socket:
            store, client = RedisStore(connect(f"unix://{socket}")), Redis.from_url(f"unix://{socket}")
            post = Post(store, in_force, Metrics(), lambda: NOON, lambda: 0.0, lambda _: None)
            empty = await _work(client)
            deliveries = [one for n, item in enumerate(news) for one in _raised(item, names[n % number])]
            for at in range(0, DELIVERIES, AT_ONCE):
                await store.put(deliveries[at : at + AT_ONCE])
            full = await _work(client)
            sending = (_send_all(post, ConsoleChannel(name, nowhere, as_json=True)) for name in names)
            start, used = time.perf_counter(), time.process_time()
            await asyncio.gather(*sending)
            took, used = time.perf_counter() - start, time.process_time() - used
            done = (await _work(client)).since(full)
            await store.close()
            await client.aclose()
    costs = (1000 * used, 1000 * done.cpu, done.calls, done.commands)
    return (DELIVERIES / took, *(cost / DELIVERIES for cost in costs)), full.since(empty)


async def _work(client: Redis) -> Work:
    info = await client.info("all")
    calls = {name: stats["calls"] for name, stats in info.items() if name.startswith("cmdstat_")}
    ours = calls.get("cmdstat_evalsha", 0)
    return Work(ours, sum(calls.values()) - ours, info["used_cpu_user"] + info["used_cpu_sys"])


def _raised(item: Item, channel: str) -> Sequence[Delivery]:
    """What a match on the first word of its headline sends."""
    situation = Situation(
        item=item,
        now=NOON,
        matches=(a_match(item, "rule", item.title.split()[0]),),
        verdict=Verdict(Relation.NEW, "", "no recent text is like it"),
        previous=None,
        compared=None,
        story=None,
        hushed=None,
    )
    return policy.decide(situation, [Route(to=(channel,))]).deliveries


async def _send_all(post: Post, channel: Channel) -> None:
    while await deliver_next(post, channel):
        pass
