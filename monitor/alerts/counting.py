"""Rules that fire on accumulation: `when: {count: 3, distinct: story, within: 2h}`.

An item that such a rule matches counts its story in the rule's tally, or the
outlet whose words it has: a copy counts for the outlet copied. With the item
that makes the count full the rule fires, and all that was counted is spent: it
counts towards no other alert until nothing was heard of it for `within`. A
story that was told under the rule is not counted; its texts find the alert.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.alerts.follow_up import Situation
from monitor.durations import written
from monitor.model import Accumulation, Distinct, Mark, Match, Outcome, Relation, Story, Tally

MOST_SPENT = 1_000
"""Marks of what was told that a tally remembers."""
MOST_NAMED = 3
"""Things counted that an alert names."""
TITLE = 80
"""Characters of a headline in a tally."""

OWN_WORDS = (Relation.NEW, Relation.REPORT, Relation.TEMPLATE, Relation.ROUNDUP)
"""What an item is that no other outlet wrote."""
_NOUNS = {Distinct.STORY: "stories", Distinct.SOURCE: "sources"}


@dataclass(frozen=True, slots=True)
class Count:
    """How far a rule has come with an item."""

    match: Match
    when: Accumulation
    towards: tuple[Mark, ...]
    """What counts towards the rule's next alert, the newest last; nothing: it counted for an alert before."""
    tally: Tally
    """After the item."""

    @property
    def full(self) -> bool:
        """Whether the rule fires."""
        return len(self.towards) >= self.when.count

    def __str__(self) -> str:
        if not self.towards:
            return f"{self.match.rule} told of it before, with others"
        return f"{self.match.rule} waits for more: {len(self.towards)} of {enough(self.when)}"

    @property
    def note(self) -> str:
        """What people are told of it, such as `3 stories within 2h, also “…” and “…”`."""
        came = enough(replace(self.when, count=len(self.towards)))
        if self.when.distinct is Distinct.SOURCE:
            return f"{came}: {_list([mark.member for mark in self.towards])}"
        return f"{came}, also {_list([f'“{mark.title}”' for mark in self.towards[:-1]])}"


def enough(when: Accumulation) -> str:
    """What a rule asks for, such as `3 stories within 2h`."""
    return f"{when.count} {_NOUNS[when.distinct]} within {written(when.within)}"


def wanted(situation: Situation) -> tuple[str, ...]:
    """Keys of the tallies in which an item may count, or counted before its text changed."""
    before = situation.previous.matches if situation.previous else ()
    return tuple(dict.fromkeys(_key(match, match.when) for match in (*situation.matches, *before) if match.when))


def counts(matches: Iterable[Match], situation: Situation, story: Story, relation: Relation) -> list[Count]:
    """How far each of the rules has come that fire on accumulation and have not told this story yet."""
    told = {rule for alert in story.alerts for rule in alert.rules}
    found = []
    for match in matches:
        if match.when and match.rule not in told:
            this = Mark(story.id, situation.now, title=story.headline[:TITLE])
            if match.when.distinct is Distinct.SOURCE:
                this = Mark(_speaker(situation, story, relation), situation.now)
            key = _key(match, match.when)
            found.append(count(match, match.when, situation.tallies.get(key, Tally(key)), this))
    return found


def taken_back(situation: Situation, story: Story) -> list[Tally]:
    """Tallies without a story that was withdrawn before they were full."""
    found = []
    for tally in (situation.tallies[key] for key in wanted(situation) if key in situation.tallies):
        left = tuple(mark for mark in tally.marks if mark.spent or mark.member != story.id)
        if left != tally.marks:
            found.append(replace(tally, version=tally.version + 1, marks=left))
    return found


def firing(matches: Iterable[Match], counts: Iterable[Count]) -> list[Match]:
    """The matches that lead to people; where a rule fires on accumulation, with what came together."""
    counting = {count.match.rule: count for count in counts}
    found = []
    for match in matches:
        own = counting.get(match.rule)
        if own is None or own.full:
            found.append(replace(match, note=own.note) if own else match)
    return found


def explained(outcome: Outcome, counts: Iterable[Count]) -> Outcome:
    """What became of an item, and for what it counted."""
    waiting = [str(count) for count in counts if not (count.full or count.match.shadow)]
    return replace(outcome, reason="; ".join((outcome.reason, *waiting)))


def count(match: Match, when: Accumulation, tally: Tally, this: Mark) -> Count:
    """How far a rule has come once something is counted in its tally."""
    standing = {mark.member: mark for mark in tally.marks if mark.at > this.at - when.within}
    known = standing.pop(this.member, None)
    if known is not None:
        this = replace(known, at=max(this.at, known.at))
    marks = [*standing.values(), this]
    towards = () if this.spent else tuple(mark for mark in marks if not mark.spent)
    if len(towards) >= when.count:
        marks = [replace(mark, spent=True, title="") for mark in marks]
    spent = [mark for mark in marks if mark.spent][-MOST_SPENT:]
    kept = (*spent, *(mark for mark in marks if not mark.spent))
    return Count(match, when, towards, Tally(tally.key, tally.version + 1, kept, when.within))


def _key(match: Match, when: Accumulation) -> str:
    return f"when/{match.rule}/{when.distinct}"


def _speaker(situation: Situation, story: Story, relation: Relation) -> str:
    """The outlet whose words an item has."""
    if relation in OWN_WORDS:
        return situation.item.source
    others = (carrier for carrier in story.carriers if carrier.item == situation.verdict.other)
    copied = next((carrier for carrier in others if carrier.relation in OWN_WORDS), story.carriers[0])
    return copied.source


def _list(names: Sequence[str]) -> str:
    """The newest of them, and how many more."""
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    *first, last = [*names[-MOST_NAMED:], *more]
    return f"{', '.join(first)} and {last}" if first else last
