"""What two texts have in common, measured both ways, and what sets them apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from monitor.stories.facts import Figure, meeting
from monitor.stories.text import LEAD, OPENING_SENTENCES, SHINGLE, Reading, Shingle, rarity, stem
from monitor.stories.vocabulary import COUNTED, POWERS
from monitor.stories.words import Words

BACKGROUND = 0.2
"""What a passage weighs that texts of other stories have too."""
MOST_PLACES = 4
"""Places of one passage that are followed, so that a repeated line costs no more than prose."""
NAME_WEIGHT = 1.8
FIGURE_WEIGHT = 2.0
OPENING = 60
"""Words of a sentence that are read: a sentence without an end is no longer one."""
LEAST_SENTENCE = 4
"""Telling words of a sentence worth looking for in another text."""
SAME_QUAKE = 0.35
"""By how much measurements of one earthquake's magnitude differ at most."""

TOLLS = frozenset(COUNTED.values()) - {"percent", "magnitude"}


class Shares(NamedTuple):
    """How much of each of two texts stands in the other, from 0 to 1, weighted by rarity."""

    first: float
    second: float

    @property
    def least(self) -> float:
        return min(self)

    @property
    def most(self) -> float:
        return max(self)


class Conflict(NamedTuple):
    """What says that two texts do not tell the same, however alike their words."""

    kind: str
    """`names`, `magnitude` (another event), `toll` (a newer count), `figures` (one of the two)."""
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts side by side."""

    lead: Shares
    """Of each lead, in the other's whole text."""
    whole: Shares
    title: float
    """Cosine of the headlines."""
    headlines: Shares
    """Of each headline's telling words, in the other's headline or text."""
    event: float
    """Cosine of headline and first two sentences; names and figures count more."""
    cover: float
    """Of the shorter opening, in the longer one."""
    first: float
    """How much of a first sentence stands, in order, in the other lead."""
    parallel: Shares
    """Of each text's sentences, those that a sentence of the other says in much the same words."""
    quoted: int
    """Three-word passages of a quotation that stand in both."""
    passage: int
    """Words of the longest passage that stands in both."""
    subjects: float | None
    """Share of the names in headline and first sentence that meet; None when a text has none."""
    shared_names: tuple[str, ...]
    """Those that meet, and are not in the news of every day."""
    conflict: Conflict | None


def compare(a: Reading, b: Reading, background: Set[Shingle] = frozenset()) -> Comparison:
    """Measure two texts against each other.

    `background` are passages that several stories share: they say little.
    """
    in_a, in_b = frozenset(a.shingles), frozenset(b.shingles)
    lead = LEAD - SHINGLE + 1
    shared = meeting(a.subjects, b.subjects)
    opening_a, opening_b = _opening(a), _opening(b)
    return Comparison(
        lead=Shares(_share(a.shingles[:lead], in_b, background), _share(b.shingles[:lead], in_a, background)),
        whole=Shares(_share(in_a, in_b, background), _share(in_b, in_a, background)),
        title=_cosine(_weights(a.title), _weights(b.title)),
        headlines=Shares(_told(a.title, b), _told(b.title, a)),
        event=_cosine(opening_a, opening_b),
        cover=_cover(opening_a, opening_b),
        first=max(_aligned(a, b), _aligned(b, a)),
        parallel=_parallel(a, b),
        quoted=len(((a.quotes & in_b) | (b.quotes & in_a)) - background),
        passage=_longest_passage(a.shingles, b.shingles),
        subjects=len(shared) / min(len(a.subjects), len(b.subjects)) if a.subjects and b.subjects else None,
        shared_names=tuple(sorted(" ".join(name) for name in shared if not POWERS.issuperset(name))),
        conflict=conflict(a, b),
    )


def conflict(a: Reading, b: Reading) -> Conflict | None:
    """The weightiest contradiction between two texts, if there is one."""
    strangers_a, strangers_b = _strangers(a, b), _strangers(b, a)
    if 2 * len(strangers_a) > len(a.names) and 2 * len(strangers_b) > len(b.names):
        return Conflict("names", f"one names {_list(strangers_a)}, the other {_list(strangers_b)}")
    quakes = [[f.value for f in text.figures if f.kind == "magnitude" and f.value < 11] for text in (a, b)]
    if all(quakes) and min(abs(x - y) for x in quakes[0] for y in quakes[1]) > SAME_QUAKE:
        return Conflict("magnitude", f"one has magnitude {quakes[0][0]:g}, the other {quakes[1][0]:g}")
    for kind in sorted(TOLLS):
        first_a, first_b = _first(a.figures, kind), _first(b.figures, kind)
        if first_a and first_b and (first_a.value not in b.numbers or first_b.value not in a.numbers):
            return Conflict("toll", f"one has {first_a.value:,g} {kind}, the other {first_b.value:,g}")
    only_a = [figure for figure in a.figures if figure.value not in b.numbers]
    only_b = [figure for figure in b.figures if figure.value not in a.numbers]
    if only_a and only_b:
        return Conflict("figures", f"one has {_figure(only_a[0])}, the other {_figure(only_b[0])}")
    return None


