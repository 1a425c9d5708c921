"""The store's subscriptions to hubs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from monitor.model import Subscription


class Subscriptions(Protocol):
    """Feeds whose hubs tell of news, shared by all processes: whichever the hub reaches knows what was agreed.

    Two processes may change one at the same moment, and the later wins: at worst a
    hub is asked once more, or a poll is a little early.
    """

    async def look_after(self, feeds: Sequence[str], at: float) -> None:
        """See at `at`, or before when that was planned, what these feeds need."""

    async def claim_subscriptions(self, now: float, limit: int, lease: float) -> tuple[str, ...]:
        """Feeds to look after now, kept from others for `lease` s."""

    async def subscription(self, feed: str) -> Subscription | None: ...

    async def subscribe(self, subscription: Subscription, now: float, again: float) -> None:
        """Keep it, and look after it at `again`."""

    async def note_push(self, subscription: Subscription) -> None:
        """Keep what its hub has just shown of itself; nothing when it has ended."""

    async def unsubscribe(self, feed: str) -> None:
        """Forget it."""
