"""Two weeks of five real feeds, played to a service that is stopped and killed at random, and started again."""

from __future__ import annotations

import asyncio
import io
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

import feedparser
import pytest

from monitor.config import Settings
from monitor.store import open_store
from tests.servers.hostile import HostileServer
from tests.servers.service import Event, Wirewatch

REPLAY = Path(__file__).parents[3] / "shared" / "data" / "replay"
"""`FEED/UNIX_TIME.xml`: recorded frames; every feed has one for each of the same moments."""
QUERY = "tariff OR tariffs OR trump OR inflation"
ASKED_FOR = re.compile(r"\b(?:tariffs?|trump|inflation)\b", re.IGNORECASE)
"""The query once more, without the code under test."""
MISSED = range(20, 36)
"""Moments, four days, that pass while the service is stopped. It is killed as it tells what they left behind."""
CUT_OFF = 5
"""Other moments at which it is killed or stopped, a while after they begin, and started again at once."""
AT_WORK = 1.0
"""Seconds within which it reads a moment's frames and tells what is new."""

Frames = dict[str, tuple[bytes, ...]]
"""What each feed shows, moment by moment."""


class Shown(NamedTuple):
    """An item as a frame shows it."""

    feed: str
    guid: str
    link: str
    asked_for: bool


class Wire:
    """Shows the service one moment after the other."""

    def __init__(self, service: Wirewatch, server: HostileServer, frames: Frames) -> None:
        self._service = service
        self._server = server
        self._frames = frames
        self._moment = 0

    def show(self, moment: int) -> None:
        self._moment = moment
        for feed, frames in self._frames.items():
            self._server.set(f"/{feed}", frames[moment], etag=f'"{moment}"')

    def wait_for_news(self) -> None:
        """Return at the very moment at which it tells something more."""
        before = self._service.said.stat().st_size
        while self._service.said.stat().st_size == before:
            time.sleep(0.001)

    def wait_until_safe(self) -> None:
        """Until the service says of every feed that it has this moment's frame: then nothing of it may be lost."""
        self._service.until(lambda: all(map(self._is_safe, self._frames)))

    def _is_safe(self, feed: str) -> bool:
        asked = self._server.requests_for(f"/{feed}")
        return bool(asked) and asked[-1].headers.get("if-none-match") == f'"{self._moment}"'


@pytest.fixture
def frames() -> Frames:
    if not REPLAY.is_dir():
        pytest.skip("no recorded feeds beside the repository")
    return {
        folder.name: tuple(path.read_bytes() for path in sorted(folder.iterdir(), key=lambda path: int(path.stem)))
        for folder in sorted(REPLAY.iterdir())
    }


@pytest.fixture
def service(tmp_path: Path, hostile: HostileServer, frames: Frames) -> Iterator[Wirewatch]:
    """A service with these feeds and one rule; not started."""
    running = Wirewatch(tmp_path, poll_floor="0.1s")
    lines = [f"  - {{id: {feed}, url: '{hostile.url('/' + feed)}', source: {feed}, every: 0.1s}}\n" for feed in frames]
    running.write("feeds.yaml", "feeds:\n" + "".join(lines))
    running.rule("economy", QUERY)
    yield running
    running.kill()


def read(feed: str, frame: bytes) -> Iterator[Shown]:
    """What a frame shows, as feedparser alone reads it."""
    for entry in feedparser.parse(io.BytesIO(frame)).entries:
        text = unescape(re.sub(r"<[^>]*>", " ", f"{entry.title}\n{entry.get('summary', '')}"))
        yield Shown(feed, entry.id, entry.link, ASKED_FOR.search(text) is not None)


def told(events: Iterable[Event]) -> set[tuple[str, str]]:
    """Feed and guid of the items of these events; feed and link of the texts listed under them."""
    news = [event for event in events if event["event"] != "ops"]
    listed = [(carrier["source"], carrier["url"]) for event in news for carrier in event["carriers"]]
    return {*((event["item"]["feed"], event["item"]["guid"]) for event in news), *listed}


async def not_on_record(service: Wirewatch, items: Iterable[Shown]) -> set[Shown]:
    """Those that the store of the stopped service does not know."""
    async with open_store(Settings(data_dir=Path(service.environment["WIREWATCH_DATA_DIR"]))) as store:
        return {
            item for item in items if not any(record.item.feed == item.feed for record in await store.find(item.guid))
        }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_is_lost_or_told_twice(
    service: Wirewatch, hostile: HostileServer, frames: Frames, record_property: Callable[[str, object], None]
) -> None:
    seed = random.randrange(2**32)
    record_property("seed", seed)
    chance = random.Random(seed)
    moments = [moment for moment in range(len(next(iter(frames.values())))) if moment not in MISSED]
    cut_off = chance.sample(
        [moment for moment in moments[1:] if moment not in (MISSED.start - 1, MISSED.stop)], CUT_OFF
    )
    wire = Wire(service, hostile, frames)
    for moment in moments:
        wire.show(moment)
        if moment == 0:
            service.start()
        if moment == MISSED.stop:
            service.start()
            wire.wait_for_news()
            service.kill()
            service.start()
        if moment in cut_off:
            time.sleep(chance.uniform(0, AT_WORK))
            if chance.random() < 0.2:
                assert service.stop() == 0
            else:
                service.kill()
            service.start()
        wire.wait_until_safe()
        if moment == MISSED.start - 1:
            assert service.stop() == 0

    shown = {item for feed, shows in frames.items() for moment in moments for item in read(feed, shows[moment])}
    seeded = {(item.feed, item.guid) for feed, shows in frames.items() for item in read(feed, shows[0])}
    asked_for = {(item.feed, item.guid) for item in shown if item.asked_for}
    owed = {item for item in shown if item.asked_for and (item.feed, item.guid) not in seeded}

    def lost() -> set[Shown]:
        heard_of = told(service.events)
        return {item for item in owed if not {(item.feed, item.guid), (item.feed, item.link)} & heard_of}

    service.until(lambda: not lost())
    assert service.stop() == 0
    assert asyncio.run(not_on_record(service, shown)) == set()

    raised = service.of("raised")
    assert {(event["item"]["feed"], event["item"]["guid"]) for event in raised} <= asked_for
    # What was written just before a kill may be written again after it: the same message, not another one.
    messages = {event["delivery_id"]: event for event in raised}
    assert len(raised) <= len(messages) + 1 + CUT_OFF
    for unique in ("alert_id", "story_id"):
        assert len({event[unique] for event in messages.values()}) == len(messages)
    assert len({event["item"]["key"] for event in messages.values()}) == len(messages)
