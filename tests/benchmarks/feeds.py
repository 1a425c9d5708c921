"""Feeds parsed a CPU second."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Sequence

import feedparser
import psutil

from monitor.demo.script import Format
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


def report() -> str:
    """Markdown: each kind of document, read in three ways."""
    rows = asyncio.run(_measure())
    method = (
        f"Documents of {SHOWN} items. *feedparser* is a bare `feedparser.parse`, which sanitises HTML; *in process* is "
        "`parse_document`, from bytes to items with plain text, identity and wire fields; *in the pool* is all the CPU "
        "time that the service spends on it, in the worker and at both ends of its pipe. Ratios are to feedparser."
    )
    columns = ("document", "KB", "feedparser", "in process", "in the pool", "ratio", "ratio")
    return f"{method}\n\n{table(columns, rows)}"


async def _measure() -> list[tuple[str | float, ...]]:
    rows: list[tuple[str | float, ...]] = []
    async with ParserPool(workers=1) as pool:
        for name, form, excerpt, words in KINDS:
            bodies = [
                document("outlet-1", Newsroom(seed).releases(SHOWN, words=words), form, excerpt=excerpt)
                for seed in range(DOCUMENTS)
            ]
            await _pooled(pool, bodies[:1])  # starts the worker
            plain = here = pooled = 0.0
            for _ in range(ROUNDS):
                plain += _plain(bodies)
                here += _here(bodies)
                pooled += await _pooled(pool, bodies)
            a_second = [DOCUMENTS * ROUNDS / seconds for seconds in (plain, here, pooled)]
            size = sum(map(len, bodies)) / DOCUMENTS / 1000
            rows.append((name, size, *a_second, a_second[1] / a_second[0], a_second[2] / a_second[0]))
    return rows


def _plain(bodies: Sequence[bytes]) -> float:
    start = time.process_time()
    for body in bodies:
        found = feedparser.parse(io.BytesIO(body))
        assert len(found.entries) == SHOWN
    return time.process_time() - start


def _here(bodies: Sequence[bytes]) -> float:
    start = time.process_time()
    for body in bodies:
        found = parse_document(body, "", FEED, NOON)
        assert isinstance(found, Parsed)
        assert len(found.items) == SHOWN
    return time.process_time() - start


async def _pooled(pool: ParserPool, bodies: Sequence[bytes]) -> float:
    processes = (psutil.Process(), *psutil.Process().children())
    start = cpu(processes)
    for body in bodies:
        found = await pool.parse(body, "", FEED, NOON)
        assert isinstance(found, Parsed)
        assert len(found.items) == SHOWN
    return cpu(processes) - start
