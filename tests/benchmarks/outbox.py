"""Deliveries through the outbox a second."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from monitor.alerts import policy
from monitor.alerts.follow_up import Situation
from monitor.alerts.routes import Route
from monitor.channels.console import ConsoleChannel
from monitor.config import Settings
from monitor.delivery import Post, deliver_next
from monitor.desk import InForce, load
from monitor.model import Delivery, Item, Relation, Verdict
from monitor.observe.metrics import Metrics
from monitor.ports import Channel
from monitor.store import open_store
from tests.benchmarks.figures import table
from tests.benchmarks.news import Newsroom, items
from tests.items import NOON, a_match

DELIVERIES = 4_000
CHANNELS = (1, 4)
"""Channels that share them."""


def report() -> str:
    """Markdown: a row for each number of channels."""
    method = (
        f"{DELIVERIES:,} alerts with their cards, each in a lane of its own; embedded Valkey; taken, written as JSON "
        "to a null stream and settled, one at a time for each channel, as in the service. CPU time is this process's."
    )
    news = items(Newsroom().releases(DELIVERIES))
    rows = [asyncio.run(_measure(news, number)) for number in CHANNELS]
    return f"{method}\n\n{table(('channels', 'deliveries a second', 'CPU ms a delivery'), rows)}"


async def _measure(news: Sequence[Item], number: int) -> tuple[float, float, float]:
    names = [f"channel-{n}" for n in range(number)]
    with tempfile.TemporaryDirectory(prefix="bench-") as name, open(os.devnull, "w") as nowhere:  # noqa: ASYNC230, PTH123
        folder = Path(name)
        (folder / "feeds.yaml").write_text("feeds: []\n")
        settings = Settings(rules_dir=folder, data_dir=folder / "data")
        async with open_store(settings) as store:
            in_force = InForce(load(folder, settings))
            post = Post(store, in_force, Metrics(), lambda: NOON, lambda: 0.0, lambda _: None)
            for n, item in enumerate(news):
                await store.put(_raised(item, names[n % number]))
            sending = (_send_all(post, ConsoleChannel(name, nowhere, as_json=True)) for name in names)
            start, used = time.perf_counter(), time.process_time()
            await asyncio.gather(*sending)
            took, used = time.perf_counter() - start, time.process_time() - used
    return number, DELIVERIES / took, 1000 * used / DELIVERIES


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
