"""Why a rule fires on an item, or what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from monitor.model import Hit, Item
from monitor.rules.match import Absent, AllOf, AnyOf, Plan, Term
from monitor.rules.ruleset import Rule, RuleSet, hits
from monitor.rules.text import Text

ClauseKind = Literal["term", "all", "any", "not"]


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a query, held against a text."""

    kind: ClauseKind
    query: str
    """The part as written."""
    holds: bool
    hits: tuple[Hit, ...] = ()
    """Where a term was found; clauses made of others have none of their own."""
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
        match self.kind:
            case "term":
                yield f"{self.query} is not in it"
            case "any":
                yield f"nothing of {self.query} is in it"
            case "not":
                yield f"{self.query} forbids what it has{_places(self.all_hits())}"
            case "all":
                for part in self.parts:
                    yield from part.lacks()

    def all_hits(self) -> Iterator[Hit]:
        """The hits of the clause and all its parts."""
        yield from self.hits
        for part in self.parts:
            yield from part.all_hits()


def explain(rules: RuleSet, rule: str, item: Item) -> Clause:
    """A rule's query with what each clause of it found in an item.

    Raises KeyError for a rule that is not in the set.
    """
    return clauses(rules.rules[rule], rules.plan(rule), Text.of(item))


def clauses(rule: Rule, plan: Plan, text: Text) -> Clause:
    """The same, for a plan and a text."""
    written, holds = rule.query[slice(*plan.source.span)], plan.holds(text)
    match plan:
        case Term():
            return Clause("term", written, holds, hits(rule.id, plan, text))
        case Absent(part):
            return Clause("not", written, holds, parts=(clauses(rule, part, text),))
        case AllOf(parts) | AnyOf(parts):
            in_order = sorted(parts, key=lambda part: part.source.span)
            kind: ClauseKind = "all" if isinstance(plan, AllOf) else "any"
            return Clause(kind, written, holds, parts=tuple(clauses(rule, part, text) for part in in_order))


def _places(found: Iterable[Hit]) -> str:
    return "".join(f" · “{hit.text}” in {hit.field} {hit.start}-{hit.end}" for hit in found)
