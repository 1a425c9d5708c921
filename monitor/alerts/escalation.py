"""Who hears of an alert when nobody says that they are on it: `escalate: {after: 10m, to: night}`.

The same alert waits for each of the next channels in a hold of its own, for so
long after it was told. An acknowledgement lifts it, and so does a withdrawal,
as from any other hold. A channel that has an alert of the story is called by
nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.alerts.follow_up import Situation
from monitor.alerts.grouping import alert_id
from monitor.alerts.remarks import joined
from monitor.alerts.terms import Terms
from monitor.durations import written
from monitor.model import Alert, AlertEvent, Delivery, Grouping, Hold, HoldReason, Story, digest


def hold(origin: Alert, channel: str, until: float) -> Hold:
    """Where an alert waits for the next channel."""
    return Hold(digest("escalation", origin.id, channel, length=16), channel, HoldReason.ESCALATION, until)


def comes_from(alert: Alert, origin: Alert) -> bool:
    """Whether an alert is what another one is, or was, to become when nobody answers."""
    return any(waits.id == hold(origin, alert.channel, 0.0).id for waits in alert.holds)


def chain(alerts: Iterable[Alert], chosen: Collection[str]) -> set[str]:
    """Ids of these alerts, of those that they were escalated to, and of those that they come from."""
    alerts = tuple(alerts)
    pairs = [(alert.id, origin.id) for alert in alerts for origin in alerts if comes_from(alert, origin)]
    return {*chosen, *(each for pair in pairs if not set(pair).isdisjoint(chosen) for each in pair)}


def escalated(
    raised: Sequence[tuple[Alert, Delivery]], terms: Mapping[str, Terms], situation: Situation, story: Story
) -> list[tuple[Alert, Delivery]]:
    """What waits for the next channels of alerts that were just raised, given the terms of their channels.

    What goes into a digest is not escalated: nobody is called by it.
    """
    key = situation.item.key
    called = {alert.channel for alert in story.alerts if alert.group is Grouping.EVENT or alert.item == key}
    called |= {alert.channel for alert, _ in raised}
    found: list[tuple[Alert, Delivery]] = []
    for origin, word in raised:
        limit = terms[origin.channel].escalate
        if limit is None or not origin.alone:
            continue
        said = f"not acknowledged in {origin.channel} within {written(limit.after)}"
        for channel in limit.to:
            if channel not in called:
                called.add(channel)
                named = alert_id(story, channel, origin.group, situation.item)
                found.append(_waiting(origin, word, replace(origin, id=named, channel=channel), said, limit.after))
    return found


def _waiting(origin: Alert, word: Delivery, alert: Alert, said: str, after: float) -> tuple[Alert, Delivery]:
    """An alert for the next channel, and its first word in its hold."""
    waits = hold(origin, alert.channel, word.due + after)
    alert = replace(alert, holds=(waits,), card=replace(alert.card, note=joined(said, alert.card.note)))
    event = word.event
    assert isinstance(event, AlertEvent)  # noqa: S101 (only alerts are raised)
    event = replace(event, alert_id=alert.id, card=alert.card, note=alert.card.note)
    named = digest(alert.id, event.kind, str(alert.revision))
    return alert, replace(word, id=named, lane=alert.id, channel=alert.channel, event=event, not_before=0.0, hold=waits)
