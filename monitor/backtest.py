"""What rules would have done with items that came: rules held against records that the store kept.

    test = Backtest(rules, before)
    for record in records:  # newest first
        test.add(record)
    test.finish()
    for outcome in test.outcomes():
        print(outcome.rule, outcome.items, len(outcome.stories), outcome.gained, outcome.lost)

An item that was revised counts once, and a story is one alert however many of
its texts match, as in the service. A rule with `when` fires where its count is
reached: that is known once all records were read, the newest of them first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.alerts import counting
from monitor.model import Distinct, Fate, Item, Mark, Match, Record, Tally
from monitor.rules import RuleSet

DAY = 86_400.0
KEPT = 20
"""Samples kept of a rule, each of another story, and of what a changed rule gained and lost."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An item, and how a rule fired on it."""

    item: Item
    match: Match


@dataclass(slots=True)
class Outcome:
    """What one rule did."""

    rule: str
    items: set[str] = field(default_factory=set)
    """Keys of the items on which it fired."""
    stories: set[str] = field(default_factory=set)
    """Ids of their stories: as many alerts."""
    before: set[str] = field(default_factory=set)
    """Keys of the items on which it fired in the older rule set."""
    stories_before: set[str] = field(default_factory=set)
    samples: list[Sample] = field(default_factory=list)
    """The newest item of each story, newest first."""
    gained: list[Sample] = field(default_factory=list)
    lost: list[Sample] = field(default_factory=list)
    """Some of the items on which it fires only now, or fired only before; newest first."""

    @property
    def more(self) -> int:
        """Items on which it fires only in the newer rule set."""
        return len(self.items - self.before)

    @property
    def fewer(self) -> int:
        """Items on which it fired only in the older rule set."""
        return len(self.before - self.items)


@dataclass(frozen=True, slots=True)
class _Matched:
    """A record on which a rule that counts matched, in either rule set."""

    record: Record
    now: Match | None
    before: Match | None


class Backtest:
    """A rule set, and perhaps an older one to compare with, run over records."""

    def __init__(self, rules: RuleSet, before: RuleSet | None = None) -> None:
        self._rules = rules
        self._before = before
        self._outcomes: dict[str, Outcome] = {}
        sets = (rules,) if before is None else (rules, before)
        self._counting: dict[str, list[_Matched]] = {
            id_: [] for each in sets for id_, rule in each.rules.items() if rule.when
        }
        self._oldest = self._newest = 0.0
        self.items = 0
        """Records that were read."""
        self.stories: set[str] = set()
        """Ids of the stories on which any rule fired but those in the shadow."""

    def add(self, record: Record) -> None:
        """Hold the rules against a record. Records come newest first."""
        item = record.item
        self.items += 1
        self._newest = max(self._newest, item.seen_at)
        self._oldest = min(self._oldest or item.seen_at, item.seen_at)
        now = {match.rule: match for match in self._rules.match(item)}
        before = {match.rule: match for match in self._before.match(item)} if self._before else {}
        for rule in self._counting.keys() & (now.keys() | before.keys()):
            self._counting[rule].append(_Matched(record, now.pop(rule, None), before.pop(rule, None)))
        self._fired(record, now, before)

    def finish(self) -> None:
        """Count, once every record was added."""
        for rule, matched in self._counting.items():
            now = _reached([(each.record, each.now) for each in matched if each.now])
            before = _reached([(each.record, each.before) for each in matched if each.before])
            for each in matched:
                key = each.record.item.key
                self._fired(
                    each.record,
                    {rule: each.now} if each.now and key in now else {},
                    {rule: each.before} if each.before and key in before else {},
                )
            matched.clear()

    @property
    def days(self) -> float:
        """Days that the records span; a shorter span counts as one, for an hour says little of a day."""
        return max(1.0, (self._newest - self._oldest) / DAY)

    @property
    def since(self) -> float:
        """When the oldest item was seen."""
        return self._oldest

    def outcomes(self) -> list[Outcome]:
        """What each rule did that fired, in either rule set, most alerts first."""
        return sorted(self._outcomes.values(), key=lambda outcome: (-len(outcome.stories), outcome.rule))

    def changed(self) -> list[Outcome]:
        """Those that fire on other items than before, most changed first."""
        moved = [outcome for outcome in self._outcomes.values() if outcome.items != outcome.before]
        return sorted(moved, key=lambda outcome: (-outcome.more - outcome.fewer, outcome.rule))

    def idle(self) -> list[str]:
        """The rules that fired on nothing."""
        return [rule for rule in self._rules.rules if rule not in self._outcomes or not self._outcomes[rule].items]

    def _of(self, rule: str) -> Outcome:
        return self._outcomes.setdefault(rule, Outcome(rule))

    def _fired(self, record: Record, now: Mapping[str, Match], before: Mapping[str, Match]) -> None:
        for rule, match in now.items():
            outcome = self._of(rule)
            if record.story_id not in outcome.stories and len(outcome.samples) < KEPT:
                outcome.samples.append(Sample(record.item, match))
            outcome.items.add(record.item.key)
            outcome.stories.add(record.story_id)
            if not match.shadow:
                self.stories.add(record.story_id)
        if self._before is not None:
            self._compare(record, now, before)

    def _compare(self, record: Record, now: Mapping[str, Match], before: Mapping[str, Match]) -> None:
        for rule in before:
            self._of(rule).before.add(record.item.key)
            self._of(rule).stories_before.add(record.story_id)
        _keep(record.item, ((self._of(rule).gained, now[rule]) for rule in now.keys() - before.keys()))
        _keep(record.item, ((self._of(rule).lost, before[rule]) for rule in before.keys() - now.keys()))


def _reached(matched: Sequence[tuple[Record, Match]]) -> set[str]:
    """Keys of the items with which a rule fires, and of those that join what it told; records come newest first."""
    tally, told, fired, known = Tally(""), set[str](), set[str](), set[str]()
    opened: dict[str, str] = {}
    for record, match in reversed(matched):
        item, story = record.item, record.story_id
        first = opened.setdefault(story, item.source)
        polished = record.outcome.fate is Fate.MINOR and item.key in known
        known.add(item.key)
        if match.when is None or story in told:
            fired.add(item.key)
        elif not polished:
            source = item.source if record.relation in counting.OWN_WORDS else first
            member = source if match.when.distinct is Distinct.SOURCE else story
            count = counting.count(match, match.when, tally, Mark(member, item.seen_at))
            tally = count.tally
            if count.full:
                fired.add(item.key)
                told.add(story)
    return fired


def _keep(item: Item, found: Iterable[tuple[list[Sample], Match]]) -> None:
    for samples, match in found:
        if len(samples) < KEPT:
            samples.append(Sample(item, match))
