"""Items through the whole line a second, and where the time goes."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psutil

import monitor
from monitor import channels, pipeline, visit
from monitor.config import Settings
from monitor.delivery import Post, deliver_next
from monitor.demo.script import Release
from monitor.desk import ENTITIES, FEEDS, ROUTES, InForce, load
from monitor.ingest.parse import ParserPool
from monitor.model import ANYONE, Access, Fetched, Page, Validators
from monitor.observe.metrics import Metrics
from monitor.ports import Channel
from monitor.store import open_store
from monitor.store.memory import MemoryStore
from tests.benchmarks.figures import cpu, table
from tests.benchmarks.news import OUTLETS, Newsroom, document
from tests.items import NOON

ROUNDS = 10
"""Polls of each outlet."""
SHOWN = 20
"""Items in a document."""
NEW = 5
"""Of them not seen before."""
RULES = 1_000
AT_ONCE = 64
"""Polls under way, as in the service."""
LEASE = 600.0
SAMPLED = 0.001
"""CPU seconds between two looks at what the process does."""

CONSOLE = """\
channels:
  here: {type: console, format: json}
routes:
  - to: [here]
"""
STAGES = {
    "ingest": "hand documents to the parser, read its answers",
    "rules": "match",
    "stories": "fingerprint and judge",
    "alerts": "decide",
    "store": "store: pack, call, unpack",
    "channels": "write for the console",
}
"""What a room does in the service's own process."""
MONITOR = Path(monitor.__file__).parent


class Shelf:
    """`ports.Fetcher` over documents that lie ready: an address shows one after the other."""

    def __init__(self, documents: dict[str, list[bytes]]) -> None:
        self._documents = {url: iter(bodies) for url, bodies in documents.items()}

    async def fetch(self, url: str, validators: Validators, access: Access = ANYONE) -> Fetched:
        return Page(next(self._documents[url]), url)


def report() -> str:
    """Markdown: the figure, then the share of each stage."""
    return asyncio.run(_measure())


async def _measure() -> str:
    newsroom = Newsroom()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, open(os.devnull, "w") as nowhere:  # noqa: ASYNC230, PTH123
        settings = Settings(rules_dir=Path(folder), data_dir=Path(folder) / "data")
        shelf = Shelf(_documents(newsroom))
        _write_rules(settings.rules_dir, newsroom)
        desk = load(settings.rules_dir, settings)
        outside = channels.Outside(settings, nowhere, lambda: NOON, MemoryStore())
        channel = channels.build("here", desk.channels["here"], outside)
        async with open_store(settings) as store, ParserPool() as parser:
            line = pipeline.Line(shelf, parser, store, InForce(desk), Metrics(), lambda: NOON, random.random)
            post = Post(store, line.in_force, line.metrics, lambda: NOON, random.random, lambda _: None)
            await store.plan(list(desk.feeds), NOON)
            await _play(line, post, channel, 1)  # starts the workers, and seeds
            return await _timed(line, post, channel)


async def _timed(line: pipeline.Line, post: Post, channel: Channel) -> str:
    children = psutil.Process().children(recursive=True)
    server = [child for child in children if "server" in child.name()]
    workers = [child for child in children if child not in server]
    samples: Counter[str] = Counter()
    start, before = time.perf_counter(), (time.process_time(), cpu(workers), cpu(server))
    with _sampling(samples):
        await _play(line, post, channel, ROUNDS)
    took, after = time.perf_counter() - start, (time.process_time(), cpu(workers), cpu(server))
    own, parsing, serving = (now - then for now, then in zip(after, before, strict=True))

    items = ROUNDS * OUTLETS * NEW
    seconds = {f"service: {name}": own * samples[room] / samples.total() for room, name in STAGES.items()}
    seconds["service: event loop and all else"] = own - sum(seconds.values())
    seconds |= {"workers: parse": parsing, "server: all that the store does": serving}
    total = sum(seconds.values())
    rows = [(name, 100 * spent / total, 1000 * spent / items) for name, spent in seconds.items()]
    method = (
        f"{OUTLETS} outlets polled {ROUNDS} times, {AT_ONCE} at once: documents of {SHOWN} items, {NEW} of them new, "
        f"with 90-word summaries, a quarter of them copies. {RULES:,} rules, which want a tenth of the items; parser "
        "workers and embedded store as in the service; the fetch left out; alerts as JSON to a null stream. "
        f"{items:,} items in {took:.1f} s: **{items / took:,.0f} items a second**, {items / total:,.0f} a CPU second "
        "of all processes. What the service's own time is spent on is sampled."
    )
    return f"{method}\n\n{table(('stage', '% of CPU', 'CPU ms an item'), [*rows, ('all', 100, 1000 * total / items)])}"


async def _play(line: pipeline.Line, post: Post, channel: Channel, rounds: int) -> None:
    """Poll every outlet that many times, and deliver what comes of it."""
    for _ in range(rounds):
        await line.store.poll_now(list(line.in_force.desk.feeds), NOON)
        while claims := await line.store.claim(NOON, AT_ONCE, LEASE):
            await asyncio.gather(*(visit.poll(line, claim) for claim in claims))
            while await deliver_next(post, channel):
                pass


def _documents(newsroom: Newsroom) -> dict[str, list[bytes]]:
    """What each outlet shows at each poll, by address: first what it starts with, then some new items every time."""
    shown: dict[str, list[Release]] = defaultdict(list)
    for release in newsroom.releases(OUTLETS * (SHOWN + ROUNDS * NEW)):
        shown[release.outlet].append(release)
    return {
        f"https://www.{outlet}.example/feed": [
            document(outlet, releases[last - SHOWN : last][::-1]) for last in range(SHOWN, len(releases) + 1, NEW)
        ]
        for outlet, releases in shown.items()
    }


def _write_rules(folder: Path, newsroom: Newsroom) -> None:
    feeds = (f"  - {{id: outlet-{n}, url: https://www.outlet-{n}.example/feed}}\n" for n in range(OUTLETS))
    (folder / FEEDS).write_text("feeds:\n" + "".join(feeds))
    (folder / ROUTES).write_text(CONSOLE)
    (folder / "rules.yaml").write_text(newsroom.rules(RULES))
    (folder / ENTITIES).mkdir()
    (folder / ENTITIES / "people.yaml").write_text(newsroom.entities())


@contextmanager
def _sampling(samples: Counter[str]) -> Iterator[None]:
    """Count, as this process uses its CPU time, the rooms it is found in."""

    def look(_: int, frame: FrameType | None) -> None:
        samples[_room(frame)] += 1

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, SAMPLED, SAMPLED)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def _room(frame: FrameType | None) -> str:
    """The innermost room at work; empty outside of them all."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(MONITOR) and path.parent != MONITOR:
            return path.relative_to(MONITOR).parts[0]
        frame = frame.f_back
    return ""
