"""What is probably not meant in rules that load: told by `wirewatch check`, and no fault.

A query that fires on every item is a fault, told by `sense`. Whether one query
implies another is decided by what they say, not by trying: every implication
found holds, and some that hold are not found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from monitor import yamldoc
from monitor.errors import Fault
from monitor.model import Severity
from monitor.rules import query, tree
from monitor.rules.inflections import MEND, Inflections, Key
from monitor.rules.names import spellings
from monitor.rules.needs import Needs
from monitor.rules.rarity import usual
from monitor.rules.ruleset import Ready, RuleSet, Status
from monitor.rules.text import Region, Words

COMMON = 200
"""Rules that share a word; where more do, they are not compared by it: a newsroom with that many has its reasons."""
NAMED = 8
"""Entities told by name in one line."""
MOST = {Severity.LOW: 500, Severity.NORMAL: 100, Severity.HIGH: 30, Severity.FLASH: 5}
"""Alerts a day above which a rule is too broad: eighty a day, three of use, and nobody reads them."""
_SINGLE = ("feed", "source", "lang", "kind")
"""Filters on what an item has one of."""


@dataclass(frozen=True, slots=True, order=True)
class Lint:
    """Something that is probably not meant, as a fault would be told."""

    fault: Fault
    kind: str
    """`never`, `no anchor`, `duplicate`, `subsumed`, `expired`, `unused`, `stale` or `broad`."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule with its query as a tree."""

    ready: Ready
    node: tree.Node
    atoms: frozenset[object]

    @property
    def id(self) -> str:
        return self.ready.rule.id


class Places:
    """Where rules and entities stand in their files."""

    def __init__(self, files: Iterable[tuple[str, str]], key: str) -> None:
        self._places: dict[str, tuple[yamldoc.Document, yamldoc.Loc]] = {}
        for name, text in files:
            document = yamldoc.read(text, name)
            listed = document.value.get(key) if isinstance(document.value, dict) else None
            for number, entry in enumerate(listed or ()):
                self._places[entry["id"]] = (document, (key, number))

    def fault(self, id_: str, key: str, message: str, hint: str) -> Fault:
        """A fault at a key of the entry with this id."""
        document, loc = self._places[id_]
        return document.fault((*loc, key), message, hint)

    def by_file(self, ids: Iterable[str]) -> dict[str, list[str]]:
        """Ids by the file in which they stand."""
        listed: dict[str, list[str]] = defaultdict(list)
        for id_ in ids:
            listed[self._places[id_][0].name].append(id_)
        return listed


def lint(rules: RuleSet, entities: Places, places: Places, now: float) -> tuple[Lint, ...]:
    """All that is odd in a rule set, in file order. `now` decides what has expired."""
    asked = [_asked(rules.ready(rule)) for rule in rules.rules]
    running = [each for each in asked if each.ready.rule.status is not Status.DISABLED]
    found = [*_alone(running, places, now), *_pairs(running, places), *_unused(rules, asked, entities)]
    return tuple(sorted(found))


def _asked(ready: Ready) -> _Asked:
    node = query.parse(ready.rule.query)
    return _Asked(ready, node, frozenset(_atoms(node)))


# ── One rule ────────────────────────────────────────────────────────────────


def _alone(asked: Iterable[_Asked], places: Places, now: float) -> Iterator[Lint]:
    for each in asked:
        tell = partial(places.fault, each.id)
        if _never(each.node):
            yield Lint(
                tell("query", f"{each.id} never fires: its parts rule each other out", "mend the query"), "never"
            )
        elif not Needs(usual).of(each.ready.plan):
            message = f"{each.id} asks for no word, so that it is held against every item"
            yield Lint(tell("query", message, "ask for a word that must be there"), "no anchor")
        if each.ready.rule.is_over(now):
            yield Lint(tell("expires", f"{each.id} has expired", "delete it, or give it a later date"), "expired")


def _never(node: tree.Node) -> bool:
    match node:
        case tree.And(parts):
            wanted = [part for part in parts if not isinstance(part, tree.Not)]
            forbidden = [part.part for part in parts if isinstance(part, tree.Not)]
            return (
                any(implies(part, out) for part in wanted for out in forbidden)
                or any(map(_never, wanted))
                or _at_odds(wanted)
            )
        case tree.Or(parts):
            return all(map(_never, parts))
        case tree.Scope(_, part):
            return _never(part)
        case tree.Near() | tree.Sentence():
            return not _fields(node)
        case _:
            return False


