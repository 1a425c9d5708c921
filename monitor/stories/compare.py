"""What two texts have in common, measured both ways."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from monitor.model import Conflict
from monitor.stories.facts import meeting
from monitor.stories.guards import conflict
from monitor.stories.text import LEAD, PASSAGE, Passage, Reading, rarity, stem, telling
from monitor.stories.vocabulary import EVENT_FIGURES, POWERS, STOP
from monitor.stories.words import Words

OPENING_SENTENCES = 2
LONGEST_SENTENCE = 60
"""Words of a sentence that are read: a sentence without an end is no longer one."""
LEAST_SENTENCE = 4
"""Telling words of a sentence worth looking for in another text."""
NAME_WEIGHT = 1.8
FIGURE_WEIGHT = 2.0
LEAST_PARTICULAR = 5.0
"""The value above which a figure is too particular to agree by chance."""
RETITLED = 0.50
"""Share of the words of headlines below which one tells something else."""
MOST_PLACES = 4
"""Places of one passage that are followed, so that a repeated line costs no more than prose."""

Weights = Mapping[str, float]


class Shares(NamedTuple):
    """How much of each of two texts stands in the other, from 0 to 1, rare words counting more."""

    first: float
    second: float

    @property
    def least(self) -> float:
        return min(self)

    @property
    def most(self) -> float:
        return max(self)


class Comparison:
    """Two texts side by side; each measure is taken when it is asked for."""

    def __init__(self, a: Reading, b: Reading) -> None:
        self.a, self.b = a, b

    @cached_property
    def lead(self) -> Shares:
        """Of each lead, in the other's whole text."""
        end = LEAD - PASSAGE + 1
        return Shares(_share(self.a.passages[:end], self.b.known), _share(self.b.passages[:end], self.a.known))

    @cached_property
    def whole(self) -> Shares:
        """Of each text, in the other."""
        return Shares(_share(self.a.known, self.b.known), _share(self.b.known, self.a.known))

    @cached_property
    def title(self) -> float:
        """Cosine of the headlines."""
        return _cosine(_weights(self.a.title), _weights(self.b.title))

    @cached_property
    def headlines(self) -> Shares:
        """Of each headline, in the other's headline or text."""
        return Shares(_told(self.a, self.b), _told(self.b, self.a))

    @cached_property
    def anew(self) -> bool:
        """Whether the first is news to readers of the second: another headline, or a number they have not read."""
        a, b = ({stem(word) for word in text.title if word not in STOP} for text in (self.a, self.b))
        known = {*self.b.title, *self.b.body}
        said = (word for word in (*self.a.title, *self.a.lead) if word[0].isdecimal())
        return len(a & b) < RETITLED * min(len(a), len(b)) or not known.issuperset(said)

    @cached_property
    def event(self) -> float:
        """Cosine of headline and first two sentences; names and counts weigh more."""
        return _cosine(*self._openings)

    @cached_property
    def said(self) -> float:
        """How much the less telling of these openings says (`rarity`)."""
        return min(sum(opening.values()) for opening in self._openings)

    @cached_property
    def cover(self) -> float:
        """Of the shorter of these openings, in the longer one."""
        return _overlap(*self._openings) / (self.said or 1.0)

    @cached_property
    def first(self) -> float:
        """How much of a first sentence stands, in order, in the other lead."""
        return max(_aligned(self.a, self.b), _aligned(self.b, self.a))

    @cached_property
    def parallel(self) -> Shares:
        """Of each text's sentences, those that a sentence of the other says in much the same words."""
        a, b = _bags(self.a), _bags(self.b)
        return Shares(_echoed(a, b), _echoed(b, a))

    @cached_property
    def passage(self) -> int:
        """Words of the longest passage that stands in both."""
        return _longest_run(self.a.passages, self.b.passages)

    @cached_property
    def quoted(self) -> int:
        """Telling passages of a quotation that stand in both texts."""
        a, b = self.a, self.b
        return sum(map(telling, (a.quotes & b.known) | (b.quotes & a.known)))

    @cached_property
    def shared_names(self) -> tuple[str, ...]:
        """Names in both headlines or first sentences, the powers left out that are in the news of every day."""
        return tuple(sorted(" ".join(name) for name in meeting(_local(self.a.subjects), _local(self.b.subjects))))

    @cached_property
    def subjects(self) -> float | None:
        """Which share that is of the names that a text has there; None when one has no names."""
        least = min(len(_local(self.a.subjects)), len(_local(self.b.subjects)))
        return len(self.shared_names) / least if least else None

    @cached_property
    def names_met(self) -> int:
        """How many names of headline and lead both have, powers left out."""
        return len(meeting(_local(self.a.names), _local(self.b.names)))

    @cached_property
    def same_figures(self) -> int:
        """Figures of headline and lead, too particular to agree by chance, that both have."""
        return sum(figure.value > LEAST_PARTICULAR for figure in {*self.a.figures} & {*self.b.figures})

    @cached_property
    def conflict(self) -> Conflict | None:
        """What says that they do not tell the same, however alike their words."""
        return conflict(self.a, self.b)

    @cached_property
    def _openings(self) -> tuple[Weights, Weights]:
        return _opening(self.a), _opening(self.b)


