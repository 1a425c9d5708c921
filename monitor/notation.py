"""Rule files in one way of writing: queries normalised, or turned into the other notation; all else stays as it is.

Only the text of a query is replaced, so comments, blank lines and the order of
keys are kept. A query that is written as it would be here keeps its line breaks.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final, NamedTuple

import yaml
from pydantic import TypeAdapter

from monitor.rules import query
from monitor.rules.format import query_text
from monitor.rules.structured import Part, Structured, value
from monitor.rules.tree import Node

WIDTH: Final = 110
_PART: Final[TypeAdapter[Part]] = TypeAdapter(Part)
_PLAIN: Final = re.compile(r"(?!(?:null|true|false)$)\(*[^\W\d_][\w ()/.*-]*", re.IGNORECASE)
_SPACED: Final = re.compile(r"\S {2,}\S")
_COMMENT: Final = re.compile(r"(?m)(?:^|\s)#")
_QUOTED: Final = r""""[^"]*"|(?<!\w)'[^']*'|(?<!\w)/(?:\\.|[^/\\])*/"""
_TERM: Final = re.compile(rf"(?:(?:AND|OR|NOT|[A-Z]*NEAR/\d+)\s)*(?:{_QUOTED}|\S)+")
"""A term with the operators before it and the parentheses around it."""


class Notation(StrEnum):
    """The two ways to write what a rule asks for."""

    QUERY = "query"
    STRUCTURED = "structured"


class _Written(NamedTuple):
    """What a rule asks for, and where that stands in its file: from its key to its end."""

    node: Node
    notation: Notation
    start: int
    end: int
    column: int
    in_braces: bool


def formatted(text: str, to: Notation | None = None) -> str:
    """A sound rule file with its queries normalised, and in the notation `to`, if any.

    A structured query with comments in it stays structured: they would be lost.
    """
    for written in sorted(_queries(text), key=lambda each: -each.start):
        before = text[written.start : written.end]
        if to is Notation.QUERY and written.notation is Notation.STRUCTURED and _COMMENT.search(before):
            continue
        notation = to or written.notation
        if notation is written.notation and (notation is Notation.STRUCTURED or _is_normal(before, written.node)):
            continue
        text = text[: written.start] + _text(written, notation) + text[written.end :]
    return text


def _queries(text: str) -> Iterator[_Written]:
    root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    listed = [entry for key, entries in root.value if key.value in ("rules", "filters") for entry in entries.value]
    for entry in listed:
        for key, asked in entry.value:
            if key.value in tuple(Notation):
                notation = Notation(key.value)
                end = _end(text, key, asked)
                yield _Written(
                    _node(asked, notation), notation, key.start_mark.index, end, key.start_mark.column, entry.flow_style
                )


def _node(asked: yaml.Node, notation: Notation) -> Node:
    if notation is Notation.QUERY:
        return query.parse(asked.value)
    plain: Any = yaml.load(yaml.serialize(asked), Loader=yaml.CSafeLoader)
    return Structured(_PART.validate_python(plain)).tree


def _end(text: str, key: yaml.Node, asked: yaml.Node) -> int:
    """Where a value ends; libyaml counts the blank and comment lines after a block to it."""
    end = asked.end_mark.index
    while end and (lines := text[asked.start_mark.index : end]):
        last = lines.rpartition("\n")[2]
        indented = len(last) - len(last.lstrip()) > key.start_mark.column
        if "\n" not in lines or (last.strip() and indented and not last.lstrip().startswith("#")):
            return end
        end -= len(last) + 1
    return end


def _is_normal(before: str, node: Node) -> bool:
    document: Any = yaml.safe_load(before)
    return " ".join(document["query"].split()) == query_text(node) and not _SPACED.search(before)


def _text(written: _Written, notation: Notation) -> str:
    if notation is Notation.QUERY:
        return f"query: {_scalar(query_text(written.node), written)}"
    asked = value(written.node)
    if written.in_braces or isinstance(asked, str):
        return f"structured: {json.dumps(asked, ensure_ascii=False)}"
    block = yaml.safe_dump(asked, allow_unicode=True, sort_keys=False, width=10 * WIDTH).rstrip()
    return "structured:\n" + textwrap.indent(block, " " * (written.column + 2))


def _scalar(asked: str, written: _Written) -> str:
    if len(asked) + written.column > WIDTH and not written.in_braces:
        indent = " " * (written.column + 2)
        return ">-\n" + textwrap.indent("\n".join(_lines(asked, WIDTH - len(indent))), indent)
    return asked if _PLAIN.fullmatch(asked) else "'" + asked.replace("'", "''") + "'"


def _lines(asked: str, width: int) -> Iterator[str]:
    """A long query in lines between its terms, the parts of its outermost AND each on one of its own."""
    line, depth = "", 0
    for term in _TERM.findall(asked):
        apart = depth == 0 and term.startswith(("AND ", "OR ("))
        if line and (apart or len(line) + 1 + len(term) > width):
            yield line
            line = ""
        line = f"{line} {term}".lstrip()
        bare = re.sub(_QUOTED, "", term)
        depth += bare.count("(") - bare.count(")")
    yield line
