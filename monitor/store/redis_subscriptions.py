"""Subscriptions on a server: a sorted set of when each is looked after, and one value each."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from monitor.model import Subscription
from monitor.store.client import Connection, translated
from monitor.store.codec import SUBSCRIPTION


class RedisSubscriptions(Connection):
    """Implements `ports.Subscriptions`."""

    async def look_after(self, feeds: Sequence[str], at: float) -> None:
        if not feeds:
            return
        key = f"{self._layout.prefix}subscriptions"
        with translated():
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.zadd(key, dict.fromkeys(feeds, at), lt=True)
                pipe.expire(key, self._layout.subscription_ttl)
                await pipe.execute()

    async def claim_subscriptions(self, now: float, limit: int, lease: float) -> tuple[str, ...]:
        return tuple(feed.decode() for feed in await self._run("claim_subscriptions", now, limit, now + lease))

    async def subscription(self, feed: str) -> Subscription | None:
        value = await self._ask("GET", f"subscription:{feed}")
        return None if value is None else SUBSCRIPTION.unpack_any(value, f"subscription:{feed}")

    async def subscribe(self, subscription: Subscription, now: float, again: float) -> None:
        key, value = f"{self._layout.prefix}subscription:{subscription.feed}", SUBSCRIPTION.pack(subscription)
        lasts = ceil(max(subscription.until, again) - now) + self._layout.subscription_rest
        with translated():
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.set(key, value, ex=lasts)
                pipe.zadd(f"{self._layout.prefix}subscriptions", {subscription.feed: again})
                pipe.expire(f"{self._layout.prefix}subscriptions", self._layout.subscription_ttl)
                await pipe.execute()

    async def note_push(self, subscription: Subscription) -> None:
        packed = SUBSCRIPTION.pack(subscription)
        await self._ask("SET", f"subscription:{subscription.feed}", packed, "XX", "KEEPTTL")

    async def unsubscribe(self, feed: str) -> None:
        with translated():
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.delete(f"{self._layout.prefix}subscription:{feed}")
                pipe.zrem(f"{self._layout.prefix}subscriptions", feed)
                await pipe.execute()
