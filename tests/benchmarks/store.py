"""The store's figures: bytes and time for an item, deliveries a second, on the embedded server.

    python -m tests.benchmarks.store [ITEMS]

Items are 90-token summaries of random words, which compress worse than prose,
with 54 passages, of which eight are as common as phrases are, and two links.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from monitor.model import Carrier, Fingerprint, Item, Receipt, Relation, Span, Story, Wire, digest
from monitor.ports import Store
from monitor.store.client import connect
from monitor.store.embedded import serve
from monitor.store.redis import RedisStore
from tests.items import NOON
from tests.store.made import a_commit, a_delivery

WORDS = """
accord agency agreement allies ambassador army attack ballot bank billion border budget cabinet campaign capital
ceasefire chancellor charges city coalition committee company conference congress council court crisis deal death
debate decision defence deficit delegation deputies diplomats dispute district earthquake economy election embassy
emergency energy envoy exports factory figures fire flood forces foreign forum fuel gas government grain growth harbour
hearing hospital hostages imports inflation inquiry interest invasion investors island judge killed law leader market
mayor meeting military million minister ministry missile mission nation negotiators officials oil opposition parliament
party peace pipeline police port president price prime prison protest provinces rates rebels refugees region reporters
residents resolution river ruling sanctions schools security senate session shares ship soldiers spokesman state
statement station storm strike summit supreme talks tariffs tax territory trade train treaty trial troops union vaccine
victims village visit vote war water weapons workers after against along among before between during from into over
said says since that their they this through told under until were when which while will with would
"""
SENDERS = 4
DELIVERIES = 5_000
LEASE = 30.0


def items(chance: random.Random, number: int) -> Iterator[tuple[Item, Fingerprint]]:
    """Summaries with fingerprints like those of real ones."""
    words = WORDS.split()
    for n in range(number):
        title, body = (" ".join(chance.choices(words, k=length)) for length in (10, 90))
        feed = f"outlet-{n % 100}"
        url = f"https://www.{feed}.example/world/2022/03/30/{title.replace(' ', '-')[:40]}-{n}"
        item = Item(
            key=digest(feed, url),
            revision=digest(title, body),
            feed=feed,
            source=feed.title(),
            guid=url,
            url=url,
            title=title,
            body=body,
            author="",
            categories=("World",),
            lang="en",
            published=NOON,
            updated=None,
            seen_at=NOON + n / 10,
            wire=Wire(Span(0, len(title)), Span(0, len(body)), Span(0, len(body))),
        )
        common = (int(chance.paretovariate(0.7) * 1_000) % 2**32 for _ in range(8))
        rare = (chance.getrandbits(32) for _ in range(46))
        yield item, Fingerprint((*rare, *common), (chance.getrandbits(64), chance.getrandbits(64)))


async def commit_all(store: Store, news: Iterator[tuple[Item, Fingerprint]]) -> int:
    """Commit each item as a story of its own; returns how many commits were refused and made again."""
    refused = 0
    for item, shown in news:
        carrier = Carrier(item.key, item.source, item.url, item.title, Relation.NEW, item.seen_at)
        story = Story(digest(item.key), 1, item.seen_at, item.seen_at, item.title, (carrier,))
        while True:
            near = await store.neighbours(shown, NOON)
            commit = a_commit(item, clock=near.clock, story=story, keys=shown.keys, links=shown.links)
            if await store.commit(commit, NOON):
                break
            refused += 1
    return refused


async def send_all(store: Store) -> None:
    while taken := await store.take("desk", NOON, LEASE):
        await store.sent(taken, Receipt("C024BE91L/1648641600.000100"), NOON)


async def bytes_by_kind(client: Redis, number: int) -> str:
    """Redis bytes an item of each kind of key."""
    sizes: Counter[str] = Counter()
    async for key in client.scan_iter(count=1_000):
        size: Any = await client.memory_usage(key, samples=0)
        sizes[str(key, "utf-8").split(":")[1]] += size
    return ", ".join(f"{kind} {size / number:.0f}" for kind, size in sizes.most_common() if size > number)


async def measure(number: int) -> None:
    """Print the figures."""
    chance = random.Random(2022)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with serve(Path(folder)) as socket:
            store, client = RedisStore(connect(f"unix://{socket}")), Redis.from_url(f"unix://{socket}")
            empty = await client.info()
            news, start = items(chance, number), time.perf_counter()
            refused = sum(await asyncio.gather(*(commit_all(store, news) for _ in range(SENDERS))))
            took, full = time.perf_counter() - start, await client.info()
            work = sum(full[kind] - empty[kind] for kind in ("used_cpu_user", "used_cpu_sys"))
            report(f"items read and committed a second, {SENDERS} at once", number / took)
            report("commits refused, a thousand", 1_000 * refused / number)
            report("server microseconds an item", 1e6 * work / number)
            report("Redis bytes an item", (full["used_memory"] - empty["used_memory"]) / number)
            report("of which", await bytes_by_kind(client, number))
            await store.put([a_delivery(str(n), f"alert-{n % 500}") for n in range(DELIVERIES)])
            start = time.perf_counter()
            await asyncio.gather(*(send_all(store) for _ in range(SENDERS)))
            report("deliveries taken and sent a second", DELIVERIES / (time.perf_counter() - start))
            await store.close()
            await client.aclose()


def report(what: str, figure: float | str) -> None:
    sys.stdout.write(f"{what:48} {figure if isinstance(figure, str) else format(figure, ',.0f')}\n")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
