"""Somebody says that they are on an alert: its message says so, and nobody else is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from monitor.alerts.escalation import chain
from monitor.model import (
    Acknowledgement,
    Alert,
    AlertEvent,
    Delivery,
    EventKind,
    HoldReason,
    ItemRef,
    Manner,
    Relation,
    Story,
    digest,
)
from monitor.ports import Amendment


def acknowledge(
    story: Story,
    chosen: Collection[str],
    waiting: Collection[Delivery],
    items: Mapping[str, ItemRef],
    said: Acknowledgement,
) -> Amendment | None:
    """What becomes of a story when somebody is on the `chosen` alerts of it; None when others were before.

    `waiting` is what waits of its alerts, `items` what is known of the texts on
    their cards. What was escalated from them, or they from, is acknowledged
    with them; where the escalation still waits, it is called off.
    """
    open_ = {alert.id for alert in story.alerts if alert.id in chosen and alert.card.acknowledged is None}
    if not open_:
        return None
    concerned, unheard = chain(story.alerts, open_), {delivery.lane: delivery for delivery in waiting}
    alerts: list[Alert] = []
    deliveries: list[Delivery] = []
    lifted: list[Delivery] = []
    for alert in story.alerts:
        waits = unheard.get(alert.id)
        if alert.id not in concerned or alert.card.acknowledged:
            alerts.append(alert)
        elif waits and waits.hold and waits.hold.reason is HoldReason.ESCALATION:
            lifted.append(waits)
        else:
            told = replace(alert, revision=alert.revision + 1, card=replace(alert.card, acknowledged=said))
            alerts.append(told)
            deliveries += [] if waits else [_delivery(story, told, items, said)]
    after = replace(story, version=story.version + 1, alerts=tuple(alerts))
    return Amendment(after, tuple(deliveries), tuple(lifted))


def _delivery(story: Story, alert: Alert, items: Mapping[str, ItemRef], said: Acknowledgement) -> Delivery:
    carried = next((carrier.relation for carrier in story.carriers if carrier.item == alert.item), Relation.NEW)
    event = AlertEvent(
        kind=EventKind.ACKNOWLEDGED,
        at=said.at,
        alert_id=alert.id,
        story_id=story.id,
        rules=alert.rules,
        severity=alert.severity,
        item=items.get(alert.item) or _from_card(alert),
        relation=carried,
        hits=(),
        card=alert.card,
        manner=Manner.EDIT,
        note=f"by {said.by}",
    )
    return Delivery(
        id=digest(alert.id, event.kind, str(alert.revision)),
        lane=alert.id,
        channel=alert.channel,
        event=event,
        created_at=said.at,
    )


def _from_card(alert: Alert) -> ItemRef:
    """What is left of a text that the store has forgotten."""
    card = alert.card
    return ItemRef(alert.item, "", "", card.source, card.url, card.headline, card.kind, card.published, card.seen_at)
