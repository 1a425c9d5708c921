"""An alert and what becomes of it, as deliveries."""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import TextIO

from monitor.channels import Outside
from monitor.config import Settings
from monitor.model import (
    Acknowledgement,
    AlertEvent,
    AlertStatus,
    Card,
    Carrier,
    Change,
    Delivery,
    DigestEntry,
    DigestEvent,
    DigestSection,
    Event,
    EventKind,
    Excerpt,
    Field,
    Hit,
    HoldReason,
    ItemRef,
    Kind,
    Manner,
    OpsEvent,
    Relation,
    Severity,
    Span,
)
from monitor.ports import Pauses
from monitor.store.memory import MemoryStore

AT = 1_648_649_100.0  # 30 March 2022, 14:05 UTC

ITEM = ItemRef(
    key="item-1",
    feed="globe",
    guid="urn:globe:1",
    source="Globe Wire",
    url="https://globe.example/news/1?a=1&b=2",
    title="URGENT: Ministers hail a new world order",
    kind=Kind.URGENT,
    published=AT,
    seen_at=AT + 4,
)
CARD = Card(
    headline="Ministers hail a new world order",
    url=ITEM.url,
    source=ITEM.source,
    published=AT,
    seen_at=AT + 4,
    severity=Severity.HIGH,
    kind=Kind.URGENT,
    status=AlertStatus.LIVE,
    rules=("World order", "Lavrov"),
    spellings=("world order", "Lawrow"),
    excerpts=(
        Excerpt(Field.BODY, "… Lawrow said that a fair world order was near …", (Span(2, 8), Span(26, 37))),
        Excerpt(Field.BODY, "His guest agreed.", ()),
    ),
)
RAISED = AlertEvent(
    kind=EventKind.RAISED,
    at=AT + 5,
    alert_id="a1",
    story_id="s1",
    rules=("world-order", "lavrov"),
    severity=Severity.HIGH,
    item=ITEM,
    relation=Relation.NEW,
    hits=(Hit("world-order", Field.BODY, 40, 51, "world order"), Hit("lavrov", Field.BODY, 16, 22, "Lawrow", "lavrov")),
    card=CARD,
    manner=Manner.PING,
)
COPY = replace(
    RAISED,
    kind=EventKind.ATTACHED,
    at=AT + 60,
    item=replace(ITEM, key="item-2", source="Daily Echo", url="https://echo.example/2", title="What Lawrow told us"),
    relation=Relation.COPY,
    hits=(),
    card=replace(
        CARD,
        carriers=(
            Carrier("item-2", "Daily Echo", "https://echo.example/2", "What Lawrow told us", Relation.COPY, AT + 60),
        ),
    ),
    manner=Manner.REPLY,
)
UPDATE = replace(COPY, kind=EventKind.UPDATED, at=AT + 120, item=replace(ITEM, kind=Kind.UPDATE), relation=Relation.NEW)
CORRECTION = replace(
    UPDATE,
    kind=EventKind.CORRECTED,
    at=AT + 180,
    card=replace(COPY.card, status=AlertStatus.CORRECTED),
    manner=Manner.PING,
    changes=(Change(Field.BODY, "at least 12 people were hurt", "at least 30 people were hurt"),),
    note="Corrects the toll in the second paragraph.",
)
WITHDRAWAL = replace(
    UPDATE,
    kind=EventKind.WITHDRAWN,
    at=AT + 240,
    item=replace(ITEM, title="STORY WITHDRAWN: Ministers hail a new world order", kind=Kind.WITHDRAWAL),
    card=replace(COPY.card, status=AlertStatus.WITHDRAWN),
    manner=Manner.PING,
    note="The desk could not confirm the quotation.",
)
HOLD = replace(UPDATE, kind=EventKind.HELD, card=replace(COPY.card, status=AlertStatus.HELD), manner=Manner.PING)
RELEASE = replace(UPDATE, kind=EventKind.RELEASED, at=AT + 300, manner=Manner.PING)
LOUDER = replace(
    COPY,
    kind=EventKind.SEVERITY_RAISED,
    at=AT + 320,
    severity=Severity.FLASH,
    card=replace(COPY.card, severity=Severity.FLASH),
    manner=Manner.PING,
)
ACKNOWLEDGED = replace(
    RAISED,
    kind=EventKind.ACKNOWLEDGED,
    at=AT + 340,
    card=replace(COPY.card, acknowledged=Acknowledgement("Änne", AT + 340)),
    manner=Manner.EDIT,
    note="by Änne",
)
EXPIRED = replace(
    ACKNOWLEDGED, kind=EventKind.EXPIRED, at=AT + 360, card=replace(ACKNOWLEDGED.card, closed=True), note=""
)
REFILE = replace(UPDATE, manner=Manner.EDIT)
TROUBLE = OpsEvent(AT, "feed globe", "answers 503 since 13:40; the last good poll was 25 minutes ago")
RECOVERY = OpsEvent(AT + 600, "feed globe", "answers again", recovered=True)


TOLL = Change(Field.BODY, "at least 12 people", "at least 30 people")
HAIL = DigestEntry(
    alert_id="a1",
    story_id="s1",
    kind=EventKind.RAISED,
    at=AT,
    relation=Relation.NEW,
    headline="Ministers hail a new world order",
    url=ITEM.url,
    source="Globe Wire",
    published=AT,
    severity=Severity.HIGH,
    status=AlertStatus.LIVE,
    carriers=2,
)
QUAKE = DigestEntry(
    alert_id="a2",
    story_id="s2",
    kind=EventKind.CORRECTED,
    at=AT + 60,
    relation=Relation.NEW,
    headline="Quake kills 30",
    url="https://echo.example/quake",
    source="Daily Echo",
    published=None,
    severity=Severity.NORMAL,
    status=AlertStatus.CORRECTED,
    carriers=0,
    changes=(TOLL,),
    note="Corrects the toll.",
)
DIGEST = DigestEvent(
    at=AT + 3600,
    title="World, this morning",
    reason=HoldReason.DIGEST,
    since=AT,
    sections=(DigestSection("world-order", "World order", (HAIL,)), DigestSection("quakes", "Quakes", (QUAKE,))),
    silenced=3,
)


def outside(
    settings: Settings | None = None,
    *,
    stream: TextIO | None = None,
    tls: ssl.SSLContext | None = None,
    clock: Callable[[], float] = lambda: AT + 60,
    pauses: Pauses | None = None,
) -> Outside:
    """What a channel is given; by its clock it is a minute after the alert was raised."""
    return Outside(settings or Settings(), stream or io.StringIO(), clock, pauses or MemoryStore(), tls)


def delivery(event: Event, identity: str = "") -> Delivery:
    """The event on its way, with an id of its own kind."""
    if isinstance(event, OpsEvent):
        return Delivery(identity or f"ops-{event.at:.0f}", "ops", "desk", event, event.at)
    if isinstance(event, DigestEvent):
        return Delivery(identity or f"digest-{event.at:.0f}", "digests", "desk", event, event.at)
    return Delivery(identity or f"{event.kind}-{event.at:.0f}", event.alert_id, "desk", event, event.at)
