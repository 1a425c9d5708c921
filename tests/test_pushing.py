"""What hubs ask and tell us over HTTP, and what we ask of them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from monitor import pipeline, rules, visit
from monitor.alerts.routes import Route
from monitor.channels.console import ConsoleConfig
from monitor.desk import Desk, InForce
from monitor.duty import Duty
from monitor.errors import StoreUnavailable
from monitor.ingest import schedule
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.hub import HttpHubs
from monitor.ingest.parse import ParserPool
from monitor.model import AlertEvent, Feed, FeedState, ItemRef, Kind, Pause, Standing, Subscription
from monitor.observe import health
from monitor.observe.metrics import Metrics
from monitor.ports import Claim
from monitor.pushing import Pushing
from monitor.store.layout import Layout
from monitor.store.memory import MemoryStore
from tests.ingest.fetching import LOOPBACK
from tests.items import NOON
from tests.servers.hostile import Answer, HostileServer
from tests.servers.receiver import ReceiverServer, Reply
from tests.servers.service import rss

RULES = rules.load([], [("r.yaml", "rules: [{id: strike, query: strike}]")])
STRIKE = rss(("1", "Pilots call a strike", "They will be out on Monday."))


class Small(Layout):
    """Remembers few items of a feed."""

    def most_seen(self, shown: int) -> int:
        return 2 + 2 * shown


class Fickle(MemoryStore):
    """A store that is away while it is told to be, and that another process writes to."""

    away = False
    meanwhile: Subscription | None = None
    """What another process agrees upon while a poll is being finished."""

    async def subscription(self, feed: str) -> Subscription | None:
        if self.away:
            raise StoreUnavailable("the Redis server does not answer")
        return await super().subscription(feed)

    async def finish(self, claim: Claim, state: FeedState) -> bool:
        finished = await super().finish(claim, state)
        if self.meanwhile:
            await self.subscribe(self.meanwhile, NOON, NOON)
        return finished


class Newsroom:
    """A feed that names its hub, and the service's end of the line."""

    def __init__(self, line: pipeline.Line, pushing: Pushing, store: Fickle, hub: ReceiverServer, feed: Feed) -> None:
        self.line = line
        self.pushing = pushing
        self.store = store
        self.hub = hub
        self.feed = feed
        self.now = NOON

    async def polled(self) -> FeedState:
        """The feed's state after one more poll."""
        await self.store.plan([self.feed.id], self.now)
        await self.store.poll_now([self.feed.id], self.now)
        (claim,) = await self.store.claim(self.now, 1, 30.0)
        await visit.poll(self.line, claim)
        return await self.state()

    async def state(self) -> FeedState:
        return (await self.store.feed_states([self.feed.id]))[self.feed.id]

    async def subscription(self) -> Subscription:
        found = await self.store.subscription(self.feed.id)
        assert found is not None
        return found

    async def asks(self, mode: str, **more: str) -> tuple[int, str]:
        """The hub asks us back."""
        subscription = await self.subscription()
        query = {"hub.mode": mode, "hub.topic": subscription.topic, "hub.challenge": "chall", **more}
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"{subscription.callback}?{urlencode(query)}") as answer,
        ):
            return answer.status, await answer.text()

    async def tells(self, body: bytes, signature: str | None = None, at: str = "") -> int:
        """The hub sends a document."""
        subscription = await self.store.subscription(self.feed.id)
        secret = subscription.secret if subscription else ""
        signed = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
        headers = {"X-Hub-Signature": signed if signature is None else signature, "Content-Type": "application/rss+xml"}
        address = at or (subscription.callback if subscription else "")
        async with (
            aiohttp.ClientSession() as client,
            client.post(address, data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status

    async def told(self) -> list[str]:
        """The titles that the desk is alerted of."""
        return [item.title for item in await self.alerted()]

    async def alerted(self) -> list[ItemRef]:
        items = []
        while taken := await self.store.take("desk", self.now, 30.0):
            assert isinstance(taken.delivery.event, AlertEvent)
            items.append(taken.delivery.event.item)
            await self.store.sent(taken, None, self.now)
        return items

    @property
    def forms(self) -> list[dict[str, str]]:
        """What the hub was asked."""
        return [{name: value for name, (value,) in parse_qs(post.body.decode()).items()} for post in self.hub.posts]

    def pushes(self, result: str) -> float:
        return self.line.metrics.registry.get_sample_value("wirewatch_pushes_total", {"result": result}) or 0.0


@pytest.fixture
async def newsroom(hostile: HostileServer, receiver: ReceiverServer) -> AsyncIterator[Newsroom]:
    link = ("Link", f'<{receiver.url("/hub")}>; rel="hub", <{hostile.url("/feed")}>; rel="self"')
    hostile.serve("/feed", Answer(rss(), headers=(link,)))
    feed = Feed("wire", hostile.url("/feed"), "Wire", every=300.0)
    desk = Desk(
        {feed.id: feed}, RULES, {"desk": ConsoleConfig(type="console")}, (Route.model_validate({"to": "desk"}),), (), ""
    )
    store, metrics, in_force, numbers = Fickle(Small()), Metrics(), InForce(desk), count(1)
    async with AsyncExitStack() as stack:
        fetcher = await stack.enter_async_context(HttpFetcher("test", LOOPBACK))
        parser = await stack.enter_async_context(ParserPool(1))
        hubs = await stack.enter_async_context(HttpHubs("test", LOOPBACK))
        line = pipeline.Line(fetcher, parser, store, in_force, metrics, lambda: room.now, lambda: 0.0, base="-")
        duty = Duty(store, in_force, metrics, lambda: room.now)
        pushing = Pushing(line, duty, hubs, lambda: f"secret{next(numbers)}")
        host, port = await stack.enter_async_context(
            health.serve(("127.0.0.1", 0), metrics, duty.readiness, pushing.routes())
        )
        line = replace(line, base=f"http://{host}:{port}")  # known only now, and nothing to those who answer
        room = Newsroom(line, replace(pushing, line=line), store, receiver, feed)
        yield room


async def subscribed(newsroom: Newsroom) -> None:
    await newsroom.polled()
    await newsroom.pushing.turn()
    assert await newsroom.asks("subscribe", **{"hub.lease_seconds": "86400"}) == (200, "chall")


async def test_a_feed_that_names_a_hub_is_subscribed_once_it_was_read(newsroom: Newsroom) -> None:
    state = await newsroom.polled()
    assert (state.hub, state.topic) == (newsroom.hub.url("/hub"), newsroom.feed.url)
    assert await newsroom.pushing.turn() == 2.0
    await newsroom.pushing.turn()
    (form,) = newsroom.forms
    assert form["hub.mode"] == "subscribe"
    assert form["hub.callback"] == f"{newsroom.line.base}/websub/wire/secret1"
    assert await newsroom.asks("subscribe", **{"hub.lease_seconds": "86400"}) == (200, "chall")
    subscription = await newsroom.subscription()
    assert (subscription.standing, subscription.until, subscription.tries) == (Standing.ACTIVE, NOON + 86_400, 0)
    await newsroom.polled()
    await newsroom.pushing.turn()
    assert len(newsroom.forms) == 1
    newsroom.now += 0.8 * 86_400
    await newsroom.pushing.turn()
    again = newsroom.forms[1]
    assert (again["hub.callback"], again["hub.secret"]) == (form["hub.callback"], form["hub.secret"])
    assert (await newsroom.subscription()).standing is Standing.ACTIVE


async def test_without_a_public_address_no_hub_is_asked(newsroom: Newsroom) -> None:
    newsroom.line = replace(newsroom.line, base="")
    await newsroom.polled()
    await newsroom.pushing.turn()
    assert newsroom.forms == []


async def test_news_from_a_hub_are_alerted_and_polls_become_a_safety_net(newsroom: Newsroom) -> None:
    await subscribed(newsroom)
    newsroom.now += 60
    assert await newsroom.tells(STRIKE) == 202
    assert await newsroom.told() == ["Pilots call a strike"]
    assert await newsroom.tells(STRIKE) == 202
    assert await newsroom.told() == []
    assert (newsroom.pushes("new"), newsroom.pushes("nothing new")) == (1, 1)
    told_at, newsroom.now = newsroom.now, newsroom.now + 300
    state = await newsroom.polled()
    assert (state.next_poll, state.last_new) == (newsroom.now + 3600, told_at)
    assert state.reason == "its hub tells at once what is new; every 1h to be sure"


async def test_a_hub_that_missed_news_is_no_longer_relied_on_until_it_tells_again(
    newsroom: Newsroom, hostile: HostileServer
) -> None:
    await subscribed(newsroom)
    await newsroom.tells(STRIKE)
    link = ("Link", f'<{newsroom.hub.url("/hub")}>; rel="hub", <{newsroom.feed.url}>; rel="self"')
    hostile.serve("/feed", Answer(rss(("2", "Miners call a strike", "The pits stay shut.")), headers=(link,)))
    newsroom.now += 300
    await newsroom.polled()
    assert await newsroom.told() == ["Pilots call a strike", "Miners call a strike"]
    newsroom.now += 300
    assert (await newsroom.polled()).reason == "every 5m"
    await newsroom.tells(rss(("3", "Cooks call a strike", "No soup on Friday.")))
    newsroom.now += 300
    assert "its hub tells" in (await newsroom.polled()).reason


@pytest.mark.parametrize(
    ("usual", "kind"),
    [
        pytest.param("OWNERS SEE NO END OF STRIKE {}", Kind.NEWS, id="a feed that shouts every headline"),
        pytest.param("Owners see no end of strike {}", Kind.FLASH, id="a feed that does not"),
    ],
)
async def test_capitals_that_a_hub_sends_are_a_flash_unless_the_polled_feed_shouts(
    newsroom: Newsroom, hostile: HostileServer, usual: str, kind: Kind
) -> None:
    link = ("Link", f'<{newsroom.hub.url("/hub")}>; rel="hub", <{newsroom.feed.url}>; rel="self"')
    hostile.serve("/feed", Answer(rss(*((str(n), usual.format(n), "") for n in range(6))), headers=(link,)))
    await subscribed(newsroom)
    polled = await newsroom.state()
    assert await newsroom.tells(rss(("new", "PILOTS CALL A STRIKE", ""))) == 202
    assert [(item.title, item.kind) for item in await newsroom.alerted()] == [("PILOTS CALL A STRIKE", kind)]
    assert (await newsroom.state()).slices == polled.slices != ""


async def test_what_a_hub_tells_in_time_is_no_backlog_though_polls_fail(
    newsroom: Newsroom, hostile: HostileServer
) -> None:
    await subscribed(newsroom)
    newsroom.line.in_force.put(
        replace(newsroom.line.in_force.desk, routes=(Route.model_validate({"to": "desk", "catch_up": {"cap": 0}}),))
    )
    hostile.serve("/feed", Answer(status=500))
    newsroom.now += 300
    assert (await newsroom.polled()).failures == 1
    newsroom.now += 3600
    assert schedule.backlog(newsroom.feed, await newsroom.state(), newsroom.now)
    await newsroom.tells(STRIKE)
    assert await newsroom.told() == ["Pilots call a strike"]


@pytest.mark.parametrize(
    ("signature", "body", "result"),
    [
        pytest.param("sha256=00", STRIKE, "forged", id="signed by another"),
        pytest.param("", STRIKE, "forged", id="not signed"),
        pytest.param(None, b"<html><title>Oops</title></html>", "unreadable", id="no feed"),
    ],
)
async def test_what_is_not_believed_or_no_feed_changes_nothing(
    newsroom: Newsroom, signature: str | None, body: bytes, result: str
) -> None:
    await subscribed(newsroom)
    assert await newsroom.tells(body, signature) == 202
    assert await newsroom.told() == []
    assert newsroom.pushes(result) == 1
    assert not (await newsroom.subscription()).proven


async def test_a_feed_that_is_paused_is_left_alone(newsroom: Newsroom) -> None:
    await subscribed(newsroom)
    (claim,) = await newsroom.store.claim(newsroom.now + 300, 1, 30.0)
    await newsroom.store.finish(claim, replace(claim.state, pause=Pause(NOON, NOON + 900)))
    assert await newsroom.tells(STRIKE) == 202
    assert (await newsroom.told(), newsroom.pushes("not wanted now")) == ([], 1)


async def test_nobody_finds_us_without_the_token(newsroom: Newsroom) -> None:
    await subscribed(newsroom)
    for path in ("/websub/wire/guess", "/websub/other/secret1"):
        assert await newsroom.tells(STRIKE, at=newsroom.line.base + path) == 410
        async with aiohttp.ClientSession() as client, client.get(newsroom.line.base + path) as answer:
            assert answer.status == 404
    assert await newsroom.asks("subscribe", **{"hub.topic": "https://m.example/other"}) == (404, "")
    assert await newsroom.asks("unsubscribe") == (404, "")


async def test_a_hub_that_refuses_is_asked_again_later_and_one_that_denies_after_a_day(newsroom: Newsroom) -> None:
    newsroom.hub.replies.append(Reply(500))
    await newsroom.polled()
    await newsroom.pushing.turn()
    refused = await newsroom.subscription()
    assert (refused.standing, refused.reason) == (Standing.REFUSED, "HTTP 500 Internal Server Error")
    newsroom.now += 299
    await newsroom.polled()
    await newsroom.pushing.turn()
    assert len(newsroom.forms) == 1
    newsroom.now += 1
    await newsroom.pushing.turn()
    assert len(newsroom.forms) == 2
    assert (await newsroom.asks("denied", **{"hub.reason": "no such topic"}))[0] == 200
    denied = await newsroom.subscription()
    assert (denied.standing, denied.reason) == (Standing.REFUSED, "denied: no such topic")
    newsroom.now += 86_399
    await newsroom.pushing.turn()
    assert len(newsroom.forms) == 2
    newsroom.now += 1
    await newsroom.pushing.turn()
    assert len(newsroom.forms) == 3


async def test_a_hub_that_agrees_and_then_refuses_is_held_to_its_word(
    newsroom: Newsroom, hostile: HostileServer
) -> None:
    async def agrees_and_breaks(_: web.Request) -> web.Response:
        assert await newsroom.asks("subscribe", **{"hub.lease_seconds": "86400"}) == (200, "chall")
        return web.Response(status=500)

    app = web.Application()
    app.router.add_post("/hub", agrees_and_breaks)
    async with TestServer(app) as hub:
        hostile.serve("/feed", Answer(rss(), headers=(("Link", f'<{hub.make_url("/hub")}>; rel="hub"'),)))
        await newsroom.polled()
        await newsroom.pushing.turn()
    subscription = await newsroom.subscription()
    assert (subscription.standing, subscription.until, subscription.reason) == (Standing.ACTIVE, NOON + 86_400, "")
    newsroom.now += 0.8 * 86_400 - 1
    assert await newsroom.store.claim_subscriptions(newsroom.now, 1, 60.0) == ()


@pytest.mark.parametrize(
    ("other", "proven"),
    [
        pytest.param({"until": NOON + 200_000}, False, id="renewed"),
        pytest.param({"token": "another", "until": NOON + 200_000}, True, id="made anew"),
    ],
)
async def test_what_was_agreed_while_a_poll_found_news_stands(
    newsroom: Newsroom, hostile: HostileServer, other: dict[str, Any], proven: bool
) -> None:
    await subscribed(newsroom)
    await newsroom.tells(STRIKE)
    agreed = replace(await newsroom.subscription(), **other)
    link = ("Link", f'<{newsroom.hub.url("/hub")}>; rel="hub", <{newsroom.feed.url}>; rel="self"')
    hostile.serve("/feed", Answer(rss(("2", "Miners call a strike", "The pits stay shut.")), headers=(link,)))
    newsroom.store.meanwhile = agreed
    await newsroom.polled()
    assert agreed.proven
    assert await newsroom.subscription() == replace(agreed, proven=proven)


async def test_one_entry_from_a_hub_makes_nobody_forget_what_the_feed_shows(
    newsroom: Newsroom, hostile: HostileServer
) -> None:
    link = ("Link", f'<{newsroom.hub.url("/hub")}>; rel="hub", <{newsroom.feed.url}>; rel="self"')
    shown = rss(*((str(number), f"Report {number}", f"On {number} matters.") for number in range(10, 16)))
    hostile.serve("/feed", Answer(shown, headers=(link,)))
    await subscribed(newsroom)
    known = await newsroom.store.texts("wire")
    assert await newsroom.tells(STRIKE) == 202
    assert (len(known), await newsroom.store.texts("wire") > known) == (6, True)


async def test_a_feed_that_left_is_parted_with(newsroom: Newsroom) -> None:
    await subscribed(newsroom)
    callback = (await newsroom.subscription()).callback
    newsroom.line.in_force.put(replace(newsroom.line.in_force.desk, feeds={}))
    await newsroom.pushing.part_with({newsroom.feed.id})
    await newsroom.pushing.turn()
    assert [form["hub.mode"] for form in newsroom.forms] == ["subscribe", "unsubscribe"]
    assert await newsroom.tells(STRIKE, at=callback) == 410
    assert await newsroom.asks("unsubscribe") == (200, "chall")
    assert await newsroom.store.subscription(newsroom.feed.id) is None


async def test_a_hub_that_does_not_let_go_is_forgotten(newsroom: Newsroom) -> None:
    await subscribed(newsroom)
    newsroom.line.in_force.put(replace(newsroom.line.in_force.desk, feeds={}))
    await newsroom.pushing.part_with({newsroom.feed.id})
    await newsroom.pushing.turn()
    newsroom.now += 300
    await newsroom.pushing.turn()
    assert len(newsroom.forms) == 2
    assert await newsroom.store.subscription(newsroom.feed.id) is None


async def test_a_feed_with_another_hub_gets_another_subscription_and_the_old_hub_410(
    newsroom: Newsroom, hostile: HostileServer
) -> None:
    await subscribed(newsroom)
    old = (await newsroom.subscription()).callback
    link = ("Link", f'<{newsroom.hub.url("/other")}>; rel="hub", <{newsroom.feed.url}>; rel="self"')
    hostile.serve("/feed", Answer(rss(), headers=(link,)))
    await newsroom.polled()
    await newsroom.pushing.turn()
    assert [post.path for post in newsroom.hub.posts] == ["/hub", "/other"]
    assert await newsroom.tells(STRIKE, at=old) == 410


async def test_while_the_store_is_away_the_hub_is_asked_to_come_again(newsroom: Newsroom) -> None:
    await subscribed(newsroom)
    callback = (await newsroom.subscription()).callback
    newsroom.store.away = True
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{callback}?hub.mode=subscribe") as asked:
            assert (asked.status, asked.headers["Retry-After"]) == (503, "10")
        async with client.post(callback, data=STRIKE) as told:
            assert told.status == 503
    assert newsroom.pushing.duty.readiness.store == "the Redis server does not answer"


async def test_a_hub_that_dawdles_keeps_nobody_else_waiting(newsroom: Newsroom) -> None:
    await subscribed(newsroom)
    parts = urlsplit((await newsroom.subscription()).callback)
    _, slow = await asyncio.open_connection(parts.hostname, parts.port)
    slow.write(f"POST {parts.path} HTTP/1.1\r\nHost: us\r\nContent-Length: 1000\r\n\r\nhalf of it".encode())
    while not newsroom.pushing.told_of:
        await asyncio.sleep(0.01)
    assert await newsroom.tells(STRIKE) == 503
    slow.close()
    while newsroom.pushing.told_of:
        await asyncio.sleep(0.01)
    assert await newsroom.tells(STRIKE) == 202


async def test_a_document_that_is_too_long_is_not_taken(newsroom: Newsroom) -> None:
    await subscribed(newsroom)
    assert await newsroom.tells(b" " * 10_000_001) == 413
