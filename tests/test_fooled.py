"""Feeds that lie, churn, restart and come back, polled from a real server into a real store: who hears of what."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor import pipeline
from monitor.alerts.routes import Route
from monitor.channels.console import ConsoleConfig
from monitor.desk import Desk, InForce
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import AlertEvent, BadAnswer, Feed, FeedState, OpsEvent, Record
from monitor.observe.metrics import Metrics
from monitor.ports import Store
from monitor.rules import load
from tests.ingest.documents import rss
from tests.ingest.fetching import LOOPBACK
from tests.items import NOON
from tests.servers.hostile import HostileServer

HOUR, DAY = 3600.0, 86_400.0
RULES = load([], [("r.yaml", "rules: [{id: quake, query: quake}]")])


class Watched:
    """One feed on a server, polled a document at a time."""

    def __init__(
        self, feed: Feed, server: HostileServer, store: Store, fetcher: HttpFetcher, parser: ParserPool
    ) -> None:
        self.now = NOON
        self.feed = feed
        self.store = store
        self._server = server
        desk = Desk(
            {feed.id: feed},
            RULES,
            {"desk": ConsoleConfig(type="console"), "ops": ConsoleConfig(type="console")},
            (Route.model_validate({"to": "desk"}),),
            ("ops",),
            "",
        )
        self.line = pipeline.Line(fetcher, parser, store, InForce(desk), Metrics(), lambda: self.now, lambda: 0.0)

    async def polls(self, body: bytes, *, after: float = 300.0, status: int = 200) -> None:
        """Poll once, `after` seconds later, when this is what the server shows."""
        self.now += after
        self._server.set("/feed", body, status=status)
        await self.store.plan([self.feed.id], self.now)
        await self.store.poll_now([self.feed.id], self.now)
        (claim,) = await self.store.claim(self.now, 1, 15.0)
        await pipeline.poll(self.line, claim)

    async def shows(self, *items: str, after: float = 300.0) -> None:
        """Poll a document with these items, the newest first."""
        await self.polls(rss(*items), after=after)

    async def state(self) -> FeedState:
        return (await self.store.feed_states([self.feed.id]))[self.feed.id]

    async def alerted(self) -> list[str]:
        """What went to the desk since it was asked last: an event's kind, and a headline."""
        return [
            f"{event.kind}: {event.card.headline}"
            for event in await self._taken("desk")
            if isinstance(event, AlertEvent)
        ]

    async def told(self) -> list[str]:
        """What operators heard since they were asked last."""
        return [event.text for event in await self._taken("ops") if isinstance(event, OpsEvent)]

    async def record(self, needle: str) -> Record:
        """The newest record of an item, by guid or URL."""
        return (await self.store.find(needle))[0]

    async def _taken(self, channel: str) -> list[object]:
        events: list[object] = []
        while taken := await self.store.take(channel, self.now, 30.0):
            events.append(taken.delivery.event)
            await self.store.sent(taken, None, self.now)
        return events


@pytest.fixture
async def watched(hostile: HostileServer, embedded_store: Store) -> AsyncIterator[Watched]:
    """A feed that nobody has polled yet."""
    feed = Feed("meridian", hostile.url("/feed"), "Meridian", every=300.0)
    async with HttpFetcher("test", LOOPBACK) as fetcher, ParserPool() as parser:
        yield Watched(feed, hostile, embedded_store, fetcher, parser)


def item(guid: str, title: str, body: str = "", *, link: str = "", published: str = "") -> str:
    """An item as its feed writes it."""
    date = f"<pubDate>{published}</pubDate>" if published else ""
    address = link or f"https://meridian.example/{guid}"
    return (
        f"<guid isPermaLink='false'>{guid}</guid><link>{address}</link><title>{title}</title>"
        f"<description>{body or title + '. More to come.'}</description>{date}"
    )


OLD = item("old", "Harbour reopens after storm")
QUAKE = item("quake", "Strong quake shakes Herat", "Houses of clay collapsed before dawn, officials said.")

# ── What is no feed ─────────────────────────────────────────────────────────


async def test_what_came_in_place_of_a_feed_is_kept(watched: Watched) -> None:
    await watched.shows(OLD)
    assert await watched.store.last_bad("meridian") is None
    page = b"<!doctype html><title>Just a moment...</title>" + b"." * 20_000
    await watched.polls(page)
    assert await watched.store.last_bad("meridian") == BadAnswer(
        at=watched.now,
        reason="an HTML page titled “Just a moment...”",
        status=200,
        url=watched.feed.url,
        content_type="application/rss+xml",
        body=page[:16_384],
        cut=True,
    )
    blocked = b'{"error": "key expired"}'
    await watched.polls(blocked, status=403)
    kept = await watched.store.last_bad("meridian")
    assert kept is not None
    assert (kept.status, kept.reason, kept.body) == (403, "HTTP 403 Forbidden: “key expired”", blocked)
    assert (await watched.state()).error == kept.reason
