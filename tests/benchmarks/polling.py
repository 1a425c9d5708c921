"""Ten thousand feeds a minute: how late polls begin, and what they cost."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import psutil

from monitor.config import Settings
from monitor.ingest import mend, slicing
from monitor.model import FeedState, Validators
from monitor.store import open_store
from tests.benchmarks import publisher
from tests.benchmarks.figures import cpu, table
from tests.benchmarks.news import Newsroom
from tests.servers.service import Wirewatch
from tests.servers.stores import RedisServer, redis_binary

LOADS = ((10_000, 60), (50_000, 300))
"""Feeds, and seconds between two polls of each."""
DELAY = 0.15
"""Seconds that a server takes to answer, on average."""
RULES = 100
SETTLING = 20.0
WATCHED = 100.0
"""Seconds."""
STORED = 400
"""Feeds a second that can be made known to the store."""
AT_ONCE = 50
BURST = 3_000
"""Feeds due at once."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Counters of the service at one moment."""

    at: float
    own: float
    workers: float
    server: float
    late: Mapping[float, float]
    """Polls that began no later than so many seconds."""
    polls: Mapping[str, float]
    memory: float
    """Bytes resident, of the service and its workers."""


def report() -> str:
    """Markdown: a column for each load, then polls a second with everything due at once."""
    columns = [_measure(feeds, every) for feeds, every in LOADS]
    rows: list[tuple[str | float, ...]] = [(name, *(column[name] for column in columns)) for name in columns[0]]
    method = (
        f"The service as a process on a Redis server, {RULES} rules, {publisher.SHOWN} items in a document; four polls "
        "in five answer 304 (a quarter of the feeds: the same bytes), the fifth brings one new item. Servers are a "
        f"process on loopback, four feeds to a host, which answers after {1000 * DELAY:.0f} ms on average; no TLS. "
        f"Watched for {WATCHED:.0f} s. *Burst*: all feeds due at once."
    )
    return f"{method}\n\n{table(('', *(f'{n:,} feeds every {s} s' for n, s in LOADS)), rows)}"


def _measure(feeds: int, every: int) -> dict[str, float]:
    with RedisServer(redis_binary()) as redis, _published() as port, _service(redis, port, feeds, every) as service:
        begin = asyncio.run(_remember(redis.url, feeds, every, port))
        service.start()
        web = f"http://{service.environment['WIREWATCH_HTTP']}/metrics"
        assert redis.process
        server = psutil.Process(redis.process.pid)
        service.until(lambda: _up(web), 60)
        time.sleep(max(0.0, begin - time.time()) + SETTLING)
        before = _read(service, server, web)
        most = before.memory
        end = time.monotonic() + WATCHED
        while time.monotonic() < end:
            time.sleep(1)
            most = max(most, _memory(_processes(service)))
        after = _read(service, server, web)
        burst = asyncio.run(_burst(redis.url, feeds, web))
    took = after.at - before.at
    late = {limit: after.late[limit] - before.late[limit] for limit in after.late}
    polls = {name: count - before.polls.get(name, 0) for name, count in after.polls.items()}
    total = sum(polls.values())
    return {
        "polls a second": total / took,
        "not modified, %": 100 * polls.get("not modified", 0) / total,
        "with news, %": 100 * polls.get("new", 0) / total,
        "failed, %": 100 * polls.get("failed", 0) / total,
        "late, p50, s": _quantile(late, 0.5),
        "late, p99, s": _quantile(late, 0.99),
        "CPU of the service, % of a core": 100 * (after.own - before.own) / took,
        "CPU of its workers, %": 100 * (after.workers - before.workers) / took,
        "CPU of the Redis server, %": 100 * (after.server - before.server) / took,
        "memory of service and workers, MB": most / 1e6,
        "burst, polls a second": burst,
    }


# ── The service and what it remembers ───────────────────────────────────────


@contextmanager
def _published() -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "tests.benchmarks.publisher", str(port), str(DELAY)]
    with subprocess.Popen(command) as process:
        try:
            yield port
        finally:
            process.send_signal(signal.SIGKILL)


