"""What is looked for in texts: phrases, beginnings of words, words as written, people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from monitor.model import Span
from monitor.rules import tokens
from monitor.rules.index import Stem
from monitor.rules.names import Beginning, Pattern
from monitor.rules.text import Text, Wanted, Words
from monitor.rules.tree import Manner

Row = Words | Stem
"""A row of words that stand next to each other, or the beginning of a word."""


class Leaf(Wanted, Protocol):
    """What a term of a query looks for."""

    def rows(self) -> Iterator[Row]:
        """Rows of words, and beginnings of words: of these a text that has it must have one."""


class Spellings:
    """All that is looked for under one phrase, or the full names of the entity with this id."""

    __slots__ = ("_clues", "_patterns", "entity")

    def __init__(self, patterns: Iterable[Pattern], entity: str = "") -> None:
        self.entity = entity
        self._patterns = tuple(patterns)
        self._clues = tuple({pattern.words[pattern.rarest]: None for pattern in self._patterns})
        """Words of which a text must have one."""

    def rows(self) -> Iterator[Row]:
        """Of these a text that has it must have one."""
        return (pattern.words for pattern in self._patterns)

    def spans(self, text: Text) -> tuple[Span, ...]:
        """Where it stands, in words, in order."""
        if text.last.keys().isdisjoint(self._clues):
            return ()
        return _in_order([span for pattern in self._patterns for span in pattern.find(text)])


class Beginnings:
    """`sanction*`"""

    __slots__ = ("_beginnings", "entity")

    def __init__(self, beginnings: Iterable[Beginning]) -> None:
        self.entity = ""
        self._beginnings = tuple(beginnings)

    def rows(self) -> Iterator[Row]:
        """Of these a text that has it must have one."""
        return (row.words or Stem(row.stem) for row in self._beginnings)

    def spans(self, text: Text) -> tuple[Span, ...]:
        """Where it stands, in words, in order."""
        found = [span for row in self._beginnings if text.has_begun(row.stem) for span in row.find(text)]
        return _in_order(found)


class AsWritten:
    """Words that must stand in the text as they stand in the query: `=exact`, `^Cased`."""

    __slots__ = ("_manner", "_pattern", "_written", "entity")

    def __init__(self, text: str, manner: Manner) -> None:
        self.entity = ""
        self._manner = manner
        self._pattern = Pattern(tuple(tokens.words(text)))
        self._written = [self._form(text[start:end]) for start, end in tokens.spans(text)]

    def rows(self) -> Iterator[Row]:
        """Of these a text that has it must have one."""
        yield self._pattern.words

    def spans(self, text: Text) -> tuple[Span, ...]:
        """Where it stands, in words, in order."""
        return tuple(span for span in self._pattern.find(text) if self._stands(text, span))

    def _stands(self, text: Text, span: Span) -> bool:
        return all(
            self._form(text.written(Span(at, at + 1))) == written
            for at, written in zip(range(*span), self._written, strict=True)
        )

    def _form(self, word: str) -> str:
        return tokens.exact(word) if self._manner is Manner.EXACT else tokens.cased(word)


def _in_order(spans: list[Span]) -> tuple[Span, ...]:
    return tuple(sorted(set(spans))) if len(spans) > 1 else tuple(spans)
