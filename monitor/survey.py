"""What a document brings, before any of it is taken: what is new, what has changed, and what its feed taught us.

`ingest.arrivals` and `ingest.habits` decide; here they are told what the store knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.ingest import arrivals, habits, schedule, tombstones
from monitor.model import Feed, FeedState, Habits, Item, Kind, Outcome
from monitor.ports import Archive, Seen


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an item came."""

    hushed: Outcome | None = None
    """Why it is not to alert, whatever it says."""
    backlog: bool = False
    """With the first good poll after its feed, or the service, was away for long."""
    restless: bool = False
    """Changed, like most items of its feed, poll after poll."""


@dataclass(frozen=True, slots=True)
class Survey:
    """How each item comes that is new or has changed, by key; and what its feed taught us by now."""

    arrivals: Mapping[str, Arrival]
    habits: Habits


async def look(
    store: Archive,
    feed: Feed,
    state: FeedState,
    items: Sequence[Item],
    known: Sequence[str],
    seen: Mapping[str, Seen],
    now: float,
    *,
    pushed: bool = False,
) -> Survey:
    """Whether it is the items that changed, or their feed's ways. Raises StoreError.

    Of `items`, the oldest first, `seen` tells which were seen before; `known`
    are keys of those that the document shows as they were. What a hub `pushed`
    has not piled up, however long ago the last good poll was.
    """
    shown, familiar = len(items) + len(known), schedule.known(feed, state)
    unknown = [item for item in items if item.key not in seen]
    changed = [item for item in items if item.key in seen and seen[item.key].revision != item.revision]
    texts = await store.texts(feed.id) if habits.is_mass(len(unknown), shown) else frozenset()
    hushed = arrivals.hushed(feed, state, items, {item.key for item in unknown}, texts)
    taught = habits.learnt(
        state.habits,
        churned=familiar and arrivals.churned(unknown, texts),
        stirred=familiar and habits.is_mass(len(changed), shown),
    )
    if taught.stirs == habits.QUIET_AFTER:
        formers = [(item, await store.record(seen[item.key].number)) for item in changed]
        taught = habits.overlooking(taught, [(former.item.body, item.body) for item, former in formers if former])
    backlog, restless = not pushed and schedule.backlog(feed, state, now), taught.stirs > habits.QUIET_AFTER
    coming = {item.key: Arrival(hushed.get(item.key), backlog) for item in unknown}
    return Survey(coming | {item.key: Arrival(hushed.get(item.key), backlog, restless) for item in changed}, taught)


async def withdrawn(store: Archive, feed: Feed, deleted: Sequence[str], now: float) -> list[Item]:
    """What a feed deleted; what was never seen, or is withdrawn already, is no news. Raises StoreError."""
    seen = await store.seen(feed.id, deleted)
    records = [await store.record(last.number) for last in seen.values()]
    known = [record.item for record in records if record]
    return [tombstones.withdrawn(item, now) for item in known if item.wire.kind is not Kind.WITHDRAWAL]
