"""The rules of a newsroom, ready to be held against items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Hit, Item, Match, Severity
from monitor.rules import names
from monitor.rules.index import Index
from monitor.rules.match import Evidence, Plan
from monitor.rules.planner import anchors
from monitor.rules.text import Passage, Text

MAX_HITS = 50
"""Hits told of one match: a page of them says no more."""


@dataclass(frozen=True, slots=True)
class Example:
    """A rule's own test: a text on which it must fire, or must not."""

    text: str
    fires: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as an editor wrote it."""

    id: str
    query: str
    severity: Severity = Severity.NORMAL
    tags: tuple[str, ...] = ()
    title: str = ""
    note: str = ""
    tests: tuple[Example, ...] = ()


class RuleSet:
    """Rules that were loaded together, with the entities they name.

    Immutable; safe to share between threads. A reload makes a new one.
    """

    def __init__(self, rules: Sequence[tuple[Rule, Plan]], entities: Sequence[names.Entity], digest: str) -> None:
        self._ready = tuple(rules)
        self._index = Index(anchors(plan) for _, plan in rules)
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule, _ in rules}
        self._plans = {rule.id: plan for rule, plan in rules}
        self.entities: Mapping[str, names.Entity] = {entity.id: entity for entity in entities}
        self.hash = digest
        """Digest of the files it was loaded from."""

    def match(self, item: Item) -> tuple[Match, ...]:
        """The rules that fire on an item, in the order in which they were written."""
        text = Text(item)
        candidates = (self._ready[number] for number in self._index.candidates(text.all_words))
        return tuple(
            Match(rule.id, rule.severity, rule.tags, hits(rule.id, plan, text), rule.title)
            for rule, plan in candidates
            if plan.holds(text)
        )

    def plan(self, rule: str) -> Plan:
        """How a rule is run. Raises KeyError for an id that is not in `rules`."""
        return self._plans[rule]


def hits(rule: str, plan: Plan, text: Text) -> tuple[Hit, ...]:
    """Where a plan that holds found what made it hold, in reading order."""
    found = Evidence()
    found.add(plan, text)
    share = max(1, MAX_HITS // max(1, len(found.words) + len(found.searched)))  # so that none crowds out another
    places = {(text.passage(at), of.entity) for of, spans in found.words.items() for at in sorted(spans)[:share]}
    places |= {(passage, "") for passages in found.searched for passage in passages[:share]}
    return tuple(_hit(rule, passage, entity, text) for passage, entity in sorted(places)[:MAX_HITS])


def _hit(rule: str, passage: Passage, entity: str, text: Text) -> Hit:
    field, raw = text.source(passage)
    return Hit(rule, field, passage.start, passage.end, raw[passage.start : passage.end], entity)