def _fields(node: tree.Node) -> frozenset[Region]:
    """Where something that has a place may be found: a field, of which the lead is a part of one."""
    match node:
        case tree.Scope(region):
            return frozenset((Region.BODY if region is Region.LEAD else region,))
        case tree.Or(parts):
            return frozenset[Region]().union(*map(_fields, parts))
        case tree.Near(tree.Nearness.NOTNEAR, left):
            return _fields(left)
        case tree.Near() | tree.Sentence():
            return frozenset[Region].intersection(*map(_fields, tree.parts(node)))
        case _:
            return frozenset((Region.TITLE, Region.BODY))


def _at_odds(parts: Iterable[tree.Node]) -> bool:
    """Whether two filters ask for different values of what an item has one of."""
    values: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        if isinstance(part, tree.Filter) and part.name in _SINGLE and "*" not in part.value:
            value = part.value.casefold()
            values[part.name].add(re.split("[-_]", value)[0] if part.name == "lang" else value)
    return any(len(asked) > 1 for asked in values.values())


# ── Two rules ───────────────────────────────────────────────────────────────


def _pairs(asked: Sequence[_Asked], places: Places) -> Iterator[Lint]:
    sharing: dict[object, list[int]] = defaultdict(list)
    for number, each in enumerate(asked):
        for atom in each.atoms:
            sharing[atom].append(number)
    for number, each in enumerate(asked):
        near = {other for atom in each.atoms if len(sharing[atom]) <= COMMON for other in sharing[atom]} - {number}
        for other in sorted(near):
            if found := _pair(each, asked[other], is_later=number > other, places=places):
                yield found
                break


def _pair(each: _Asked, other: _Asked, *, is_later: bool, places: Places) -> Lint | None:
    if not _is_within(each, other):
        return None
    if _is_within(other, each):
        message = f"{each.id} asks for the same as {other.id}"
        return Lint(places.fault(each.id, "id", message, "keep one of them"), "duplicate") if is_later else None
    one, two = each.ready.rule, other.ready.rule
    if one.severity > two.severity or not set(one.tags) <= set(two.tags) or two.status is not one.status:
        return None  # it is told louder, or elsewhere
    message = f"{each.id} fires only where {other.id} fires too, and is no louder"
    hint = "give it a higher severity or a tag of its own, or delete it"
    return Lint(places.fault(each.id, "id", message, hint), "subsumed")


def _is_within(one: _Asked, other: _Asked) -> bool:
    """Whether `other` fires on whatever `one` fires on."""
    own, others = ({(gate.filter, gate.keeps) for gate in each.ready.gates} for each in (one, other))
    mine, rule = one.ready.rule, other.ready.rule
    terms = (rule.when, rule.expires, rule.throttle)
    as_free = terms in ((None, None, 0.0), (mine.when, mine.expires, mine.throttle))
    return others <= own and as_free and mine.group is rule.group and implies(one.node, other.node)


def _atoms(node: tree.Node) -> Iterator[object]:
    """What of two queries must be common, if one implies the other: words, and names."""
    for part in tree.walk(node):
        match part:
            case tree.Phrase(text):
                yield from (word for row in _spelt(text) for word in row)
            case tree.Entity(id_) | tree.Office(id_):
                yield f"@{id_}"
            case _:
                pass


# ── Implication ─────────────────────────────────────────────────────────────


def implies(one: tree.Node, other: tree.Node) -> bool:
    """Whether everything on which `one` holds is something on which `other` holds; false when that cannot be told."""
    if one == other:
        return True
    match one, other:
        case tree.Or(parts), _:
            return all(implies(part, other) for part in parts)
        case _, tree.And(parts):
            return all(implies(one, part) for part in parts)
        case _, tree.Or(parts) if any(implies(one, part) for part in parts):
            return True
        case tree.And(parts), _:
            return any(implies(part, other) for part in parts)
        case tree.Not(part), tree.Not(wider):
            return implies(wider, part)
        case tree.Phrase(), tree.Phrase():
            return _phrase_implies(one, other)
        case tree.Scope(region, part), tree.Scope(wider, of) if region is wider:
            return implies(part, of)
        case _:
            return _placed_implies(one, other)


def _placed_implies(one: tree.Node, other: tree.Node) -> bool:
    """The same for operators that ask for their parts and for a place of them."""
    match one, other:
        case tree.Near(), tree.Near() if _near_implies(one, other):
            return True
        case tree.Sentence(parts), tree.Sentence(wider) if all(any(implies(a, b) for a in parts) for b in wider):
            return True
        case tree.AtLeast(count, (part,)), tree.AtLeast(fewer, (wider,)) if part == wider:
            return count >= fewer
    match one:
        case tree.Near(kind, left, right):
            return implies(left, other) or (kind is not tree.Nearness.NOTNEAR and implies(right, other))
        case tree.Sentence(parts):
            return any(implies(part, other) for part in parts)
        case tree.AtLeast(_, (part,)):
            return implies(part, other)
        case tree.Scope(_, part):
            return not any(isinstance(each, tree.Not) for each in tree.walk(part)) and implies(part, other)
        case _:
            return False


