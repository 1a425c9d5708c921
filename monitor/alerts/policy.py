"""What an item does to its story and to the people who were told of it.

`decide` takes everything that bears on the matter as one `Situation` and
returns the whole `Decision`: the story after it, the deliveries it causes, and
the reason in words. It touches nothing, so all of it is tested as tables.

What those already alerted hear is the table of `follow_up`; and a channel
that a match leads to and that has no alert of this story yet gets one
(`raised`). Whatever rises in severity pings. A template or a roundup joins no
story: it is told as one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.alerts import counting, throttling
from monitor.alerts.follow_up import FollowUp, Situation, follow_up_of
from monitor.alerts.grouping import unheard
from monitor.alerts.routes import Route, route
from monitor.alerts.silences import heeded, hush, muting
from monitor.alerts.telling import follow, raised_for
from monitor.model import (
    Alert,
    AlertStatus,
    Carrier,
    Delivery,
    Fate,
    Item,
    Kind,
    Match,
    Outcome,
    Relation,
    Story,
    Tally,
    digest,
)

MOST_CARRIERS = 200
"""Carriers a story remembers; the first stays, then the newest."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to write: the story after the item, what goes out, and why."""

    story: Story
    relation: Relation
    outcome: Outcome
    deliveries: tuple[Delivery, ...]
    tallies: tuple[Tally, ...] = ()
    """Those that it moves."""
    silenced: tuple[str, ...] = ()
    """Channels that a silence keeps it from."""

    @property
    def alerts(self) -> tuple[str, ...]:
        """Ids of the alerts that hear of it."""
        return tuple(dict.fromkeys(delivery.lane for delivery in self.deliveries))


def wanted(situation: Situation, routes: Sequence[Route]) -> tuple[str, ...]:
    """Keys of the tallies that bear on what becomes of an item."""
    return (*counting.wanted(situation), *throttling.wanted(situation, routes))


def decide(situation: Situation, routes: Sequence[Route]) -> Decision:
    """What becomes of an item."""
    item, story = situation.item, _joined(situation)
    relation = situation.relation
    if situation.hushed is not None:
        return Decision(story, relation, situation.hushed, ())

    follow_up = follow_up_of(situation)
    if follow_up.status is not None:
        story = replace(story, status=follow_up.status)
    news = _news(situation, follow_up)
    counts = counting.counts(news, situation, story, relation)
    firing = counting.firing(news, counts)
    fitting = route(routes, item, firing, relation, situation.now)
    routed, hushed = hush(fitting, situation, story.id)
    left = {to.channel: unheard(to, story.alerts, situation) for to in routed}
    heard = {to.channel: [match for match in to.matches if match not in left[to.channel]] for to in routed}
    alerts: list[Alert] = []
    deliveries: list[Delivery] = []
    for alert in story.alerts:
        told, delivery = follow(situation, story, alert, follow_up, heard.get(alert.channel, ()))
        silence = None if heard.get(alert.channel) else muting(alert, follow_up, situation, story.id)
        if delivery and silence:
            delivery, hushed[alert.channel] = None, silence
        alerts.append(told)
        deliveries += [delivery] if delivery else []
    new = [replace(to, matches=left[to.channel]) for to in routed if left[to.channel]]
    new, slowed, moved = throttling.slow(new, situation, story.id)
    raised = [raised_for(situation, story, to.channel, to.matches) for to in new]
    story = replace(story, alerts=(*alerts, *(alert for alert, _ in raised)))
    deliveries += [delivery for _, delivery in raised]
    outcome = _outcome(situation, follow_up, firing, [alert for alert, _ in raised], deliveries, bool(fitting))
    outcome = heeded(throttling.explained(outcome, slowed, bool(deliveries)), hushed, bool(deliveries or slowed))
    withdrawn = counting.taken_back(situation, story) if follow_up.status is AlertStatus.WITHDRAWN else ()
    tallies = (*(count.tally for count in counts), *withdrawn, *moved)
    return Decision(story, relation, counting.explained(outcome, counts), tuple(deliveries), tallies, tuple(hushed))


def _joined(situation: Situation) -> Story:
    """The story with this item among its carriers."""
    item, now, story = situation.item, situation.now, situation.story
    if story is None:
        return Story.opened_by(item, digest(item.key, repr(now), length=12), now)
    this = Carrier(item.key, item.source, item.url, item.headline or item.title, situation.relation, now)
    known = next(
        (c for c in story.carriers if c.item == item.key or (c.source, c.url) == (item.source, item.url)), None
    )
    if known:  # this item, or the same page under another guid
        this = replace(this, at=known.at, relation=this.relation if known.item == item.key else known.relation)
        carriers = tuple(this if carrier is known else carrier for carrier in story.carriers)
    else:
        carriers = (*story.carriers, this)
    if len(carriers) > MOST_CARRIERS:
        carriers = (carriers[0], *carriers[-(MOST_CARRIERS - 1) :])
    return replace(
        story,
        version=story.version + 1,
        last_at=now,
        carriers=carriers,
        wire_number=max(story.wire_number, item.wire.number),
    )


def _may_raise(item: Item) -> bool:
    """Whether a text of this kind is news to those not told yet."""
    return item.wire.kind not in (Kind.WITHDRAWAL, Kind.HOLD, Kind.REPEAT, Kind.ADVISORY)


def _news(situation: Situation, follow_up: FollowUp) -> Sequence[Match]:
    """The matches that lead to people who were not told yet."""
    if not _may_raise(situation.item):
        return ()
    if situation.previous is None or follow_up.fate is not Fate.MINOR:
        return situation.matches
    asked = {match.rule for match in situation.previous.matches}
    return [match for match in situation.matches if match.rule not in asked]


def _outcome(
    situation: Situation,
    follow_up: FollowUp,
    firing: Sequence[Match],
    raised: Sequence[Alert],
    deliveries: Sequence[Delivery],
    routed: bool,
) -> Outcome:
    """One fate and its reason: the loudest of what happened."""
    rules = _named(match for match in firing if not match.shadow)
    if raised:
        channels = ", ".join(alert.channel for alert in raised)
        if situation.embargo:
            return Outcome(Fate.EMBARGOED, f"matched {rules}; goes to {channels} when its embargo ends")
        return Outcome(Fate.ALERTED, f"matched {rules}; told {channels}")
    if deliveries or not _may_raise(situation.item):
        return Outcome(follow_up.fate, follow_up.reason)
    if not situation.matches:
        return Outcome(Fate.UNMATCHED, "no rule asks for it")
    if situation.previous is not None and follow_up.fate is Fate.MINOR:
        return Outcome(follow_up.fate, follow_up.reason)
    if all(match.shadow for match in situation.matches):
        return Outcome(Fate.UNROUTED, f"matched {_named(situation.matches)}, in the shadow: nobody is told")
    if not rules:
        return Outcome(Fate.COUNTED, f"matched {_named(situation.matches)}")
    if not routed:
        return Outcome(Fate.UNROUTED, f"matched {rules}, but no route of routes.yaml fits")
    return Outcome(follow_up.fate, follow_up.reason)


def _named(matches: Iterable[Match]) -> str:
    return ", ".join(match.rule for match in matches)
