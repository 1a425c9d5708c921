"""From YAML text to a `Document`: a safe, unsurprising subset of YAML 1.2.

`NO` and `22:30` are text (version 1.1 reads a false and a 1350). Tags,
anchors, aliases, repeated keys, keys that are not text, several documents in a
file and deep nesting are refused. We build from libyaml's events because its
own composer recurses, and ends the process, on 200,000 opening brackets.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

import yaml

from monitor.errors import ConfigError, Fault
from monitor.yamldoc.document import Document, MappingPlaces, Places, SequencePlaces, Source

MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 64
MAX_FAULTS = 100
"""Faults reported of one file: a file with more is broken in one way, many times."""

_UNWELCOME = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not allow, and the invisible line breaks that programs count differently."""

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def read(text: str, name: str) -> Document:
    """The YAML `text` of the file `name`; an empty file is an empty mapping.

    Raises ConfigError with every fault that can be told.
    """
    source = Source(name, text.removeprefix("\ufeff"))
    if len(text) > MAX_CHARACTERS:
        size = f"{len(text):,} characters, and at most {MAX_CHARACTERS:,} are read"
        raise ConfigError([source.fault(0, f"the file is too long: {size}", "split it into several files")])
    if unwelcome := list(islice(_UNWELCOME.finditer(source.text), MAX_FAULTS)):
        raise ConfigError([_unwelcome(source, found) for found in unwelcome])
    builder = _Builder(source)
    try:
        document = builder.document()
    except yaml.MarkedYAMLError as error:
        raise ConfigError([*builder.faults, _syntax(source, error)]) from None
    except _GivenUp:
        raise ConfigError(builder.faults) from None
    if builder.faults:
        raise ConfigError(builder.faults)
    return document


def _unwelcome(source: Source, found: re.Match[str]) -> Fault:
    message = f"the character U+{ord(found[0]):04X} cannot stand in YAML"
    return source.fault(found.start(), message, "it does not show in an editor: delete it")


class _GivenUp(Exception):
    """What follows cannot be read sensibly; the faults so far stand."""


class _Builder:
    """Values and places from events, one call of `_node` for each level of nesting."""

    def __init__(self, source: Source) -> None:
        self.faults: list[Fault] = []
        self._source = source
        self._parser = yaml.CLoader(source.text)

    def document(self) -> Document:
        """The only document in the text."""
        document = None
        while not isinstance(event := self._next(), yaml.StreamEndEvent):
            if not isinstance(event, yaml.NodeEvent):
                continue
            if document is not None:
                self._fault(event, "a second document starts before this", "one document to a file: remove the ---")
                raise _GivenUp
            document = Document(self._source, *self._node(event, 1))
        if document is None or document.value is None:
            return Document(self._source, {}, MappingPlaces(0, {}))
        return document

    def _next(self) -> Any:  # the stubs give events marks that may be None; libyaml's never are
        return self._parser.get_event()

    def _node(self, event: Any, depth: int) -> tuple[object, Places]:
        index = event.start_mark.index
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, f"*{event.anchor} stands for something written elsewhere", "write it out here")
            return None, index
        if event.tag is not None:
            self._fault(event, f"the tag {event.tag} is not understood here", "remove it")
        if event.anchor is not None:
            self._fault(event, f"the anchor &{event.anchor} is not understood here", "remove it")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event), index
        if depth > MAX_DEPTH:
            self._fault(event, f"nested deeper than {MAX_DEPTH} levels", "look for brackets that are never closed")
            raise _GivenUp
        build = self._sequence if isinstance(event, yaml.SequenceStartEvent) else self._mapping
        return build(index, depth + 1)

    def _sequence(self, start: int, depth: int) -> tuple[object, Places]:
        values: list[object] = []
        places = SequencePlaces(start, [])
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            value, where = self._node(event, depth)
            values.append(value)
            places.entries.append(where)
        return values, places

    def _mapping(self, start: int, depth: int) -> tuple[object, Places]:
        values: dict[str, object] = {}
        places = MappingPlaces(start, {})
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key, key_start = self._node(event, depth)
            value, where = self._node(self._next(), depth)
            if not isinstance(key, str) or not isinstance(key_start, int):
                self._fault(event, "this key is not text", "put it in quotes")
            elif key in values:
                line, _ = self._source.position(places.entries[key][0])
                self._fault(event, f"the key `{key}` is here for the second time", f"the first is in line {line}")
            else:
                values[key] = value
                places.entries[key] = (key_start, where)
        return values, places

    def _scalar(self, event: Any) -> object:
        text: str = event.value
        if not event.implicit[0]:  # quoted, or a block
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if text[0] not in "+-.0123456789":
            return text
        if _NOT_FINITE.fullmatch(text):
            return float(text.replace(".", ""))
        if not _INTEGER.fullmatch(text) and not _FLOAT.fullmatch(text):
            return text
        if len(text) > 300:  # Python refuses to read very long integers
            self._fault(event, "this number is too long", "put it in quotes if it is text")
            return None
        if not _INTEGER.fullmatch(text):
            return float(text)
        return int(text, 0) if text.startswith(("0o", "0x")) else int(text)

    def _fault(self, event: Any, message: str, hint: str) -> None:
        self.faults.append(self._source.fault(event.start_mark.index, message, hint))
        if len(self.faults) >= MAX_FAULTS:
            raise _GivenUp


_SYNTAX = {
    "mapping values are not allowed in this context": (
        "this colon is not expected here",
        "put the value in quotes, or check the indentation",
    ),
    "did not find expected key": ("a key is expected here", "keys of one mapping start in one column"),
    "did not find expected '-' indicator": ("a list item is expected here", "items of one list start in one column"),
    "could not find expected ':'": ("a key without its colon", "write `key: value`"),
    "did not find expected ',' or ']'": ("a comma or ] is missing before this", ""),
    "did not find expected ',' or '}'": ("a comma or } is missing before this", ""),
    "found unknown escape character": ("a backslash in double quotes starts an escape", "use single quotes"),
    "did not find expected <document start>": ("nothing may follow the end of the document", ""),
}
"""What libyaml says, and what we say instead."""


def _syntax(source: Source, error: yaml.MarkedYAMLError) -> Fault:
    problem = error.problem or "this is not YAML"
    mark = error.problem_mark
    index = mark.index if mark else 0
    before = source.text[source.text.rfind("\n", 0, index) + 1 : index].rstrip(" ")
    message, hint = _SYNTAX.get(problem, (problem, ""))
    if problem == "found character that cannot start any token" and source.text[index] == "\t":
        message, hint = "a tab cannot indent", "use spaces"
    elif problem == "found character that cannot start any token":
        message, hint = f"a value cannot start with {source.text[index]}", "put the value in quotes"
    elif problem == "found unexpected end of stream" and error.context_mark:
        index = error.context_mark.index
        message, hint = "this quote is never closed", "add the closing quote"
    elif problem == "did not find expected key" and before.endswith(("'", '"')):
        message = "text after a closing quote"
        hint = "a value that starts with a quote ends at the next: put the whole value in the other kind of quotes"
    return source.fault(index, message, hint)
