"""An event as JSON: one object, whose names other programs rely on.

    event at alert_id story_id rules severity item relation hits carriers
    then: delivery_id status manner changes note acknowledged (null, or `by at`)

`item` has `key feed guid source url title kind published seen_at`; a hit has
`rule field start end text`, offsets in characters of the item's raw field. A
notice of the service has `event at subject text recovered delivery_id`; a digest
`event at title reason since silenced sections delivery_id`, a section of it
`rule title entries`. Times are ISO 8601 in UTC. Texts are as they came: whoever shows them escapes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from monitor.channels.render import iso
from monitor.model import AlertEvent, Card, Change, Delivery, DigestEntry, DigestEvent, EventKind, ItemRef

# Valid inside JSON strings, but a terminal or a line reader acts on some of
# them, and a lone surrogate cannot be encoded.
_ODD = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(delivery: Delivery, *, ascii_only: bool = False) -> str:
    """The event as one line of JSON, without the line feed."""
    written = json.dumps(document(delivery), ensure_ascii=ascii_only, separators=(", ", ": "))
    return _ODD.sub(lambda odd: f"\\u{ord(odd[0]):04x}", written)


def document(delivery: Delivery) -> dict[str, object]:
    """The event as what JSON is made of."""
    event = delivery.event
    if isinstance(event, AlertEvent):
        return _alert(event, delivery.id)
    if isinstance(event, DigestEvent):
        return _digest(event, delivery.id)
    return {
        "event": EventKind.OPS.value,
        "at": iso(event.at),
        "subject": event.subject,
        "text": event.text,
        "recovered": event.recovered,
        "delivery_id": delivery.id,
    }


def _alert(event: AlertEvent, delivery_id: str) -> dict[str, object]:
    return {
        "event": event.kind.value,
        "at": iso(event.at),
        "alert_id": event.alert_id,
        "story_id": event.story_id,
        "rules": list(event.rules),
        "severity": str(event.severity),
        "item": _item(event.item),
        "relation": event.relation.value,
        "hits": [
            {"rule": hit.rule, "field": hit.field.value, "start": hit.start, "end": hit.end, "text": hit.text}
            for hit in event.hits
        ],
        "carriers": [
            {
                "item": carrier.item,
                "source": carrier.source,
                "url": carrier.url,
                "title": carrier.title,
                "relation": carrier.relation.value,
                "at": iso(carrier.at),
            }
            for carrier in event.card.carriers
        ],
        "delivery_id": delivery_id,
        "status": event.card.status.value,
        "manner": event.manner.value,
        "changes": _changes(event.changes),
        "note": event.note,
        "acknowledged": _acknowledged(event.card),
    }


def _acknowledged(card: Card) -> dict[str, str] | None:
    said = card.acknowledged
    return {"by": said.by, "at": iso(said.at)} if said else None


def _digest(event: DigestEvent, delivery_id: str) -> dict[str, object]:
    return {
        "event": EventKind.DIGEST.value,
        "at": iso(event.at),
        "title": event.title,
        "reason": event.reason.value,
        "since": iso(event.since),
        "silenced": event.silenced,
        "sections": [
            {"rule": section.rule, "title": section.title, "entries": [_entry(entry) for entry in section.entries]}
            for section in event.sections
        ],
        "delivery_id": delivery_id,
    }


def _entry(entry: DigestEntry) -> dict[str, object]:
    return {
        "event": entry.kind.value,
        "at": iso(entry.at),
        "alert_id": entry.alert_id,
        "story_id": entry.story_id,
        "relation": entry.relation.value,
        "headline": entry.headline,
        "url": entry.url,
        "source": entry.source,
        "published": None if entry.published is None else iso(entry.published),
        "severity": str(entry.severity),
        "status": entry.status.value,
        "carriers": entry.carriers,
        "changes": _changes(entry.changes),
        "note": entry.note,
    }


def _changes(changes: Sequence[Change]) -> list[dict[str, str]]:
    return [{"field": change.field.value, "before": change.before, "after": change.after} for change in changes]


def _item(item: ItemRef) -> dict[str, object]:
    return {
        "key": item.key,
        "feed": item.feed,
        "guid": item.guid,
        "source": item.source,
        "url": item.url,
        "title": item.title,
        "kind": item.kind.value,
        "published": None if item.published is None else iso(item.published),
        "seen_at": iso(item.seen_at),
    }
