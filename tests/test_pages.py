"""Feeds that ask for the pages of their items, on the line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from monitor import pages, pipeline, rules, visit
from monitor.alerts.routes import Route
from monitor.channels.console import ConsoleConfig
from monitor.desk import Desk, InForce
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import AlertEvent, Change, EventKind, Feed, FeedState, Field, Item, Kind
from monitor.observe.metrics import Metrics
from monitor.store.memory import MemoryStore
from tests.ingest.fetching import LOOPBACK
from tests.ingest.test_fulltext import PAGE
from tests.items import NOON, an_item
from tests.servers.hostile import Answer, HostileServer, hang

RULES = rules.load([], [("r.yaml", "rules: [{id: kazan, query: 'Kazan'}, {id: envoys, query: 'title:envoys'}]")])


class Newsroom:
    """A feed of summaries whose pages are on a real server."""

    def __init__(self, line: pipeline.Line, server: HostileServer) -> None:
        self.line = line
        self.server = server
        self.feed = Feed("meridian", server.url("/feed"), "Meridian", every=300.0, fulltext=True)
        self.state = FeedState("meridian", last_success=NOON - 300, configured_url=self.feed.url)
        self.desk = line.in_force.desk

    def item(self, title: str = "Envoys meet", kind: Kind = Kind.NEWS, body: str = "They met.") -> Item:
        return replace(an_item(title, body, guid="1", kind=kind), url=self.server.url("/page"))

    async def shows(self, *items: Item) -> None:
        await visit.take_in(self.line, self.desk, self.feed, self.state, items)

    async def stored(self) -> Item:
        return (await self.line.store.find(self.item().key))[0].item

    async def told(self) -> list[tuple[EventKind, tuple[str, ...], tuple[Change, ...]]]:
        found = []
        while taken := await self.line.store.take("desk", NOON, 30.0):
            assert isinstance(taken.delivery.event, AlertEvent)
            found.append((taken.delivery.event.kind, taken.delivery.event.rules, taken.delivery.event.changes))
            await self.line.store.sent(taken, None, NOON)
        return found

    def pages(self, result: str) -> float:
        return self.line.metrics.registry.get_sample_value("wirewatch_pages_total", {"result": result}) or 0.0


@pytest.fixture
async def newsroom(hostile: HostileServer) -> AsyncIterator[Newsroom]:
    hostile.serve("/page", Answer(PAGE.encode(), content_type="text/html; charset=utf-8"))
    desk = Desk({}, RULES, {"desk": ConsoleConfig(type="console")}, (Route.model_validate({"to": "desk"}),), (), "")
    async with AsyncExitStack() as stack:
        fetcher = await stack.enter_async_context(HttpFetcher("test", LOOPBACK))
        parser = await stack.enter_async_context(ParserPool(1, seconds=20.0))
        line = pipeline.Line(fetcher, parser, MemoryStore(), InForce(desk), Metrics(), lambda: NOON, lambda: 0.0)
        yield Newsroom(line, hostile)


async def test_rules_read_the_whole_text(newsroom: Newsroom) -> None:
    await newsroom.shows(newsroom.item())
    assert [(kind, rules) for kind, rules, _ in await newsroom.told()] == [(EventKind.RAISED, ("kazan", "envoys"))]
    stored = await newsroom.stored()
    assert (stored.whole, stored.unread, newsroom.pages("read")) == (True, "", 1)
    await newsroom.shows(newsroom.item())
    (request,) = newsroom.server.requests_for("/page")
    assert request.headers["accept"].startswith("text/html")


async def test_a_page_that_cannot_be_read_leaves_its_item_as_the_feed_told_it(newsroom: Newsroom) -> None:
    newsroom.server.serve("/page", Answer(status=403))
    await newsroom.shows(newsroom.item())
    assert [(kind, rules) for kind, rules, _ in await newsroom.told()] == [(EventKind.RAISED, ("envoys",))]
    stored = await newsroom.stored()
    assert (stored.whole, stored.unread, newsroom.pages("unread")) == (False, "HTTP 403 Forbidden", 1)


async def test_a_page_where_we_may_not_go_is_not_fetched(newsroom: Newsroom) -> None:
    inside = replace(newsroom.item(), url="http://169.254.169.254/latest/meta-data/")
    await newsroom.shows(inside)
    assert "a cloud metadata address" in (await newsroom.stored()).unread


async def test_a_page_on_another_host_is_not_fetched_from_an_allowed_network(newsroom: Newsroom) -> None:
    url = newsroom.item().url.replace("127.0.0.1", "localhost")
    await newsroom.shows(replace(newsroom.item(), url=url))
    assert "a loopback address" in (await newsroom.stored()).unread
    assert newsroom.server.requests_for("/page") == []


async def test_what_seeds_and_what_flashes_does_not_wait_for_a_page(newsroom: Newsroom) -> None:
    newsroom.state = FeedState("meridian")
    await newsroom.shows(newsroom.item())
    newsroom.state = replace(newsroom.state, last_success=NOON - 300, configured_url=newsroom.feed.url)
    await newsroom.shows(replace(newsroom.item("ENVOYS LEAVE TUNXI", Kind.FLASH, ""), key="f" * 16, guid="2"))
    assert newsroom.server.requests_for("/page") == []
    assert [kind for kind, _, _ in await newsroom.told()] == [EventKind.RAISED]


async def test_a_correction_without_its_page_is_told_by_what_can_be_compared(newsroom: Newsroom) -> None:
    await newsroom.shows(newsroom.item())
    newsroom.server.serve("/page", Answer(status=500))
    await newsroom.shows(newsroom.item("CORRECTED-Envoys part", Kind.CORRECTION))
    _, (kind, _, changes) = await newsroom.told()
    assert kind is EventKind.CORRECTED
    assert [change.field for change in changes] == [Field.TITLE]


async def test_a_page_that_never_comes_is_not_waited_for(newsroom: Newsroom) -> None:
    newsroom.server.serve("/page", hang)
    until = asyncio.get_running_loop().time() + 0.1
    item = await newsroom.line.with_page(newsroom.feed, newsroom.item(), until)
    assert item.unread == "it did not come in the 30s that the pages of a document may take"
    later = await newsroom.line.with_page(newsroom.feed, newsroom.item(), until)  # nor are those after it
    assert later == item
    assert pages.deadline() > until
