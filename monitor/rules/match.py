"""Whether a query holds for a text, and what made it hold.

A plan is a query made ready to run: its terms know the rows of words they look
for, and the parts of an AND come in the order in which they are soonest
refuted. Rules of a set share their spellings, so that whether a text speaks of
`@lavrov` is found out once for all rules that ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from monitor.rules import query
from monitor.rules.index import Anchor, anchor, cost
from monitor.rules.names import Pattern, Spellings, spellings
from monitor.rules.text import Text

Anchors = frozenset[Anchor]
"""Words and pairs of which one must be in a text for a plan to hold."""


@dataclass(frozen=True, slots=True)
class Term:
    """Holds where one of some spellings is found."""

    wanted: Spellings
    source: query.Node

    def holds(self, text: Text) -> bool:
        return bool(text.find(self.wanted))


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds where all its parts do."""

    parts: tuple[Plan, ...]
    source: query.Node

    def holds(self, text: Text) -> bool:
        for part in self.parts:  # noqa: SIM110  # twice as fast as all(), and where most time is spent
            if not part.holds(text):
                return False
        return True


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where one of its parts does."""

    parts: tuple[Plan, ...]
    source: query.Node

    def holds(self, text: Text) -> bool:
        for part in self.parts:  # noqa: SIM110  # likewise
            if part.holds(text):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Absent:
    """Holds where its part does not."""

    part: Plan
    source: query.Node

    def holds(self, text: Text) -> bool:
        return not self.part.holds(text)


Plan = Term | AllOf | AnyOf | Absent


def evidence(plan: Plan, text: Text) -> Iterator[Spellings]:
    """What was found that made a plan hold; what a NOT asks for is no part of it."""
    if isinstance(plan, Term):
        yield plan.wanted
    elif not isinstance(plan, Absent):
        for part in plan.parts:
            if part.holds(text):
                yield from evidence(part, text)


def anchors(plan: Plan) -> Anchors | None:
    """The anchors of a plan; None when it can hold for a text that has none of its words."""
    match plan:
        case Term(wanted):
            return frozenset(anchor(pattern.words) for pattern in wanted.patterns)
        case AllOf(parts):
            return min(filter(None, map(anchors, parts)), key=_cost, default=None)
        case AnyOf(parts):
            found = [each for part in parts if (each := anchors(part))]
            return frozenset().union(*found) if len(found) == len(parts) else None
        case Absent():
            return None


def _cost(found: Anchors | None) -> float:
    return sum(map(cost, found)) if found else inf


class Planner:
    """Makes plans that share their spellings."""

    def __init__(self, entities: Mapping[str, tuple[Pattern, ...]]) -> None:
        self._entities = {id_: Spellings(patterns, id_) for id_, patterns in entities.items()}
        self._phrases: dict[tuple[Pattern, ...], Spellings] = {}

    def knows(self, entities: Iterable[query.Entity]) -> bool:
        """Whether all these entities have spellings to look for."""
        return all(entity.id in self._entities for entity in entities)

    def plan(self, node: query.Node) -> Plan:
        """A query, made ready. Raises KeyError for an entity that is not known."""
        match node:
            case query.Phrase(text):
                patterns = tuple(map(Pattern, spellings(text)))
                return Term(self._phrases.setdefault(patterns, Spellings(patterns)), node)
            case query.Entity(id_):
                return Term(self._entities[id_], node)
            case query.Not(part):
                return Absent(self.plan(part), node)
            case query.Or(parts):
                return AnyOf(tuple(map(self.plan, parts)), node)
            case query.And(parts):
                rarest, *others = sorted(map(self.plan, parts), key=lambda part: _cost(anchors(part)))
                return AllOf((*others, rarest), node)  # a text that comes this far has the rarest's anchor
