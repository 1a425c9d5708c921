"""An item as the engine reads it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from monitor.model import Field, Item, Span
from monitor.rules import regex, sentences, tokens

Words = tuple[str, ...]

LEAD_SENTENCES = 2
LEAD_WORDS = 50
"""The lead ends with its second sentence, or with its fiftieth word."""

GAP = ""
"""The word after the last of a field: nothing looks for it."""


class Region(StrEnum):
    """A part of an item that a query can be confined to; unless it says so it reads title and body."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    AUTHOR = "author"


class Passage(NamedTuple):
    """A stretch of characters of a raw field."""

    order: int
    """The number of the field, in reading order."""
    start: int
    end: int


class Wanted(Protocol):
    """What is looked for in texts. Rules that look for the same share it."""

    entity: str
    """The entity whose spellings these are, if any."""

    def spans(self, text: Text) -> tuple[Span, ...]:
        """Where it stands, in words, in order."""


class Shared(Protocol):
    """A form that several may be called by."""

    def owners(self, text: Text) -> Iterator[tuple[Span, str]]:
        """Each place of the form that is somebody's, and whose."""


class _Part(NamedTuple):
    """A field of a text."""

    field: Field
    raw: str
    read: Span
    """What rules read of it."""
    first: int
    """The number of its first word in the text."""
    folded: tokens.Folded


class Text:
    """The words of title and body in one row, and the way back to where they stand.

    After each field is a gap that no phrase crosses. The author is another
    text, whose words are numbered from `size`.
    """

    def __init__(self, item: Item, fields: tuple[Field, ...] = (Field.TITLE, Field.BODY)) -> None:
        self.item = item
        words: list[str] = []
        self._parts: list[_Part] = []
        for field in fields:
            raw, read = item.readable(field)
            folded = tokens.Folded(raw[read.start : read.end])
            self._parts.append(_Part(field, raw, read, len(words), folded))
            words += folded.words
            words.append(GAP)
        self.words: Words = tuple(words)
        self._found: dict[Wanted, tuple[Span, ...]] = {}
        self._owned: dict[Shared, tuple[tuple[Span, str], ...]] = {}

    @cached_property
    def author(self) -> Text:
        """Who signs the item."""
        return Text(self.item, (Field.AUTHOR,))

    @property
    def all_words(self) -> Words:
        """Its words and those of its author."""
        return self.words + self.author.words if self.item.author else self.words

    @property
    def size(self) -> int:
        """How many words it has, gaps among them."""
        return len(self.words)

    @cached_property
    def last(self) -> Mapping[str, int]:
        """Its words, each once, and the number of the last place where it stands."""
        return dict(zip(self.words, range(self.size), strict=True))

    @property
    def vocabulary(self) -> AbstractSet[str]:
        """Its words and those of its author, each once."""
        return self.last.keys() | self.author.words if self.item.author else self.last.keys()

    def has_begun(self, stem: str) -> bool:
        """Whether one of its words begins so."""
        at = bisect_left(self._alphabetically, stem)
        return at < len(self._alphabetically) and self._alphabetically[at].startswith(stem)

    @cached_property
    def _alphabetically(self) -> list[str]:
        return sorted(self.last)

    # ── What stands where, in words ─────────────────────────────────────────

    def find(self, wanted: Wanted, region: Region | None = None) -> tuple[Span, ...]:
        """Where something stands in one region, or in title and body. Asked once, remembered for all rules."""
        if region is Region.AUTHOR:
            return tuple(Span(start + self.size, end + self.size) for start, end in self.author.find(wanted))
        found = self._found.get(wanted)
        if found is None:
            found = self._found[wanted] = wanted.spans(self)
        if region is None or not found:
            return found
        first, last = self._region(region)
        return tuple(span for span in found if first <= span.start and span.end <= last)

    def owners(self, shared: Shared) -> tuple[tuple[Span, str], ...]:
        """Whose the places of a shared form are. Remembered likewise."""
        owned = self._owned.get(shared)
        if owned is None:
            owned = self._owned[shared] = tuple(shared.owners(self))
        return owned

    def field_of(self, span: Span) -> int:
        """The number of the field in which a place is."""
        return (span.start >= self._parts[-1].first) + (span.start >= self.size)

    def sentence(self, span: Span) -> int:
        """The number of the sentence in which a place begins. Fields share none."""
        return bisect_right(self._sentences, span.start)

    def _region(self, region: Region) -> tuple[int, int]:
        body = self._parts[-1].first
        match region:
            case Region.TITLE:
                return 0, body
            case Region.LEAD:
                return self._lead
            case _:
                return body, self.size

    @cached_property
    def _sentences(self) -> list[int]:
        """The first word of each sentence, in order; `size` for those of the author."""
        firsts = [self.size]
        for part in self._parts:
            starts = [start for start, _ in part.folded.spans]
            read = part.raw[part.read.start : part.read.end]
            firsts += {part.first + bisect_left(starts, begin) for begin in (0, *sentences.begins(read))}
        return sorted(firsts)

    @cached_property
    def _lead(self) -> tuple[int, int]:
        part = self._parts[-1]
        told_from = self.item.wire.text.start - part.read.start
        first = part.first + bisect_left([start for start, _ in part.folded.spans], told_from)
        number = bisect_right(self._sentences, first)
        ends = self._sentences[number : number + LEAD_SENTENCES]
        return first, min(first + LEAD_WORDS, ends[-1] if len(ends) == LEAD_SENTENCES else self.size)

    # ── In characters ───────────────────────────────────────────────────────

    def passage(self, words: Span) -> Passage:
        """Where a span of words stands, within one field."""
        if words.start >= self.size:
            _, start, end = self.author.passage(Span(words.start - self.size, words.end - self.size))
            return Passage(len(self._parts), start, end)
        order = len(self._parts) - 1
        while self._parts[order].first > words.start:
            order -= 1
        part = self._parts[order]
        first = part.folded.span(words.start - part.first)
        last = first if words.end == words.start + 1 else part.folded.span(words.end - 1 - part.first)
        return Passage(order, part.read.start + first.start, part.read.start + last.end)

    def source(self, passage: Passage) -> tuple[Field, str]:
        """The field of a passage, and its whole raw text."""
        parts = self._parts if passage.order < len(self._parts) else self.author._parts  # noqa: SLF001  # one of us
        part = parts[min(passage.order, len(parts) - 1)]
        return part.field, part.raw

    def written(self, words: Span) -> str:
        """The raw text of a span of words."""
        passage = self.passage(words)
        return self.source(passage)[1][passage.start : passage.end]

    def search(self, pattern: Any, region: Region | None) -> Iterator[Passage]:
        """Where a compiled regex is found."""
        if region is Region.AUTHOR:
            for _, start, end in self.author.search(pattern, None):
                yield Passage(len(self._parts), start, end)
            return
        for order, part in enumerate(self._parts):
            read = self._read_in(region, part)
            for start, end in regex.find(pattern, part.raw[read.start : read.end]):
                yield Passage(order, read.start + start, read.start + end)

    def _read_in(self, region: Region | None, part: _Part) -> Span:
        """What is read of a field when a query is confined to a region."""
        if region is None or region.value == part.field.value:
            return part.read
        if region is not Region.LEAD or part.field is not Field.BODY:
            return Span(0, 0)
        first, last = self._lead
        last = min(last, self.size - 1)  # without the gap
        if first >= last:
            return Span(0, 0)
        _, start, end = self.passage(Span(first, last))
        return Span(start, end)
