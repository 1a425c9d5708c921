"""Which clause of a rule found what, and which rules a single clause kept from firing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.model import Hit, Item
from monitor.rules import Clause, RuleSet, Status, explain


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that one clause kept from firing."""

    rule: str
    lacks: str
    """What the clause asks for and the item has not, or has and must not."""


def clause_of(clause: Clause, hit: Hit) -> str:
    """The clause, as written, that found a hit; empty when it has no words of its own."""
    return next((leaf.query for leaf in _leaves(clause) if hit in leaf.hits), "")


def near_misses(rules: RuleSet, item: Item) -> list[Miss]:
    """Rules of which something stands in the item, and all holds but one clause."""
    found = []
    for id_, rule in rules.rules.items():
        if rule.status is Status.DISABLED or rule.is_over(item.seen_at):
            continue
        clause = explain(rules, id_, item)
        lacks = list(clause.lacks())
        if len(lacks) == 1 and any(leaf.hits for leaf in _leaves(clause)):
            found.append(Miss(id_, lacks[0]))
    return found


def _leaves(clause: Clause) -> Iterator[Clause]:
    """The clauses that find words, an operator of proximity before what it is about."""
    yield clause
    for part in clause.parts:
        yield from _leaves(part)
