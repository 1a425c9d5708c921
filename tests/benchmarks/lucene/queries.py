"""Queries in brackets, as the program that runs Lucene reads them: `(and (phrase text truce ) (not (… ) ) )`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.rules.tokens import words
from monitor.rules.tree import And, AtLeast, Entity, Filter, Manner, Near, Nearness, Node, Not, Or, Phrase, Scope

Names = Mapping[str, tuple[str, ...]]
"""The words of each entity's only name."""


def brackets(node: Node, names: Names, field: str = "text") -> str:
    """A query of the kinds that both engines know."""
    match node:
        case And(parts):
            return _all("and", (brackets(part, names, field) for part in parts))
        case Or(parts):
            return _all("or", (brackets(part, names, field) for part in parts))
        case Not(part):
            return _all("not", [brackets(part, names, field)])
        case AtLeast(count, parts):
            return _all(f"atleast {count}", (brackets(part, names, field) for part in parts))
        case Scope(region, part):
            return brackets(part, names, region.value)
        case Filter(name, value):
            return f"(phrase {name} {value} )"
        case Phrase(text, Manner.PREFIX):
            return f"(prefix {field} {words(text)[0]} )"
        case Phrase(text):
            return f"(phrase {field} {' '.join(words(text))} )"
        case Entity(id_):
            return f"(phrase {field} {' '.join(names[id_])} )"
        case _:
            return _places(node, names)


def _places(node: Node, names: Names) -> str:
    """A query within an operator of proximity."""
    match node:
        case Near(kind, left, right, within):
            operator = "alone" if kind is Nearness.NOTNEAR else "near"
            return _all(f"{operator} {within}", [_places(left, names), _places(right, names)])
        case Or(parts):
            return _all("either", (_places(part, names) for part in parts))
        case Entity(id_):
            return f"(row {' '.join(names[id_])} )"
        case Phrase(text):
            return f"(row {' '.join(words(text))} )"
    raise ValueError(f"{node} is no query that both engines know")


def _all(operator: str, parts: Iterable[str]) -> str:
    return f"({operator} {' '.join(parts)} )"
