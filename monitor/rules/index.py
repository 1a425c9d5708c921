"""Which rules may match a text: those of which an anchor is in it.

An anchor is a word, two words in a row, or the beginning of a word, that must
be present for a rule to match; of a rule's possible anchors the rarest are
kept. So a text costs a few set intersections and the few rules they leave,
however many rules there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from monitor.rules.rarity import frequency
from monitor.rules.text import Words

BUCKET = 3
"""Letters by which beginnings of words are looked up; none is shorter."""


@dataclass(frozen=True, slots=True)
class Stem:
    """A word must begin so."""

    letters: str


Anchor = str | tuple[str, str] | Stem
"""A word, two words in a row, or the beginning of a word."""


class Index:
    """Numbers of rules by the anchors of which one must be present."""

    def __init__(self, anchors: Iterable[frozenset[Anchor] | None]) -> None:
        words: dict[str, list[int]] = defaultdict(list)
        pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._stems: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._always: list[int] = []
        """Rules that ask for no word, but for a source, a language and the like."""
        for number, of_rule in enumerate(anchors):
            if of_rule is None:
                self._always.append(number)
                continue
            for anchor in of_rule:
                match anchor:
                    case str():
                        words[anchor].append(number)
                    case Stem(letters):
                        self._stems[letters[:BUCKET]][letters].append(number)
                    case _:
                        pairs[anchor].append(number)
        self._words = {word: tuple(numbers) for word, numbers in words.items()}
        self._pairs = {pair: tuple(numbers) for pair, numbers in pairs.items()}

    def candidates(self, words: Words) -> list[int]:
        """The rules that may match a text of these words, in order."""
        found = set(self._always)
        for word in self._words.keys() & words:
            found.update(self._words[word])
        for pair in self._pairs.keys() & pairwise(words):
            found.update(self._pairs[pair])
        if self._stems:
            self._add_by_stem(words, found)
        return sorted(found)

    def _add_by_stem(self, words: Words, found: set[int]) -> None:
        buckets = self._stems
        for word in words:
            if word[:BUCKET] in buckets:
                for letters, numbers in buckets[word[:BUCKET]].items():
                    if word.startswith(letters):
                        found.update(numbers)


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
