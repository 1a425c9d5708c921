"""The store's items and stories: what was seen, what is near it, and one commit for all that follows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from monitor.model import Delivery, Fingerprint, Item, Record, Story, Tally


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest known revision of an item."""

    revision: str
    number: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the store knows near an item, read at one moment.

    `clock` is the number of the newest record at that moment: a commit is
    refused when a newer record shares a fingerprint key or link with it.
    """

    records: tuple[Record, ...]
    """At most eight, three of one story; first those that share most and rarest passages."""
    linked: tuple[Record, ...]
    """Records that share a link (canonical URL or global guid)."""
    stories: Mapping[str, Story]
    """By id, the stories of those records."""
    clock: int

    def item(self, key: str) -> Item | None:
        """One of these items, by its key."""
        return next((near.item for near in (*self.linked, *self.records) if near.item.key == key), None)

    def without(self, key: str) -> Neighbours:
        """The others: an item is no neighbour of itself."""
        return replace(
            self,
            records=tuple(record for record in self.records if record.item.key != key),
            linked=tuple(record for record in self.linked if record.item.key != key),
        )


@dataclass(frozen=True, slots=True)
class Commit:
    """All that one item changes, written in one step or not at all."""

    record: Record
    fingerprint: Fingerprint
    story: Story
    """After this item; its `version` is the one read, plus one (1: new)."""
    seen: Seen | None
    """What the decision took for the item's last revision."""
    clock: int
    deliveries: tuple[Delivery, ...]
    tallies: tuple[Tally, ...] = ()
    """Those that it moves, after it; the `version` of each is the one read, plus one."""
    lifted: tuple[Delivery, ...] = ()
    """Those that it takes out of their holds, as if they had never been there. What is held again has to be lifted."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changes of a story without an item, written in one step or not at all."""

    story: Story
    """After it; its `version` is the one read, plus one."""
    deliveries: tuple[Delivery, ...]
    lifted: tuple[Delivery, ...] = ()
    """Those that it takes out of their holds."""
    why: str = ""
    """Why it does, in words."""


class Archive(Protocol):
    """What was seen, the stories it made, and what was counted on the way."""

    async def seen(self, feed: str, keys: Sequence[str]) -> Mapping[str, Seen]:
        """The last revision of each item of this feed that is known (30 days)."""

    async def texts(self, feed: str) -> frozenset[str]:
        """The last revisions of all items of this feed that are known."""

    async def still_there(self, feed: str, keys: Sequence[str], now: float, shown: int) -> None:
        """Keep these items in memory: a feed showed them again.

        How many others are kept goes by `shown`, the items that it shows when it shows all: `len(keys)` at least.
        """

    async def record(self, number: int) -> Record | None:
        """A record by number, or None once it has expired (7 days)."""

    async def neighbours(self, fingerprint: Fingerprint, now: float) -> Neighbours: ...

    async def story(self, story_id: str) -> Story | None: ...

    async def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        """What was counted under each of these keys; an empty tally where nothing is known."""

    async def commit(self, commit: Commit, now: float) -> bool:
        """Write it all, or nothing and return false when something newer got in between."""

    async def amend(self, amendment: Amendment, now: float) -> bool:
        """Write it all, or nothing and return false when the story or what it lifts is not what it was made from.

        A story lives no longer for it.
        """

    async def idle(self, since: float, limit: int) -> tuple[Story, ...]:
        """Stories with open alerts to which no text came since; those idle longest first."""

    async def find(self, needle: str) -> tuple[Record, ...]:
        """Records by item key, URL or guid, or the id of an alert that heard of the item; newest first."""

    def stored(self, since: float) -> AsyncIterator[tuple[Record, ...]]:
        """Every record that is left of items seen from `since` on, newest first, many at a time."""
