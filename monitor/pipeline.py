"""One item, from new to committed. The page to read first.

    match      which rules ask for it
    judge      which story it belongs to
    decide     what happens to that story's alerts
    commit     all of it in one step, or again

`visit` brings the items of a feed here, `delivery` takes what is committed to
its channel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Set
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from monitor import pages, stories
from monitor.alerts import policy
from monitor.alerts.changes import another
from monitor.alerts.follow_up import Situation
from monitor.alerts.ops import notices
from monitor.desk import Desk, InForce
from monitor.errors import Contended, RuleFailed
from monitor.ingest import arrivals, fulltext
from monitor.model import (
    AlertStatus,
    Delivery,
    Fate,
    Feed,
    Item,
    Kind,
    Match,
    OpsEvent,
    Outcome,
    Record,
    Story,
)
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.ports import Commit, Fetcher, Neighbours, Parser, Seen, Store
from monitor.survey import Arrival

MOST_TRIES = 20
"""Times a decision is taken anew because another process committed in between."""

REVERTED = Outcome(Fate.REPEATED, "its text went back to what it had been before")
RESTLESS = Outcome(Fate.REPEATED, "its feed changes most items at every poll, and its desk says nothing new of it")
WORN = Outcome(Fate.REPEATED, "changed thirty times before, and its desk says nothing new of it")
MOST_EARLIER = 8
"""Replaced revisions that an item remembers."""
MOST_CHANGES = 30
"""Changes of an item that are looked into; later ones only when its desk speaks of them."""
STALE = Outcome(Fate.MINOR, "changed more than a week after it was news")


log = logger("pipeline")


@dataclass(frozen=True, slots=True)
class Line:
    """What the line is made of; `app` puts it together."""

    fetcher: Fetcher
    parser: Parser
    store: Store
    in_force: InForce
    metrics: Metrics
    clock: Callable[[], float]
    random: Callable[[], float]
    counting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by one of the items that count: many at once would only refuse each other."""
    base: str = ""
    """Where hubs reach us; empty: they do not."""
    queued: Callable[[Set[str]], None] = lambda _: None
    """Called with channels as soon as something is queued for them."""
    excused: Callable[[], float] = lambda: 0.0
    """Until when no feed could be read, which none of them is to blame for."""

    async def with_page(self, feed: Feed, item: Item, until: float) -> Item:
        """The item with the text of its page, if its feed asks for that and it comes by `until`."""
        return await pages.completed(self.fetcher, self.parser, self.metrics, feed, item, self.clock(), until)


async def take(line: Line, desk: Desk, item: Item, seen: Seen | None, arrival: Arrival) -> bool:
    """One item, from matched to committed. False when another process had taken it already."""
    matches = await _matches(line, desk, item)
    counted = any(match.when for match in matches) or (arrival.backlog and matches)
    async with line.counting if counted else nullcontext():
        return await _settled(line, desk, item, matches, seen, arrival)


async def _settled(
    line: Line, desk: Desk, item: Item, matches: tuple[Match, ...], seen: Seen | None, arrival: Arrival
) -> bool:
    """Decide and commit, as often as it takes."""
    fingerprint = stories.fingerprint(item)
    for _ in range(MOST_TRIES):
        now = line.clock()
        neighbours = await line.store.neighbours(fingerprint, now)
        former = await line.store.record(seen.number) if seen else None
        situation = await _situation(line, item, now, matches, neighbours, seen, former, arrival)
        tallies = await line.store.tallies(policy.wanted(situation, desk.routes))
        waiting = await line.store.waiting(policy.places(situation))
        decision = policy.decide(replace(situation, tallies=tallies, waiting=waiting), desk.routes)
        record = Record(
            item=situation.item,
            story_id=decision.story.id,
            relation=decision.relation,
            evidence=situation.verdict.evidence,
            matches=matches,
            outcome=decision.outcome,
            alerts=decision.alerts,
            deliveries=tuple(delivery.id for delivery in decision.deliveries),
            earlier=(former.item.revision, *former.earlier)[:MOST_EARLIER] if former else (),
            changes=situation.previous.changes + 1 if situation.previous else 0,
        )
        commit = Commit(
            record=record,
            fingerprint=fingerprint,
            story=decision.story,
            seen=seen,
            clock=neighbours.clock,
            deliveries=tuple(_patient(desk, delivery) for delivery in decision.deliveries),
            tallies=decision.tallies,
            lifted=decision.lifted,
        )
        await line.store.count_silenced(decision.silenced, decision.story.id, now)  # repeated, it counts once
        if await line.store.commit(commit, now):
            line.metrics.items.labels(fate=decision.outcome.fate).inc()
            for channel in decision.silenced:
                line.metrics.silenced.labels(channel=channel).inc()
            for match in matches:
                line.metrics.matches.labels(rule=match.rule).inc()
            line.queued({delivery.channel for delivery in decision.deliveries})
            return True
        line.metrics.conflicts.inc()
        seen = (await line.store.seen(item.feed, [item.key])).get(item.key)
        if seen is not None and seen.revision == item.revision:
            return False
    raise Contended(f"item {item.key} of feed {item.feed} met {MOST_TRIES} other commits in a row")


