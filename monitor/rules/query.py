"""The query language: text to a tree.

    any    := all (OR all)*
    all    := near (AND near)*
    near   := term (NEAR/n term | ONEAR/n term | NOTNEAR/n term)*
    term   := NOT term | FIELD: term | ( any ) | SENTENCE list | ATLEAST/n list | ATLEAST/n term | SCORE/n weights
            | leaf
    list   := ( near near* )
    weights := ( (near^n)* )
    leaf   := "phrase" | word | word* | =exact | ^Cased | /regex/ | @entity | office:x | lang:x …

NOT binds closest, then the NEAR family, then AND, then OR. Quotes may be
straight, curly, angled or mismatched. A word with a hyphen or an apostrophe is
a phrase of its parts. Two terms side by side are refused, because a phrase
and an AND are both meant by people who write them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from monitor.model import Span
from monitor.rules import sense
from monitor.rules.lexing import DOUBLE, MAX_NUMBER, SINGLE, Lexeme, QueryError, clipped, lexemes
from monitor.rules.text import Region
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
    Weight,
)

__all__ = ["MAX_DEPTH", "QueryError", "parse", "read"]

MAX_DEPTH = 64


def parse(text: str, *, alone: bool = True) -> Node:
    """The tree of a query.

    Raises QueryError at the first character that does not fit, and for a query
    that makes no sense. One that stands `alone` must ask for something to be
    there: `NOT x` would match almost all news.
    """
    tree = read(text)
    try:
        sense.check(tree, alone=alone)
    except sense.Senseless as error:
        raise QueryError(error.message, error.node.span.start, error.hint) from None
    return tree


def read(text: str) -> Node:
    """The tree of a query that fits the grammar, whatever its sense. Raises QueryError."""
    parser = _Parser(text)
    tree = parser.any_of(0)
    parser.end()
    return tree


class _Parser:
    """Recursive descent, no deeper than `MAX_DEPTH`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lexemes = lexemes(text)
        self._at = 0

    def any_of(self, depth: int, first: Node | None = None) -> Node:
        """What stands up to the next closing parenthesis; its first term may have been read already."""
        parts = [self._all_of(depth, first)]
        while self._took("or"):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts), _around(parts))

    def end(self) -> None:
        """Nothing may be left."""
        if (left := self._next).kind == "close":
            raise QueryError("this ) closes nothing", left.span.start, "remove it, or add its (")

    def _all_of(self, depth: int, first: Node | None = None) -> Node:
        parts = [first or self._near(depth)]
        while self._took("and"):
            parts.append(self._near(depth))
        if self._next.kind not in ("or", "close", "end"):
            raise self._side_by_side(parts[-1])
        return parts[0] if len(parts) == 1 else And(tuple(parts), _around(parts))

    def _near(self, depth: int) -> Node:
        left = self._term(depth)
        while (operator := self._next).kind == "near":
            self._at += 1
            depth += 1
            kind, within = Nearness(operator.text.partition("/")[0]), _number(operator, 0)
            right = self._term(depth)
            left = Near(kind, left, right, within, _around([left, right]))
        return left

    def _term(self, depth: int) -> Node:
        lexeme = self._next
        if depth >= MAX_DEPTH:
            raise QueryError(f"nested deeper than {MAX_DEPTH} levels", lexeme.span.start, "split the rule")
        match lexeme.kind:
            case "not":
                self._at += 1
                part = self._term(depth + 1)
                return Not(part, Span(lexeme.span.start, part.span.end))
            case "scope":
                self._at += 1
                part = self._term(depth + 1)
                return Scope(Region(lexeme.text), part, Span(lexeme.span.start, part.span.end))
            case "open":
                return self._group(depth)
            case "sentence" | "atleast" | "score":
                return self._listing(depth)
        return self._leaf()

    def _group(self, depth: int) -> Node:
        opening = self._next
        self._at += 1
        inner = self.any_of(depth + 1)
        return replace(inner, span=self._closed(opening, opening))

    def _listing(self, depth: int) -> Node:
        """SENTENCE, ATLEAST or SCORE with what follows it."""
        operator, opening = self._next, self._lexemes[self._at + 1]
        self._at += 1
        if operator.kind == "atleast" and opening.kind != "open":
            part = self._term(depth + 1)
            return AtLeast(_number(operator, 1), (part,), Span(operator.span.start, part.span.end))
        if opening.kind != "open":
            raise QueryError(f"a ( must follow {operator.text}", operator.span.start, _EXAMPLES[operator.kind])
        self._at += 1
        terms = [self._weighted(depth + 1, operator)]
        while self._next.kind not in ("close", "end", "and", "or"):
            terms.append(self._weighted(depth + 1, operator))
        if operator.kind == "atleast" and len(terms) == 1 and self._next.kind in ("and", "or"):
            terms = [Weight(self.any_of(depth + 1, terms[0].part), 1.0)]
        if (joint := self._next).kind in ("and", "or"):
            raise QueryError(f"the parts of {operator.text} are listed", joint.span.start, _EXAMPLES[operator.kind])
        span = self._closed(operator, opening)
        parts = tuple(term.part for term in terms)
        match operator.kind:
            case "sentence":
                return Sentence(parts, span)
            case "atleast":
                return AtLeast(_number(operator, 1), parts, span)
            case _:
                return Score(tuple(terms), *_score(operator), span)

    def _weighted(self, depth: int, operator: Lexeme) -> Weight:
        part = self._near(depth)
        weight = self._next
        if not self._took("weight"):
            return Weight(part, 1.0)
        if operator.kind != "score":
            raise QueryError("only the parts of a SCORE have weights", weight.span.start, _EXAMPLES["score"])
        return Weight(part, float(weight.text))

    def _leaf(self) -> Node:
        lexeme = self._next
        self._at += 1
        match lexeme.kind:
            case "phrase":
                return self._phrase(lexeme, Manner.FOLDED, lexeme.span.start)
            case "exact" | "cased" if self._next.kind == "phrase":
                self._at += 1
                manner = Manner.EXACT if lexeme.kind == "exact" else Manner.CASED
                return self._phrase(self._lexemes[self._at - 1], manner, lexeme.span.start)
            case "entity" if lexeme.text:
                return Entity(lexeme.text, lexeme.span)
            case "regex":
                pattern, _, flag = lexeme.text.rpartition("/")
                return Regex(_ESCAPED.sub(_unescaped, pattern), bool(flag), lexeme.span)
            case "filter" | "office":
                name, _, value = lexeme.text.partition(":")
                value = value.strip(DOUBLE)
                return Office(value, lexeme.span) if name == "office" else Filter(name, value, lexeme.span)
        self._at -= 1
        raise self._no_term()

    def _phrase(self, lexeme: Lexeme, manner: Manner, start: int) -> Phrase:
        end = lexeme.span.end
        if (star := self._next).kind == "star":
            self._at += 1
            if manner is not Manner.FOLDED:
                raise QueryError("a `*` and a `=` or `^` do not go together", star.span.start, "remove one of them")
            manner, end = Manner.PREFIX, star.span.end
        return Phrase(lexeme.text, manner, Span(start, end))

    def _closed(self, first: Lexeme, opening: Lexeme) -> Span:
        """The span from `first` to the parenthesis that must come now."""
        span = Span(first.span.start, self._next.span.end)
        if not self._took("close"):
            raise QueryError("this ( is never closed", opening.span.start, "add its )")
        return span

    @property
    def _next(self) -> Lexeme:
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
                written = self._text[slice(*before.span)].strip()
                return QueryError(f"nothing follows this {written}", before.span.start, "add a term")
            case "entity":
                return QueryError("an entity's id must follow the @", lexeme.span.start, "such as @lavrov")
            case "exact" | "cased":
                hint = f'as in {lexeme.text}Word or {lexeme.text}"two words"'
                return QueryError(f"a word must follow the {lexeme.text}", lexeme.span.start, hint)
            case "star":
                return QueryError("a `*` can only end a word", lexeme.span.start, "as in sanction*")
            case "weight":
                return QueryError("only the parts of a SCORE have weights", lexeme.span.start, _EXAMPLES["score"])
            case "close":
                return QueryError("a term is expected before this )", lexeme.span.start, "add one")
        return QueryError(f"a term is expected before {lexeme.text}", lexeme.span.start, "add one")

    def _side_by_side(self, left: Node) -> QueryError:
        right = self._next
        if right.kind in ("star", "weight"):
            return self._no_term()
        start = right.span.start
        one, two = clipped(self._text[slice(*left.span)]), clipped(self._text[slice(*right.span)])
        if operator := next((word for word in (one, two) if word in ("and", "or", "not")), ""):
            at = start if two == operator else left.span.start
            return QueryError(f"`{operator}` is read as a word", at, f"write {operator.upper()} in capitals")
        if right.kind == "not":
            return QueryError("AND or OR is missing before NOT", start, "write AND NOT")
        if right.kind == "open":
            return QueryError("AND or OR is missing before this (", start, "write one of them")
        if right.kind in ("scope", "sentence", "atleast", "score", "exact", "cased"):
            return QueryError(f"AND or OR is missing before {two.strip()}", start, "write one of them")
        both = f"{one} AND {two}"
        if isinstance(left, Phrase) and right.kind == "phrase" and _is_plain(one) and _is_plain(two):
            hint = f'write "{one} {two}" for the phrase, or {both} for both anywhere'
        else:
            hint = f"write {both} if both must be there, {one} OR {two} if one is enough"
        return QueryError("two terms stand side by side", start, hint)