def _strangers(a: Reading, b: Reading) -> frozenset[Words]:
    """Names in a's headline and lead that b never mentions."""
    told = {*b.title, *b.body}
    unknown = frozenset(name for name in a.names if told.isdisjoint(name))
    return unknown - meeting(unknown, b.names)


def _first(figures: Iterable[Figure], kind: str) -> Figure | None:
    return next((figure for figure in figures if figure.kind == kind), None)


def _list(names: Iterable[Words]) -> str:
    return ", ".join(sorted(" ".join(name).title() for name in names)[:3])


def _figure(figure: Figure) -> str:
    return f"{figure.value:,g} ({figure.kind})"


def _share(part: Iterable[Shingle], whole: Set[Shingle], background: Set[Shingle]) -> float:
    total = shared = 0.0
    for shingle in part:
        weight = sum(map(rarity, shingle)) * (BACKGROUND if shingle in background else 1.0)
        total += weight
        if shingle in whole:
            shared += weight
    return shared / total if total else 0.0


def _weights(text: Words, names: Set[str] = frozenset()) -> dict[str, float]:
    return {
        stem(word): weight * (NAME_WEIGHT if word in names else 1.0)
        for word in text
        if (weight := rarity(word)) > 0.1  # function words say nothing of an event
    }


def _opening(text: Reading) -> dict[str, float]:
    words = (*text.title, *(word for sentence in text.sentences[:OPENING_SENTENCES] for word in sentence[:OPENING]))
    found = _weights(words, {word for name in text.names for word in name} - POWERS)
    found.update(
        {
            f"{figure.kind} {figure.value:g}": FIGURE_WEIGHT
            for figure in text.figures
            if figure.kind in TOLLS or figure.kind == "magnitude"
        }
    )
    return found


def _told(title: Words, text: Reading) -> float:
    said = _weights(title)
    known = set(map(stem, (*text.title, *text.body)))
    return sum(weight for word, weight in said.items() if word in known) / sum(said.values()) if said else 0.0


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    norm = math.sqrt(sum(w * w for w in a.values()) * sum(w * w for w in b.values()))
    return sum(weight * b[word] for word, weight in a.items() if word in b) / norm if norm else 0.0


def _cover(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    least = min(sum(a.values()), sum(b.values()))
    return sum(min(weight, b[word]) for word, weight in a.items() if word in b) / least if least else 0.0


def _aligned(a: Reading, b: Reading) -> float:
    sentence = a.sentences[0][:LEAD] if a.sentences else ()
    matcher = SequenceMatcher(None, sentence, b.lead, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(sentence) if sentence else 0.0


def _parallel(a: Reading, b: Reading) -> Shares:
    bags_a, bags_b = _bags(a), _bags(b)
    return Shares(_echoed(bags_a, bags_b), _echoed(bags_b, bags_a))


def _bags(text: Reading) -> list[dict[str, float]]:
    found = (_weights(sentence[:OPENING]) for sentence in text.sentences)
    return [bag for bag in found if len(bag) >= LEAST_SENTENCE]


def _echoed(bags: Sequence[dict[str, float]], others: Sequence[dict[str, float]]) -> float:
    total = echoed = 0.0
    for bag in bags:
        weight = sum(bag.values())
        total += weight
        echoed += weight * max((_overlap(bag, other) for other in others), default=0.0)
    return echoed / total if total else 0.0


def _overlap(a: dict[str, float], b: dict[str, float]) -> float:
    return sum(min(weight, b[word]) for word, weight in a.items() if word in b) / max(sum(a.values()), sum(b.values()))


def _longest_passage(a: tuple[Shingle, ...], b: tuple[Shingle, ...]) -> int:
    places: dict[Shingle, list[int]] = {}
    for at, shingle in enumerate(b):
        known = places.setdefault(shingle, [])
        if len(known) < MOST_PLACES:
            known.append(at)
    longest = 0
    runs: dict[int, int] = {}
    for shingle in a:
        runs = {at: runs.get(at - 1, 0) + 1 for at in places.get(shingle, ())}
        longest = max(longest, *runs.values()) if runs else longest
    return longest + SHINGLE - 1 if longest else 0
