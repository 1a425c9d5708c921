"""What a summary item costs in Redis, however many are in the window.

    python -m tests.benchmarks.stories.window [ITEMS ...]

A million takes a quarter of an hour of two cores, so it is measured only when it is asked for.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasketch import MinHash, MinHashLSH
from redis import Redis

from monitor.model import Item, Story, digest
from monitor.store.client import connect
from monitor.store.embedded import serve
from monitor.store.redis import RedisStore
from monitor.stories import fingerprint
from tests.benchmarks.figures import table
from tests.benchmarks.news import Newsroom
from tests.benchmarks.stories.baselines import PERMUTATIONS, SHINGLE, THRESHOLD
from tests.items import NOON
from tests.store.made import a_commit
from tests.stories.wire import Text, an_item

COUNTS = (10_000, 100_000)
WORDS = 45
PROBES = 500
"""Items that are only looked up."""
LSH_ITEMS = 1_000
AT_ONCE = 8
NEVER_LATE = 1 << 53
"""A clock with which no commit is refused: nobody else commits here, so nobody need be asked before."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a server has used since it began."""

    memory: int
    cpu: float
    commands: int
    """Those within scripts too, but for calls of scripts and of INFO."""


def report(counts: Sequence[int] = COUNTS) -> str:
    """Markdown: the method, then costs by size of the window, then those of datasketch."""
    method = (
        f"Items with {WORDS}-word summaries, every one a story of its own, committed to an embedded Valkey, {AT_ONCE} "
        f"at a time; then {PROBES} more are looked up. One script call looks up, one commits. The last row is "
        f"datasketch's MinHashLSH ({PERMUTATIONS} permutations, threshold {THRESHOLD}) with Redis storage: "
        f"{LSH_ITEMS:,} of the same items, without a record or a story of any of them."
    )
    columns = (
        "in the window",
        "bytes an item",
        "commands to look up",
        "to commit",
        "server µs to look up",
        "neighbours",
    )
    rows = [*asyncio.run(_windows(sorted(counts))), asyncio.run(_lsh())]
    return f"{method}\n\n{table(columns, rows)}"


async def _windows(counts: Sequence[int]) -> list[tuple[str | float, ...]]:
    rows: list[tuple[str | float, ...]] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with serve(Path(folder)) as socket:
            store, client = RedisStore(connect(f"unix://{socket}")), Redis(unix_socket_path=str(socket))
            empty, news, held = _used(client), _items(Newsroom()), 0
            for count in counts:
                before = _used(client)
                await _fill(store, news, count - held)
                full = _used(client)
                commit = (full.commands - before.commands) / (count - held)
                held = count
                found = sum([await _look_up(store, next(news)) for _ in range(PROBES)]) / PROBES
                after = _used(client)
                rows.append(
                    (
                        f"{count:,}",
                        (full.memory - empty.memory) / count,
                        (after.commands - full.commands) / PROBES,
                        commit,
                        1e6 * (after.cpu - full.cpu) / PROBES,
                        found,
                    )
                )
            await store.close()
            client.close()
    return rows


async def _fill(store: RedisStore, news: Iterator[Item], count: int) -> None:
    waiting = (next(news) for _ in range(count))

    async def commit() -> None:
        for item in waiting:
            shown, story = fingerprint(item), Story.opened_by(item, digest(item.key, length=12), NOON)
            made = a_commit(item, clock=NEVER_LATE, story=story, keys=shown.keys, links=shown.links)
            assert await store.commit(made, NOON)

    await asyncio.gather(*(commit() for _ in range(AT_ONCE)))


async def _look_up(store: RedisStore, item: Item) -> int:
    return len((await store.neighbours(fingerprint(item), NOON)).records)


async def _lsh() -> tuple[str | float, ...]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with serve(Path(folder)) as socket:
            client, news = Redis(unix_socket_path=str(socket)), _items(Newsroom())
            storage = {"type": "redis", "basename": b"lsh", "redis": {"unix_socket_path": str(socket)}}
            index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, storage_config=storage)
            empty = _used(client)
            for _ in range(LSH_ITEMS):
                item = next(news)
                index.insert(item.key, _sketch(item))
            full = _used(client)
            found = sum(len(index.query(_sketch(next(news)))) for _ in range(PROBES)) / PROBES
            after = _used(client)
            client.close()
    return (
        f"LSH, {LSH_ITEMS:,}",
        (full.memory - empty.memory) / LSH_ITEMS,
        (after.commands - full.commands) / PROBES,
        (full.commands - empty.commands) / LSH_ITEMS,
        1e6 * (after.cpu - full.cpu) / PROBES,
        found,
    )


def _items(newsroom: Newsroom) -> Iterator[Item]:
    """Items made straight from releases: parsing documents would take longer than all that is measured."""
    while True:
        for release in newsroom.releases(1_000, words=WORDS):
            text = Text(release.title, "\n".join(release.story))
            yield an_item(text, release.outlet, key=digest(release.guid), guid=release.guid, url=release.url)


def _used(client: Any) -> Used:
    info: Mapping[str, Any] = client.info("all")
    calls = {name: stats["calls"] for name, stats in info.items() if name.startswith("cmdstat_")}
    asked = sum(n for name, n in calls.items() if name not in ("cmdstat_evalsha", "cmdstat_eval", "cmdstat_info"))
    return Used(info["used_memory"], info["used_cpu_user"] + info["used_cpu_sys"], asked)


def _sketch(item: Item) -> MinHash:
    words = f"{item.headline} {item.text}".casefold().split()
    sketch = MinHash(num_perm=PERMUTATIONS)
    for at in range(len(words) - SHINGLE + 1):
        sketch.update(" ".join(words[at : at + SHINGLE]).encode())
    return sketch


if __name__ == "__main__":
    sys.stdout.write(report([int(count) for count in sys.argv[1:]] or COUNTS))
