"""Which rules may match a text: those of which an anchor is in it.

An anchor is a word, two words in a row, or the beginning of a word, that must
be present for a rule to match; of a rule's possible anchors the rarest are
kept. A guard is the next thing that must be present: most rules whose anchor
is found are ruled out by it, before their queries are run. So a text costs a
few set intersections and the few rules they leave, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from monitor.rules.rarity import frequency
from monitor.rules.text import GAP, Words

_LOOKED_UP = (8, 5, 3)
"""Letters by which beginnings of words are looked up: by as many of these as they have; none has fewer."""


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


class Index:
    """Numbers of rules, and of the ways to find them, by the anchors of which one must be present."""

    def __init__(self, rules: Iterable[Sequence[Clues]]) -> None:
        words: dict[str, list[int]] = defaultdict(list)
        pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._stems: dict[int, dict[str, dict[str, list[int]]]] = {}
        self._always: list[int] = []
        """Rules that ask for no word, but for a source, a language and the like."""
        self._rules: list[int] = []
        """Of each way to find a rule, which one."""
        self._guard_words: list[str] = []
        self._guards: list[frozenset[str]] = []
        """Of each way; a guard of one word is in the former, which is cheaper to look at, others in the latter."""
        ways = ((rule, clues) for rule, all_of_one in enumerate(rules) for clues in all_of_one)
        for number, (rule, (anchors, guard)) in enumerate(ways):
            self._rules.append(rule)
            self._guard_words.append(next(iter(guard)) if len(guard) == 1 else GAP)
            self._guards.append(guard if len(guard) > 1 else UNGUARDED)
            if anchors is None:
                self._always.append(number)
                continue
            for anchor in anchors:
                match anchor:
                    case str():
                        words[anchor].append(number)
                    case Stem(letters):
                        length = next(length for length in _LOOKED_UP if length <= len(letters))
                        begun = self._stems.setdefault(length, {}).setdefault(letters[:length], {})
                        begun.setdefault(letters, []).append(number)
                    case _:
                        pairs[anchor].append(number)
        self._words = {word: tuple(numbers) for word, numbers in words.items()}
        self._pairs = {pair: tuple(numbers) for pair, numbers in pairs.items()}

    def candidates(self, words: Words) -> list[int]:
        """The rules that may match a text of these words, in order."""
        found = set(self._always)
        vocabulary = frozenset(words)
        for word in self._words.keys() & vocabulary:
            found.update(self._words[word])
        for pair in self._pairs.keys() & pairwise(words):
            found.update(self._pairs[pair])
        if self._stems:
            found.update(self._by_stem(vocabulary))
        words_of, guards = self._guard_words, self._guards
        left = [number for number in found if words_of[number] in vocabulary]
        return sorted({self._rules[number] for number in left if not guards[number].isdisjoint(vocabulary)})

    def _by_stem(self, vocabulary: frozenset[str]) -> Iterator[int]:
        for length, stems in self._stems.items():
            for begun in stems.keys() & {word[:length] for word in vocabulary}:
                for letters, numbers in stems[begun].items():
                    if any(word.startswith(letters) for word in vocabulary):
                        yield from numbers


def anchor(row: Words) -> Anchor:
    """The rarest word, or pair of words, of a row that must be present as a whole."""
    return row[0] if len(row) == 1 else min(pairwise(row), key=cost)


def cost(anchor: Anchor) -> float:
    """A rough guess at how many texts in a thousand have the anchor."""
    match anchor:
        case str():
            return frequency(anchor)
        case Stem(letters):
            return 3 * frequency(letters)
        case (one, other):
            return frequency(one) * frequency(other) / 100
