"""Events and their deliveries: what is said, to whom, and the proof that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.model.alerts import AlertStatus, Card
from monitor.model.holds import Hold, HoldReason, Place
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
    HELD = "held"
    """Its desk asks not to use it until it is checked."""
    RELEASED = "released"
    """And lets it go, or publishes again what it had withdrawn."""
    WITHDRAWN = "withdrawn"
    SEVERITY_RAISED = "severity_raised"
    """A rule that is louder asks for it too."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody says that they are on it."""
    EXPIRED = "expired"
    """Its story is closed: a later text opens another."""
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


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """An alert in a digest, as it stands when the digest goes out."""

    alert_id: str
    story_id: str
    kind: EventKind
    """What happened to it last; `raised`: it is told here for the first time."""
    at: float
    """When that was."""
    relation: Relation
    """What the text that it is about is to the story."""
    headline: str
    url: str
    source: str
    published: float | None
    severity: Severity
    status: AlertStatus
    carriers: int
    """Other texts of the story."""
    changes: tuple[Change, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class DigestSection:
    """What a rule asked for: each entry stands once in a digest, under the first rule that asked."""

    rule: str
    title: str
    """The rule's name for people."""
    entries: tuple[DigestEntry, ...]
    """The loudest first, then the oldest."""


@dataclass(frozen=True, slots=True)
class DigestEvent:
    """What waited for one channel, told in one message."""

    at: float
    title: str
    reason: HoldReason
    since: float
    """When the oldest of it began to wait."""
    sections: tuple[DigestSection, ...]
    """The loudest first, then by title."""
    silenced: int = 0
    """Alerts to this channel since the digest before that a silence kept back."""

    @property
    def entries(self) -> tuple[DigestEntry, ...]:
        """All of them, section after section."""
        return tuple(entry for section in self.sections for entry in section.entries)


Event = AlertEvent | OpsEvent | DigestEvent


class DeliveryState(StrEnum):
    """How far a delivery has come: `held → queued → sending → sent | retry | ambiguous | dead`."""

    HELD = "held"
    """It waits in its hold."""
    LIFTED = "lifted"
    """It was taken out of its hold: never told, or told otherwise."""
    GATHERED = "gathered"
    """A digest tells it."""
    QUEUED = "queued"
    SENDING = "sending"
    RETRY = "retry"
    """Not accepted; sent again later."""
    AMBIGUOUS = "ambiguous"
    """It may have been accepted; looked for before it is sent again."""
    SENT = "sent"
    DEAD = "dead"
    """Given up, and kept for an operator."""
    DROPPED = "dropped"
    """Dead, and let go by an operator."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one channel.

    Deliveries of one `lane` (an alert, a digest, or a channel's ops messages)
    go out one at a time, in order. The `id` is made from alert, event and
    revision, so the same news always has the same id.
    """

    id: str
    lane: str
    channel: str
    event: Event
    created_at: float
    not_before: float = 0.0
    hold: Hold | None = None
    """Where it waits instead of going out."""
    gathers: bool = False
    """It waits until `not_before` only to go out together with others of its lane, and never holds them up."""
    followed: bool = False
    """Another of its lane goes out right after it and shows the alert as it is then: this one need not."""

    @property
    def place(self) -> Place | None:
        """Its place in its hold."""
        return Place(self.hold.id, self.lane) if self.hold else None

    @property
    def kind(self) -> EventKind:
        """What it tells."""
        match self.event:
            case AlertEvent(kind=kind):
                return kind
            case DigestEvent():
                return EventKind.DIGEST
            case OpsEvent():
                return EventKind.OPS

    @property
    def due(self) -> float:
        """When it may first go out."""
        return self.hold.until if self.hold else max(self.created_at, self.not_before)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an alert stands at its destination; `ref` is the channel's own address of it."""

    ref: str
