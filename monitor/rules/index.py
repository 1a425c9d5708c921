"""Which rules may match a text: those of which an anchor is in it.

An anchor is a word, or two words in a row, that must be present for a rule to
match; of a rule's possible anchors the rarest are kept. So a text costs two
set intersections and the few rules they leave, however many rules there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from monitor.rules.names import Words
from monitor.rules.rarity import frequency

Anchor = str | tuple[str, str]
"""A word, or two words in a row."""


class Index:
    """Numbers of rules by the anchors of which one must be present."""

    def __init__(self, anchors: Iterable[frozenset[Anchor]]) -> None:
        words: dict[str, list[int]] = defaultdict(list)
        pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, of_rule in enumerate(anchors):
            for anchor in of_rule:
                if isinstance(anchor, str):
                    words[anchor].append(number)
                else:
                    pairs[anchor].append(number)
        self._words = {word: tuple(numbers) for word, numbers in words.items()}
        self._pairs = {pair: tuple(numbers) for pair, numbers in pairs.items()}

    def candidates(self, words: Words) -> list[int]:
        """The rules that may match a text of these words, in order."""
        found: set[int] = set()
        for word in self._words.keys() & words:
            found.update(self._words[word])
        for pair in self._pairs.keys() & pairwise(words):
            found.update(self._pairs[pair])
        return sorted(found)


def anchor(row: Words) -> Anchor:
    """The rarest word, or pair of words, of a row that must be present as a whole."""
    return row[0] if len(row) == 1 else min(pairwise(row), key=cost)


def cost(anchor: Anchor) -> float:
    """A rough guess at how many texts in a thousand have the anchor."""
    if isinstance(anchor, str):
        return frequency(anchor)
    return frequency(anchor[0]) * frequency(anchor[1]) / 100
