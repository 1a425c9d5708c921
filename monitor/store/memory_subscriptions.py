"""Subscriptions in plain Python."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Subscription


class MemorySubscriptions:
    """Implements `ports.Subscriptions`."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, Subscription] = {}
        self._looked_after: dict[str, float] = {}

    async def look_after(self, feeds: Sequence[str], at: float) -> None:
        for feed in feeds:
            self._looked_after[feed] = min(at, self._looked_after.get(feed, at))

    async def claim_subscriptions(self, now: float, limit: int, lease: float) -> tuple[str, ...]:
        due = sorted((at, feed) for feed, at in self._looked_after.items() if at <= now)[:limit]
        self._looked_after |= {feed: now + lease for _, feed in due}
        return tuple(feed for _, feed in due)

    async def subscription(self, feed: str) -> Subscription | None:
        return self._subscriptions.get(feed)

    async def subscribe(self, subscription: Subscription, now: float, again: float) -> None:  # noqa: ARG002 # no TTL here
        self._subscriptions[subscription.feed] = subscription
        self._looked_after[subscription.feed] = again

    async def note_push(self, subscription: Subscription) -> None:
        if subscription.feed in self._subscriptions:
            self._subscriptions[subscription.feed] = subscription

    async def unsubscribe(self, feed: str) -> None:
        self._subscriptions.pop(feed, None)
        self._looked_after.pop(feed, None)
