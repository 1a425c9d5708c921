"""The query language: text to a tree.

    any    := all (OR all)*
    all    := term+ joined by AND
    term   := NOT term | ( any ) | "phrase" | word | @entity

NOT binds closest, then AND, then OR. Quotes may be straight, curly, angled or
mismatched. A word with a hyphen or an apostrophe is a phrase of its parts.
Two terms side by side are refused, because a phrase and an AND are both
meant by people who write them.

The tree keeps where each clause stands in the query, so that faults, matches
and explanations can point at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from monitor.errors import ConfigError, Fault
from monitor.model import Span
from monitor.rules.names import MAX_WORDS, spellings

MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other; a single word is a phrase of one."""

    text: str
    """As written, without its quotes."""
    span: Span


@dataclass(frozen=True, slots=True)
class Entity:
    """Any spelling of an entity."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class And:
    """All parts, anywhere in the item."""

    parts: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part."""

    parts: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """The part must be absent."""

    part: Node
    span: Span


Node = Phrase | Entity | And | Or | Not


class QueryError(ConfigError):
    """A query that cannot be read: what, at which character, and the mend."""

    def __init__(self, message: str, start: int, hint: str = "") -> None:
        self.message, self.start, self.hint = message, start, hint
        super().__init__([Fault("query", 1, start + 1, message, hint)])


def parse(text: str) -> Node:
    """The tree of a query.

    Raises QueryError at the first character that does not fit, and for a query
    that asks for nothing to be there (`NOT x`): it would match almost all news.
    """
    parser = _Parser(text)
    tree = parser.any_of(0)
    parser.end()
    if loose := _loose(tree):
        message = "this alone would match almost every item"
        raise QueryError(message, loose.span.start, "say with AND what must be there: x AND NOT y")
    return tree


