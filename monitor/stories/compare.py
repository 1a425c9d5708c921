"""What two texts have in common, measured both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from difflib import SequenceMatcher
from functools import cached_property
from math import fsum
from typing import NamedTuple

from monitor.model import Conflict
from monitor.stories.facts import meeting
from monitor.stories.guards import conflict
from monitor.stories.text import LEAD, Reading
from monitor.stories.vocabulary import POWERS, STOP
from monitor.stories.weights import PASSAGE, Passage, Weights, cosine, overlap, stem, telling
from monitor.stories.words import Words

LEAST_PARTICULAR = 5.0
"""The value above which a figure is too particular to agree by chance."""
RETITLED = 0.50
"""Share of the words of headlines below which one tells something else."""
MOST_PLACES = 4
"""Places of one passage that are followed, so that a repeated line costs no more than prose."""


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


NOTHING = Shares(0.0, 0.0)


class Comparison:
    """Two texts side by side; each measure is taken when it is asked for."""

    def __init__(self, a: Reading, b: Reading) -> None:
        self.a, self.b = a, b

    @cached_property
    def common(self) -> Set[Passage]:
        """Passages that stand in both texts."""
        return self.a.known & self.b.known

    @cached_property
    def lead(self) -> Shares:
        """Of each lead, in the other's whole text."""
        return self._of(self.a.opened, self.b.opened) if self.common else NOTHING

    @cached_property
    def whole(self) -> Shares:
        """Of each text, in the other."""
        return self._of(self.a.whole, self.b.whole) if self.common else NOTHING

    def _of(self, a: Mapping[Passage, float], b: Mapping[Passage, float]) -> Shares:
        return Shares(_share(a, self.common), _share(b, self.common))

    @cached_property
    def title(self) -> float:
        """Cosine of the headlines."""
        return cosine(self.a.telling, self.b.telling)

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
        return cosine(self.a.opening, self.b.opening)

    @cached_property
    def said(self) -> float:
        """How much the less telling of these openings says (`rarity`)."""
        return min(fsum(text.opening.values()) for text in (self.a, self.b))

    @cached_property
    def cover(self) -> float:
        """Of the shorter of these openings, in the longer one."""
        return overlap(self.a.opening, self.b.opening) / (self.said or 1.0)

    @cached_property
    def first(self) -> float:
        """How much of a first sentence stands, in order, in the other lead."""
        return max(_aligned(self.a, self.b), _aligned(self.b, self.a))

    @cached_property
    def parallel(self) -> Shares:
        """Of each text's sentences, those that a sentence of the other says in much the same words."""
        return Shares(_echoed(self.a.said, self.b.said), _echoed(self.b.said, self.a.said))

    @cached_property
    def passage(self) -> int:
        """Words of the longest passage that stands in both."""
        return _longest_run(self.a.passages, self.b.passages, self.common)

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


def _local(names: frozenset[Words]) -> frozenset[Words]:
    return frozenset(name for name in names if not POWERS.issuperset(name))


def _share(part: Mapping[Passage, float], common: Set[Passage]) -> float:
    return fsum(map(part.__getitem__, part.keys() & common)) / (fsum(part.values()) or 1.0)


def _told(text: Reading, other: Reading) -> float:
    said = text.telling
    return fsum(map(said.__getitem__, said.keys() & other.stems)) / (fsum(said.values()) or 1.0)


def _aligned(a: Reading, b: Reading) -> float:
    sentence = a.sentences[0][:LEAD] if a.sentences else ()
    matcher = SequenceMatcher(None, sentence, b.lead, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / (len(sentence) or 1)


def _echoed(said: Sequence[Weights], others: Sequence[Weights]) -> float:
    """The mean, by weight, of how much of each sentence the other text's nearest sentence says."""
    weighed = [(fsum(one.values()), one) for one in others]
    total = echoed = 0.0
    for sentence in said:
        weight = fsum(sentence.values())
        total += weight
        echoed += weight * max((overlap(sentence, one) / max(weight, its) for its, one in weighed), default=0.0)
    return echoed / (total or 1.0)


def _longest_run(a: Sequence[Passage], b: Sequence[Passage], common: Set[Passage]) -> int:
    places: dict[Passage, list[int]] = {passage: [] for passage in common}
    for at, passage in enumerate(b):
        if passage in places and len(places[passage]) < MOST_PLACES:
            places[passage].append(at)
    longest = 0
    runs: dict[int, int] = {}
    for passage in a:
        if passage in places:
            runs = {at: runs.get(at - 1, 0) + 1 for at in places[passage]}
            longest = max(longest, *runs.values())
        elif runs:
            runs = {}
    return longest + PASSAGE - 1 if longest else 0
