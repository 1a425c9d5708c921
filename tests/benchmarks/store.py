"""Redis bytes an item, and how fast the store takes it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from monitor.model import Fingerprint, Item, Story, digest
from monitor.ports import Store
from monitor.store.client import connect
from monitor.store.embedded import serve
from monitor.store.redis import RedisStore
from monitor.stories import fingerprint
from tests.benchmarks.figures import table
from tests.benchmarks.news import Newsroom, items
from tests.items import NOON
from tests.store.made import a_commit

ITEMS = 10_000
AT_ONCE = 4
LEAST = 1.0
"""Bytes an item below which a kind of key is left out."""

Fingerprinted = tuple[Item, Fingerprint]


def report() -> str:
    """Markdown: the figures, then bytes by kind of key."""
    return asyncio.run(_measure())


async def _measure() -> str:
    news = [(item, fingerprint(item)) for item in items(Newsroom().releases(ITEMS))]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with serve(Path(folder)) as socket:
            store, client = RedisStore(connect(f"unix://{socket}")), Redis.from_url(f"unix://{socket}")
            empty: Any = await client.info()
            waiting, start = iter(news), time.perf_counter()
            await asyncio.gather(*(_commit_all(store, waiting) for _ in range(AT_ONCE)))
            took, full = time.perf_counter() - start, await client.info()
            kinds = await _bytes_by_kind(client)
            await store.close()
            await client.aclose()
    work = sum(full[kind] - empty[kind] for kind in ("used_cpu_user", "used_cpu_sys"))
    memory = (full["used_memory"] - empty["used_memory"]) / ITEMS
    passages = sum(len(shown.keys) for _, shown in news) / ITEMS
    method = (
        f"{ITEMS:,} items with 90-word summaries and {passages:.0f} passages each, every one a story of its own that "
        f"no rule asks for; embedded Valkey; neighbours looked up, item committed, {AT_ONCE} at a time: "
        f"**{memory:,.0f} bytes an item** by INFO, {1e6 * work / ITEMS:,.0f} µs of the server's CPU time, "
        f"{ITEMS / took:,.0f} items a second. By MEMORY USAGE of every key:"
    )
    rows = [(kind, size / ITEMS) for kind, size in kinds.most_common() if size / ITEMS >= LEAST]
    rows.append(("the server's own tables", memory - sum(size for _, size in rows)))
    return f"{method}\n\n{table(('key', 'bytes an item'), rows)}"


async def _commit_all(store: Store, news: Iterator[Fingerprinted]) -> None:
    for item, shown in news:
        story = Story.opened_by(item, digest(item.key, length=12), NOON)
        committed = False
        while not committed:
            near = await store.neighbours(shown, NOON)
            commit = a_commit(item, clock=near.clock, story=story, keys=shown.keys, links=shown.links)
            committed = await store.commit(commit, NOON)


async def _bytes_by_kind(client: Redis) -> Counter[str]:
    sizes: Counter[str] = Counter()
    async for key in client.scan_iter(count=1_000):
        size: Any = await client.memory_usage(key, samples=0)
        sizes[str(key, "utf-8").split(":")[1]] += size
    return sizes
