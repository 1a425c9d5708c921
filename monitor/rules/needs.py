"""What must be in a text for a plan to hold, and so by which words the index finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from monitor.rules.index import UNGUARDED, Anchor, Clues, Stem
from monitor.rules.match import (
    ROUNDING,
    AllOf,
    Alone,
    AnyOf,
    Close,
    Either,
    Enough,
    Often,
    Plan,
    Term,
    Together,
    Weighed,
)
from monitor.rules.rarity import Frequency
from monitor.rules.wanted import Leaf, Row


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """Things of which one must be in a text."""

    anchors: frozenset[Anchor]
    cost: float
    """A rough guess at how many texts in a thousand have one."""
    words: frozenset[str] | None
    """Words of which one is in each such text, if it can be said so."""


class Needs:
    """What plans need, given how frequent words are."""

    def __init__(self, frequency: Frequency) -> None:
        self._frequency = frequency
        self._of_leaves: dict[tuple[Leaf, ...], Need] = {}

    def clues(self, plan: Plan) -> list[Clues]:
        """The ways in which the index finds a plan: by the rarest thing that it needs, guarded by the next."""
        if isinstance(plan, AnyOf):
            ways = [clue for part in plan.parts for clue in self.clues(part)]
            return ways if all(clue.anchors for clue in ways) else [Clues(None)]
        if isinstance(plan, Enough):
            return list(self._clues_of_enough(plan)) or [Clues(None)]
        match sorted(self.of(plan), key=_cost):
            case [anchor, guard, *_] if guard.words is None and anchor.words:  # a beginning guards nothing
                return [Clues(guard.anchors, anchor.words)]
            case [anchor, *others]:
                return [Clues(anchor.anchors, next((other.words for other in others if other.words), UNGUARDED))]
            case _:
                return [Clues(None)]

    def of(self, plan: Plan) -> list[Need]:
        """Of each of these something must be in a text for a plan to hold."""
        match plan:
            case Term(wanted):
                return [self._of_leaves.get(wanted) or self._leaves(wanted)]
            case Either(parts) | AnyOf(parts):
                return _one_of([self.rarest(part) for part in parts])
            case AllOf(parts) | Together(parts):
                return [need for part in parts for need in self.of(part)]
            case Close(left, right):
                return self.of(left) + self.of(right)
            case Alone(part) | Often(part):
                return self.of(part)
            case Enough(parts, threshold):
                return _one_of([part.need for part in _needed(self._counted(parts), threshold)])
            case _:
                return []

    def rarest(self, plan: Plan) -> Need | None:
        """The one that fewest texts have."""
        return min(self.of(plan), key=_cost, default=None)

    def _leaves(self, wanted: tuple[Leaf, ...]) -> Need:
        """What a term needs; rules of a set share terms, so it is remembered."""
        found = frozenset(map(self._anchor, (row for leaf in wanted for row in leaf.rows())))
        guards = None if any(isinstance(anchor, Stem) for anchor in found) else frozenset(map(self._guard, found))
        need = self._of_leaves[wanted] = Need(found, sum(map(self._texts, found)), guards)
        return need

    def _anchor(self, row: Row) -> Anchor:
        """The rarest word, or pair of words, of a row that must be present as a whole."""
        if isinstance(row, Stem):
            return row
        return row[0] if len(row) == 1 else min(pairwise(row), key=self._texts)

    def _guard(self, anchor: Anchor) -> str:
        return min(anchor, key=self._frequency) if isinstance(anchor, tuple) else str(anchor)

    def _texts(self, anchor: Anchor) -> float:
        """A rough guess at how many texts in a thousand have the anchor."""
        match anchor:
            case str():
                return self._frequency(anchor)
            case Stem(letters):
                return 3 * self._frequency(letters)
            case (one, other):
                return self._frequency(one) * self._frequency(other) / 100

    # ── Sums ────────────────────────────────────────────────────────────────

    def _clues_of_enough(self, plan: Enough) -> Iterator[Clues]:
        """Each part without which the others do not suffice, guarded by the others where it does not suffice itself."""
        counted = self._counted(plan.parts)
        needed = _needed(counted, plan.threshold)
        if not all(part.need for part in needed):
            return
        for part in needed:
            others = _one_of([other.need for other in counted if other is not part])
            suffices = part.weight > plan.threshold - ROUNDING
            guard = others[0].words if others and not suffices else None
            yield Clues(part.need.anchors if part.need else None, guard or UNGUARDED)

    def _counted(self, parts: Iterable[Weighed]) -> list[_Counted]:
        """The parts that may add."""
        return [
            _Counted(self.rarest(part.part), part.weight * max(1.0, part.title)) for part in parts if part.weight > 0
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """A part of a sum that may add to it."""

    need: Need | None
    weight: float
    """The most that it may add."""


def _needed(counted: Iterable[_Counted], threshold: float) -> list[_Counted]:
    """The cheapest parts without which the others cannot reach the threshold."""
    spare = 0.0
    needed: list[_Counted] = []
    for part in sorted(counted, key=lambda part: _cost(part.need), reverse=True):
        if spare + part.weight < threshold - ROUNDING:
            spare += part.weight
        else:
            needed.append(part)
    return needed


def _one_of(found: Sequence[Need | None]) -> list[Need]:
    """One of these is needed; nothing is, when one of the alternatives needs nothing."""
    needs = [need for need in found if need]
    if len(needs) < len(found):
        return []
    words = [need.words for need in needs if need.words]
    return [
        Need(
            frozenset[Anchor]().union(*(need.anchors for need in needs)),
            sum(need.cost for need in needs),
            frozenset[str]().union(*words) if len(words) == len(needs) else None,
        )
    ]


def _cost(need: Need | None) -> float:
    return inf if need is None else need.cost
