"""A run of the demo's wire, held against the table of expectations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.demo.script import Script
from monitor.model import AlertEvent, Event, EventKind, Item, ItemRef, OpsEvent, Record
from tests.demo.expectations import FeedTrouble, OneAlert, Row


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was recorded of each release and said about it, and what operators heard."""

    records: Mapping[str, Record]
    told: Mapping[str, tuple[AlertEvent, ...]]
    ops: tuple[OpsEvent, ...]
    renumbered: Mapping[str, Record]
    """Of releases that came once more, under another guid."""


def gather(script: Script, records: Iterable[Record], events: Iterable[Event]) -> Outcome:
    """Records and events by the release they are about."""
    releases = script.releases.values()
    names = {
        (named.outlet, named.guid, named.title): release.id
        for release in releases
        for named in (release, release.renumbered())
    }

    def release(item: Item | ItemRef) -> str:
        return names[item.feed, item.guid, item.title]

    told: dict[str, tuple[AlertEvent, ...]] = {}
    ops: list[OpsEvent] = []
    for event in events:
        if isinstance(event, OpsEvent):
            ops.append(event)
        elif isinstance(event, AlertEvent):
            about = release(event.item)
            told[about] = (*told.get(about, ()), event)
    recorded: dict[str, Record] = {}
    renumbered: dict[str, Record] = {}
    for record in records:
        name = release(record.item)
        (renumbered if name in recorded else recorded)[name] = record
    return Outcome(recorded, told, tuple(ops), renumbered)


def unmet(row: Row, outcome: Outcome) -> list[str]:
    """What the row asks for and did not come about."""
    record = outcome.records.get(row.release)
    if record is None:
        return ["it was never recorded"]
    return [*_fate(row, record), *_story(row, record, outcome), *_rules(row, record), *_told(row, outcome)]


def _fate(row: Row, record: Record) -> Iterator[str]:
    if row.fate not in (None, record.outcome.fate):
        yield f"its fate is {record.outcome.fate}: {record.outcome.reason}"
    if row.relation not in (None, record.relation):
        yield f"its relation is {record.relation}: {record.evidence}"


def _story(row: Row, record: Record, outcome: Outcome) -> Iterator[str]:
    if row.story_of and outcome.records[row.story_of].story_id != record.story_id:
        yield f"it is not in the story of {row.story_of}: {record.evidence}"
    if row.not_story_of and outcome.records[row.not_story_of].story_id == record.story_id:
        yield f"it is in the story of {row.not_story_of}: {record.evidence}"


def _rules(row: Row, record: Record) -> Iterator[str]:
    fired = {match.rule for match in record.matches}
    if row.rules not in (None, fired):
        yield f"the rules that fired are {sorted(fired)}"
    hits = {(hit.rule, hit.text) for match in record.matches for hit in match.hits}
    for hit in set(row.hits) - hits:
        yield f"{hit} is not among the hits {sorted(hits)}"
    for match in record.matches:
        for place in match.hits:
            text, _ = record.item.readable(place.field)
            if text[place.start : place.end] != place.text:
                yield f"{place.text!r} does not stand at {place.field} {place.start}:{place.end}"


def _told(row: Row, outcome: Outcome) -> Iterator[str]:
    told = outcome.told.get(row.release, ())
    if row.quiet and told:
        yield f"the desk was told: {[event.kind for event in told]}"
    if row.event is not None and [event.kind for event in told] != [row.event]:
        yield f"the desk was told {[event.kind for event in told]}"
    if row.manner is not None and {event.manner for event in told} != {row.manner}:
        yield f"the manner was {[event.manner for event in told]}"
    if row.note and not any(row.note in event.note for event in told):
        yield f"the notes are {[event.note for event in told]}"
    before, after = row.change
    changes = [change for event in told for change in event.changes]
    if (before or after) and not any(before in change.before and after in change.after for change in changes):
        yield f"the changes shown are {changes}"


def alerts_unmet(one: OneAlert, outcome: Outcome) -> list[str]:
    """What keeps these releases from being one story with one message."""
    stories = {outcome.records[name].story_id for name in one.releases}
    raised = [
        event.item.title
        for events in outcome.told.values()
        for event in events
        if event.kind is EventKind.RAISED and event.story_id in stories
    ]
    problems = [] if len(stories) == 1 else [f"they are {len(stories)} stories"]
    return problems if len(raised) == 1 else [*problems, f"{len(raised)} messages were raised: {raised}"]


def trouble_unmet(trouble: FeedTrouble, outcome: Outcome) -> list[str]:
    """What operators should have heard of a feed and did not, or should not have heard."""
    heard = [event for event in outcome.ops if event.subject == f"feed {trouble.feed}"]
    failures = [event.text for event in heard if not event.recovered]
    recoveries = [event.text for event in heard if event.recovered]
    problems: list[str] = []
    if len(failures) != trouble.failures or not all(trouble.text in text for text in failures[:1]):
        problems.append(f"operators heard of trouble: {failures}")
    if len(recoveries) != trouble.recoveries:
        problems.append(f"operators heard of recovery: {recoveries}")
    return problems
