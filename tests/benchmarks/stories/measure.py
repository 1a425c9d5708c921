"""What a wire is told as, held against its labels.

`copies`: both items are of one text, whole or derived; pairs, and B-cubed over
the groups. `events`: both tell one event. `swallowed`: updates, or other news,
told as a copy of what they are not. `wrongly merged`: told, as whatever, in a
story to which they do not belong. `spared`: alerts of those that could be.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from monitor import stories
from monitor.model import Fate, Outcome, Record, Relation, Story
from monitor.ports import Commit
from monitor.store.memory import MemoryStore
from tests.benchmarks.stories.generated import Role, Told

Groups = Mapping[str, str]
"""Item key to the name of its group."""


class Score(NamedTuple):
    """Of pairs, or items, that belong together and that were put together."""

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
    copies_b3: Score
    events: Score
    events_b3: Score
    updates_swallowed: float
    news_swallowed: float
    """Share of the events of which a text was told as a copy of another event's."""
    wrongly_merged: float
    """Share of the events whose first text was told, as whatever, within another event's story."""
    spared: float
    """Share of the alerts that could be spared (items less events) that were."""
    records: tuple[Record, ...]


async def told(wire: Sequence[Told]) -> tuple[Record, ...]:
    """Run a wire through the store, item by item, as the line does; evidence begins with the key compared with."""
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


def measure(wire: Sequence[Told]) -> Measured:
    """Judge a wire and compare with its labels."""
    records = asyncio.run(told(wire))
    by_text = texts(records)
    by_story = {record.item.key: record.story_id for record in records}
    swallowed = _swallowed(wire, records)
    updates = [one for one in wire if one.role is Role.UPDATE]
    return Measured(
        copies=pairs(by_text, true_texts(wire)),
        copies_b3=b_cubed(by_text, true_texts(wire)),
        events=pairs(by_story, true_events(wire)),
        events_b3=b_cubed(by_story, true_events(wire)),
        updates_swallowed=sum(one.role is Role.UPDATE for one in swallowed) / max(1, len(updates)),
        news_swallowed=len(_first(one for one in swallowed if one.role is not Role.UPDATE)) / len(_first(wire)),
        wrongly_merged=_wrongly_merged(wire, by_story),
        spared=(len(wire) - len(set(by_story.values()))) / max(1, len(wire) - len(set(true_events(wire).values()))),
        records=records,
    )


def texts(records: Sequence[Record]) -> Groups:
    """A copy is of the text that its copy is of."""
    text_of: dict[str, str] = {}
    for record in records:
        other = record.evidence.split("\n")[0]
        copied = record.relation in (Relation.COPY, Relation.DERIVED)
        text_of[record.item.key] = text_of[other] if copied else record.item.key
    return text_of


def true_texts(wire: Sequence[Told]) -> Groups:
    """What a perfect judge would call one text."""
    return {one.item.key: one.text for one in wire}


def true_events(wire: Sequence[Told]) -> Groups:
    """What a perfect judge would call one story."""
    return {one.item.key: one.event for one in wire}


def _swallowed(wire: Sequence[Told], records: Sequence[Record]) -> list[Told]:
    """What was told as a copy of a text that it is none of: nobody hears what is new in it."""
    by_key = {one.item.key: one for one in wire}
    found = []
    for one, record in zip(wire, records, strict=True):
        other = by_key.get(record.evidence.split("\n")[0])
        copied = record.relation in (Relation.COPY, Relation.DERIVED)
        if not copied or other is None or other.text == one.text:
            continue
        if one.role is Role.UPDATE or one.event != other.event:
            found.append(one)
    return found


def _first(some: Iterable[Told]) -> set[str]:
    return {one.event for one in some}


def _wrongly_merged(wire: Sequence[Told], by_story: Groups) -> float:
    first: dict[str, str] = {}
    strays = events = 0
    seen: set[str] = set()
    for one in wire:
        owner = first.setdefault(by_story[one.item.key], one.event)
        if one.event not in seen:
            seen.add(one.event)
            events += 1
            strays += owner != one.event
    return strays / max(1, events)


def pairs(found: Groups, true: Groups) -> Score:
    """Precision and recall over all pairs of items."""
    counted: Counter[tuple[bool, bool]] = Counter(
        (found[a] == found[b], true[a] == true[b]) for a, b in combinations(found, 2)
    )
    hits, false, missed = counted[True, True], counted[True, False], counted[False, True]
    return Score(hits / (hits + false) if hits + false else 1.0, hits / (hits + missed) if hits + missed else 1.0)


def b_cubed(found: Groups, true: Groups) -> Score:
    """For each item, how pure and how whole its group is; the mean over items."""
    together: Counter[tuple[str, str]] = Counter((found[key], true[key]) for key in found)
    sizes, true_sizes = Counter(found.values()), Counter(true[key] for key in found)
    precision = sum(count * count / sizes[group] for (group, _), count in together.items())
    recall = sum(count * count / true_sizes[group] for (_, group), count in together.items())
    return Score(precision / max(1, len(found)), recall / max(1, len(found)))
