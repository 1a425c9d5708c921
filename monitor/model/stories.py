"""Stories: one event on the wire, and what became of each item that tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.model.alerts import Alert, AlertStatus
from monitor.model.items import Item
from monitor.model.matches import Match
from monitor.model.relations import Carrier, Relation


@dataclass(frozen=True, slots=True)
class Story:
    """One event on the wire: the texts that tell it and the alerts it caused."""

    id: str
    version: int
    """Counts commits; the store refuses a commit made from an older one."""
    opened_at: float
    last_at: float
    headline: str
    carriers: tuple[Carrier, ...]
    alerts: tuple[Alert, ...] = ()
    status: AlertStatus = AlertStatus.LIVE
    wire_number: int = 0
    """The highest `UPDATE n-` seen."""

    @classmethod
    def opened_by(cls, item: Item, story_id: str, at: float) -> Story:
        """The story of an item that joins none and raises no alert."""
        headline = item.headline or item.title
        carrier = Carrier(item.key, item.source, item.url, headline, Relation.NEW, at, item.wire.embargo or 0.0)
        return cls(story_id, 1, at, at, headline, (carrier,), wire_number=item.wire.number)

    @property
    def is_open(self) -> bool:
        """Whether it has alerts that do not say yet that it is over."""
        return any(not alert.card.closed for alert in self.alerts)


class Fate(StrEnum):
    """What became of an item; each is a counter, and `wirewatch why` tells it."""

    ALERTED = "alerted"
    ATTACHED = "attached"
    FOLLOWED_UP = "followed up"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    EMBARGOED = "embargoed"
    WAITING = "waiting"
    """It is told later: after quiet hours, in a digest."""
    SILENCED = "silenced"
    THROTTLED = "throttled"
    SEEDED = "seeded"
    UNMATCHED = "no rule matched"
    COUNTED = "counted"
    """Towards a rule that fires on accumulation and has not yet."""
    UNROUTED = "no route"
    REPEATED = "repeated"
    MINOR = "minor change"
    ADVISORY = "note to editors"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item, and why, in words."""

    fate: Fate
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """What the store remembers of one revision of an item."""

    item: Item
    story_id: str
    relation: Relation
    evidence: str
    matches: tuple[Match, ...]
    outcome: Outcome
    alerts: tuple[str, ...] = ()
    """Ids of the alerts that this item raised, changed or joined."""
    deliveries: tuple[str, ...] = ()
    """Ids of the deliveries that tell of it."""
    earlier: tuple[str, ...] = ()
    """Revisions that this one replaced, newest first."""
    changes: int = 0
    """How often the item has changed since it came."""
