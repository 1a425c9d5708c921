"""The structured notation: the same trees as mappings and lists.

    all:
      - '@lavrov'
      - any: [world order, мировой порядок]
      - near: {of: [veto, security council], within: 5}
      - not: {title: football}

A text in it is a query by itself; several bare words are a phrase, because
YAML takes the quotes away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from monitor.rules import query, sense
from monitor.rules.format import leaf_text, quoted
from monitor.rules.lexing import MAX_NUMBER, QueryError, lexemes
from monitor.rules.text import Region
from monitor.rules.tree import (
    And,
    AtLeast,
    Near,
    Nearness,
    Node,
    Not,
    Or,
    Phrase,
    Scope,
    Score,
    Sentence,
    Weight,
    walk,
)

Way = tuple[str | int, ...]
"""Keys and indices that lead to a clause."""


class StructureError(Exception):
    """A clause that cannot be read: which, at which character of its text if any, why, and the mend."""

    def __init__(self, way: Way, message: str, hint: str, offset: int | None = None) -> None:
        self.way, self.message, self.hint, self.offset = way, message, hint, offset
        super().__init__(message)


# ── Shapes ──────────────────────────────────────────────────────────────────


def _shape(value: object) -> str:
    return "clause" if isinstance(value, dict | Clause) else "text"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Clause(_Shape):
    """A mapping with one key, the operator."""

    all_: tuple[Part, ...] | None = Field(default=None, alias="all", min_length=1)
    any_: tuple[Part, ...] | None = Field(default=None, alias="any", min_length=1)
    not_: Part | None = Field(default=None, alias="not")
    near: Pair | None = None
    onear: Pair | None = None
    notnear: Pair | None = None
    sentence: tuple[Part, ...] | None = Field(default=None, min_length=2)
    atleast: Several | None = None
    score: Scoring | None = None
    title: Part | None = None
    lead: Part | None = None
    body: Part | None = None
    author: Part | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1 or None in (getattr(self, name) for name in self.model_fields_set):
            raise ValueError("a clause has one operator and what it is about, such as `any: [a, b]`")
        return self


Part = Annotated[
    Annotated[str, Tag("text")] | Annotated[Clause, Tag("clause")],
    Discriminator(_shape),
]
"""A query in one text, or a clause."""


def _two(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    if len(parts) != 2:
        raise ValueError("two things are near each other, or not: list two")
    return parts


class Pair(_Shape):
    """Two things, with at most so many words between them."""

    of: Annotated[tuple[Part, ...], AfterValidator(_two)]
    within: int = Field(ge=0, le=MAX_NUMBER)


class Several(_Shape):
    """So many of several things; of a single one, so many occurrences."""

    count: int = Field(ge=1, le=MAX_NUMBER)
    of: tuple[Part, ...] = Field(min_length=1)


class Term(_Shape):
    """A part of a score."""

    of: Part
    weight: float = Field(default=1.0, gt=-1e9, lt=1e9)


class Scoring(_Shape):
    """Things whose weights, where they hold, add up to a threshold."""

    threshold: float = Field(gt=0, lt=1e9)
    title: float = Field(default=1.0, gt=0, lt=1e9, description="How much more a thing counts that holds in the title.")
    terms: tuple[Term, ...] = Field(min_length=1)


# ── To a tree ───────────────────────────────────────────────────────────────


class Structured:
    """A structured query as a tree, and the way to each of its clauses.

    Raises StructureError at the first clause that makes no sense.
    """

    def __init__(self, part: Part) -> None:
        self._ways: dict[int, tuple[Way, bool]] = {}
        """By `id`, since equal clauses may stand in two places, with whether the clause is part of a text."""
        self.tree = self._node(part, ())
        try:
            sense.check(self.tree, alone=True)
        except sense.Senseless as error:
            way, offset = self.place(error.node)
            raise StructureError(way, error.message, error.hint, offset) from None

    def place(self, node: Node) -> tuple[Way, int | None]:
        """The way to a clause of the tree, and the character at which it stands in the text there, if it is one."""
        way, in_text = self._ways[id(node)]
        return way, node.span.start if in_text else None

    def _node(self, part: Part, way: Way) -> Node:
        if isinstance(part, str):
            node = _read(part, way)
            self._ways.update((id(each), (way, True)) for each in walk(node))
            return node
        (name,) = part.model_fields_set
        key = name.rstrip("_")
        node = self._clause(key, getattr(part, name), (*way, key))
        self._ways.setdefault(id(node), (way, False))
        return node

    def _clause(self, key: str, value: Any, way: Way) -> Node:
        match value:
            case Pair(of=(left, right), within=within):
                ends = self._node(left, (*way, "of", 0)), self._node(right, (*way, "of", 1))
                return Near(Nearness(key.upper()), *ends, within)
            case Several(count=count, of=of):
                return AtLeast(count, self._nodes(of, (*way, "of")))
            case Scoring(threshold=threshold, title=title, terms=terms):
                parts = self._nodes((term.of for term in terms), (*way, "terms"), "of")
                weights = tuple(Weight(part, term.weight) for part, term in zip(parts, terms, strict=True))
                return Score(weights, threshold, title)
        match key:
            case "all":
                parts = self._nodes(value, way)
                return parts[0] if len(parts) == 1 else And(parts)
            case "any":
                parts = self._nodes(value, way)
                return parts[0] if len(parts) == 1 else Or(parts)
            case "sentence":
                return Sentence(self._nodes(value, way))
            case "not":
                return Not(self._node(value, way))
            case _:
                return Scope(Region(key), self._node(value, way))

    def _nodes(self, parts: Iterable[Part], way: Way, *then: str) -> tuple[Node, ...]:
        return tuple(self._node(part, (*way, number, *then)) for number, part in enumerate(parts))


def _read(text: str, way: Way) -> Node:
    try:
        if _is_row_of_words(text):
            return Phrase(" ".join(text.split()))
        return query.read(text)
    except QueryError as error:
        raise StructureError(way, error.message, error.hint, error.start) from None


def _is_row_of_words(text: str) -> bool:
    *found, _ = lexemes(text)
    bare = (lexeme.kind == "phrase" and text[slice(*lexeme.span)] == lexeme.text for lexeme in found)
    return len(found) > 1 and all(bare)


# ── From a tree ─────────────────────────────────────────────────────────────


def value(node: Node) -> str | dict[str, Any]:
    """A tree as plain values to write as YAML: `Structured` makes the same of them."""
    match node:
        case And(parts):
            return {"all": list(map(value, parts))}
        case Or(parts):
            return {"any": list(map(value, parts))}
        case Not(part):
            return {"not": value(part)}
        case Scope(region, part):
            return {region.value: value(part)}
        case Near(kind, left, right, within):
            return {kind.lower(): {"of": [value(left), value(right)], "within": within}}
        case Sentence(parts):
            return {"sentence": list(map(value, parts))}
        case AtLeast(count, parts):
            return {"atleast": {"count": count, "of": list(map(value, parts))}}
        case Score(terms, threshold, title):
            listed = [{"of": value(term.part), "weight": term.weight} for term in terms]
            return {"score": {"threshold": threshold, "title": title, "terms": listed}}
        case Phrase(text, "") if text == " ".join(text.split()) and " " in text:
            return text if _reads_as(text, node) else quoted(text)
        case _:
            return leaf_text(node)


def _reads_as(text: str, node: Node) -> bool:
    try:
        return _read(text, ()) == node
    except StructureError:
        return False
