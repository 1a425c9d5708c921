"""The same language read slowly, word by word, as the README describes it: what the engine must agree with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from monitor.model import Field, Item
from monitor.rules import sentences
from monitor.rules.text import Region
from monitor.rules.tokens import spans, words
from monitor.rules.tree import (
    And,
    AtLeast,
    Entity,
    Filter,
    Manner,
    Near,
    Nearness,
    Node,
    Not,
    Office,
    Or,
    Phrase,
    Regex,
    Scope,
    Score,
    Sentence,
    walk,
)
from tests.rules.queries import PEOPLE, TAGGED

Place = tuple[Field, int, int]
"""A field, and the numbers of the first word and of the one after the last."""


def rows(name: str) -> set[tuple[str, ...]]:
    """A name as it may be written: its parts apart or as one word."""
    return {tuple(words(name)), tuple(words(re.sub("[-’']", "", name)))}


KNOWN = {row for names, namesakes in PEOPLE.values() for name in (*names, *namesakes) for row in rows(name)}


def starts(row: tuple[str, ...], text: list[str]) -> Iterator[int]:
    return (at for at in range(len(text) - len(row) + 1) if tuple(text[at : at + len(row)]) == row)


def stands_alone(row: tuple[str, ...], start: int, text: list[str]) -> bool:
    """Whether no longer known name covers the row here."""
    return not any(
        at <= start and start + len(row) <= at + len(longer)
        for longer in KNOWN
        if len(longer) > len(row)
        for at in starts(longer, text)
    )


class Slow:
    """Queries held against one item."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.raw = {Field.TITLE: item.title, Field.BODY: item.body, Field.AUTHOR: item.author}
        self.words = {field: words(raw) for field, raw in self.raw.items()}

    # ── True or not ─────────────────────────────────────────────────────────

    def holds(self, node: Node, region: Region | None = None) -> bool:
        match node:
            case Not(part):
                return not self.holds(part, region)
            case And(parts):
                return all(self.holds(part, region) for part in parts)
            case Or(parts):
                return any(self.holds(part, region) for part in parts)
            case Scope(narrow, part):
                return self.holds(part, narrow)
            case Filter(name, value):
                asked = {
                    "lang": [self.item.lang],
                    "feed": [self.item.feed],
                    "kind": ["news"],
                    "source": [self.item.source],
                    "category": self.item.categories,
                    "agency": [self.item.wire.credit],
                }
                return any(re.fullmatch(value.replace("*", ".*"), each, re.IGNORECASE) for each in asked[name])
            case Regex():
                return bool(self.searched(node, region))
            case Sentence():
                return bool(self.sentences(node, region))
            case AtLeast(count, (part,)):
                return self.most_apart(self.places(part, region)) >= count
            case AtLeast(count, parts):
                return sum(self.holds(part, region) for part in parts) >= count
            case Score(terms, threshold):
                return sum(self.weight(node, term.part, region) * term.weight for term in terms) >= threshold
            case _:
                return bool(self.places(node, region))

    def weight(self, score: Score, part: Node, region: Region | None) -> float:
        if not self.holds(part, region):
            return 0
        free = region is None and not any(isinstance(each, Scope) for each in walk(part))
        return score.title if free and self.holds(part, Region.TITLE) else 1

    def searched(self, node: Regex, region: Region | None) -> list[tuple[Field, int, int]]:
        assert region is not Region.LEAD
        fields = [Field.TITLE, Field.BODY] if region is None else [Field(region)]
        pattern = re.compile(node.pattern, re.IGNORECASE if node.any_case else 0)
        return [(field, *found.span()) for field in fields for found in pattern.finditer(self.raw[field])]

    def sentences(self, node: Sentence, region: Region | None) -> set[tuple[Field, int]]:
        found = [{self.sentence(place) for place in self.places(part, region)} for part in node.parts]
        return set.intersection(*found)

    def sentence(self, place: Place) -> tuple[Field, int]:
        field, start, _ = place
        if field is Field.AUTHOR:
            return field, 0
        begun = spans(self.raw[field])[start][0]
        return field, sum(begin <= begun for begin in sentences.begins(self.raw[field]))

    # ── At places ───────────────────────────────────────────────────────────

    def places(self, node: Node, region: Region | None) -> set[Place]:
        match node:
            case Or(parts):
                return {place for part in parts for place in self.places(part, region)}
            case Scope(narrow, part):
                return self.places(part, narrow)
            case Near(Nearness.NOTNEAR, left, right, within):
                others = self.places(right, region)
                ones = self.places(left, region)
                return {one for one in ones if not any(gap(one, other) <= within for other in others)}
            case Near():
                return {hull(one, other) for one, other in self.pairs(node, region)}
            case Phrase() | Entity() | Office():
                return {place for place in self.leaf(node) if self.is_in(place, region)}
        raise AssertionError(node)

    def pairs(self, node: Near, region: Region | None) -> list[tuple[Place, Place]]:
        found = [
            (one, other)
            for one in self.places(node.left, region)
            for other in self.places(node.right, region)
            if 0 <= gap(one, other) <= node.within and (node.kind is Nearness.NEAR or one[2] <= other[1])
        ]
        return [pair for pair in found if not any(holds_within(hull(*pair), hull(*other)) for other in found)]

    def leaf(self, node: Phrase | Entity | Office) -> Iterator[Place]:
        for field, text in self.words.items():
            if isinstance(node, Phrase):
                yield from self.phrase(node, field, text)
                continue
            for id_ in TAGGED if node.id in ("group", "chair") else (node.id,):
                for row in {row for name in PEOPLE[id_][0] for row in rows(name)}:
                    yield from ((field, at, at + len(row)) for at in starts(row, text) if stands_alone(row, at, text))

    def phrase(self, node: Phrase, field: Field, text: list[str]) -> Iterator[Place]:
        if node.manner is Manner.PREFIX:
            for row in rows(node.text):
                for at in range(len(text) - len(row) + 1):
                    *before, last = text[at : at + len(row)]
                    if tuple(before) == row[:-1] and last.startswith(row[-1]):
                        yield field, at, at + len(row)
            return
        for row in rows(node.text) if node.manner is Manner.FOLDED else {tuple(words(node.text))}:
            for at in starts(row, text):
                written = [self.raw[field][slice(*place)] for place in spans(self.raw[field])[at : at + len(row)]]
                wanted = [node.text[slice(*place)] for place in spans(node.text)]
                if node.manner is Manner.FOLDED or all(
                    form(one, node.manner) == form(other, node.manner)
                    for one, other in zip(written, wanted, strict=True)
                ):
                    yield field, at, at + len(row)

    def is_in(self, place: Place, region: Region | None) -> bool:
        field, _, end = place
        match region:
            case None:
                return field is not Field.AUTHOR
            case Region.LEAD:
                return field is Field.BODY and end <= self.lead_end()
            case _:
                return field.value == region.value

    def lead_end(self) -> int:
        begins = [begin for begin in sentences.begins(self.item.body) if self.has_words(0, begin)]
        numbers = sorted({sum(start < begin for start, _ in spans(self.item.body)) for begin in begins})
        return min(50, *(numbers[1:2] or [50]), 50)

    def has_words(self, start: int, end: int) -> bool:
        return any(start <= at < end for at, _ in spans(self.item.body))

    @staticmethod
    def most_apart(places: set[Place]) -> int:
        """The most of these places that do not overlap."""
        number, end = 0, (Field.TITLE, 0)
        for field, start, stop in sorted(places, key=lambda place: (place[0] is Field.BODY, place[2])):
            if (field, start) >= end or field is not end[0]:
                number, end = number + 1, (field, stop)
        return number

    # ── Why ─────────────────────────────────────────────────────────────────

    def evidence(self, node: Node, region: Region | None = None) -> set[tuple[str, Field, int, int]]:
        """`words` or `regex`, and the places of all leaves that made a query hold."""
        match node:
            case And(parts) | Or(parts) | AtLeast(_, parts) if len(parts) > 1:
                return {found for part in parts if self.holds(part, region) for found in self.evidence(part, region)}
            case Not() | Filter():
                return set()
            case Scope(narrow, part):
                return self.evidence(part, narrow)
            case Regex():
                return {("regex", *found) for found in self.searched(node, region)}
            case Score(terms):
                held = [term.part for term in terms if term.weight > 0 and self.holds(term.part, region)]
                return {found for part in held for found in self.evidence(part, region)}
            case AtLeast(_, (part,)):
                return self.evidence(part, region)
            case Sentence(parts):
                among = self.sentences(node, region)
                return {
                    found
                    for part in parts
                    for place in self.places(part, region)
                    if self.sentence(place) in among
                    for found in self.why(part, place, region)
                }
            case _:
                return {found for place in self.places(node, region) for found in self.why(node, place, region)}

    def why(self, node: Node, place: Place, region: Region | None) -> set[tuple[str, Field, int, int]]:
        match node:
            case Or(parts):
                return {
                    found
                    for part in parts
                    if place in self.places(part, region)
                    for found in self.why(part, place, region)
                }
            case Scope(narrow, part):
                return self.why(part, place, narrow)
            case Near(Nearness.NOTNEAR, left):
                return self.why(left, place, region)
            case Near():
                made = [pair for pair in self.pairs(node, region) if hull(*pair) == place]
                return {
                    found
                    for one, other in made
                    for found in self.why(node.left, one, region) | self.why(node.right, other, region)
                }
            case _:
                return {("words", *place)}


def form(word: str, manner: Manner) -> str:
    decomposed = unicodedata.normalize("NFD" if manner is Manner.EXACT else "NFKD", word.replace("\u00ad", ""))
    if manner is Manner.CASED:
        decomposed = "".join(part for part in decomposed if not unicodedata.combining(part) >= 200)
    return decomposed


def gap(one: Place, other: Place) -> float:
    """Words between two places; below 0 where they overlap."""
    if one[0] is not other[0]:
        return float("inf")
    return max(other[1] - one[2], one[1] - other[2])


def holds_within(whole: Place, part: Place) -> bool:
    """Whether a stretch holds another, shorter one."""
    return whole != part and whole[0] is part[0] and whole[1] <= part[1] and part[2] <= whole[2]


def hull(one: Place, other: Place) -> Place:
    return one[0], min(one[1], other[1]), max(one[2], other[2])