def _near_implies(one: tree.Near, other: tree.Near) -> bool:
    pairs = [(other.left, other.right)]
    if other.kind is tree.Nearness.NEAR and one.kind is not tree.Nearness.NOTNEAR:
        pairs.append((other.right, other.left))
    elif one.kind is not other.kind:
        return False
    if tree.Nearness.NOTNEAR in (one.kind, other.kind):  # wider distances forbid more
        same = one.kind is other.kind and one.right == other.right and one.left == other.left
        return same and one.within >= other.within
    return one.within <= other.within and any(implies(one.left, a) and implies(one.right, b) for a, b in pairs)


def _phrase_implies(one: tree.Phrase, other: tree.Phrase) -> bool:
    if (
        other.manner not in (tree.Manner.FOLDED, tree.Manner.PREFIX)
        or one.manner is tree.Manner.PREFIX is not other.manner
    ):
        return False
    wider, stem = _spelt(other.text), other.manner is tree.Manner.PREFIX
    return all(any(_stands_in(row, within, stem=stem) for row in wider) for within in _spelt(one.text))


_spelt = lru_cache(maxsize=1 << 14)(spellings)


def _stands_in(row: Words, within: Words, *, stem: bool) -> bool:
    """Whether a row of words stands in another; with `stem`, of its last word a beginning is enough."""
    length = len(row)
    for start in range(len(within) - length + 1):
        found = within[start : start + length]
        if found == row or (stem and found[:-1] == row[:-1] and found[-1].startswith(row[-1])):
            return True
    return False


# ── Entities ────────────────────────────────────────────────────────────────


def _unused(rules: RuleSet, asked: Iterable[_Asked], places: Places) -> Iterator[Lint]:
    """Entities that no rule names, by itself, a tag or an office, and whose names hold no other's."""
    named = {part.id for each in asked for part in tree.walk(each.node) if isinstance(part, tree.Entity | tree.Office)}
    rows = {entity.id: _rows((entity.name, *entity.aka)) for entity in rules.entities.values()}
    owners: dict[Words, set[str]] = defaultdict(set)
    for id_, of_one in rows.items():
        for row in of_one:
            owners[row].add(id_)
    idle = [
        entity.id
        for entity in rules.entities.values()
        if not named.intersection((entity.id, *entity.tags, entity.office or ""))
        and not any(owners.get(part, set()) - {entity.id} for row in rows[entity.id] for part in _within(row))
    ]
    for ids in places.by_file(idle).values():
        listed = ", ".join(ids[:NAMED]) + (f" and {len(ids) - NAMED} others" if len(ids) > NAMED else "")
        message = f"no rule asks for {listed}"
        yield Lint(places.fault(ids[0], "id", message, "ask for them, or delete them"), "unused")


def _rows(names: Iterable[str]) -> set[Words]:
    return {row for name in names for row in spellings(name)}


def _within(row: Words) -> Iterator[Words]:
    return (row[start:end] for start in range(len(row)) for end in range(start + 1, len(row) + 1))


def stale(rules: RuleSet, inflections: Inflections) -> tuple[Lint, ...]:
    """Cases in the lock file of spellings that no entity has under `inflect` any more."""
    asked = {Key(entity.id, spelling) for entity in rules.entities.values() for spelling in entity.inflected}
    message = "@{0.entity} does not ask for the cases of {0.spelling.name}"
    left = sorted(inflections.forms.keys() - asked)
    return tuple(Lint(inflections.fault(key, message.format(key), MEND), "stale") for key in left)


# ── Too broad ───────────────────────────────────────────────────────────────


def broad(alerts_a_day: Mapping[str, float], rules: RuleSet, places: Places) -> tuple[Lint, ...]:
    """Rules that would alert more often in a day than people of their severity can bear."""
    found = []
    for rule, rate in alerts_a_day.items():
        severity = rules.rules[rule].severity
        if rate > MOST[severity]:
            message = f"{rule} would be {rate:.0f} alerts a day; {MOST[severity]} are many for severity {severity}"
            found.append(Lint(places.fault(rule, "id", message, "narrow it, or lower its severity"), "broad"))
    return tuple(sorted(found))
