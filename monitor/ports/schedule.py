"""The store's poll schedule: which feed is due, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.model import BadAnswer, FeedState


@dataclass(frozen=True, slots=True)
class Claim:
    """A feed that this process may poll until the lease ends; `token` fences a late finish."""

    state: FeedState
    token: int


class Schedule(Protocol):
    """The due set: which feed is polled when, shared by replicas."""

    async def plan(
        self, feeds: Sequence[str], now: float, first: Collection[str] = (), last: Collection[str] = ()
    ) -> None:
        """Make exactly these feeds known: new ones are due now, others leave the due set.

        `first` of them are claimed before all others, `last` after them.
        A feed that stays keeps its `next_poll`; a feed that left keeps its state for 30 days.
        """

    async def planned(self) -> int:
        """How many feeds are known; 0 after `plan` means that the store has lost all it held."""

    async def claim(self, now: float, limit: int, lease: float) -> tuple[Claim, ...]:
        """Up to `limit` feeds due at `now`, hidden from others for `lease` s: as `plan` was told, most overdue first.

        A feed whose state cannot be read starts afresh.
        """

    async def take_turns(self, hosts: Sequence[str], now: float, gap: float) -> tuple[float, ...]:
        """When it is the caller's turn with each of these hosts: `now` or later, and `gap` s after the one before."""

    async def take_over(self, feed: str, now: float, lease: float) -> Claim:
        """Claim this feed whether or not it is due, also from who polls it: that finish is refused."""

    async def prolong(self, claims: Sequence[Claim], until: float) -> None:
        """Prolong these leases to `until`; one that was lost stays lost."""

    async def finish(self, claim: Claim, state: FeedState) -> bool:
        """Save the state and the next poll; false when the lease was lost to another process."""

    async def feed_states(self, feeds: Sequence[str]) -> Mapping[str, FeedState]:
        """What is remembered of these feeds; unknown ones are absent."""

    async def poll_now(self, feeds: Sequence[str], now: float) -> None:
        """Make these feeds due at `now`."""

    async def keep_bad(self, feed: str, answer: BadAnswer) -> None:
        """Keep what came in place of a feed, for a week; the one before goes."""

    async def last_bad(self, feed: str) -> BadAnswer | None:
        """What last came in place of this feed, if it is still kept; the feed may be well by now."""