@contextmanager
def _service(redis: RedisServer, port: int, feeds: int, every: int) -> Iterator[Wirewatch]:
    newsroom = Newsroom()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        web = f"127.0.0.1:{_free_port()}"
        service = Wirewatch(Path(folder), redis_url=redis.url, http=web, poll_floor="10s")
        listed = (f"- {{id: f{n}, url: '{publisher.address(n, port)}', every: {every}s}}\n" for n in range(feeds))
        service.write("feeds.yaml", "feeds:\n" + "".join(listed))
        service.write("entities/people.yaml", newsroom.entities())
        service.write("rules.yaml", newsroom.rules(RULES))
        try:
            yield service
        finally:
            service.kill()


async def _remember(url: str, feeds: int, every: int, port: int) -> float:
    """Make the store know every feed as after a good poll, the next ones spread evenly; when these begin."""
    async with open_store(Settings.model_validate({"redis_url": url})) as store:
        now = time.time()
        start = now + feeds / STORED
        await store.plan([f"f{n}" for n in range(feeds)], now)
        while claims := await store.claim(now, 500, 3600):
            numbers = [int(claim.state.id[1:]) for claim in claims]
            states = [_state(n, publisher.address(n, port), start + every * n / feeds) for n in numbers]
            for some in range(0, len(claims), AT_ONCE):
                pairs = zip(claims[some : some + AT_ONCE], states[some : some + AT_ONCE], strict=True)
                await asyncio.gather(*(store.finish(claim, state) for claim, state in pairs))
        return start


def _state(feed: int, url: str, next_poll: float) -> FeedState:
    body = publisher.document(feed, publisher.FIRST)
    mended = mend.mend(body.decode())
    assert mended
    cut = slicing.cut(mended)
    assert cut
    slices = (slicing.Slice(digest, digest.hex(), n + 1, n + 1, False) for n, digest in enumerate(cut.digests))
    now = time.time()
    return FeedState(
        f"f{feed}",
        next_poll=next_poll,
        configured_url=url,
        validators=Validators(f'"{publisher.FIRST}"' if publisher.has_etag(feed) else ""),
        body_hash=blake2b(body, digest_size=16).hexdigest(),
        last_attempt=now,
        last_success=now,
        read_at=now,
        last_new=now,
        rhythm=300.0,
        lull=3600.0,
        status=200,
        items=publisher.SHOWN,
        title=f"Feed {feed}",
        slices=slicing.pack(slices),
    )


async def _burst(url: str, feeds: int, web: str) -> float:
    """Polls a second while more are due than can be."""
    async with open_store(Settings.model_validate({"redis_url": url})) as store:
        before = sum(_polls(_metrics(web)).values())
        start = time.monotonic()
        await store.poll_now([f"f{n}" for n in range(BURST)], time.time())
        while (done := sum(_polls(_metrics(web)).values()) - before) < BURST:
            await asyncio.sleep(0.1)
        return done / (time.monotonic() - start)


# ── Figures ─────────────────────────────────────────────────────────────────


def _read(service: Wirewatch, server: psutil.Process, web: str) -> Reading:
    own, *workers = _processes(service)
    metrics = _metrics(web)
    late = {
        float(limit): float(count)
        for limit, count in re.findall(
            r'^wirewatch_poll_lateness_seconds_bucket\{le="(.*?)"\} (\S+)', metrics, re.MULTILINE
        )
    }
    return Reading(
        time.monotonic(), cpu([own]), cpu(workers), cpu([server]), late, _polls(metrics), _memory([own, *workers])
    )


def _polls(metrics: str) -> dict[str, float]:
    found = re.findall(r'^wirewatch_polls_total\{result="(.*?)"\} (\S+)', metrics, re.MULTILINE)
    return {name: float(count) for name, count in found}


def _quantile(late: Mapping[float, float], share: float) -> float:
    """Seconds, by interpolation within a bucket."""
    wanted = share * max(late.values())
    below, least = 0.0, 0.0
    for limit, count in sorted(late.items()):
        if count >= wanted:
            return least + (limit - least) * (wanted - below) / (count - below)
        below, least = count, limit
    return least


def _metrics(web: str) -> str:
    with urllib.request.urlopen(web, timeout=10) as answer:
        return str(answer.read().decode())


def _up(web: str) -> bool:
    try:
        return bool(_metrics(web))
    except OSError:
        return False


def _processes(service: Wirewatch) -> list[psutil.Process]:
    parent = psutil.Process(service.pid)
    return [parent, *parent.children(recursive=True)]


def _memory(processes: list[psutil.Process]) -> float:
    found = 0.0
    for process in processes:
        try:
            found += process.memory_info().rss
        except psutil.NoSuchProcess:  # a worker that was let go
            continue
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
