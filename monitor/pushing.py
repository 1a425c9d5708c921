"""Hubs that tell us of news: asked, answered, and what they bring taken in like a poll's document (WebSub).

`turn` looks after the subscriptions that are due; any process may, and the hub
may reach any of them. `routes` are what a hub calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from aiohttp import web

from monitor import pipeline, visit
from monitor.duty import AWAY, Duty
from monitor.ingest import schedule, websub
from monitor.model import FeedState, Standing, Subscription, Unreadable
from monitor.observe.logs import logger
from monitor.ports import Hubs

PATH: Final = "/websub/{feed}/{token}"
SOON: Final = {"Retry-After": "10"}
REST: Final = 2.0
"""Seconds between two looks at what is due."""
AT_ONCE: Final = 8
LEASE: Final = 60.0
"""Seconds for which others leave a subscription that is being looked after: longer than a hub may take."""
READING: Final = 20.0
"""Seconds for which a hub may take to send a document."""

log = logger("service")


@dataclass(frozen=True, slots=True)
class Pushing:
    """The subscriptions of a service that the world reaches at `line.base`. `token` makes secrets, ever others."""

    line: pipeline.Line
    duty: Duty
    hubs: Hubs
    token: Callable[[], str]
    told_of: set[str] = field(default_factory=set)
    """Feeds of which a document is being taken in: one at a time, whatever a hub does."""

    # ── What we ask of hubs ─────────────────────────────────────────────────

    async def turn(self) -> float:
        """Look after what is due. Raises StoreError."""
        feeds = await self.line.store.claim_subscriptions(self.line.clock(), AT_ONCE, LEASE)
        await asyncio.gather(*(self._look_after(feed) for feed in feeds))
        return 0 if len(feeds) == AT_ONCE else REST

    async def part_with(self, feeds: Collection[str]) -> None:
        """End the subscriptions of feeds that are no longer polled. Raises StoreError."""
        await self.line.store.look_after([*feeds], self.line.clock())

    async def _look_after(self, feed: str) -> None:
        store = self.line.store
        state = (await store.feed_states([feed])).get(feed)
        subscription = await store.subscription(feed)
        if feed in self.line.in_force.desk.feeds and state is not None and state.hub:
            if subscription is None or not websub.stands(subscription, state, self.line.base):
                subscription = self._new(state)
        elif subscription is None or subscription.standing is Standing.ENDING:
            await store.unsubscribe(feed)
            return
        else:
            subscription = replace(subscription, standing=Standing.ENDING, tries=0)
        home = state.configured_url if state else ""
        await self._ask(replace(subscription, tries=subscription.tries + 1), home)

    def _new(self, state: FeedState) -> Subscription:
        return Subscription(state.id, state.hub, state.topic, self.line.base, self.token(), self.token())

    async def _ask(self, asked: Subscription, home: str) -> None:
        """Kept before the hub is asked, which may ask back before it answers."""
        store, again = self.line.store, websub.next_try(asked, self.line.clock())
        await store.subscribe(asked, self.line.clock(), again)
        refusal = await self.hubs.ask(asked.hub, websub.request(asked), home)
        if refusal:
            log.warning("a hub refused", feed=asked.feed, hub=asked.hub, reason=refusal)
            if await store.subscription(asked.feed) == asked:  # or else it agreed before it refused
                await store.subscribe(websub.refused(asked, refusal), self.line.clock(), again)

    # ── What hubs ask and tell us ───────────────────────────────────────────

    def routes(self) -> Sequence[web.RouteDef]:
        """For the server that the world reaches."""
        return [web.get(PATH, self._asked), web.post(PATH, self._told)]

    async def _asked(self, request: web.Request) -> web.Response:
        """Whether we meant to subscribe, or to end it; or that we may not."""
        try:
            return await self._answer(request)
        except AWAY as error:
            return self._later(error)

    async def _told(self, request: web.Request) -> web.Response:
        """Of news. The hub tries again later when they could not be kept."""
        feed = request.match_info["feed"]
        try:
            subscription = await self._known(request)
            if subscription is None or feed not in self.line.in_force.desk.feeds:
                return web.Response(status=410)
            if feed in self.told_of:
                return web.Response(status=503, headers=SOON)
            self.told_of.add(feed)
            try:
                result = await self._take(request, subscription)
            finally:
                self.told_of.discard(feed)
        except AWAY as error:
            return self._later(error)
        self.line.metrics.pushes.labels(result=result).inc()
        return web.Response(status=202)

    async def _answer(self, request: web.Request) -> web.Response:
        subscription, now = await self._known(request), self.line.clock()
        after = websub.verified(subscription, request.query, now) if subscription else None
        if after is None:
            return web.Response(status=404)
        if after.standing is Standing.ENDING:
            await self.line.store.unsubscribe(after.feed)
        else:
            active = after.standing is Standing.ACTIVE
            again = websub.renewal(after, now) if active else now + websub.LONGEST_RETRY
            await self.line.store.subscribe(after, now, again)
        log.info("a hub answered", feed=after.feed, hub=after.hub, standing=after.standing, reason=after.reason)
        return web.Response(text=request.query.get("hub.challenge", ""), headers={"X-Content-Type-Options": "nosniff"})

    async def _take(self, request: web.Request, subscription: Subscription) -> str:
        """What became of a document that a hub sent."""
        feed = self.line.in_force.desk.feeds[subscription.feed]
        try:
            async with asyncio.timeout(READING):
                body = await request.read()
        except TimeoutError:
            return "too slow"
        if not websub.authentic(subscription, request.headers.get("X-Hub-Signature", ""), body):
            log.warning("not signed by the hub, and ignored", feed=feed.id, hub=subscription.hub)
            return "forged"
        store, now = self.line.store, self.line.clock()
        state = (await store.feed_states([feed.id])).get(feed.id, FeedState(feed.id))
        if state.paused(now) or not schedule.known(feed, state):
            return "not wanted now"
        content_type = request.headers.get("Content-Type", "")
        parsed = await self.line.parser.parse(body, content_type, feed, now, state.slices, state.habits)
        if isinstance(parsed, Unreadable):
            log.warning("a hub sent what is no feed", feed=feed.id, hub=subscription.hub, reason=parsed.reason)
            return "unreadable"
        intake = await visit.take_in(
            self.line, self.line.in_force.desk, feed, state, parsed.items, parsed.known, parsed.deleted, pushed=True
        )
        if latest := await self._known(request):  # its lease may have been renewed meanwhile
            await store.note_push(replace(latest, proven=True, last_new=now if intake.new else latest.last_new))
        return "new" if intake.new else "nothing new"

    async def _known(self, request: web.Request) -> Subscription | None:
        """The subscription that an address is of, by its token."""
        subscription = await self.line.store.subscription(request.match_info["feed"])
        return subscription if subscription and subscription.is_called(request.match_info["token"]) else None

    def _later(self, error: Exception) -> web.Response:
        self.duty.store_is_away(error)
        return web.Response(status=503, headers=SOON)
