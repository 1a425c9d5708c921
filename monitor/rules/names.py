"""Entities and phrases to the rows of words to look for.

Of all names known to a rule set the longest wins: where `王毅` stands
within `王毅博`, or within any spelling of another entity or any namesake an
editor listed under `not`, it is not found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from monitor.model import Span
from monitor.rules import tokens
from monitor.rules.rarity import usual
from monitor.rules.text import Text, Words

MAX_WORDS = 64
"""Words in a name or phrase: longer ones are texts pasted by mistake."""


@dataclass(frozen=True, slots=True)
class ShortForms:
    """Parts of a name that stand for it where the item has the full name, or beside a title."""

    forms: tuple[str, ...]
    titles: tuple[str, ...] = ()


class Nominative(NamedTuple):
    """A spelling to be found in all its cases, and its language."""

    lang: str
    name: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, office or organisation, with its spellings."""

    id: str
    name: str
    aka: tuple[str, ...] = ()
    """Other spellings; among them those that are inflected, in all their cases."""
    inflected: tuple[Nominative, ...] = ()
    """Of its spellings those whose other cases come from the lock file."""
    namesakes: tuple[str, ...] = ()
    """Names that contain a spelling and are somebody else's."""
    tags: tuple[str, ...] = ()
    office: str = ""
    shorts: tuple[ShortForms, ...] = ()
    wikidata: str = ""


class Longer(NamedTuple):
    """Longer names of one length, in which a pattern begins at word `offset`."""

    offset: int
    length: int
    names: frozenset[Words]


@dataclass(frozen=True, slots=True)
class Beginning:
    """A row of words to look for, of the last of which a beginning is enough."""

    words: Words
    """All but the last."""
    stem: str

    def find(self, text: Text) -> Iterator[Span]:
        """Where the row stands in a text."""
        before, length, stem, words = self.words, len(self.words), self.stem, text.words
        for at, word in enumerate(words):
            if word.startswith(stem) and at >= length and words[at - length : at] == before:
                yield Span(at - length, at + 1)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of words to look for, except within longer names."""

    words: Words
    longer: tuple[Longer, ...] = ()
    rarest: int = field(init=False)
    """The number of the word by which the row is found."""

    def __post_init__(self) -> None:
        rarest = min(range(len(self.words)), key=lambda number: usual(self.words[number]))
        object.__setattr__(self, "rarest", rarest)

    def find(self, text: Text) -> Iterator[Span]:
        """Where the row stands in a text."""
        row, length, rarest, words = self.words, len(self.words), self.rarest, text.words
        at, last = -1, text.last.get(row[rarest], -1)
        while at < last:
            at = words.index(row[rarest], at + 1)
            start = at - rarest
            if (length == 1 or words[start : start + length] == row) and not self._is_within_longer(words, start):
                yield Span(start, start + length)

    def _is_within_longer(self, words: Words, at: int) -> bool:
        for offset, length, names in self.longer:
            start = at - offset
            if start >= 0 and words[start : start + length] in names:
                return True
        return False


_JOINT = re.compile(r"(?<=\w)['’ʼ‐‑-](?=\w)")


@lru_cache(maxsize=1 << 16)  # each phrase is asked for when a query is checked, and again when it is planned
def spellings(text: str) -> tuple[Words, ...]:
    """The rows of words that a written name or phrase stands for; none when it has no letters or digits.

    What a hyphen or an apostrophe joins is also found written as one word:
    `cease-fire` finds cease-fire, cease fire and ceasefire.
    """
    rows = [_row(text)]
    if (joined := _JOINT.sub("", text)) != text:
        rows.append(_row(joined))
    return tuple(dict.fromkeys(filter(None, rows)))


def beginnings(text: str) -> tuple[Beginning, ...]:
    """What `text*` stands for."""
    return tuple(Beginning(row[:-1], row[-1]) for row in spellings(text))


def stem(text: str) -> str:
    """The part of a word that the star of `text*` extends."""
    return spellings(text)[0][-1]


def _row(text: str) -> Words:
    words = tokens.words(text)
    while words and words[-1] == tokens.BREAK:
        words.pop()
    while words and words[0] == tokens.BREAK:
        words.pop(0)
    return tuple(words)


class Known:
    """The names of all entities, their short forms and their namesakes."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.full: dict[str, tuple[Words, ...]] = {}
        """The rows of each entity's name and other spellings."""
        self.short: dict[str, dict[Words, tuple[Words, ...]]] = {}
        """For each entity's short forms, the rows of the titles beside which they need no full name."""
        namesakes: set[Words] = set()
        for entity in entities:
            self.full[entity.id] = _rows((entity.name, *entity.aka))
            self.short[entity.id] = {row: _rows(short.titles) for short in entity.shorts for row in _rows(short.forms)}
            namesakes.update(_rows(entity.namesakes))
        names = {row for rows in (*self.full.values(), *self.short.values()) for row in rows}
        self._within = _names_within_names(names, namesakes)

    def pattern(self, row: Words) -> Pattern:
        """A name, to be found where it is not part of a longer one."""
        return Pattern(row, self._within.get(row, ()))


def _rows(names: Sequence[str]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(row for name in names for row in spellings(name)))


def _names_within_names(known: set[Words], namesakes: set[Words]) -> dict[Words, tuple[Longer, ...]]:
    """For each known name that stands within longer ones: which, and where."""
    found: dict[Words, dict[tuple[int, int], set[Words]]] = defaultdict(lambda: defaultdict(set))
    for longer in known.union(namesakes):
        for start in range(len(longer)):
            for end in range(start + 1, len(longer) + 1):
                part = longer[start:end]
                if part in known and part != longer:
                    found[part][start, len(longer)].add(longer)
    return {
        name: tuple(Longer(offset, length, frozenset(names)) for (offset, length), names in places.items())
        for name, places in found.items()
    }
