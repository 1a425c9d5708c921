"""A query as a tree.

Each clause keeps where it stands in the query, so that faults, matches and
explanations can point at it; two trees are equal when they ask the same,
wherever their clauses stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.model import Span
from monitor.rules.text import Region

_NOWHERE = Span(0, 0)


class Manner(StrEnum):
    """How the words of a phrase are compared, as the mark that asks for it."""

    FOLDED = ""
    """Whatever their case, accents and forms of characters."""
    CASED = "^"
    """With their case."""
    EXACT = "="
    """With their case and accents."""
    PREFIX = "*"
    """As folded; of the last, the beginning is enough."""


class Nearness(StrEnum):
    """How two things stand to each other."""

    NEAR = "NEAR"
    ONEAR = "ONEAR"
    """Near, the left one first."""
    NOTNEAR = "NOTNEAR"
    """The left one, where no right one is near."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other; a single word is a phrase of one."""

    text: str
    """As written, without its quotes."""
    manner: Manner = Manner.FOLDED
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression in RE2's notation, held against the raw text."""

    pattern: str
    any_case: bool = False
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """Any spelling of an entity, or of those that have this tag."""

    id: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Office:
    """Any spelling of whoever holds an office."""

    id: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """What an item is, rather than what it says: `lang:fr`."""

    name: str
    value: str
    """May have wildcards, `*`."""
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """The part, in one region of the item only."""

    region: Region
    part: Node
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All parts, anywhere in the item."""

    parts: tuple[Node, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part."""

    parts: tuple[Node, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The part must be absent."""

    part: Node
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Two things with at most `within` words between them."""

    kind: Nearness
    left: Node
    right: Node
    within: int
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Sentence:
    """All parts in one sentence."""

    parts: tuple[Node, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of several parts; of a single part, so many occurrences."""

    count: int
    parts: tuple[Node, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Weight:
    """A part of a score."""

    part: Node
    weight: float


@dataclass(frozen=True, slots=True)
class Score:
    """Parts whose weights, where they hold, add up to a threshold."""

    terms: tuple[Weight, ...]
    threshold: float
    title: float = 1.0
    """By what the weight of a part is multiplied that holds in the title."""
    span: Span = field(default=_NOWHERE, compare=False)


Node = Phrase | Regex | Entity | Office | Filter | Scope | And | Or | Not | Near | Sentence | AtLeast | Score


def parts(node: Node) -> tuple[Node, ...]:
    """The clauses that a clause is made of, in order."""
    match node:
        case Phrase() | Entity():  # most are
            return ()
        case And(parts) | Or(parts) | Sentence(parts) | AtLeast(_, parts):
            return parts
        case Not(part) | Scope(_, part):
            return (part,)
        case Near(_, left, right):
            return (left, right)
        case Score(terms):
            return tuple(term.part for term in terms)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """A clause and all that it is made of, in order."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        left += reversed(parts(node))


def entities(node: Node) -> Iterator[Entity]:
    """The entities and tags of entities that a tree names, in order."""
    return (part for part in walk(node) if isinstance(part, Entity))
