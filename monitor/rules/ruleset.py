"""The rules of a newsroom, ready to be held against items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.errors import RuleFailed
from monitor.model import Accumulation, Grouping, Hit, Item, Match, Severity
from monitor.rules import names
from monitor.rules.index import Index
from monitor.rules.match import AnyOf, Evidence, Plan
from monitor.rules.needs import Needs
from monitor.rules.rarity import Frequency, observed, usual
from monitor.rules.text import Passage, Text

MAX_HITS = 50
"""Hits told of one match: a page of them says no more."""


class Status(StrEnum):
    """Whether a rule fires, and whether anybody hears of it."""

    LIVE = "live"
    SHADOW = "shadow"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Example:
    """A rule's own test: an item on which it must fire, or must not."""

    fires: bool
    title: str = ""
    body: str = ""
    author: str = ""
    feed: str = ""
    source: str = ""
    lang: str = ""
    at: float = 0.0
    """When it came; 0 when that is of no matter."""
    spans: tuple[str, ...] = ()
    """Passages that must be among those found."""
    entities: tuple[str, ...] = ()
    """Entities that must be among those found."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as an editor wrote it."""

    id: str
    query: str
    """In query notation, also where it was written in the other."""
    severity: Severity = Severity.NORMAL
    tags: tuple[str, ...] = ()
    title: str = ""
    note: str = ""
    status: Status = Status.LIVE
    expires: float | None = None
    """From then on it does not fire."""
    throttle: float = 0.0
    """After an alert none for so many seconds."""
    group: Grouping = Grouping.EVENT
    when: Accumulation | None = None
    tests: tuple[Example, ...] = ()

    def is_over(self, at: float) -> bool:
        """Whether it has expired."""
        return self.expires is not None and at >= self.expires


@dataclass(frozen=True, slots=True)
class Gate:
    """A filter on the items of a rule: it keeps what the plan holds for, or drops it."""

    filter: str
    plan: Plan
    keeps: bool

    def lets_pass(self, text: Text) -> bool:
        return self.plan.holds(text) == self.keeps


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule, ready to run."""

    rule: Rule
    plan: Plan
    gates: tuple[Gate, ...] = ()

    def holds(self, text: Text) -> bool:
        """Whether its query holds, and its filters let the item pass."""
        return self.plan.holds(text) and (not self.gates or all(gate.lets_pass(text) for gate in self.gates))


class RuleSet:
    """Rules that were loaded together, with the entities they name.

    Immutable; safe to share between threads. A reload makes a new one.
    """

    def __init__(
        self, rules: Sequence[Ready], entities: Sequence[names.Entity], digest: str, index: Index | None = None
    ) -> None:
        """Makes the `index` of the rules unless it is there already."""
        self._running = tuple(ready for ready in rules if ready.rule.status is not Status.DISABLED)
        self._index = index or _indexed(self._running, usual)
        self._ready = {ready.rule.id: ready for ready in rules}
        self.rules: Mapping[str, Rule] = {ready.rule.id: ready.rule for ready in rules}
        self.entities: Mapping[str, names.Entity] = {entity.id: entity for entity in entities}
        self.hash = digest
        """Digest of the files it was loaded from."""

    def tuned(self, items: Iterable[Item]) -> RuleSet:
        """The same rules, which fire on the same items, sooner: looked up by words that are rare in items like these.

        A thousand items are plenty.
        """
        index = _indexed(self._running, observed(Text(item).words for item in items))
        return RuleSet(tuple(self._ready.values()), tuple(self.entities.values()), self.hash, index)

    def match(self, item: Item) -> tuple[Match, ...]:
        """The rules that fire on an item, in the order in which they were written; those in the shadow too.

        Raises RuleFailed for the first that cannot be evaluated; see `without`.
        """
        text = Text(item)
        found: list[Match] = []
        for ready in self.candidates(text):
            try:
                if ready.holds(text) and not ready.rule.is_over(item.seen_at):
                    found.append(_match(ready, text))
            except Exception as error:
                raise RuleFailed(ready.rule.id, repr(error)) from error
        return tuple(found)

    def without(self, rule: str) -> RuleSet:
        """The same set, in which this rule never fires. Raises KeyError for an id that is not in `rules`."""
        failing = self._ready[rule]
        ready = self._ready | {rule: replace(failing, plan=AnyOf((), failing.plan.span))}
        return RuleSet(tuple(ready.values()), tuple(self.entities.values()), self.hash, self._index)

    def candidates(self, text: Text) -> list[Ready]:
        """The rules that must be evaluated to match a text, in order: what it costs."""
        return [self._running[number] for number in self._index.candidates(text)]

    def parts(self) -> list[object]:
        """What it is made of: who holds these can let go of a large set bit by bit."""
        return [*self._ready.values(), *self._index.parts()]

    def ready(self, rule: str) -> Ready:
        """How a rule is run. Raises KeyError for an id that is not in `rules`."""
        return self._ready[rule]


def _indexed(rules: Iterable[Ready], frequency: Frequency) -> Index:
    needs = Needs(frequency)
    return Index(needs.clues(ready.plan) for ready in rules)


def _match(ready: Ready, text: Text) -> Match:
    rule = ready.rule
    found = hits(rule.id, ready.plan, text)
    shadow = rule.status is Status.SHADOW
    return Match(
        rule=rule.id,
        severity=rule.severity,
        tags=rule.tags,
        hits=found,
        title=rule.title,
        shadow=shadow,
        group=rule.group,
        when=rule.when,
        throttle=rule.throttle,
    )


def hits(rule: str, plan: Plan, text: Text) -> tuple[Hit, ...]:
    """Where a plan that holds found what made it hold, in reading order."""
    found = Evidence()
    plan.tell(text, found)
    places = _places(found, text, None)
    if len(places) > MAX_HITS:  # then of each as many, so that none crowds out another
        places = _places(found, text, max(1, MAX_HITS // (len(found.words) + len(found.searched))))
    return tuple(_hit(rule, passage, entity, text) for passage, entity in sorted(places)[:MAX_HITS])


def _places(found: Evidence, text: Text, share: int | None) -> set[tuple[Passage, str]]:
    """Passages and the entities there; of each thing that was found the first `share`."""
    places = {(text.passage(at), of.entity) for of, spans in found.words.items() for at in sorted(spans)[:share]}
    return places | {(passage, "") for passages in found.searched for passage in passages[:share]}


def _hit(rule: str, passage: Passage, entity: str, text: Text) -> Hit:
    field, raw = text.source(passage)
    return Hit(rule, field, passage.start, passage.end, raw[passage.start : passage.end], entity)
