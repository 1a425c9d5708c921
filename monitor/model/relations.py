"""What an item is to the stories known already, and under what they are found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Relation(StrEnum):
    """What an item is to its story."""

    NEW = "new"
    COPY = "copy"
    DERIVED = "derived"
    """The same text cut, embedded, reworded or translated."""
    UPDATE = "update"
    """The text of before with newer figures or facts."""
    REPORT = "report"
    """The same event in words of its own."""
    TEMPLATE = "template"
    """Another event told in the same form: a story of its own."""
    ROUNDUP = "roundup"
    """A digest, a live page: it tells of many stories and belongs to none."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Under what an item's possible copies are found.

    `keys` are 32-bit hashes of passages, rarest first, looked up for 48 hours;
    `links` are 64-bit hashes of canonical URL and global guid, looked up for
    30 days.
    """

    keys: tuple[int, ...]
    links: tuple[int, ...]


class Topic(StrEnum):
    """What two texts disagree on."""

    NAMES = "names"
    """Another event told in the same form."""
    MAGNITUDE = "magnitude"
    """Of an earthquake."""
    TOLL = "toll"
    """A count of dead, hurt, arrested ... that grows while an event goes on."""
    MOVE = "move"
    """Which way a price, a rate, a result went."""
    FIGURES = "figures"
    """Any other figures of headline and lead."""
    PLACE = "place"
    """Where the same thing happened."""
    DATE = "date"
    """On which day the same thing happened."""


class Conflict(NamedTuple):
    """A contradiction between an item and texts known already; which is right is not ours to say."""

    topic: Topic
    here: str
    """What the item says, such as `30 dead`."""
    there: str
    """What the other text, or the others, say."""
    whose: str = ""
    """The outlet of the other text; empty when several agree on it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an item is to an existing story (`story_id` empty: to none), and the evidence."""

    relation: Relation
    story_id: str
    evidence: str
    other: str = ""
    """Key of the item compared with."""
    confidence: float = 0.0
    """From 0 to 1: how far what decided lies from where it would have decided otherwise."""
    conflicts: tuple[Conflict, ...] = ()
    """What the item and the story it joins disagree on; of an update, what is new."""
    translated: bool = False
    """The item says of itself that a machine translated it."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """An outlet's text of a story."""

    item: str
    source: str
    url: str
    title: str
    relation: Relation
    at: float
    embargo: float = 0.0
    """Not to be shown before."""