def entities(node: Node) -> Iterator[Entity]:
    """The entities that a tree names, in order."""
    match node:
        case Entity():
            yield node
        case Not(part):
            yield from entities(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from entities(part)


def _loose(node: Node) -> Node | None:
    """The part because of which a text without any of the query's words could match."""
    if isinstance(node, Not):
        return node
    if isinstance(node, Or):
        return next((loose for part in node.parts if (loose := _loose(part))), None)
    if isinstance(node, And):
        parts = [_loose(part) for part in node.parts]
        return parts[0] if all(parts) else None
    return None


# ── Lexemes ─────────────────────────────────────────────────────────────────

_DOUBLE = '"“”„‟«»＂'
_LEXEME = re.compile(
    rf"""
      (?P<open>\()
    | (?P<close>\))
    | [{_DOUBLE}](?P<phrase>[^{_DOUBLE}]*)[{_DOUBLE}]
    | ['‘‚‹](?P<single>[^'’‘›‹]*(?:['’‘›‹](?=\w)[^'’‘›‹]*)*)['’‘›‹]
    | @(?P<entity>[\w.-]*)
    | (?P<unclosed>[{_DOUBLE}'‘‚‹])
    | (?P<word>[^\s(){_DOUBLE}]+)
    """,
    re.VERBOSE,
)
_FOREIGN = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT", "-": "NOT"}
"""Operators of other search languages."""
_RESERVED = re.compile(r"[*=^/:;,<>\[\]{}\\`~|@#$%?!+]")


class _Lexeme(NamedTuple):
    kind: str
    """`open close phrase entity and or not end`."""
    text: str
    span: Span


def _lexemes(text: str) -> list[_Lexeme]:
    found = [_lexeme(match) for match in _LEXEME.finditer(text)]
    found.append(_Lexeme("end", "", Span(len(text), len(text))))
    return found


def _lexeme(match: re.Match[str]) -> _Lexeme:
    kind, span = match.lastgroup or "", Span(*match.span())
    text = match[kind]
    if kind == "unclosed":
        raise QueryError("this quote is never closed", span.start, "add the closing quote")
    if kind == "single":
        kind = "phrase"
    if kind == "word":
        kind = text.lower() if text in ("AND", "OR", "NOT") else "phrase"
        if kind == "phrase":
            _check_word(text, span.start)
    return _Lexeme(kind, text, span)


def _check_word(word: str, start: int) -> None:
    if word in _FOREIGN or word[0] in "-!+":
        operator = _FOREIGN[word if word in _FOREIGN else word[0]]
        raise QueryError(f"`{word}` is no operator here", start, f"write {operator}")
    if reserved := _RESERVED.search(word):
        hint = "join terms with AND or OR" if reserved[0] in ",;" else f'put it in quotes: "{word}"'
        raise QueryError(f"`{reserved[0]}` cannot stand in a word", start + reserved.start(), hint)


# ── Grammar ─────────────────────────────────────────────────────────────────


class _Parser:
    """Recursive descent, no deeper than `MAX_DEPTH`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lexemes = _lexemes(text)
        self._at = 0

    def any_of(self, depth: int) -> Node:
        parts = [self._all_of(depth)]
        while self._took("or"):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts), _around(parts))

    def end(self) -> None:
        """Nothing may be left."""
        left = self._next
        if left.kind == "close":
            raise QueryError("this ) closes nothing", left.span.start, "remove it, or add its (")

    def _all_of(self, depth: int) -> Node:
        parts = [self._term(depth)]
        while self._took("and"):
            parts.append(self._term(depth))
        if self._next.kind not in ("or", "close", "end"):
            raise self._side_by_side(parts[-1])
        return parts[0] if len(parts) == 1 else And(tuple(parts), _around(parts))

    def _term(self, depth: int) -> Node:
        lexeme = self._next
        if depth >= MAX_DEPTH:
            raise QueryError(f"nested deeper than {MAX_DEPTH} levels", lexeme.span.start, "split the rule")
        match lexeme.kind:
            case "not":
                self._at += 1
                part = self._term(depth + 1)
                return Not(part, Span(lexeme.span.start, part.span.end))
            case "open":
                return self._group(depth)
            case "phrase":
                self._at += 1
                return _phrase(lexeme)
            case "entity" if lexeme.text:
                self._at += 1
                return Entity(lexeme.text, lexeme.span)
        raise self._no_term()

    def _group(self, depth: int) -> Node:
        opening = self._next
        self._at += 1
        inner = self.any_of(depth + 1)
        span = Span(opening.span.start, self._next.span.end)
        if not self._took("close"):
            raise QueryError("this ( is never closed", opening.span.start, "add its )")
        return replace(inner, span=span)

    @property
    def _next(self) -> _Lexeme:
        return self._lexemes[self._at]

    def _took(self, kind: str) -> bool:
        took = self._next.kind == kind
        self._at += took
        return took

    def _no_term(self) -> QueryError:
        lexeme = self._next
        match lexeme.kind:
            case "end" if not self._at:
                return QueryError("the query is empty", 0, 'write a "phrase", a word or an @entity')
            case "end":
                before = self._lexemes[self._at - 1]
                return QueryError(f"nothing follows this {before.text}", before.span.start, "add a term")
            case "entity":
                return QueryError("an entity's id must follow the @", lexeme.span.start, "such as @lavrov")
            case "close":
                return QueryError("a term is expected before this )", lexeme.span.start, "add one")
        return QueryError(f"a term is expected before {lexeme.text}", lexeme.span.start, "add one")

    def _side_by_side(self, left: Node) -> QueryError:
        right = self._next
        start = right.span.start
        one, two = self._text[slice(*left.span)], self._text[slice(*right.span)]
        if operator := next((word for word in (one, two) if word in ("and", "or", "not")), ""):
            at = start if two == operator else left.span.start
            return QueryError(f"`{operator}` is read as a word", at, f"write {operator.upper()} in capitals")
        if right.kind == "not":
            return QueryError("AND or OR is missing before NOT", start, "write AND NOT")
        if right.kind == "open":
            return QueryError("AND or OR is missing before this (", start, "write one of them")
        both = f"{one} AND {two}"
        if isinstance(left, Phrase) and right.kind == "phrase" and _bare(one) and _bare(two):
            hint = f'write "{one} {two}" for the phrase, or {both} for both anywhere'
        else:
            hint = f"write {both} if both must be there, {one} OR {two} if one is enough"
        return QueryError("two terms stand side by side", start, hint)


def _phrase(lexeme: _Lexeme) -> Phrase:
    rows = spellings(lexeme.text)
    if not rows:
        raise QueryError("no letters or digits to look for", lexeme.span.start, "add some, or remove this")
    if len(rows[0]) > MAX_WORDS:
        raise QueryError(f"a phrase of {len(rows[0])} words", lexeme.span.start, f"use at most {MAX_WORDS}")
    return Phrase(lexeme.text, lexeme.span)


def _bare(text: str) -> bool:
    return text[0] not in _DOUBLE + "'‘‚‹"


def _around(parts: list[Node]) -> Span:
    return Span(parts[0].span.start, parts[-1].span.end)
