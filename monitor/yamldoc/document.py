"""A YAML file as plain values, and where each of them stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from monitor.errors import Fault

Loc = tuple[str | int, ...]
"""A way into a document, as pydantic writes it: keys, indices, and last `[key]` for the key itself."""

KEY = "[key]"

_BREAK = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Source:
    """The text of a file. A place in it is an index until a person must be told."""

    name: str
    text: str

    def position(self, index: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self._lines, index)
        return line, index - self._lines[line - 1] + 1

    def fault(self, index: int, message: str, hint: str = "") -> Fault:
        """A fault at the character `index`."""
        return Fault(self.name, *self.position(index), message, hint)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]


@dataclass(frozen=True, slots=True)
class MappingPlaces:
    """Where a mapping starts, and for each key where it and its value are."""

    start: int
    entries: dict[str, tuple[int, Places]]


@dataclass(frozen=True, slots=True)
class SequencePlaces:
    """Where a sequence starts, and where each of its values is."""

    start: int
    entries: list[Places]


Places = int | MappingPlaces | SequencePlaces
"""The shape of a value, with indices into the text in place of its scalars."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a `Loc` leads: the parts of it that led somewhere, the value there and its index in the text."""

    way: Loc
    value: object
    index: int


@dataclass(frozen=True)
class Document:
    """The values of a file (`dict`, `list`, `str`, `int`, `float`, `bool`, `None`) and their places."""

    source: Source
    value: object
    places: Places

    @property
    def name(self) -> str:
        """The file's name, as faults give it."""
        return self.source.name

    def place(self, loc: Loc) -> tuple[int, int]:
        """Line and column, from 1, of the value at `loc`; of its key when `loc` ends in `[key]`."""
        return self.source.position(self.spot(loc).index)

    def fault(self, loc: Loc, message: str, hint: str = "", *, offset: int | None = None) -> Fault:
        """A fault at `loc`, or at character `offset` of the text there."""
        spot = self.spot(loc)
        index = spot.index
        if offset is not None and isinstance(spot.value, str):
            index = _written_at(self.source.text, index, spot.value, offset)
        return self.source.fault(index, message, hint)

    def spot(self, loc: Loc) -> Spot:
        """Where `loc` leads.

        Parts that lead nowhere are passed over, so that the union tags which
        pydantic inserts do no harm and a missing key is placed at its mapping.
        """
        value: Any = self.value
        places, key = self.places, 0
        way: list[str | int] = []
        for part in loc:
            if part == KEY and way:
                return Spot(tuple(way), value, key)
            if isinstance(places, MappingPlaces) and isinstance(part, str) and part in places.entries:
                key, places = places.entries[part]
            elif isinstance(places, SequencePlaces) and isinstance(part, int) and 0 <= part < len(places.entries):
                places = places.entries[part]
            else:
                continue
            way.append(part)
            value = value[part]
        return Spot(tuple(way), value, places if isinstance(places, int) else places.start)


_ESCAPED_BLANK = r"\\(?:[ \tntrvf_NLP\r\n]|x20)"
_ESCAPED = r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)"
_WRITTEN = {
    '"': re.compile(rf"(?P<blank>\s|{_ESCAPED_BLANK})|{_ESCAPED}|\S"),
    "'": re.compile(r"(?P<blank>\s)|''|\S"),
}
_WRITTEN_PLAIN = re.compile(r"(?P<blank>\s)|\S")


def _written_at(text: str, start: int, value: str, offset: int) -> int:
    """Where in the text the character `offset` of the scalar `value` is, which starts at `start`.

    Folding and escapes change blanks, and how many characters stand for one
    that shows, but never the number of those that show: so we count these.
    """
    style = text[start : start + 1]
    index = start + (style in ("'", '"'))
    if style in ("|", ">") and (header := _BREAK.search(text, start)):
        index = header.end()
    before = value[:offset].rstrip()
    to_pass = len("".join(before.split()))
    for written in _WRITTEN.get(style, _WRITTEN_PLAIN).finditer(text, index):
        if written["blank"] is not None:
            continue
        if not to_pass:
            shows = offset < len(value) and not value[offset].isspace()
            return written.start() if shows else min(index + offset - len(before), written.start())
        to_pass -= 1
        index = written.end()
    return index
