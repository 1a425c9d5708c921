"""Why a rule fires on an item, or what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from monitor.model import Hit, Item
from monitor.rules.match import Absent, AllOf, Alone, AnyOf, Close, Either, Enough, Often, Plan, Together
from monitor.rules.ruleset import Ready, Rule, RuleSet, hits
from monitor.rules.text import Text

BRIEF = 80
"""Characters of a clause that are shown where it is told in a sentence."""
_OPERATORS = re.compile(r"(?:\s*\b(?:AND|OR|NOT|[A-Z]*NEAR/\d+))+$")

ClauseKind = Literal["term", "all", "any", "not", "place", "sum", "filter"]


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a query, held against a text."""

    kind: ClauseKind
    query: str
    """The part as written."""
    holds: bool
    hits: tuple[Hit, ...] = ()
    """Where a term was found, or what stands as an operator of proximity asks."""
    parts: tuple[Clause, ...] = ()

    def lines(self, indent: str = "") -> Iterator[str]:
        """For people: one line a clause, its parts indented under it."""
        yield f"{indent}{'✓' if self.holds else '✗'} {self.query}{_places(self.hits)}"
        for part in self.parts:
            yield from part.lines(indent + "  ")

    def lacks(self) -> Iterator[str]:
        """Each thing that keeps the clause from holding, in words."""
        if self.holds:
            return
        asked = brief(self.query)
        match self.kind:
            case "term":
                yield f"{asked} is not in it"
            case "any":
                yield self._nearest()
            case "place" if self.parts[0].holds:
                yield f"{asked} is not so, though {brief(self.parts[0].query)} is in it"
            case "place":
                yield f"{brief(self.parts[0].query)} is not in it"
            case "filter":
                yield f"its filter `{self.query}` keeps this out"
            case "sum":
                holding = ", ".join(brief(part.query) for part in self.parts if part.holds)
                yield f"{asked} is not reached, with {holding or 'nothing'}"
            case "not":
                yield f"{asked} forbids what it has{_places(self.all_hits())}"
            case "all":
                for part in self.parts:
                    yield from part.lacks()

    def _nearest(self) -> str:
        """What a choice lacks: of those of which something is there, the one that lacks least."""
        begun = [(list(part.lacks()), part.query) for part in self.parts if any(part.begun())]
        if not begun:
            return f"nothing of {brief(self.query)} is in it"
        lacks, query = min(begun, key=lambda lacking: len(lacking[0]))
        return f"nothing of {brief(self.query)} holds: of {brief(query)}, {' and '.join(lacks)}"

    def begun(self) -> Iterator[Hit]:
        """What there is of what it wants, whether it holds or not."""
        yield from self.hits
        for part in () if self.kind == "not" else self.parts:
            yield from part.begun()

    def finder(self, hit: Hit) -> str:
        """The clause, as written, that found a hit; empty when it has no words of its own."""
        if hit in self.hits:
            return self.query
        return next((found for part in self.parts if (found := part.finder(hit))), "")

    def all_hits(self) -> Iterator[Hit]:
        """What made the clause hold: its hits, or those of its parts."""
        yield from self.hits
        for part in () if self.kind == "place" else self.parts:
            yield from part.all_hits()


def brief(query: str) -> str:
    """The beginning of a long query: whole terms, its parentheses closed."""
    if len(query) <= BRIEF:
        return query
    kept = query[:BRIEF].rpartition(" ")[0]
    if kept.count('"') % 2:
        kept = kept[: kept.rindex('"')]
    kept = _OPERATORS.sub("", kept.rstrip()) or query[:BRIEF]
    return f"{kept} …{')' * (kept.count('(') - kept.count(')'))}"


def explain(rules: RuleSet, rule: str, item: Item) -> Clause:
    """A rule's query with what each clause of it found in an item.

    Raises KeyError for a rule that is not in the set.
    """
    return clauses(rules.ready(rule), Text(item))


def clauses(ready: Ready, text: Text) -> Clause:
    """The same, for a rule and a text; its filters come last."""
    asked = _clause(ready.rule, ready.plan, text)
    if not ready.gates:
        return asked
    passed = tuple(
        Clause("filter", f"{'only' if gate.keeps else 'except'} {gate.filter}", gate.lets_pass(text))
        for gate in ready.gates
    )
    return Clause("all", ready.rule.query, ready.holds(text), parts=(asked, *passed))


def _clause(rule: Rule, plan: Plan, text: Text) -> Clause:
    written, holds = rule.query[slice(*plan.span)], plan.holds(text)
    kind = _KINDS.get(type(plan), "term")
    in_order = sorted(parts_of(plan), key=lambda part: part.span)
    parts = tuple(_clause(rule, part, text) for part in in_order)
    own = kind in ("term", "place") and holds
    return Clause(kind, written, holds, hits(rule.id, plan, text) if own else (), parts)


_KINDS: dict[type, ClauseKind] = {
    AllOf: "all",
    AnyOf: "any",
    Either: "any",
    Absent: "not",
    Close: "place",
    Alone: "place",
    Together: "place",
    Often: "place",
    Enough: "sum",
}


def parts_of(plan: Plan) -> tuple[Plan, ...]:
    """The plans that a plan is made of, if any."""
    match plan:
        case AllOf(parts) | AnyOf(parts) | Either(parts) | Together(parts):
            return parts
        case Absent(part) | Often(part):
            return (part,)
        case Close(left, right) | Alone(left, right):
            return (left, right)
        case Enough(parts):
            return tuple(weighed.part for weighed in parts)
        case _:
            return ()


def _places(found: Iterable[Hit]) -> str:
    return "".join(f" · “{hit.text}” in {hit.field} {hit.start}-{hit.end}" for hit in found)
