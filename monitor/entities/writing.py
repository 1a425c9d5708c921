"""Names written into the entity files that people keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from monitor.entities.entry import by_language
from monitor.yamldoc.writing import Insertion, bracketed, longer, new_key, node_at

HEAD: Final = """\
# yaml-language-server: $schema=../schema/entities.json
# $schema: ../schema/entities.json

entities:
"""


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
        insertions.append(new_key(text, entity, keys["name"], f"wikidata: {wikidata}"))
    if not names:
        return insertions
    if "aka" not in keys:
        in_braces = ", ".join(value for line in by_language(names) for value in line.values)
        written = f"aka: [{in_braces}]" if entity.flow_style else _a_list("aka", names, keys["name"][0])
        insertions.append(new_key(text, entity, keys["name"], written))
    else:
        insertions += longer(text, keys["aka"][1], by_language(names))
    return insertions


def _entity(text: str, number: int) -> yaml.MappingNode:
    _, listed = node_at(text, "entities")
    node: yaml.MappingNode = listed.value[number]
    return node


def _a_list(name: str, names: Mapping[str, Sequence[str]], key: yaml.Node) -> str:
    indent = " " * key.start_mark.column
    return "\n".join([f"{name}: [", *bracketed(by_language(names), indent + "  "), f"{indent}]"])
