"""The idle service: memory, CPU time, and how soon it polls."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.benchmarks.figures import cpu, table
from tests.benchmarks.news import OUTLETS, Newsroom, document
from tests.servers.hostile import HostileServer
from tests.servers.service import Wirewatch

SHOWN = 20
"""Items in a document."""
RULES = 100
STARTS = 3
SETTLING = 45.0
"""Seconds after the first polls until the parser workers have ended."""
WATCHED = 60.0
"""Seconds of idling, in which every feed is polled once."""


def report() -> str:
    """Markdown: a row for each figure."""
    newsroom = Newsroom()
    shown = newsroom.releases(OUTLETS * SHOWN)
    with HostileServer() as server:
        for n in range(OUTLETS):
            own = [release for release in shown if release.outlet == f"outlet-{n}"]
            server.set(f"/outlet-{n}", document(f"outlet-{n}", own[::-1]), etag='"1"')
        starts = []
        for _ in range(STARTS):
            with _service(server, newsroom) as service:
                starts.append(_time_to_first_poll(service, server))
        with _service(server, newsroom) as service:
            service.start()
            rows = _watch(service, server)
    method = (
        f"The service as a process with its embedded store, {OUTLETS} feeds polled every minute, {RULES} rules. After "
        f"the first polls their server answers 304. Watched for {WATCHED:.0f} s once its parser workers have ended: "
        "CPU time and memory (RSS) of the service and its children. The start, on an empty data folder, is the median "
        f"of {STARTS}."
    )
    return f"{method}\n\n{table(('', 'figure'), [*rows, ('start to first poll, s', statistics.median(starts))])}"


@contextmanager
def _service(server: HostileServer, newsroom: Newsroom) -> Iterator[Wirewatch]:
    """A service on a folder of its own; not started."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        service = Wirewatch(Path(folder), poll_floor="60s")
        feeds = (f"  - {{id: outlet-{n}, url: '{server.url(f'/outlet-{n}')}', every: 60s}}\n" for n in range(OUTLETS))
        service.write("feeds.yaml", "feeds:\n" + "".join(feeds))
        service.write("entities/people.yaml", newsroom.entities())
        service.write("rules.yaml", newsroom.rules(RULES))
        try:
            yield service
        finally:
            service.kill()


def _time_to_first_poll(service: Wirewatch, server: HostileServer) -> float:
    before, start = len(server.requests), time.monotonic()
    service.start()
    service.until(lambda: len(server.requests) > before)
    return server.requests[before].at - start


def _watch(service: Wirewatch, server: HostileServer) -> list[tuple[str, float]]:
    polled = len(server.requests) + OUTLETS
    service.until(lambda: len(server.requests) >= polled)
    busy = _memory(_processes(service))
    time.sleep(SETTLING)
    processes, polled = _processes(service), len(server.requests)
    used, memory = cpu(processes), _memory(processes)
    time.sleep(WATCHED)
    used = cpu(processes) - used
    return [
        ("memory, MB", memory),
        ("memory at the first polls, with parser workers, MB", busy),
        ("CPU, % of a core", 100 * used / WATCHED),
        ("polls meanwhile", len(server.requests) - polled),
    ]


def _processes(service: Wirewatch) -> list[psutil.Process]:
    parent = psutil.Process(service.pid)
    return [parent, *parent.children(recursive=True)]


def _memory(processes: list[psutil.Process]) -> float:
    return sum(process.memory_info().rss for process in processes) / 1e6
