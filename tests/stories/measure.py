"""How well copies and events are told apart, on the labelled wire: `python -m tests.stories.measure`.

Pairs are counted. `copies`: both items are of one text, whole or derived.
`story`: both tell one event. `swallowed`: updates told as copies, and other
news told as part of a story that it does not belong to.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from typing import NamedTuple

from monitor import stories
from monitor.model import Fate, Outcome, Record, Relation, Story
from monitor.ports import Commit
from monitor.store.memory import MemoryStore
from tests.stories.generated import FAMILY, SAME_EVENT, Role, Shape, Told, wire

NEAR = 3
"""Bits by which SimHashes of copies differ at most, by the textbook."""


class Score(NamedTuple):
    """Of pairs that belong together and pairs that were put together."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if sum(self) else 0.0

    def __str__(self) -> str:
        return f"P {self.precision:.3f}  R {self.recall:.3f}  F1 {self.f1:.3f}"


@dataclass(frozen=True, slots=True)
class Measured:
    """One run over one labelled wire."""

    copies: Score
    story: Score
    updates_swallowed: float
    news_swallowed: float
    records: tuple[Record, ...]


async def told(wire: Sequence[Told]) -> tuple[Record, ...]:
    """Run a wire through the store, item by item, as the line does."""
    store = MemoryStore()
    records: list[Record] = []
    for one in wire:
        item, now = one.item, one.item.seen_at
        fingerprint = stories.fingerprint(item)
        neighbours = await store.neighbours(fingerprint, now)
        verdict = stories.judge(item, neighbours, now)
        story = neighbours.stories.get(verdict.story_id) or Story(item.key, 0, now, now, item.title, ())
        story = Story(story.id, story.version + 1, story.opened_at, now, story.headline, ())
        evidence = f"{verdict.other}\n{verdict.evidence}"
        record = Record(item.kept(), story.id, verdict.relation, evidence, (), Outcome(Fate.UNMATCHED, ""))
        assert await store.commit(Commit(record, fingerprint, story, None, neighbours.clock, ()), now)
        records.append(record)
    return tuple(records)


def measure(shape: Shape) -> Measured:
    """Judge the wire of a shape and compare with the labels."""
    labelled = wire(shape)
    records = asyncio.run(told(labelled))
    text_of: dict[str, str] = {}
    for record in records:  # a copy is of the text that its copy is of
        other = record.evidence.split("\n")[0]
        copied = record.relation in (Relation.COPY, Relation.DERIVED)
        text_of[record.item.key] = text_of[other] if copied else record.item.key
    story_of = {record.item.key: record.story_id for record in records}
    updates = [r for one, r in zip(labelled, records, strict=True) if one.role is Role.UPDATE]
    event_of_story: dict[str, str] = {}
    strays = 0
    others = 0
    for one, record in zip(labelled, records, strict=True):
        event = event_of_story.setdefault(record.story_id, one.event)
        others += one.role in (Role.LATER, Role.OTHER)
        strays += one.event != event
    return Measured(
        copies=pairs(labelled, lambda one: text_of[one.item.key], _one_text),
        story=pairs(labelled, lambda one: story_of[one.item.key], _one_event),
        updates_swallowed=sum(r.relation in (Relation.COPY, Relation.DERIVED) for r in updates) / max(1, len(updates)),
        news_swallowed=strays / max(1, others),
        records=records,
    )


def pairs(wire: Sequence[Told], group: Callable[[Told], Hashable], together: Callable[[Told, Told], bool]) -> Score:
    """Precision and recall of putting items into groups, over all pairs."""
    groups = {one.item.key: group(one) for one in wire}
    counted: Counter[tuple[bool, bool]] = Counter(
        (groups[a.item.key] == groups[b.item.key], together(a, b)) for a, b in combinations(wire, 2)
    )
    hits, false, missed = counted[True, True], counted[True, False], counted[False, True]
    return Score(hits / max(1, hits + false), hits / max(1, hits + missed))


def _one_text(a: Told, b: Told) -> bool:
    return a.event == b.event and a.role in FAMILY and b.role in FAMILY


def _one_event(a: Told, b: Told) -> bool:
    return a.event == b.event and (a is b or (a.role in SAME_EVENT and b.role in SAME_EVENT))


# ── What others do ──────────────────────────────────────────────────────────


def title_hash(wire: Sequence[Told]) -> Score:
    """Same cleaned headline, same news."""
    return pairs(wire, lambda one: re.sub(r"\W+", " ", one.item.headline.casefold()).strip(), _one_text)


def simhash(wire: Sequence[Told]) -> Score:
    """64-bit SimHash of word 3-shingles, at most three bits apart, transitively."""
    group: dict[str, str] = {}
    sketches: list[tuple[str, int]] = []
    for one in wire:
        sketch = _simhash(f"{one.item.headline} {one.item.text}".casefold().split())
        near = next((key for key, other in sketches if (sketch ^ other).bit_count() <= NEAR), one.item.key)
        group[one.item.key] = group.get(near, near)
        sketches.append((one.item.key, sketch))
    return pairs(wire, lambda one: group[one.item.key], _one_text)


def _simhash(words: Sequence[str]) -> int:
    votes = [0] * 64
    shingles: Iterable[tuple[str, ...]] = zip(words, words[1:], words[2:], strict=False)
    for shingle in set(shingles):
        bits = int.from_bytes(blake2b(" ".join(shingle).encode(), digest_size=8).digest(), "big")
        for bit in range(64):
            votes[bit] += 1 if bits >> bit & 1 else -1
    return sum(1 << bit for bit, vote in enumerate(votes) if vote > 0)


def table(shape: Shape) -> str:
    """The figures of one shape, for people."""
    labelled, measured = wire(shape), measure(shape)
    return f"""\
{shape}: {len(labelled)} items
  copies  title hash    {title_hash(labelled)}
          SimHash <= 3  {simhash(labelled)}
          wirewatch     {measured.copies}
  story   wirewatch     {measured.story}
  swallowed: updates {measured.updates_swallowed:.1%}, other news {measured.news_swallowed:.1%}
"""


if __name__ == "__main__":
    sys.stdout.writelines(map(table, Shape))
