"""A tree as query text: the one way in which every query can be written.

AND and OR that meet are told apart by parentheses, and so is whatever stands
in an operator of proximity. `parse(query_text(tree)) == tree`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.rules.lexing import DOUBLE, is_bare
from monitor.rules.tree import (
    And,
    AtLeast,
    Entity,
    Filter,
    Manner,
    Near,
    Node,
    Not,
    Office,
    Or,
    Phrase,
    Regex,
    Scope,
    Score,
    Sentence,
)

_DOUBLE = re.compile(f"[{DOUBLE}]")
_BARE_VALUE = re.compile(rf"[^\s(){DOUBLE}^]+")


def query_text(node: Node) -> str:
    """A tree as one line of query notation."""
    match node:
        case And(parts):
            return " AND ".join(map(_operand, parts))
        case Or(parts):
            return " OR ".join(map(_operand, parts))
        case Not(part):
            return f"NOT {_operand(part)}"
        case Scope(region, part):
            return f"{region}:({query_text(part)})" if isinstance(part, Not) else f"{region}:{_operand(part)}"
        case Near(kind, left, right, within):
            return f"{_operand(left)} {kind}/{within} {_operand(right)}"
        case Sentence(parts):
            return f"SENTENCE({_listed(parts)})"
        case AtLeast(count, (part,)):
            return f"ATLEAST/{count} {_operand(part)}"
        case AtLeast(count, parts):
            return f"ATLEAST/{count}({_listed(parts)})"
        case Score(terms, threshold, title):
            factor = "" if title == 1 else f"*{_number(title)}"
            weights = " ".join(_operand(term.part) + _weight(term.weight) for term in terms)
            return f"SCORE/{_number(threshold)}{factor}({weights})"
        case _:
            return leaf_text(node)


def leaf_text(node: Phrase | Regex | Entity | Office | Filter) -> str:
    """A leaf as query text."""
    match node:
        case Phrase(text, manner):
            written = text if is_bare(text) else quoted(text)
            return f"{written}*" if manner is Manner.PREFIX else f"{manner}{written}"
        case Regex(pattern, any_case):
            slashed = pattern.replace("/", r"\/")
            return f"/{slashed}/{'i' * any_case}"
        case Entity(id_):
            return f"@{id_}"
        case Office(id_):
            return _named("office", id_)
        case Filter(name, value):
            return _named(name, value)


def _operand(node: Node) -> str:
    """A part of another clause, in parentheses unless it cannot be mistaken."""
    match node:
        case And() | Or() | Near():
            return f"({query_text(node)})"
        case _:
            return query_text(node)


def _listed(parts: Iterable[Node]) -> str:
    return " ".join(map(_operand, parts))


def _named(name: str, value: str) -> str:
    return f"{name}:{value}" if _BARE_VALUE.fullmatch(value) else f'{name}:"{value}"'


def quoted(text: str) -> str:
    """A phrase in quotes that do not stand in it."""
    return f"'{text}'" if _DOUBLE.search(text) else f'"{text}"'


def _weight(weight: float) -> str:
    return "" if weight == 1 else f"^{_number(weight)}"


def _number(number: float) -> str:
    return f"{number:.9f}".rstrip("0").rstrip(".")
