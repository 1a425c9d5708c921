"""Feeds parsed a CPU second."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Sequence

import feedparser
import psutil

from monitor.demo.script import Format
from monitor.ingest import slicing
from monitor.ingest.document import parse_document
from monitor.ingest.parse import ParserPool
from monitor.model import Feed, Parsed
from tests.benchmarks.figures import cpu, table
from tests.benchmarks.news import Newsroom, document
from tests.items import NOON

SHOWN = 30
"""Items in a document."""
DOCUMENTS = 12
"""Of each kind."""
ROUNDS = 3
"""Times each of the ways is measured, in turns."""

KINDS: Sequence[tuple[str, Format, bool, int]] = (
    ("RSS, summaries", "rss", False, 40),
    ("RSS, whole texts", "rss", True, 400),
    ("Atom, whole texts", "atom", False, 400),
    ("RSS 1.0, summaries", "rdf", False, 40),
)
"""Name, format, whether a summary goes with the text, words of a text."""

FEED = Feed(id="feed", url="https://www.feed.example/feed", source="Feed", every=60.0)


NEWS = (0, 2, SHOWN)
"""Items of a document that were not in the last one."""


def report() -> str:
    """Markdown: each kind of document, read whole and sliced."""
    rows = asyncio.run(_measure())
    method = (
        f"Documents of {SHOWN} items, of which none, two or all are new since the last poll. *feedparser* is a bare "
        "`feedparser.parse`, which sanitises HTML; ours goes from bytes to items with plain text, identity and wire "
        "fields, in one process, and *in the pool* with all that the service spends on it at both ends of a pipe. "
        "Ratios are to feedparser, in documents a CPU second."
    )
    columns = ("document", "KB", "feedparser", "0 new", "2 new", "all new", "0 new in the pool", "2", "all")
    return f"{method}\n\n{table(columns, rows)}"


async def _measure() -> list[tuple[str | float, ...]]:
    rows: list[tuple[str | float, ...]] = []
    async with ParserPool(workers=1) as pool:
        for name, form, excerpt, words in KINDS:
            bodies = [
                document("outlet-1", Newsroom(seed).releases(SHOWN, words=words), form, excerpt=excerpt)
                for seed in range(DOCUMENTS)
            ]
            known = [(body, _all_but(new, body)) for new in NEWS for body in bodies]
            await _pooled(pool, known[:1], 0)  # starts the worker
            plain = 0.0
            spent = dict.fromkeys(((where, new) for where in ("here", "pool") for new in NEWS), 0.0)
            for _ in range(ROUNDS):
                plain += _plain(bodies)
                for at, new in enumerate(NEWS):
                    some = known[at * DOCUMENTS : (at + 1) * DOCUMENTS]
                    spent["here", new] += _here(some, new)
                    spent["pool", new] += await _pooled(pool, some, new)
            size = sum(map(len, bodies)) / DOCUMENTS / 1000
            ratios = [plain / seconds for seconds in spent.values()]
            rows.append((name, size, DOCUMENTS * ROUNDS / plain, *ratios))
    return rows


def _all_but(new: int, body: bytes) -> str:
    """What is remembered of a document's items, but for so many of them."""
    found = parse_document(body, "", FEED, NOON)
    assert isinstance(found, Parsed)
    return slicing.pack(list(slicing.unpack(found.slices).values())[new:])


def _plain(bodies: Sequence[bytes]) -> float:
    start = time.process_time()
    for body in bodies:
        found = feedparser.parse(io.BytesIO(body))
        assert len(found.entries) == SHOWN
    return time.process_time() - start


def _here(bodies: Sequence[tuple[bytes, str]], new: int) -> float:
    start = time.process_time()
    for body, slices in bodies:
        found = parse_document(body, "", FEED, NOON, slices)
        assert isinstance(found, Parsed)
        assert len(found.items) == new
    return time.process_time() - start


async def _pooled(pool: ParserPool, bodies: Sequence[tuple[bytes, str]], new: int) -> float:
    processes = (psutil.Process(), *psutil.Process().children())
    start = cpu(processes)
    for body, slices in bodies:
        found = await pool.parse(body, "", FEED, NOON, slices)
        assert isinstance(found, Parsed)
        assert len(found.items) == new
    return cpu(processes) - start
