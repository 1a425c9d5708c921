"""Alerts that change without an item: somebody is on one, or its story is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.alerts.amending import OVER, acknowledge, close
from monitor.errors import Contended
from monitor.model import Acknowledgement, Alert, Delivery, ItemRef, Place, Story
from monitor.ports import Store

MOST_TRIES = 20
"""Times an amendment is made anew because the story moved in between."""
AT_A_TIME = 100
"""Stories closed in one go."""


async def alerts_of(store: Store, needle: str) -> tuple[Story, tuple[Alert, ...]] | None:
    """The alert of this id with its story; by a story's id, or an address, key or guid of a text, all of its alerts.

    None when nothing is known of it. Raises StoreError.
    """
    story = await store.story(needle)
    if story is None:
        records = await store.find(needle)
        story = await store.story(records[0].story_id) if records else None
    if story is None:
        return None
    return story, tuple(alert for alert in story.alerts if alert.id == needle) or story.alerts


async def acknowledged(store: Store, needle: str, said: Acknowledgement) -> tuple[Alert, ...] | None:
    """Write down that somebody is on it; the alerts as they stand then, or None when nothing is known of it.

    Raises StoreError, Contended among them.
    """
    for _ in range(MOST_TRIES):
        found = await alerts_of(store, needle)
        if found is None:
            return None
        story, alerts = found
        chosen = [alert.id for alert in alerts]
        amendment = acknowledge(story, chosen, await _waiting(store, story), await _items(store, story.alerts), said)
        if amendment is None:
            return alerts
        if await store.amend(amendment, said.at):
            return tuple(alert for alert in amendment.story.alerts if alert.id in chosen)
    raise Contended(f"story {story.id} moved {MOST_TRIES} times in a row")


async def close_idle(store: Store, now: float) -> int:
    """Close stories that are over; how many. One to which a text comes meanwhile stays open. Raises StoreError."""
    closed = 0
    for story in await store.idle(now - OVER, AT_A_TIME):
        amendment = close(story, await _waiting(store, story), await _items(store, story.alerts), now)
        closed += await store.amend(amendment, now)
    return closed


async def _waiting(store: Store, story: Story) -> tuple[Delivery, ...]:
    places = [Place(hold.id, alert.id) for alert in story.alerts for hold in alert.holds]
    return tuple((await store.waiting(places)).values())


async def _items(store: Store, alerts: Iterable[Alert]) -> Mapping[str, ItemRef]:
    """What is known of the texts on the cards."""
    found = [(key, await store.find(key)) for key in {alert.item for alert in alerts}]
    return {key: records[0].item.ref() for key, records in found if records}
