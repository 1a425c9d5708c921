"""Names written into the entity files that people keep: lines are added, and nothing else is touched.

YAML libraries that read and write again lose blank lines and move comments. So
we let libyaml say where each list ends, and insert text there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import yaml

from monitor.entities.entry import by_language, scalar

HEAD: Final = """\
# yaml-language-server: $schema=../schema/entities.json
# $schema: ../schema/entities.json

entities:
"""


class Insertion(NamedTuple):
    """Text to put in at a place of another."""

    at: int
    text: str


def added(text: str, insertions: Sequence[Insertion]) -> str:
    """A text with all insertions made."""
    for at, more in sorted(insertions, reverse=True):
        text = text[:at] + more + text[at:]
    return text


def appended(text: str, entries: Sequence[str]) -> str:
    """A file with entries at its end; a new file when the text is empty."""
    separated = "".join(f"\n{entry}" if number or text else entry for number, entry in enumerate(entries))
    return f"{text.rstrip()}\n{separated}" if text else HEAD + separated


def more_spellings(text: str, number: int, names: Mapping[str, Sequence[str]], wikidata: str) -> list[Insertion]:
    """What gives the entity with this number in a sound entity file more spellings, by language, and its number."""
    entity = _entity(text, number)
    keys: dict[str, tuple[yaml.Node, Any]] = {key.value: (key, value) for key, value in entity.value}
    insertions = []
    if wikidata and "wikidata" not in keys:
        insertions.append(_new_key(text, entity, keys["name"], f"wikidata: {wikidata}"))
    if not names:
        return insertions
    if "aka" not in keys:
        written = f"aka: [{_listed(names)}]" if entity.flow_style else _a_list("aka", names, keys["name"][0])
        insertions.append(_new_key(text, entity, keys["name"], written))
    else:
        insertions += _longer(text, keys["aka"][1], names)
    return insertions


def _entity(text: str, number: int) -> yaml.MappingNode:
    root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    listed = next(value for key, value in root.value if key.value == "entities")
    node: yaml.MappingNode = listed.value[number]
    return node


def _new_key(text: str, entity: yaml.MappingNode, after: tuple[yaml.Node, yaml.Node], line: str) -> Insertion:
    """A key and its value after another one."""
    key, value = after
    if entity.flow_style:
        return Insertion(value.end_mark.index, f", {line}")
    return Insertion(_line_end(text, value.end_mark.index), f"\n{' ' * key.start_mark.column}{line}")


def _a_list(name: str, names: Mapping[str, Sequence[str]], key: yaml.Node) -> str:
    indent = " " * key.start_mark.column
    return "\n".join([f"{name}: [", *by_language(names, indent + "  "), f"{indent}]"])


def _longer(text: str, node: yaml.SequenceNode, names: Mapping[str, Sequence[str]]) -> list[Insertion]:
    """Names at the end of a list."""
    if not node.flow_style:
        last = node.value[-1]
        column = text.rindex("-", 0, last.start_mark.index) - _line_start(text, last.start_mark.index)
        lines = [f"\n{' ' * column}- {scalar(name)}  # {lang}" for lang, listed in names.items() for name in listed]
        return [Insertion(_line_end(text, last.end_mark.index), "".join(lines))]
    bracket = node.end_mark.index - 1
    start = _line_start(text, bracket)
    end_of_last = node.value[-1].end_mark.index if node.value else node.start_mark.index + 1
    lacks_comma = bool(node.value) and not text[end_of_last:bracket].lstrip().startswith(",")
    if text[start:bracket].strip():  # the list ends on the line of its last item
        before = ", " if lacks_comma else " " if node.value else ""
        return [Insertion(bracket, before + _listed(names))]
    comma = [Insertion(end_of_last, ",")] if lacks_comma else []
    indent = text[start:bracket] + "  "
    return [*comma, Insertion(start, "\n".join([*by_language(names, indent), ""]))]


def _listed(names: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(scalar(name) for names_of_one in names.values() for name in names_of_one)


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end
