"""From an item in a feed's answer to its alert accepted, at fifty alerts a second."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import unquote_plus

import psutil
from aiohttp import web
from aiohttp.typedefs import Handler

from monitor.demo.script import Release
from tests.benchmarks.figures import cpu, table
from tests.benchmarks.news import OUTLETS, Newsroom, document
from tests.servers.hostile import Answer, HostileServer
from tests.servers.service import Wirewatch
from tests.servers.slack import BOT, FaultySlack, Slack, emulated, emulator

RATE = 50
"""New items a second, of all feeds together; every one alerts."""
SHOWN = 20
"""Items in a document, of which one is new at each poll."""
SEEDED = 3
"""Polls of every feed until it is watched: the first of each seeds, and polls no longer come in a bunch."""
SETTLING = 5.0
PATIENCE = 90.0
"""Seconds for that."""
WATCHED = 60.0
LEFT = 5.0
"""Seconds at the end whose items may still be on their way."""
RULES = 1_000
EVERY = OUTLETS / RATE * 0.85
"""Seconds between two polls of a feed; a poll comes up to a tenth later, and a little for what it takes."""
LOOK = 0.001
"""Seconds between two looks at what was said."""

COLUMNS = ("channel", "items a second", "p50 s", "p90 s", "p99 s", "most s", "CPU, % of a core")

Times = dict[str, float]
"""When something happened to an item, by its address, by `time.monotonic()`."""
Wire = Mapping[str, Sequence[tuple[bytes, str]]]
"""What each outlet shows at each poll, and the address of what is new in it."""

_ADDRESS = re.compile(r"https://www\.outlet-\d+\.example/world/[\w/-]+")


def report() -> str:
    """Markdown: quantiles of the wait, on the console and in Slack."""
    newsroom = Newsroom()
    polls = SEEDED + int((PATIENCE + WATCHED) / EVERY)
    wire = _wire(newsroom.releases(OUTLETS * (SHOWN + polls)), polls)
    command = emulator()
    rows = [_on_the_console(newsroom, wire), *([_in_slack(newsroom, wire, command)] if command else [])]
    method = (
        f"The service as a process with its embedded store; {OUTLETS} feeds of {SHOWN} items, each with one that is "
        f"new at every poll, a quarter of them copies; {RULES:,} rules, of which one asks for everything. From the "
        "moment at which the feed's server was asked until the alert, or word of a copy, was written as JSON; or until "
        f"its message was accepted by the Slack emulator, in one of {OUTLETS} channels, for Slack takes one message a "
        f"second in each, and a copy makes three calls. Watched for {WATCHED:.0f} s."
    )
    return f"{method}\n\n{table(COLUMNS, rows)}"


def _on_the_console(newsroom: Newsroom, wire: Wire) -> tuple[str | float, ...]:
    with _service(newsroom) as service:
        return ("console", *_watch(service, wire, _said(service)))


def _in_slack(newsroom: Newsroom, wire: Wire, command: str) -> tuple[str | float, ...]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        emulated(command, Path(folder)) as slack,
        Watcher(slack) as watcher,
        _service(newsroom, slack_token=BOT, slack_base_url=watcher.base_url) as service,
    ):
        rooms = asyncio.run(_rooms(slack))
        channels = "".join(f"  {outlet}: {{type: slack, channel: {room}}}\n" for outlet, room in rooms.items())
        routes = "".join(f"  - {{when: {{feed: {outlet}}}, to: {outlet}}}\n" for outlet in rooms)
        service.write("routes.yaml", f"channels:\n{channels}  here: {{type: console}}\nroutes:\n{routes}ops: [here]\n")
        return ("Slack", *_watch(service, wire, watcher.accepting()))


async def _rooms(slack: Slack) -> dict[str, str]:
    return {f"outlet-{n}": (await slack.room()).id for n in range(OUTLETS)}


class Watcher(FaultySlack):
    """Slack without a fault; it writes down when it accepted the message of an alert."""

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self._accepted: Times = {}

    @contextmanager
    def accepting(self) -> Iterator[Times]:
        yield self._accepted

    def routes(self, app: web.Application) -> None:
        super().routes(app)
        app.middlewares.append(self._timed)

    @web.middleware
    async def _timed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        said = unquote_plus((await request.read()).decode())
        first = _ADDRESS.search(said) if request.path.endswith("chat.postMessage") and "thread_ts" not in said else None
        if first:
            self._accepted.setdefault(first[0], time.monotonic())
        return answer


@contextmanager
def _service(newsroom: Newsroom, **environment: str) -> Iterator[Wirewatch]:
    """A service on a folder of its own, with rules but no feeds; not started."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        service = Wirewatch(Path(folder), poll_floor="1s", **environment)
        service.write("entities/people.yaml", newsroom.entities())
        service.write("rules.yaml", newsroom.rules(RULES) + "- {id: all, query: the OR of OR to OR and OR in}\n")
        try:
            yield service
        finally:
            service.kill()


def _watch(service: Wirewatch, wire: Wire, heard: AbstractContextManager[Times]) -> tuple[float, ...]:
    """The figures of a row but the first."""
    with HostileServer() as server, heard as accepted:
        for outlet, shown in wire.items():
            server.serve(f"/{outlet}", *(Answer(body) for body, _ in shown))
        feeds = (f"  - {{id: {outlet}, url: '{server.url(f'/{outlet}')}', every: {EVERY}s}}\n" for outlet in wire)
        service.write("feeds.yaml", "feeds:\n" + "".join(feeds))
        service.start()
        service.until(lambda: _seeded(server), PATIENCE)
        time.sleep(SETTLING)
        process = psutil.Process(service.pid)
        processes = [process, *process.children(recursive=True)]
        start, used = time.monotonic(), cpu(processes)
        time.sleep(WATCHED)
        end, used = time.monotonic() - LEFT, cpu(processes) - used
        answered = {
            address: request.at
            for outlet, shown in wire.items()
            for (_, address), request in zip(shown, server.requests_for(f"/{outlet}"), strict=False)
            if start <= request.at < end
        }
        waits = sorted(accepted.get(address, float("inf")) - at for address, at in answered.items())
    p50, p90, p99 = (waits[int(share * len(waits))] for share in (0.5, 0.9, 0.99))
    return len(waits) / (end - start), p50, p90, p99, waits[-1], 100 * used / WATCHED


def _seeded(server: HostileServer) -> bool:
    polls = Counter(request.path for request in server.requests)
    return len(polls) == OUTLETS and min(polls.values()) >= SEEDED


def _wire(releases: Sequence[Release], polls: int) -> Wire:
    found = {}
    for n in range(OUTLETS):
        own = [release for release in releases if release.outlet == f"outlet-{n}"]
        found[f"outlet-{n}"] = [
            (document(f"outlet-{n}", own[last - SHOWN : last][::-1]), own[last - 1].url)
            for last in range(SHOWN, min(SHOWN + polls, len(own)) + 1)
        ]
    return found


@contextmanager
def _said(service: Wirewatch) -> Iterator[Times]:
    """When each item was first told of on the console."""
    heard: Times = {}
    over = threading.Event()

    def listen() -> None:
        service.said.touch()
        with service.said.open(encoding="utf-8") as said:
            rest = ""
            while not over.wait(LOOK):
                *lines, rest = (rest + said.read()).split("\n")
                for event in map(json.loads, lines):
                    if event["event"] != "ops":
                        heard.setdefault(event["item"]["url"], time.monotonic())

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield heard
    finally:
        over.set()
        listener.join()
