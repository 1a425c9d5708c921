"""Alerts: a story told to one destination, and how its message looks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from monitor.model.holds import Hold
from monitor.model.items import Kind
from monitor.model.matches import Grouping, Severity
from monitor.model.relations import Carrier
from monitor.model.text import Field, Span


class AlertStatus(StrEnum):
    """What the message at a destination says of itself."""

    LIVE = "live"
    CORRECTED = "corrected"
    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of a field with the places that made a rule fire, offsets within `text`."""

    field: Field
    text: str
    marks: tuple[Span, ...]


class Acknowledgement(NamedTuple):
    """Somebody's word that they are on it."""

    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Card:
    """What the message at a destination shows now. Channels render it, nothing else."""

    headline: str
    url: str
    source: str
    published: float | None
    seen_at: float
    severity: Severity
    kind: Kind
    status: AlertStatus
    rules: tuple[str, ...]
    """Names for people, in the order in which they fired."""
    spellings: tuple[str, ...]
    """The words that made the rules fire, as they stand in the text."""
    excerpts: tuple[Excerpt, ...]
    carriers: tuple[Carrier, ...] = ()
    """Other texts of the story, oldest first."""
    note: str = ""
    acknowledged: Acknowledgement | None = None
    closed: bool = False
    """The story is over: a later text opens another."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A story told to one destination."""

    id: str
    channel: str
    rules: tuple[str, ...]
    """Ids of the rules that asked for it."""
    severity: Severity
    item: str
    """Key of the item on the card."""
    revision: int
    """Number of the last event; each event has the next."""
    raised_at: float
    card: Card
    group: Grouping = Grouping.EVENT
    """What it tells of; the carriers on its card are the texts it told of so far."""
    tags: tuple[str, ...] = ()
    """Of those rules."""
    holds: tuple[Hold, ...] = ()
    """Where word of it waits, or waited: what still waits only the store knows."""
    alone: bool = True
    """Whether it has a message of its own, or will have; else it stands in a digest, or waits for one."""
