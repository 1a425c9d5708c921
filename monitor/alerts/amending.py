"""What changes of alerts without an item: somebody is on one, one is not to be told, or its story is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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

OVER = 2 * 86_400.0
"""Seconds without another text after which a story is over: no longer are copies looked for."""


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
            deliveries += [] if waits else [_word(story, told, EventKind.ACKNOWLEDGED, items, said.at, f"by {said.by}")]
    after = replace(story, version=story.version + 1, alerts=tuple(alerts))
    return Amendment(after, tuple(deliveries), tuple(lifted), f"acknowledged by {said.by}")


def call_off(story: Story, word: Delivery, why: str) -> Amendment:
    """What becomes of a story when its alert, of which a first word waits, is not to be told: it had never been."""
    alerts = tuple(alert for alert in story.alerts if alert.id != word.lane)
    return Amendment(replace(story, version=story.version + 1, alerts=alerts), (), (word,), why)


def close(story: Story, waiting: Iterable[Delivery], items: Mapping[str, ItemRef], now: float) -> Amendment:
    """What becomes of a story that is over: messages say so; where nobody was told yet, it goes without saying."""
    unheard = {delivery.lane for delivery in waiting}
    alerts: list[Alert] = []
    deliveries: list[Delivery] = []
    for alert in story.alerts:
        over = replace(alert, revision=alert.revision + 1, card=replace(alert.card, closed=True))
        alerts.append(over)
        if alert.alone and alert.id not in unheard:
            deliveries.append(_word(story, over, EventKind.EXPIRED, items, now, ""))
    return Amendment(replace(story, version=story.version + 1, alerts=tuple(alerts)), tuple(deliveries))


def _word(story: Story, alert: Alert, kind: EventKind, items: Mapping[str, ItemRef], at: float, note: str) -> Delivery:
    carried = next((carrier.relation for carrier in story.carriers if carrier.item == alert.item), Relation.NEW)
    event = AlertEvent(
        kind=kind,
        at=at,
        alert_id=alert.id,
        story_id=story.id,
        rules=alert.rules,
        severity=alert.severity,
        item=items.get(alert.item) or _from_card(alert),
        relation=carried,
        hits=(),
        card=alert.card,
        manner=Manner.EDIT,
        note=note,
    )
    return Delivery(
        id=digest(alert.id, kind, str(alert.revision)),
        lane=alert.id,
        channel=alert.channel,
        event=event,
        created_at=at,
    )


def _from_card(alert: Alert) -> ItemRef:
    """What is left of a text that the store has forgotten."""
    card = alert.card
    return ItemRef(alert.item, "", "", card.source, card.url, card.headline, card.kind, card.published, card.seen_at)