def _local(names: frozenset[Words]) -> frozenset[Words]:
    return frozenset(name for name in names if not POWERS.issuperset(name))


def _share(part: Iterable[Passage], whole: Set[Passage]) -> float:
    total = shared = 0.0
    for passage in part:
        weight = sum(map(rarity, passage))
        total += weight
        if passage in whole:
            shared += weight
    return shared / total if total else 0.0


def _weights(text: Words, names: Set[str] = frozenset()) -> dict[str, float]:
    """What the words of a text say of an event; function words say nothing."""
    return {stem(word): rarity(word) * (NAME_WEIGHT if word in names else 1.0) for word in text if word not in STOP}


def _opening(text: Reading) -> Weights:
    sentences = (word for sentence in text.sentences[:OPENING_SENTENCES] for word in sentence[:LONGEST_SENTENCE])
    found = _weights((*text.title, *sentences), {word for name in text.names for word in name} - POWERS)
    counts = (figure for figure in text.figures if figure.kind in EVENT_FIGURES)
    return found | {f"{figure.kind} {figure.value:g}": FIGURE_WEIGHT for figure in counts}


def _told(text: Reading, other: Reading) -> float:
    said = _weights(text.title)
    known = set(map(stem, (*other.title, *other.body)))
    return sum(weight for word, weight in said.items() if word in known) / (sum(said.values()) or 1.0)


def _cosine(a: Weights, b: Weights) -> float:
    norm = math.sqrt(sum(w * w for w in a.values()) * sum(w * w for w in b.values()))
    return sum(weight * b[word] for word, weight in a.items() if word in b) / norm if norm else 0.0


def _overlap(a: Weights, b: Weights) -> float:
    return sum(min(weight, b[word]) for word, weight in a.items() if word in b)


def _aligned(a: Reading, b: Reading) -> float:
    sentence = a.sentences[0][:LEAD] if a.sentences else ()
    matcher = SequenceMatcher(None, sentence, b.lead, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / (len(sentence) or 1)


def _bags(text: Reading) -> list[Weights]:
    found = (_weights(sentence[:LONGEST_SENTENCE]) for sentence in text.sentences)
    return [bag for bag in found if len(bag) >= LEAST_SENTENCE]


def _echoed(bags: Sequence[Weights], others: Sequence[Weights]) -> float:
    """The mean, by weight, of how much of each sentence the other text's nearest sentence says."""
    weighed = [(sum(bag.values()), bag) for bag in others]
    total = echoed = 0.0
    for bag in bags:
        weight = sum(bag.values())
        total += weight
        echoed += weight * max((_overlap(bag, other) / max(weight, its) for its, other in weighed), default=0.0)
    return echoed / (total or 1.0)


def _longest_run(a: Sequence[Passage], b: Sequence[Passage]) -> int:
    places: dict[Passage, list[int]] = {}
    for at, passage in enumerate(b):
        known = places.setdefault(passage, [])
        if len(known) < MOST_PLACES:
            known.append(at)
    longest = 0
    runs: dict[int, int] = {}
    for passage in a:
        runs = {at: runs.get(at - 1, 0) + 1 for at in places.get(passage, ())}
        longest = max(longest, *runs.values()) if runs else longest
    return longest + PASSAGE - 1 if longest else 0
