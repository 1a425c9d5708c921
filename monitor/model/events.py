"""Events and their deliveries: what is said, to whom, and the proof that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.model.alerts import Card
from monitor.model.items import ItemRef
from monitor.model.matches import Hit, Severity
from monitor.model.relations import Relation
from monitor.model.text import Field


class EventKind(StrEnum):
    """What happened to an alert. The names are part of the JSON contract."""

    RAISED = "raised"
    ATTACHED = "attached"
    UPDATED = "updated"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    DIGEST = "digest"
    OPS = "ops"


class Manner(StrEnum):
    """How loudly an event is told: change the message, reply under it, or call people."""

    EDIT = "edit"
    REPLY = "reply"
    PING = "ping"


@dataclass(frozen=True, slots=True)
class Change:
    """Words that differ between two revisions of an item."""

    field: Field
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """Something to say about an alert, and how the message looks after it."""

    kind: EventKind
    at: float
    alert_id: str
    story_id: str
    rules: tuple[str, ...]
    severity: Severity
    item: ItemRef
    relation: Relation
    hits: tuple[Hit, ...]
    card: Card
    manner: Manner
    changes: tuple[Change, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpsEvent:
    """The service speaks of itself. `subject` names the part, such as `feed bbc-world`."""

    at: float
    subject: str
    text: str
    recovered: bool = False


Event = AlertEvent | OpsEvent


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one channel.

    Deliveries of one `lane` (an alert, or a channel's ops messages) go out one
    at a time, in order. The `id` is made from alert, event and revision, so
    the same news always has the same id.
    """

    id: str
    lane: str
    channel: str
    event: Event
    created_at: float
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an alert stands at its destination; `ref` is the channel's own address of it."""

    ref: str
