"""Who hears of an alert when nobody says that they are on it: `escalate: {after: 10m, to: night}`.

The same alert waits for each of the next channels in a hold of its own, for so
long after it was told: one under embargo from the embargo's end. A digest, at
the end of quiet hours too, calls nobody, so nobody is waited for; what stood in
one, or waits for one, is escalated once it has a message of its own that calls.

What waits shows the alert as it is, and is as loud. It is called off by an
acknowledgement, by a withdrawal as from any other hold, and by a silence that
holds where and when it would be told. A channel that was called by an alert of
the story is called by nobody else. One that only has it in a digest is: by an
alert beside that one, which speaks for both once it is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.alerts.follow_up import Situation
from monitor.alerts.grouping import alert_id
from monitor.alerts.pending import Settled
from monitor.alerts.remarks import joined
from monitor.alerts.terms import Terms
from monitor.durations import written
from monitor.model import Alert, AlertEvent, Delivery, EventKind, Grouping, Hold, HoldReason, Manner, Story, digest


def hold(origin: Alert, channel: str, until: float) -> Hold:
    """Where an alert waits for the next channel."""
    return Hold(digest("escalation", origin.id, channel, length=16), channel, HoldReason.ESCALATION, until)


def comes_from(alert: Alert, origin: Alert) -> bool:
    """Whether an alert is what another one is, or was, to become when nobody answers."""
    return any(waits.id == hold(origin, alert.channel, 0.0).id for waits in alert.holds)


def origin_of(alert: Alert, alerts: Iterable[Alert]) -> Alert | None:
    """Which of a story's alerts it was escalated from."""
    return next((other for other in alerts if comes_from(alert, other)), None)


def beside(alert: Alert, alerts: Sequence[Alert]) -> Alert | None:
    """Of an alert that stands in digests, the one that was escalated to its channel; and the other way round."""
    by_another = origin_of(alert, alerts) is not None
    others = (other for other in alerts if other.channel == alert.channel and other.alone is not alert.alone)
    return next((other for other in others if (origin_of(other, alerts) is not None) is not by_another), None)


def chain(alerts: Iterable[Alert], chosen: Collection[str]) -> set[str]:
    """Ids of these alerts, of those that they were escalated to, and of those that they come from."""
    alerts = tuple(alerts)
    pairs = [(alert.id, origin.id) for alert in alerts for origin in alerts if comes_from(alert, origin)]
    return {*chosen, *(each for pair in pairs if not set(pair).isdisjoint(chosen) for each in pair)}


def called(before: Sequence[Alert], settled: Sequence[Settled]) -> list[tuple[Alert, Delivery]]:
    """The alerts, each with its word, that call people for the first time: so far they stood in digests."""
    return [
        (each.alert, word)
        for alert, each in zip(before, settled, strict=True)
        if each.alert and each.alert.alone and not alert.alone and not alert.card.acknowledged
        for word in each.deliveries
        if isinstance(word.event, AlertEvent) and word.event.manner is Manner.PING
    ]


def superseded(before: Sequence[Alert], settled: Sequence[Settled], situation: Situation) -> list[Settled]:
    """Without the escalations that wait for a channel which its own alert calls by now."""
    pairs = list(zip(before, settled, strict=True))
    calling = {alert.channel for alert, each in pairs if each.alert and each.alert.alone and not alert.alone}
    gone = {alert.id for alert in before if alert.channel in calling and origin_of(alert, before)}
    return [
        Settled(None, (), words) if alert.id in gone and (words := situation.held(alert)) else each
        for alert, each in pairs
    ]


def escalated(
    raised: Sequence[tuple[Alert, Delivery]], terms: Mapping[str, Terms], situation: Situation, story: Story
) -> list[tuple[Alert, Delivery]]:
    """What waits for the next channels of alerts that just came to call people, given the terms of their channels."""
    key = situation.item.key
    known = [alert for alert in story.alerts if alert.group is Grouping.EVENT or alert.item == key]
    known += [alert for alert, _ in raised]
    told, in_digests = ({alert.channel for alert in known if alert.alone is alone} for alone in (True, False))
    found: list[tuple[Alert, Delivery]] = []
    for origin, word in raised:
        limit = terms[origin.channel].escalate
        if limit is None or not origin.alone:
            continue
        said = f"not acknowledged in {origin.channel} within {written(limit.after)}"
        for channel in limit.to:
            if channel not in told:
                told.add(channel)
                named = alert_id(story, channel, origin.group, situation.item)
                named = digest(named, "escalation", length=12) if channel in in_digests else named
                found.append(_waiting(origin, word, replace(origin, id=named, channel=channel), said, limit.after))
    return found


def _waiting(origin: Alert, word: Delivery, alert: Alert, said: str, after: float) -> tuple[Alert, Delivery]:
    """An alert for the next channel, and its first word in its hold."""
    waits = hold(origin, alert.channel, word.due + after)
    alert = replace(alert, holds=(waits,), card=replace(alert.card, note=joined(said, alert.card.note)))
    event = word.event
    assert isinstance(event, AlertEvent)  # noqa: S101 (only alerts are raised)
    note, manner = alert.card.note, Manner.PING
    event = replace(event, kind=EventKind.RAISED, alert_id=alert.id, card=alert.card, note=note, manner=manner)
    named = digest(alert.id, event.kind, str(alert.revision))
    return alert, replace(word, id=named, lane=alert.id, channel=alert.channel, event=event, hold=waits)
