"""An item beside a text known already, and what is found when they are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.model import Carrier, Item, Record, Relation
from monitor.stories.compare import Comparison
from monitor.stories.text import Reading, read

OLDEST_DATE = 30 * 86400.0
"""Seconds before it was seen up to which an item's own date is believed."""
SAME_DAY = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What an item is to one other text, and how strongly, to choose between several."""

    relation: Relation
    strength: float
    record: Record
    evidence: str
    confidence: float
    worded: bool = False
    """Shared wording decided: the longest shared passage belongs to the evidence."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An item and a record, read and compared."""

    item: Item
    record: Record
    c: Comparison
    gap: float
    """Seconds between the two."""

    @property
    def other(self) -> Item:
        return self.record.item

    @property
    def this(self) -> Reading:
        return self.c.a

    @property
    def that(self) -> Reading:
        return self.c.b

    @property
    def shorter(self) -> int:
        """Words of the shorter body."""
        return min(len(self.this.body), len(self.that.body))

    @property
    def who(self) -> str:
        """The other text, as an editor would call it."""
        owner = f"{self.other.source}'s" if self.other.source else "the"
        moment = datetime.fromtimestamp(came_out(self.other), UTC)
        return (
            f"{owner} text of {moment:%H:%M} UTC"
            if self.gap < SAME_DAY
            else f"{owner} text of {moment:%d %b %H:%M} UTC"
        )

    @property
    def same_publisher(self) -> bool:
        return self.item.feed == self.other.feed or publisher(self.item) == publisher(self.other)

    @property
    def later(self) -> bool:
        """Whether the item did not come out before the other."""
        return came_out(self.item) >= came_out(self.other)

    def found(
        self, relation: Relation, strength: float, evidence: str, confidence: float, *, worded: bool = False
    ) -> Finding:
        """A finding on this pair."""
        return Finding(relation, strength, self.record, evidence, confidence, worded)


def pair(item: Item, record: Record) -> Pair:
    """The two beside each other."""
    gap = abs(came_out(item) - came_out(record.item))
    return Pair(item, record, Comparison(read(item), read(record.item)), gap)


def publisher(item: Item | Carrier) -> str:
    """Who sends it, whichever the feed."""
    return item.source.casefold()


def came_out(item: Item) -> float:
    """When an item came out: its own date, unless that cannot be."""
    if item.published is not None and 0 <= item.seen_at - item.published <= OLDEST_DATE:
        return item.published
    return item.seen_at


def margin(measure: float, threshold: float) -> float:
    """Confidence, from a half for a measure that just reached its threshold, to one."""
    return 0.5 + 0.5 * min(1.0, max(0.0, (measure - threshold) / (1.0 - threshold)))


def percent(share: float) -> str:
    """A share as people write it: `96 %`."""
    return f"{100 * share:.0f} %"
