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
from monitor.alerts.card import card
from monitor.alerts.follow_up import FollowUp, Situation, follow_up_of
from monitor.alerts.grouping import alert_id, carriers, concerns, unheard, widest
from monitor.alerts.remarks import how_it_came, joined, remarks
from monitor.alerts.routes import Route, route
from monitor.alerts.silences import heeded, hush, muting
from monitor.model import (
    Alert,
    AlertEvent,
    AlertStatus,
    Carrier,
    Change,
    Delivery,
    EventKind,
    Fate,
    Grouping,
    Hit,
    Item,
    Kind,
    Manner,
    Match,
    Outcome,
    Relation,
    Severity,
    Story,
    Tally,
    Topic,
    Verdict,
    digest,
)

MATERIAL = frozenset((Topic.TOLL, Topic.MAGNITUDE))
"""What people are called for when an update changes it."""
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
        told, delivery = _tell(situation, story, alert, follow_up, heard.get(alert.channel, ()))
        silence = None if heard.get(alert.channel) else muting(alert, follow_up, situation, story.id)
        if delivery and silence:
            delivery, hushed[alert.channel] = None, silence
        alerts.append(told)
        deliveries += [delivery] if delivery else []
    new = [replace(to, matches=left[to.channel]) for to in routed if left[to.channel]]
    new, slowed, moved = throttling.slow(new, situation, story.id)
    raised = [_raise(situation, story, to.channel, to.matches) for to in new]
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
    this = Carrier(item.key, item.source, item.url, item.headline or item.title, situation.relation, now)
    if story is None:
        return Story(
            id=digest(item.key, repr(now), length=12),
            version=1,
            opened_at=now,
            last_at=now,
            headline=this.title,
            carriers=(replace(this, relation=Relation.NEW),),
            wire_number=item.wire.number,
        )
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


def _tell(
    situation: Situation, story: Story, alert: Alert, follow_up: FollowUp, heard: Sequence[Match]
) -> tuple[Alert, Delivery | None]:
    """An alert already raised, after this item, and the delivery that says so; `heard` leads to its channel."""
    if follow_up.event is None or not concerns(alert, situation, follow_up):
        return alert, None
    item = situation.item
    new_matches = [match for match in heard if match.rule not in alert.rules]
    severity = max(alert.severity, *(match.severity for match in heard), Severity.LOW)
    developed = follow_up.event is EventKind.UPDATED and follow_up.manner is Manner.REPLY
    accumulated = any(match.when for match in new_matches)
    louder = severity > alert.severity
    calls = louder or accumulated or (developed and (new_matches or _material(situation.verdict)))
    in_passing = follow_up.event is EventKind.ATTACHED or follow_up.manner is Manner.EDIT
    kind = EventKind.SEVERITY_RAISED if louder and in_passing else follow_up.event
    shown = alert.card
    if item.key == alert.item:  # the text on the card itself changed
        shown = card(item, [match for match in situation.matches if match.rule in alert.rules] or new_matches)
        shown = replace(
            shown,
            rules=alert.card.rules,
            spellings=shown.spellings or alert.card.spellings,
            note=item.wire.note or alert.card.note,
        )
    shown = replace(
        shown,
        severity=severity,
        status=follow_up.status or alert.card.status,
        rules=tuple(dict.fromkeys((*shown.rules, *(match.title or match.rule for match in new_matches)))),
        carriers=carriers(alert, story, item),
    )
    told = replace(
        alert,
        rules=(*alert.rules, *(match.rule for match in new_matches)),
        severity=severity,
        revision=alert.revision + 1,
        card=shown,
    )
    hits = tuple(hit for match in situation.matches if match.rule in told.rules for hit in match.hits)
    manner = Manner.PING if calls else follow_up.manner
    note = item.wire.note or joined(*(match.note for match in new_matches), _remark(situation, kind))
    return told, _delivery(situation, story, told, kind, manner, hits, note, follow_up.changes)


def _material(verdict: Verdict) -> bool:
    return any(conflict.topic in MATERIAL for conflict in verdict.conflicts)


def _raise(situation: Situation, story: Story, channel: str, matches: Sequence[Match]) -> tuple[Alert, Delivery]:
    """A first alert for a channel: of this story or, as its rules may group, of this text."""
    item, group = situation.item, widest(matches)
    status = AlertStatus.CORRECTED if item.wire.kind is Kind.CORRECTION else story.status
    others = story.carriers if group is Grouping.EVENT else ()
    note = item.wire.note or joined(*(match.note for match in matches), how_it_came(situation.verdict, others, item))
    alert = Alert(
        id=alert_id(story, channel, group, item),
        channel=channel,
        rules=tuple(match.rule for match in matches),
        severity=max(match.severity for match in matches),
        item=item.key,
        revision=1,
        raised_at=situation.now,
        card=card(item, matches, others, status, note),
        group=group,
    )
    hits = tuple(hit for match in matches for hit in match.hits)
    return alert, _delivery(situation, story, alert, EventKind.RAISED, Manner.PING, hits, note)


def _delivery(
    situation: Situation,
    story: Story,
    alert: Alert,
    kind: EventKind,
    manner: Manner,
    hits: tuple[Hit, ...],
    note: str,
    changed: tuple[Change, ...] = (),
) -> Delivery:
    item = situation.item
    event = AlertEvent(
        kind=kind,
        at=situation.now,
        alert_id=alert.id,
        story_id=story.id,
        rules=alert.rules,
        severity=alert.severity,
        item=item.ref(),
        relation=situation.relation,
        hits=hits,
        card=alert.card,
        manner=manner,
        changes=changed,
        note=note,
    )
    return Delivery(
        id=digest(alert.id, kind, str(alert.revision)),
        lane=alert.id,
        channel=alert.channel,
        event=event,
        created_at=situation.now,
        not_before=_embargo(situation) or 0.0,
    )


def _remark(situation: Situation, kind: EventKind) -> str:
    """What the thread is told beside the event itself."""
    if situation.item.wire.kind is Kind.WITHDRAWAL and kind is EventKind.UPDATED:
        return f"{situation.item.source} withdrew its text"
    return remarks(situation.verdict)


def _embargo(situation: Situation) -> float | None:
    """The time before which nothing may be told, if it is still to come."""
    embargo = situation.item.wire.embargo
    return embargo if embargo is not None and embargo > situation.now else None


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
        if _embargo(situation):
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
