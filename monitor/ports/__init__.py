"""What the line needs from the outside, said by the code that needs it.

`pipeline` reads feeds and commits items; `delivery` takes deliveries and
settles them; each names the few methods that it calls. `store.redis` and
`store.memory` implement all of the store's ports and pass one contract suite
(`tests/store`).
"""

from __future__ import annotations

from typing import Protocol

from monitor.ports.archive import Amendment, Archive, Commit, Neighbours, Seen
from monitor.ports.edges import Channel, Fetcher, Hubs, Matcher, Parser
from monitor.ports.holds import Held, Holds, Silences
from monitor.ports.outbox import UNREADABLE, Backlog, Dead, Outbox, Pauses, Progress, Step, Taken
from monitor.ports.schedule import Claim, Schedule
from monitor.ports.subscriptions import Subscriptions

__all__ = [
    "UNREADABLE",
    "Amendment",
    "Archive",
    "Backlog",
    "Channel",
    "Claim",
    "Commit",
    "Dead",
    "Fetcher",
    "Held",
    "Holds",
    "Hubs",
    "Matcher",
    "Neighbours",
    "Outbox",
    "Parser",
    "Pauses",
    "Progress",
    "Schedule",
    "Seen",
    "Silences",
    "Step",
    "Store",
    "Subscriptions",
    "Taken",
]


class Store(Schedule, Archive, Outbox, Holds, Silences, Subscriptions, Protocol):
    """The whole store, as the composition root hands it out."""

    async def ping(self) -> None:
        """Raise `StoreUnavailable` when the server does not answer or takes no writes."""

    async def check(self) -> tuple[str, ...]:
        """Warnings on policy and persistence; raises `StoreUnfit` when data would be lost."""

    async def end_leases(self, now: float) -> None:
        """End every lease, of feeds and of deliveries: only for a store that no other process uses."""

    async def close(self) -> None: ...
