"""What people answer to an alert: that they are on it."""

from __future__ import annotations

from monitor.alerts.acknowledging import acknowledge
from monitor.errors import Contended
from monitor.model import Acknowledgement, Alert, Place, Story
from monitor.ports import Store

MOST_TRIES = 20
"""Times an answer is given anew because the story moved in between."""


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
        places = [Place(hold.id, alert.id) for alert in story.alerts for hold in alert.holds]
        waiting = (await store.waiting(places)).values()
        texts = [record for alert in alerts for record in await store.find(alert.item)]
        items = {record.item.key: record.item.ref() for record in reversed(texts)}
        amendment = acknowledge(story, [alert.id for alert in alerts], tuple(waiting), items, said)
        if amendment is None:
            return alerts
        if await store.amend(amendment, said.at):
            return tuple(alert for alert in amendment.story.alerts if alert.id in {chosen.id for chosen in alerts})
    raise Contended(f"story {story.id} moved {MOST_TRIES} times in a row")
