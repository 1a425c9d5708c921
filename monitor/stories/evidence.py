"""Two texts beside each other, with all that speaks for and against their being one: what an editor can check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from difflib import SequenceMatcher

from monitor.model import Conflict, Fate, Item, Outcome, Record, Relation, Span, Story, Verdict
from monitor.ports import Neighbours
from monitor.stories.claims import disagreements
from monitor.stories.compare import Shares
from monitor.stories.event import QUOTE
from monitor.stories.pair import came_out, pair
from monitor.stories.text import READ
from monitor.stories.verdict import judge
from monitor.stories.weights import PASSAGE, Passage, telling
from monitor.stories.words import words

LONGEST_PASSAGE = 600
"""Characters of the longest shared passage that are shown."""

_WRITTEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two texts have in common. Of pairs, the first value is the first text's."""

    verdict: Verdict
    """On the text that came out later, the second when neither did, as if only the other were known."""
    text: Shares
    """How much of each text stands in the other, from 0 to 1, rare words counting more."""
    lead: Shares
    headlines: float
    openings: float
    passage: str
    """The longest passage that stands in both, as the first has it."""
    names: tuple[str, ...]
    """Names in both headlines or first sentences."""
    quoted: bool
    """Both quote the same words."""
    conflicts: tuple[Conflict, ...]
    """What contradicts, `here` in the first, `there` in the second."""
    same_publisher: bool
    translated: tuple[bool, bool]
    too_short: bool
    shared: tuple[tuple[Span, ...], tuple[Span, ...]]
    """Where each body has passages that stand in the other."""


def compare(first: Item, second: Item) -> Evidence:
    """Everything that can be said of two texts. Pure; bounded time, whatever they hold."""
    swapped = came_out(first) > came_out(second)
    item, other = (first, second) if swapped else (second, first)
    verdict = judge(item, _alone(other), item.seen_at)
    beside = pair(first, _record(second))
    c = beside.c
    found = disagreements([beside])
    if c.conflict is not None and all(known.topic is not c.conflict.topic for known in found):
        found = (*found, c.conflict)
    return Evidence(
        verdict=verdict,
        text=c.whole,
        lead=c.lead,
        headlines=c.title,
        openings=c.event,
        passage=_longest(first, second),
        names=c.shared_names,
        quoted=c.quoted >= QUOTE,
        conflicts=found,
        same_publisher=beside.same_publisher,
        translated=(c.a.translated, c.b.translated),
        too_short=c.a.short or c.b.short,
        shared=(tuple(_shared(first, c.common)), tuple(_shared(second, c.common))),
    )


def _record(item: Item) -> Record:
    return Record(item, item.key, Relation.NEW, "", (), Outcome(Fate.UNMATCHED, ""))


def _alone(other: Item) -> Neighbours:
    """A store that knows nothing but one text."""
    record = _record(other)
    story = Story(record.story_id, 1, other.seen_at, other.seen_at, other.headline, ())
    return Neighbours((record,), (record,), {story.id: story}, clock=1)


def _placed(item: Item) -> list[tuple[str, Span]]:
    """The folded words of a body, each with the written word it comes from."""
    written = _WRITTEN.finditer(item.body[: item.wire.text.start + READ])
    return [(word, Span(*at.span())) for at in written for word in words(at[0])]


def _shared(item: Item, known: Set[Passage]) -> Iterator[Span]:
    """Stretches of the body whose every three words stand in the other text in a row."""
    placed = _placed(item)
    start = end = -1
    for at in range(len(placed) - PASSAGE + 1):
        passage = " ".join(word for word, _ in placed[at : at + PASSAGE])
        if passage not in known or not telling(passage):
            continue
        if at > end:
            if end >= 0:
                yield Span(placed[start][1].start, placed[end][1].end)
            start = at
        end = at + PASSAGE - 1
    if end >= 0:
        yield Span(placed[start][1].start, placed[end][1].end)


def _longest(first: Item, second: Item) -> str:
    a, b = _placed(first), _placed(second)
    matcher = SequenceMatcher(None, [word for word, _ in a], [word for word, _ in b], autojunk=False)
    run = matcher.find_longest_match()
    if run.size < PASSAGE:
        return ""
    return first.body[a[run.a][1].start : a[run.a + run.size - 1][1].end][:LONGEST_PASSAGE]
