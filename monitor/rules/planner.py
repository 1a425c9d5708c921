"""Queries made ready to run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import inf

from monitor.rules import regex, tree
from monitor.rules.match import (
    Absent,
    AllOf,
    Alone,
    AnyOf,
    Close,
    Either,
    Enough,
    Often,
    Placed,
    Plan,
    Search,
    Sieve,
    Term,
    Together,
    Weighed,
)
from monitor.rules.names import Entity, Pattern, beginnings, spellings
from monitor.rules.needs import Needs
from monitor.rules.people import people_of
from monitor.rules.rarity import usual
from monitor.rules.text import Region
from monitor.rules.tree import Manner, Nearness, Node
from monitor.rules.wanted import AsWritten, Beginnings, Leaf, Spellings


class Planner:
    """Makes plans that share what they look for."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._needs = Needs(usual)
        people = people_of(entities)
        self._entities = _grouped((tag, people[entity.id]) for entity in entities for tag in entity.tags)
        """By ids and by tags; an id that is also a tag is that of its entity."""
        self._entities |= {id_: (person,) for id_, person in people.items()}
        self._offices = _grouped((entity.office, people[entity.id]) for entity in entities)
        self._phrases: dict[tuple[Manner, object], Leaf] = {}

    def plan(self, node: Node, region: Region | None = None) -> Plan:
        """A query, made ready. Raises KeyError for an entity or office that is not known."""
        match node:
            case tree.Not(part):
                return Absent(self.plan(part, region), node.span)
            case tree.Or(parts):
                return AnyOf(tuple(self.plan(part, region) for part in parts), node.span)
            case tree.And(parts):
                made = [self.plan(part, region) for part in parts]
                rarest, *others = sorted(made, key=self._rarity)
                return AllOf((*others, rarest), node.span)  # a text that comes this far has the rarest's anchor
            case tree.Scope(narrow, part):
                return self.plan(part, narrow)
            case tree.Regex(pattern, any_case):
                return Search(regex.compiled(pattern, any_case), region, node.span)
            case tree.Filter(name, value):
                return Sieve(name, _wildcards(name, value), node.span)
            case tree.Sentence(parts):
                return Together(tuple(self._placed(part, region) for part in parts), node.span)
            case tree.AtLeast(count, (part,)):
                return Often(self._placed(part, region), count, node.span)
            case tree.AtLeast(count, parts):
                return Enough(tuple(Weighed(self.plan(part, region), 1.0) for part in parts), count, node.span)
            case tree.Score(terms, threshold):
                return Enough(tuple(self._weighed(term, node, region) for term in terms), threshold, node.span)
            case _:
                return self._placed(node, region)

    def _placed(self, node: Node, region: Region | None) -> Placed:
        match node:
            case tree.Phrase(text, manner):
                return Term((self._phrase(text, manner),), region, node.span)
            case tree.Entity(id_):
                return Term(self._entities[id_], region, node.span)
            case tree.Office(id_):
                return Term(self._offices[id_], region, node.span)
            case tree.Or(parts):
                return Either(tuple(self._placed(part, region) for part in parts), node.span)
            case tree.Scope(narrow, part):
                return self._placed(part, narrow)
            case tree.Near(kind, left, right, within):
                one, other = self._placed(left, region), self._placed(right, region)
                if kind is Nearness.NOTNEAR:
                    return Alone(one, other, within, node.span)
                return Close(one, other, within, kind is Nearness.ONEAR, node.span)
        raise AssertionError(f"{node} has no places")  # `sense.check` refuses such queries

    def _phrase(self, text: str, manner: Manner) -> Leaf:
        match manner:
            case Manner.FOLDED:
                rows = spellings(text)
                return self._shared(manner, rows, lambda: Spellings(map(Pattern, rows)))
            case Manner.PREFIX:
                return self._shared(manner, text, lambda: Beginnings(beginnings(text)))
            case _:
                return self._shared(manner, text, lambda: AsWritten(text, manner))

    def _shared(self, manner: Manner, key: object, make: Callable[[], Leaf]) -> Leaf:
        if (manner, key) not in self._phrases:
            self._phrases[manner, key] = make()
        return self._phrases[manner, key]

    def _rarity(self, plan: Plan) -> float:
        need = self._needs.rarest(plan)
        return need.cost if need else inf

    def _weighed(self, term: tree.Weight, score: tree.Score, region: Region | None) -> Weighed:
        part = self.plan(term.part, region)
        confined = region is not None or any(isinstance(each, tree.Scope) for each in tree.walk(term.part))
        titled = None if confined or score.title == 1 else self.plan(term.part, Region.TITLE)
        return Weighed(part, term.weight, titled, score.title)


def _grouped(named: Iterable[tuple[str, Leaf]]) -> dict[str, tuple[Leaf, ...]]:
    groups: dict[str, dict[Leaf, None]] = defaultdict(dict)
    for name, leaf in named:
        groups[name][leaf] = None
    return {name: tuple(leaves) for name, leaves in groups.items()}


def _wildcards(name: str, value: str) -> re.Pattern[str]:
    """What a filter's value stands for, in case-folded text. `lang:zh` stands for zh-Hant too."""
    wild = ".*".join(map(re.escape, value.casefold().split("*")))
    return re.compile(wild + (r"(?:[-_].*)?" if name == "lang" else ""), re.DOTALL)