async def _matches(line: Line, desk: Desk, item: Item) -> tuple[Match, ...]:
    """The rules that fire. One that fails is disabled until the rules change, operators are told, the others go on."""
    while True:
        desk = line.in_force.latest(desk)
        try:
            return desk.rules.match(item)
        except RuleFailed as error:
            desk = line.in_force.disable(error.rule, desk)
            log.exception("rule disabled", rule=error.rule, item=item.key)
            line.metrics.failures.labels(rule=error.rule).inc()
            await line.store.put(_disabled(desk, error, item, line.clock()))


async def _situation(
    line: Line,
    item: Item,
    now: float,
    matches: tuple[Match, ...],
    neighbours: Neighbours,
    seen: Seen | None,
    former: Record | None,
    arrival: Arrival,
) -> Situation:
    """All that bears on what to do about an item; `former` is its last revision, as far as it is remembered."""
    kept = item.kept()
    former = replace(former, item=fulltext.comparable(former.item, kept)) if former else None
    previous = None if former is None or _another(former.item, kept) else former
    near, hushed = neighbours.without(item.key), arrival.hushed
    if previous is not None:
        its_story = await _story(line, neighbours, previous.story_id)
        verdict = stories.revised(item, previous, its_story, near, now)
        if verdict.story_id != previous.story_id:  # it belongs to another story, as one that has just come
            previous = None
    else:
        verdict = stories.judge(item, near, now)
        hushed = hushed or (arrivals.RENAMED if not seen and _known_text(item, near) else None)
    story = await _story(line, neighbours, verdict.story_id)
    compared = previous.item if previous else near.item(verdict.other)
    if former is not None and item.revision in former.earlier and not _in_earnest(former.item, item, story):
        hushed = hushed or REVERTED
    if seen is not None and former is None and item.wire.kind not in (Kind.CORRECTION, Kind.WITHDRAWAL):
        hushed = hushed or STALE
    if previous is not None and not _spoken_of(previous.item, item):
        hushed = hushed or (RESTLESS if arrival.restless else WORN if previous.changes >= MOST_CHANGES else None)
    silences = line.in_force.silences
    return Situation(kept, now, matches, verdict, previous, compared, story, hushed, silences, backlog=arrival.backlog)


def _another(before: Item, after: Item) -> bool:
    """Whether a guid was used again for another piece of news; what a desk says of its own text is about that text."""
    of_before = (Kind.WITHDRAWAL, Kind.CORRECTION, Kind.HOLD, Kind.REFILE, Kind.REPEAT)
    return after.wire.kind not in of_before and before.wire.kind is not Kind.WITHDRAWAL and another(before, after)


def _spoken_of(before: Item, after: Item) -> bool:
    """Whether a desk says of its own text that it is another now."""
    said = [(item.wire.kind, item.wire.number, item.wire.note) for item in (before, after)]
    return said[0] != said[1]


def _in_earnest(before: Item, after: Item, story: Story | None) -> bool:
    """Whether a desk gives a text free, or asks anew not to use it, in words of before: a stale copy is not later."""
    stopped = story is not None and story.status in (AlertStatus.HELD, AlertStatus.WITHDRAWN)
    asked, asks = (item.wire.kind in (Kind.HOLD, Kind.WITHDRAWAL) for item in (before, after))
    return asked is stopped and asks is not stopped and _dated(after) > _dated(before)


def _dated(item: Item) -> float:
    """When its feed says it was written last; 0: it does not say."""
    return item.updated or item.published or 0.0


def _known_text(item: Item, near: Neighbours) -> bool:
    """Whether the feed said the same under another guid: a feed may change all of them overnight."""
    others = (record.item for record in (*near.linked, *near.records))
    return any(other.feed == item.feed and other.revision == item.revision for other in others)


def _patient(desk: Desk, delivery: Delivery) -> Delivery:
    """With the time for which its channel waits for more of the kind, to tell it together."""
    channel = desk.channels.get(delivery.channel)
    patience = channel.patience(delivery.event) if channel and not delivery.hold else 0.0
    return replace(delivery, not_before=delivery.due + patience, gathers=True) if patience else delivery


async def _story(line: Line, neighbours: Neighbours, story_id: str) -> Story | None:
    if not story_id or story_id in neighbours.stories:
        return neighbours.stories.get(story_id)
    return await line.store.story(story_id)


def _disabled(desk: Desk, error: RuleFailed, item: Item, now: float) -> list[Delivery]:
    text = f"is disabled until the rules change: it failed on {item.url or item.guid} : {error.__cause__!r}"
    return notices(desk.ops, OpsEvent(now, f"rule {error.rule}", text), f"failed {error.rule} {desk.hash}")
