"""What words say of an event: a name much, a function word nothing. Rarity without a corpus.

Sums are exact (`fsum`): sets have another order in each process, and a verdict
must not hang on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache
from math import fsum, sqrt

from monitor.stories.vocabulary import PLAIN, POWERS, STOP
from monitor.stories.words import Words

PASSAGE = 3
TELLING = 1.0
"""Rarity that the words of a passage must have together."""
NAME_WEIGHT = 1.8

Passage = str
"""Three words in a row, with a blank between; one string, because its hash is taken once."""
Weights = Mapping[str, float]


@lru_cache(maxsize=1 << 15)
def rarity(word: str) -> float:
    """How much a shared word says, from 0.1 (`the`) to 1."""
    if word in STOP:
        return 0.1
    if word in PLAIN or word in POWERS:
        return 0.4
    if word[0].isdecimal():
        return 0.7
    return 0.5 if len(word) < 4 and word.isascii() else 1.0


def telling(passage: Passage) -> bool:
    """Whether a passage says something: `of the same` is in every text."""
    return sum(map(rarity, passage.split(" "))) >= TELLING


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A long word without its ending, roughly: `elected`, `election`."""
    return word[:6] if len(word) > 6 and word.isalpha() else word


def passages(text: Words) -> tuple[Passage, ...]:
    """Every three words that follow one another, in order; all words at once when there are fewer."""
    if len(text) < PASSAGE:
        return (" ".join(text),) if text else ()
    return tuple(map(" ".join, zip(text, text[1:], text[2:], strict=False)))


def weighed(text: Words) -> dict[Passage, float]:
    """The passages of a text, each once, and how much they say."""
    said = list(map(rarity, text))
    if len(text) < PASSAGE:
        return {passage: sum(said) for passage in passages(text)}
    together = [one + two + three for one, two, three in zip(said, said[1:], said[2:], strict=False)]
    return dict(zip(passages(text), together, strict=True))


def weights(text: Words, names: Set[str] = frozenset()) -> dict[str, float]:
    """The stems of a text and what each says; function words say nothing."""
    return {stem(word): rarity(word) * (NAME_WEIGHT if word in names else 1.0) for word in text if word not in STOP}


def cosine(a: Weights, b: Weights) -> float:
    """How alike two texts are in what they say."""
    norm = sqrt(fsum(w * w for w in a.values()) * fsum(w * w for w in b.values()))
    return fsum(a[word] * b[word] for word in a.keys() & b.keys()) / norm if norm else 0.0


def overlap(a: Weights, b: Weights) -> float:
    """How much both say."""
    return fsum(min(a[word], b[word]) for word in a.keys() & b.keys())
