"""Rules that a single clause kept from firing on an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.model import Hit, Item
from monitor.rules.explain import clauses, parts_of
from monitor.rules.index import Anchor, Clues, Index
from monitor.rules.match import Absent, Plan, Search, Term
from monitor.rules.needs import Needs
from monitor.rules.rarity import usual
from monitor.rules.ruleset import RuleSet, Status
from monitor.rules.text import Text


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that one clause kept from firing."""

    rule: str
    lacks: str
    """What the clause asks for and the item has not, or has and must not."""
    hits: tuple[Hit, ...]
    """What of the rule is in the item."""


class Misses:
    """The near misses of a rule set.

    An item is held against the rules of which it has a word at all, so that it
    costs little where rules are many.
    """

    def __init__(self, rules: RuleSet) -> None:
        running = (id_ for id_, rule in rules.rules.items() if rule.status is not Status.DISABLED)
        self._ready = [rules.ready(id_) for id_ in running]
        needs = Needs(usual)
        self._index = Index([_clues(ready.plan, needs)] for ready in self._ready)

    def on(self, item: Item) -> list[Miss]:
        """Rules of which something stands in the item, and all holds but one clause."""
        text = Text(item)
        found = []
        for number in self._index.candidates(text):
            ready = self._ready[number]
            if ready.rule.is_over(item.seen_at) or ready.holds(text):
                continue
            clause = clauses(ready, text)
            lacks = list(clause.lacks())
            hits = tuple(dict.fromkeys(clause.begun()))
            if len(lacks) == 1 and hits:
                found.append(Miss(ready.rule.id, lacks[0], hits))
        return found


def _clues(plan: Plan, needs: Needs) -> Clues:
    """Anything that a plan wants."""
    anchors: set[Anchor] = set()
    for part in _walk(plan):
        if isinstance(part, Search):
            return Clues(None)
        if isinstance(part, Term):
            anchors.update(*(need.anchors for need in needs.of(part)))
    return Clues(frozenset(anchors))


def _walk(plan: Plan) -> Iterator[Plan]:
    """A plan and all that it wants to be there."""
    yield plan
    for part in () if isinstance(plan, Absent) else parts_of(plan):
        yield from _walk(part)
