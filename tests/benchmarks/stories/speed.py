"""How fast texts are read and judged, what they cost in Redis, and whether replicas alert twice.

python -m tests.benchmarks.stories.speed [ITEMS ...]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasketch import MinHash, MinHashLSH
from redis import Redis

from monitor import stories
from monitor.model import Carrier, Item, Relation, Story, digest
from monitor.ports import Store
from monitor.store.client import connect
from monitor.store.embedded import serve
from monitor.store.redis import RedisStore
from tests.benchmarks.figures import table
from tests.benchmarks.news import Newsroom, items
from tests.benchmarks.stories.baselines import PERMUTATIONS, SHINGLE, THRESHOLD
from tests.benchmarks.stories.generated import Shape, Told, wire
from tests.benchmarks.stories.quality import all_events
from tests.items import NOON
from tests.store.made import a_commit
from tests.stories.wire import a_record, near

NEIGHBOURS = 8
PROCESSES = 8
LSH_ITEMS = 1_000
BATCH = 10_000
COUNTS = (10_000, 100_000)
ROOT = Path(__file__).parents[3]


def report(counts: Sequence[int] = COUNTS) -> str:
    """Tables in Markdown."""
    speeds = [(f"fingerprint and judge, {shape}, eight neighbours, items a CPU second", pace(shape)) for shape in Shape]
    costs = [row for count in counts for row in asyncio.run(_costs(count))]
    return table(("what", "figure"), [*speeds, *costs, *asyncio.run(_lsh()), *asyncio.run(_races())])


def pace(shape: Shape) -> float:
    """Items a CPU second, each compared with the eight before it, which have been read already as in a busy hour."""
    told: list[Told] = wire(shape, all_events())
    records = [a_record(one.item) for one in told]
    start = time.process_time()
    for at in range(NEIGHBOURS, len(told)):
        stories.fingerprint(told[at].item)
        stories.judge(told[at].item, near(records[at - NEIGHBOURS : at]), told[at].item.seen_at)
    return (len(told) - NEIGHBOURS) / (time.process_time() - start)


# ── Redis ───────────────────────────────────────────────────────────────────


async def _costs(count: int) -> list[tuple[str, float]]:
    """Bytes, calls and commands an item, of summaries with their real fingerprints."""
    newsroom = Newsroom()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with serve(Path(folder)) as socket:
            store, client = RedisStore(connect(f"unix://{socket}")), Redis(unix_socket_path=str(socket))
            before = _used(client)
            for _ in range(0, count, BATCH):
                for item in items(newsroom.releases(BATCH)):
                    await _commit(store, item)
            used = {kind: (after - before[kind]) / count for kind, after in _used(client).items()}
            await store.close()
            client.close()
    return [
        (f"Redis bytes an item, {count:,} in the window", used["bytes"]),
        (f"script calls an item, {count:,}", used["scripts"]),
        (f"commands within them, {count:,}", used["commands"]),
    ]


async def _commit(store: Store, item: Item) -> None:
    """As a story of its own; nobody else commits."""
    shown = stories.fingerprint(item)
    carrier = Carrier(item.key, item.source, item.url, item.title, Relation.NEW, item.seen_at)
    story = Story(digest(item.key), 1, item.seen_at, item.seen_at, item.title, (carrier,))
    found = await store.neighbours(shown, NOON)
    assert await store.commit(a_commit(item, clock=found.clock, story=story, keys=shown.keys, links=shown.links), NOON)


def _used(client: Any) -> dict[str, float]:
    stats = client.info("commandstats")
    calls = {name.removeprefix("cmdstat_"): numbers["calls"] for name, numbers in stats.items()}
    scripts = calls.get("evalsha", 0) + calls.get("eval", 0)
    within = sum(calls.values()) - scripts
    return {"bytes": client.info("memory")["used_memory"], "scripts": scripts, "commands": within}


async def _lsh() -> list[tuple[str, float]]:
    """The same of datasketch's MinHash LSH with Redis as its storage."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with serve(Path(folder)) as socket:
            client = Redis(unix_socket_path=str(socket))
            storage = {"type": "redis", "basename": b"lsh", "redis": {"unix_socket_path": str(socket)}}
            before = _used(client)
            index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, storage_config=storage)
            for item in items(Newsroom().releases(LSH_ITEMS)):
                index.insert(item.key, _sketch(item))
            used = {kind: (after - before[kind]) / LSH_ITEMS for kind, after in _used(client).items()}
            client.close()
    return [
        (f"MinHash LSH in Redis, bytes an item, {LSH_ITEMS:,}", used["bytes"]),
        ("MinHash LSH in Redis, commands an item, without looking up", used["commands"]),
    ]


def _sketch(item: Item) -> MinHash:
    words = f"{item.headline} {item.text}".casefold().split()
    sketch = MinHash(num_perm=PERMUTATIONS)
    for at in range(len(words) - SHINGLE + 1):
        sketch.update(" ".join(words[at : at + SHINGLE]).encode())
    return sketch


# ── Races ───────────────────────────────────────────────────────────────────


async def _races() -> list[tuple[str, float]]:
    """Stories opened beyond the first of each text, by processes that tell the same texts at the same time."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with serve(Path(folder)) as socket:
            racers = [
                await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "tests.benchmarks.stories.racer", f"unix://{socket}", f"Outlet-{n}"),
                    cwd=ROOT,
                    stdout=asyncio.subprocess.PIPE,
                )
                for n in range(PROCESSES)
            ]
            said = [(await racer.communicate())[0].decode().split() for racer in racers]
    opened, refused = (sum(int(figures[at]) for figures in said) for at in (0, 1))
    texts = len(all_events())
    return [
        (f"texts told by {PROCESSES} processes at once", texts),
        ("told twice, a hundred texts", 100 * (opened - texts) / texts),
        ("commits refused and decided again, a hundred items", 100 * refused / (texts * PROCESSES)),
    ]


if __name__ == "__main__":
    sys.stdout.write(report([int(count) for count in sys.argv[1:]] or COUNTS))
