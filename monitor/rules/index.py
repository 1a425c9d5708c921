"""Which rules may match a text: those of which an anchor is in it.

An anchor is a word, two words in a row, or the beginning of a word, that must
be present for a rule to match; of a rule's possible anchors the rarest are
kept. A guard is the next thing that must be present: most rules whose anchor
is found are ruled out by it, before their queries are run. So a text costs a
few set intersections and the few rules they leave, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from monitor.rules.text import GAP, Text

_LOOKED_UP = (8, 5, 3)
"""Letters by which beginnings of words are looked up: by as many of these as they have; none has fewer."""

_FILED = 4
"""A way with a guard of more words, such as all ministers, is not filed under each."""

_REMEMBERED = 1 << 16
"""Words of texts of which it is remembered what they find: those met first are the frequent ones."""

_LONG = 32
"""Words of so many letters are not remembered."""


@dataclass(frozen=True, slots=True)
class Stem:
    """A word must begin so."""

    letters: str


Anchor = str | tuple[str, str] | Stem
"""A word, two words in a row, or the beginning of a word."""


UNGUARDED = frozenset((GAP,))
"""The guard that every text passes."""


class Clues(NamedTuple):
    """A way in which the index finds a rule."""

    anchors: frozenset[Anchor] | None
    """Of these one must be in a text for the rule to match; None when it can match without."""
    guard: frozenset[str] = UNGUARDED
    """Words of which one must be in the text too: looked at once an anchor is found."""


Found = dict[str, list[int]]
"""The ways that an anchor finds, by the word that guards them; GAP, which every text has, for all other guards."""


class _ByWord(dict[str, tuple[Found, ...]]):
    """What a word of a text finds by itself: worked out once for each word, as long as there is room."""

    def __init__(self, words: Mapping[str, Found], stems: Mapping[int, Mapping[str, Mapping[str, Found]]]) -> None:
        super().__init__()
        self._words = words
        self._stems = stems

    def __missing__(self, word: str) -> tuple[Found, ...]:
        found = [self._words[word]] if word in self._words else []
        for length, stems in self._stems.items():
            begun = stems.get(word[:length], {})
            found += [each for letters, each in begun.items() if word.startswith(letters)]
        if len(self) < _REMEMBERED and len(word) < _LONG:
            self[word] = tuple(found)
        return tuple(found)


class Index:
    """Numbers of rules, and of the ways to find them, by the anchors of which one must be present."""

    def __init__(self, rules: Iterable[Sequence[Clues]]) -> None:
        self._words: dict[str, Found] = {}
        self._pairs: dict[tuple[str, str], Found] = {}
        self._stems: dict[int, dict[str, dict[str, Found]]] = {}
        self._by_word = _ByWord(self._words, self._stems)
        self._always: list[int] = []
        """Ways to rules that ask for no word, but for a source, a language and the like."""
        self._rules: list[int] = []
        """Of each way to find a rule, which one."""
        self._guards: list[frozenset[str]] = []
        """Of each way; but few words, under which the way is filed, are not looked at again."""
        ways = ((rule, clues) for rule, all_of_one in enumerate(rules) for clues in all_of_one)
        for way, (rule, (anchors, guard)) in enumerate(ways):
            self._rules.append(rule)
            filed = guard if len(guard) <= _FILED else UNGUARDED
            self._guards.append(UNGUARDED if filed is guard else guard)
            if anchors is None:
                self._always.append(way)
                continue
            for anchor in anchors:
                found = self._found_by(anchor)
                for word in filed:
                    found.setdefault(word, []).append(way)

    def _found_by(self, anchor: Anchor) -> Found:
        match anchor:
            case str():
                return self._words.setdefault(anchor, {})
            case Stem(letters):
                length = next(length for length in _LOOKED_UP if length <= len(letters))
                begun = self._stems.setdefault(length, {}).setdefault(letters[:length], {})
                return begun.setdefault(letters, {})
            case _:
                return self._pairs.setdefault(anchor, {})

    def candidates(self, text: Text) -> list[int]:
        """The rules that may match a text, in order."""
        vocabulary, pairs = text.vocabulary, self._pairs
        alone = chain.from_iterable(map(self._by_word.__getitem__, vocabulary))
        in_a_row = map(pairs.__getitem__, pairs.keys() & pairwise(text.all_words))
        ways = list(self._always)
        for found in chain(alone, in_a_row):
            for guard in found.keys() & vocabulary:
                ways += found[guard]
        guards = self._guards
        return sorted({self._rules[way] for way in ways if not vocabulary.isdisjoint(guards[way])})

    def parts(self) -> Iterator[object]:
        """All that it holds which is large where rules are many."""
        yield from self._words.values()
        yield from self._pairs.values()
        for begun in self._stems.values():
            yield from begun.values()
