"""An item as the engine reads it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from monitor.model import Field, Item, Span
from monitor.rules import tokens
from monitor.rules.names import Spellings, Words

_GAP = ""  # a word that nothing looks for


class _Part(NamedTuple):
    """A field of a text."""

    field: Field
    raw: str
    read: Span
    """What rules read of it."""
    first: int
    """The number of its first word in the text."""


class Place(NamedTuple):
    """A passage of a raw field."""

    field: Field
    start: int
    end: int
    text: str


class Text:
    """The words of some fields in one row, and the way back to where they stand.

    Between the fields is a gap that no phrase crosses.
    """

    def __init__(self, fields: Sequence[tuple[Field, str, Span]]) -> None:
        words: list[str] = []
        self._parts: list[_Part] = []
        for field, raw, read in fields:
            self._parts.append(_Part(field, raw, read, len(words)))
            words += tokens.words(raw[read.start : read.end])
            words.append(_GAP)
        self.words: Words = tuple(words)
        self._spans: dict[Field, list[tuple[int, int]]] = {}
        self._places: dict[Span, Place] = {}
        self._found: dict[Spellings, tuple[Span, ...]] = {}

    @classmethod
    def of(cls, item: Item) -> Text:
        """The fields that rules read unless they name others."""
        return cls([(field, *item.readable(field)) for field in (Field.TITLE, Field.BODY)])

    def find(self, wanted: Spellings) -> tuple[Span, ...]:
        """Where spellings stand, as spans of words. Asked once, remembered for all rules."""
        found = self._found.get(wanted)
        if found is None:
            found = ()
            if not wanted.clues.isdisjoint(self._vocabulary):
                found = tuple(chain.from_iterable(pattern.find(self.words) for pattern in wanted.patterns))
            self._found[wanted] = found
        return found

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(self.words)

    def place(self, words: Span) -> Place:
        """Where a span of words stands, within one field."""
        place = self._places.get(words)
        if place is None:
            place = self._places[words] = self._place(*words)
        return place

    def _place(self, first: int, end: int) -> Place:
        part = next(part for part in reversed(self._parts) if part.first <= first)
        raw, offset = part.raw, part.read.start
        if part.field not in self._spans:
            self._spans[part.field] = tokens.spans(raw[offset : part.read.end])
        spans = self._spans[part.field]
        start, stop = offset + spans[first - part.first][0], offset + spans[end - 1 - part.first][1]
        return Place(part.field, start, stop, raw[start:stop])
