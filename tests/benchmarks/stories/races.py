"""Texts that replicas tell at the same time, and how often two of them alert."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from monitor.model import Fate, digest
from monitor.store.client import connect
from monitor.store.embedded import serve
from monitor.store.redis import RedisStore
from tests.benchmarks.figures import table
from tests.benchmarks.stories.quality import all_events

PROCESSES = 8
ROOT = Path(__file__).parents[3]
OUTLETS = tuple(f"outlet-{n}" for n in range(PROCESSES))


def report() -> str:
    """Markdown: the method, then alerts too many and commits taken again."""
    return asyncio.run(_measure())


async def _measure() -> str:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with serve(Path(folder)) as socket:
            url = f"unix://{socket}"
            racers = [await _racer(url, outlet) for outlet in OUTLETS]
            for racer in racers:
                await _said(racer)
            for racer in racers:  # all are ready: off
                assert racer.stdin
                racer.stdin.write(b"\n")
            refused = sum([int(await _said(racer)) for racer in racers])
            twice = await _alerted_twice(url)
    texts = len(all_events())
    method = (
        f"The texts of {texts} events, each told by {PROCESSES} processes at the same time as an item of an outlet of "
        "its own, and taken through match, verdict, policy and commit; a rule asks for all of them."
    )
    rows = (
        ("alerts beyond the first of a text", twice),
        ("commits refused and decided again, a hundred items", 100 * refused / (texts * PROCESSES)),
    )
    return f"{method}\n\n{table(('', 'figure'), rows)}"


async def _racer(url: str, outlet: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.stories.racer", url, outlet), cwd=ROOT, stdin=PIPE, stdout=PIPE
    )


async def _said(racer: Process) -> str:
    assert racer.stdout
    return (await racer.stdout.readline()).decode()


async def _alerted_twice(url: str) -> int:
    store, twice = RedisStore(connect(url)), 0
    for name in all_events():
        told = [record for outlet in OUTLETS for record in await store.find(digest(outlet, name))]
        assert len(told) == PROCESSES
        twice += max(0, sum(record.outcome.fate is Fate.ALERTED for record in told) - 1)
    await store.close()
    return twice
