"""How rare words are in the news: what the index looks for first.

A table of the frequent words of many languages ships with the package
(`rarity.txt`); `observed` corrects it by the texts that a wire really carries.
Wrong figures cost time, never matches: whatever they say, the same rules fire.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources

Frequency = Callable[[str], float]
"""How many texts in a thousand are expected to have a word."""

_SHIPPED_WEIGHT = 200
"""Texts that the shipped table counts for where others were looked at."""


def usual(word: str) -> float:
    """How many texts in a thousand have a word, by the shipped table; a guess for words that are not in it."""
    if word.isdigit():
        return 60.0 if len(word) < 3 else 20.0
    return _table().get(word) or min(3.0, 50.0 / min(len(word), 10) ** 2)


def observed(texts: Iterable[Iterable[str]]) -> Frequency:
    """What these texts, each given by its words, say of the words of others like them."""
    number, having = _SHIPPED_WEIGHT, Counter[str]()
    for number, words in enumerate(texts, _SHIPPED_WEIGHT + 1):  # noqa: B007  # how many there were
        having.update(set(words))
    return lambda word: (1000 * having[word] + _SHIPPED_WEIGHT * usual(word)) / number


@cache
def _table() -> dict[str, float]:
    table: dict[str, float] = {}
    band = 0.0
    for line in resources.files(__package__).joinpath("rarity.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        for word in line.split():
            if word.replace(".", "").isdigit():
                band = float(word)
            else:
                table[word] = band
    return table