_EXAMPLES = {
    "sentence": 'write SENTENCE(veto "security council")',
    "atleast": "write ATLEAST/2(grain wheat maize)",
    "score": 'write SCORE/3(tsunami^2 quake "fire drill"^-3)',
    "near": "write a NEAR/5 b",
}

_ESCAPED = re.compile(r"\\(.)")


def _unescaped(escaped: re.Match[str]) -> str:
    return "/" if escaped[1] == "/" else escaped[0]


_SCORE = re.compile(r"SCORE/(?P<threshold>\d{1,9}(?:\.\d+)?)(?:\*(?P<title>\d{1,9}(?:\.\d+)?))?", re.ASCII)


def _number(operator: Lexeme, least: int) -> int:
    """The n of `NEAR/n`."""
    name, _, written = operator.text.partition("/")
    if not (written.isascii() and written.isdigit()):
        raise QueryError(f"{name} needs a number", operator.span.start, _EXAMPLES[operator.kind])
    number = int(written) if len(written) < 5 else MAX_NUMBER + 1
    if not least <= number <= MAX_NUMBER:
        raise QueryError(f"{operator.text}: the number is from {least} to {MAX_NUMBER}", operator.span.start)
    return number


def _score(operator: Lexeme) -> tuple[float, float]:
    """Threshold and title factor of `SCORE/4*2`."""
    written = _SCORE.fullmatch(operator.text)
    if not written:
        hint = "write SCORE/4( … ), or SCORE/4*2( … ) where what stands in the title counts twice"
        raise QueryError("SCORE needs a threshold", operator.span.start, hint)
    return float(written["threshold"]), float(written["title"] or 1)


def _is_plain(text: str) -> bool:
    return text[0] not in DOUBLE + SINGLE + "=^" and text[-1] != "*"


def _around(parts: list[Node]) -> Span:
    return Span(parts[0].span.start, parts[-1].span.end)
