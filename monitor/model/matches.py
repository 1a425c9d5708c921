"""Matches: what people asked to hear, found in an item."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from monitor.model.text import Field


class Severity(IntEnum):
    """How loud a rule wants to be."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    FLASH = 3

    def __str__(self) -> str:
        return self.name.lower()


class Grouping(StrEnum):
    """What shares one alert of a rule."""

    EVENT = "event"
    """All texts of a story, reports in other words too."""
    TEXT = "text"
    """Copies and later versions of one text; a report in other words has an alert of its own."""
    OFF = "off"
    """Nothing: each item has an alert of its own."""


class Distinct(StrEnum):
    """What is counted before a rule fires."""

    SOURCE = "source"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Accumulation:
    """A rule that fires only when so many came within a time, in seconds."""

    count: int
    distinct: Distinct
    within: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule fired: `text` stands at `[start:end]` of the item's raw field."""

    rule: str
    field: Field
    start: int
    end: int
    text: str
    entity: str = ""
    """The entity whose spelling this is, if any."""


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that fired on one item, with every place that made it."""

    rule: str
    severity: Severity
    tags: tuple[str, ...]
    hits: tuple[Hit, ...]
    title: str = ""
    """The rule's name for people; empty: its id."""
    shadow: bool = False
    """The rule is on trial: recorded and counted, never told."""
    group: Grouping = Grouping.EVENT
    when: Accumulation | None = None
    """The rule fires only when this is reached; till then its matches count."""
    note: str = ""
    """What made it fire beside its hits."""
    throttle: float = 0.0
    """Seconds after an alert of the rule in which a channel gets no other."""
