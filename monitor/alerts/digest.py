"""What goes out when a hold is released: each delivery by itself, or one digest of them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.model import (
    AlertEvent,
    Delivery,
    DigestEntry,
    DigestEvent,
    DigestSection,
    EventKind,
    Hold,
    HoldReason,
    digest,
)

TITLES = {
    HoldReason.QUIET: "While it was quiet",
    HoldReason.DIGEST: "Digest",
    HoldReason.THROTTLE: "Throttled",
    HoldReason.CATCH_UP: "Catching up",
    HoldReason.INHIBITION: "Beside the flash",
}
"""What a digest is called that has no title of its own."""

_OTHER_TEXTS = (EventKind.ATTACHED, EventKind.UPDATED)
"""What is told of a text beside the one on the card."""


def released(deliveries: Sequence[Delivery], now: float, silenced: int = 0) -> tuple[Delivery, ...]:
    """What tells of all that waited in a hold; `silenced` alerts to its channel were kept back meanwhile."""
    gathered = [delivery for delivery in deliveries if _gathers(delivery)]
    alone = (
        replace(delivery, hold=None, created_at=now, not_before=max(delivery.not_before, delivery.due))
        for delivery in deliveries
        if not _gathers(delivery)
    )
    hold = next((delivery.hold for delivery in gathered), None)
    return (*([compose(hold, gathered, now, silenced)] if hold else []), *alone)


def compose(hold: Hold, deliveries: Sequence[Delivery], now: float, silenced: int = 0) -> Delivery:
    """One digest of these alerts (at least one)."""
    events = [delivery.event for delivery in deliveries if isinstance(delivery.event, AlertEvent)]
    event = DigestEvent(
        at=now,
        title=hold.title or TITLES[hold.reason],
        reason=hold.reason,
        since=min(delivery.created_at for delivery in deliveries),
        sections=_sections(events),
        silenced=silenced,
    )
    named = digest("digest", hold.id, *sorted(delivery.id for delivery in deliveries))
    return Delivery(named, f"digest-{named}", hold.channel, event, now)


def _gathers(delivery: Delivery) -> bool:
    """Whether a digest tells it; notices are told as they are."""
    return isinstance(delivery.event, AlertEvent) and delivery.hold is not None and delivery.hold.reason.gathers


def _sections(events: Iterable[AlertEvent]) -> tuple[DigestSection, ...]:
    """By rule; an alert that several rules asked for stands under the first."""
    titles: dict[str, str] = {}
    entries: dict[str, list[DigestEntry]] = {}
    for told in _by_story(events):
        rule = told[0].rules[0]
        titles.setdefault(rule, told[0].card.rules[0])
        entries.setdefault(rule, []).append(_entry(told))
    sections = [
        DigestSection(rule, titles[rule], tuple(sorted(found, key=lambda entry: (-entry.severity, entry.at))))
        for rule, found in entries.items()
    ]
    return tuple(sorted(sections, key=lambda section: (-section.entries[0].severity, section.title.casefold())))


def _by_story(events: Iterable[AlertEvent]) -> list[list[AlertEvent]]:
    """Alerts of one story that are news together, the loudest first; what came after an alert was told, by itself."""
    stories: dict[tuple[str, str], list[AlertEvent]] = {}
    for event in sorted(events, key=lambda event: (-event.severity, event.at)):
        news = event.kind is EventKind.RAISED
        stories.setdefault((event.story_id, "" if news else event.alert_id), []).append(event)
    return list(stories.values())


def _entry(told: Sequence[AlertEvent]) -> DigestEntry:
    """The first of these events as it is shown, with the texts of all."""
    event = told[0]
    card, item = event.card, event.item
    other = event.kind in _OTHER_TEXTS
    texts = {text for each in told for text in (each.item.key, *(carrier.item for carrier in each.card.carriers))}
    return DigestEntry(
        alert_id=event.alert_id,
        story_id=event.story_id,
        kind=event.kind,
        at=event.at,
        relation=event.relation,
        headline=item.title if other else card.headline,
        url=item.url if other else card.url,
        source=item.source if other else card.source,
        published=item.published if other else card.published,
        severity=event.severity,
        status=card.status,
        carriers=len(texts) - 1,
        changes=event.changes,
        note=event.note or card.note,
    )
