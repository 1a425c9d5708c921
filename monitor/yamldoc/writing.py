"""Text added to YAML files that people keep: lines are put in, and nothing else is touched.

YAML libraries that read and write again lose blank lines and move comments. So
we let libyaml say where each list ends, and insert text there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import yaml

_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w .’·・-]*[\w.])?|https?://[\w.~:/?@!$&()*+;=%-]*[\w/]")
_NOT_TEXT: Final = ("null", "true", "false")
_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n")


class Insertion(NamedTuple):
    """Text to put in at a place of another."""

    at: int
    text: str


class Line(NamedTuple):
    """Values, as YAML, that stand together in a list; the comment after them."""

    values: Sequence[str]
    comment: str = ""


def scalar(text: str) -> str:
    """A text as YAML, in quotes when something else might be read."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT
    return text if plain else json.dumps(text, ensure_ascii=False)


def added(text: str, insertions: Iterable[Insertion]) -> str:
    """A text with all insertions made."""
    for at, more in sorted(insertions, reverse=True):
        text = text[:at] + more + text[at:]
    return text


def node_at(text: str, key: str) -> tuple[Any, Any]:
    """The root of a sound file, which is a mapping, and the value of one of its keys."""
    root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    return root, next(value for name, value in root.value if name.value == key)


def new_key(text: str, mapping: yaml.MappingNode, after: tuple[yaml.Node, yaml.Node], line: str) -> Insertion:
    """A key and its value, as YAML, after another key of a mapping."""
    key, value = after
    if mapping.flow_style:
        return Insertion(value.end_mark.index, f", {line}")
    return Insertion(line_end(text, value.end_mark.index), f"\n{' ' * key.start_mark.column}{line}")


def longer(text: str, node: yaml.SequenceNode, lines: Sequence[Line]) -> list[Insertion]:
    """Values at the end of a list, in its own style. A value of several lines goes into a list of dashes only."""
    if not node.flow_style:
        return [_dashed(text, node, lines)]
    bracket = node.end_mark.index - 1
    start = text.rfind("\n", 0, bracket) + 1
    end_of_last = node.value[-1].end_mark.index if node.value else node.start_mark.index + 1
    lacks_comma = bool(node.value) and not text[end_of_last:bracket].lstrip().startswith(",")
    if text[start:bracket].strip():  # the list ends on the line of its last item
        before = ", " if lacks_comma else " " if node.value else ""
        return [Insertion(bracket, before + ", ".join(value for line in lines for value in line.values))]
    comma = [Insertion(end_of_last, ",")] if lacks_comma else []
    indent = text[start:bracket] + "  "
    return [*comma, Insertion(start, "\n".join([*bracketed(lines, indent), ""]))]


def bracketed(lines: Iterable[Line], indent: str) -> list[str]:
    """Lines for within the brackets of a list."""
    return [f"{indent}{', '.join(values)},{_comment(comment)}" for values, comment in lines]


def dashes(lines: Iterable[Line], indent: str, apart: bool) -> list[str]:
    """A line with a dash for each value, more for those that have more; `apart` by a blank line."""
    return [
        ("\n" if apart else "") + f"{indent}- " + value.replace("\n", f"\n{indent}  ") + _comment(comment)
        for values, comment in lines
        for value in values
    ]


def line_end(text: str, index: int) -> int:
    """Where the line ends in which `index` is."""
    end = text.find("\n", index)
    return len(text) if end < 0 else end


def _dashed(text: str, node: yaml.SequenceNode, lines: Sequence[Line]) -> Insertion:
    """Values after the last one and the comments under it, as far apart as the last two are."""
    column = node.start_mark.column
    at = line_end(text, _end(text, node.value[-1]))
    while (line := text[at + 1 : line_end(text, at + 1)]).lstrip().startswith("#"):
        if len(line) - len(line.lstrip()) <= column:
            break
        at += 1 + len(line)
    apart = len(node.value) > 1 and bool(
        _BLANK_LINE.search(text, _end(text, node.value[-2]), node.value[-1].start_mark.index)
    )
    return Insertion(at, "".join(f"\n{line}" for line in dashes(lines, " " * column, apart)))


def _end(text: str, node: Any) -> int:
    """Where a node's last word ends; libyaml counts blank and comment lines after a block to it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    return len(text[: node.end_mark.index].rstrip())


def _comment(comment: str) -> str:
    return f"  # {comment}" if comment else ""
