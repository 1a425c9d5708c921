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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.alerts import catching_up, counting, throttling
from monitor.alerts.escalation import beside, called, escalated, origin_of, superseded
from monitor.alerts.follow_up import FollowUp, Situation, follow_up_of
from monitor.alerts.grouping import unheard
from monitor.alerts.outcome import Said, outcome
from monitor.alerts.pending import News, Settled, settle
from monitor.alerts.routes import Route, Routed, route
from monitor.alerts.silences import heeded, hush, muting
from monitor.alerts.telling import follow, raised_for
from monitor.alerts.terms import Terms
from monitor.alerts.waiting import kept, waits
from monitor.model import (
    Alert,
    AlertStatus,
    Carrier,
    Delivery,
    Fate,
    Match,
    Outcome,
    Place,
    Relation,
    Silence,
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
    lifted: tuple[Delivery, ...] = ()
    """What waits no longer, or waits anew among the deliveries."""

    @property
    def alerts(self) -> tuple[str, ...]:
        """Ids of the alerts that hear of it."""
        return tuple(dict.fromkeys(delivery.lane for delivery in (*self.deliveries, *self.lifted)))


def wanted(situation: Situation, routes: Sequence[Route]) -> tuple[str, ...]:
    """Keys of the tallies that bear on what becomes of an item."""
    matches, item, relation, now = situation.matches, situation.item, situation.relation, situation.now
    ways = [to for match in matches for to in route(routes, item, [match], relation, now)]
    return (
        *counting.wanted(situation),
        *throttling.wanted(situation, ways),
        *catching_up.wanted(ways, situation),
    )


def places(situation: Situation) -> tuple[Place, ...]:
    """Where something may wait of the alerts of its story."""
    alerts = situation.story.alerts if situation.story else ()
    return tuple(Place(hold.id, alert.id) for alert in alerts for hold in alert.holds)


def decide(situation: Situation, routes: Sequence[Route]) -> Decision:
    """What becomes of an item."""
    story, relation = _joined(situation), situation.relation
    if situation.hushed is not None:
        return Decision(story, relation, situation.hushed, ())

    follow_up = follow_up_of(situation)
    if follow_up.status is not None:
        story = replace(story, status=follow_up.status)
    asked = _asked(situation, story, follow_up, routes)
    settled, muted = _followed(situation, story, follow_up, routes, asked)
    late, moved = waits(asked.new, situation, story)
    first = [kept(*raised_for(situation, story, to.channel, to.matches), late.get(to.channel)) for to in asked.new]
    told = (*called(story.alerts, settled), *first)
    terms = {alert.channel: asked.terms(alert) or _terms(alert, routes, situation) for alert, _ in told}
    later = escalated(told, terms, situation, story)

    said = Said(
        raised=tuple(word for _, word in first),
        followed=tuple(word for each in settled for word in each.deliveries),
        lifted=tuple(word for each in settled for word in each.lifted),
        escalated=tuple(word for _, word in later),
        unsaid=tuple(each.alert.channel for each in settled if each.alert and each.unsaid),
    )
    going_on = (each.alert for each in settled if each.alert)
    story = replace(story, alerts=(*going_on, *(alert for alert, _ in (*first, *later))))
    hushed = {**asked.hushed, **muted}
    heard = heeded(outcome(situation, follow_up, asked.firing, said, asked.routed), hushed, bool(said))
    withdrawn = counting.taken_back(situation, story) if follow_up.status is AlertStatus.WITHDRAWN else ()
    return Decision(
        story=story,
        relation=relation,
        outcome=counting.explained(heard, asked.counts),
        deliveries=(*said.followed, *said.raised, *said.escalated),
        tallies=(*(count.tally for count in asked.counts), *withdrawn, *moved),
        silenced=tuple(hushed),
        lifted=said.lifted,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks for an item, once rules have counted, routes were followed and silences heeded."""

    counts: Sequence[counting.Count]
    firing: Sequence[Match]
    routed: bool
    """Whether a route fits, silenced or not."""
    ways: Mapping[str, Routed]
    """By channel."""
    untold: Mapping[str, tuple[Match, ...]]
    """By channel, the matches that no alert of it tells of."""
    hushed: Mapping[str, Silence]

    @property
    def new(self) -> tuple[Routed, ...]:
        """Those who are to have an alert."""
        return tuple(replace(to, matches=untold) for to in self.ways.values() if (untold := self.untold[to.channel]))

    def heard(self, channel: str) -> tuple[Match, ...]:
        """The matches of a channel that its alerts tell of."""
        way = self.ways.get(channel)
        return tuple(match for match in way.matches if match not in self.untold[channel]) if way else ()

    def terms(self, alert: Alert) -> Terms | None:
        """Those of the route that leads to an alert's channel, if one does."""
        return self.ways[alert.channel].terms if alert.channel in self.ways else None


def _asked(situation: Situation, story: Story, follow_up: FollowUp, routes: Sequence[Route]) -> _Asked:
    news = _news(situation, follow_up)
    counts = counting.counts(news, situation, story, situation.relation)
    firing = counting.firing(news, counts)
    fitting = route(routes, situation.item, firing, situation.relation, situation.now)
    routed, hushed = hush(fitting, situation, story.id)
    untold = {to.channel: unheard(to, story.alerts, situation) for to in routed}
    return _Asked(counts, firing, bool(fitting), {to.channel: to for to in routed}, untold, hushed)


def _followed(
    situation: Situation,
    story: Story,
    follow_up: FollowUp,
    routes: Sequence[Route],
    asked: _Asked,
) -> tuple[list[Settled], dict[str, Silence]]:
    """What becomes of each alert of the story, and by which silence some do not hear.

    What asks for an alert asks for what was escalated from it.
    """
    settled: list[Settled] = []
    hushed: dict[str, Silence] = {}
    for alert in story.alerts:
        origin, other = origin_of(alert, story.alerts), beside(alert, story.alerts)
        way = None if origin and other else asked.ways.get(alert.channel)
        heard = asked.heard(alert.channel) if way else ()
        by_origin = asked.heard(origin.channel) if origin else ()
        told, word = follow(situation, story, alert, follow_up, heard or by_origin)
        silence = None if heard else muting(alert, follow_up, situation, story.id)
        spoken_for = not origin and other and not situation.held(alert) and not situation.held(other)
        if word is None or silence or spoken_for:
            settled.append(Settled(told))
            hushed |= {alert.channel: silence} if word and silence else {}
        else:
            terms = _terms(alert, routes, situation)
            settled.append(settle(News(alert, told, word, terms, way), situation, story))
    return superseded(story.alerts, settled, situation), hushed


def _joined(situation: Situation) -> Story:
    """The story with this item among its carriers."""
    item, now, story = situation.item, situation.now, situation.story
    if story is None:
        return Story.opened_by(item, digest(item.key, repr(now), length=12), now)
    headline, embargo = item.headline or item.title, item.wire.embargo or 0.0
    this = Carrier(item.key, item.source, item.url, headline, situation.relation, now, embargo)
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


def _news(situation: Situation, follow_up: FollowUp) -> Sequence[Match]:
    """The matches that lead to people who were not told yet."""
    if not situation.may_raise:
        return ()
    if situation.previous is None or follow_up.fate is not Fate.MINOR:
        return situation.matches
    asked = {match.rule for match in situation.previous.matches}
    return [match for match in situation.matches if match.rule not in asked]


def _terms(alert: Alert, routes: Sequence[Route], situation: Situation) -> Terms:
    """On which terms an alert's channel hears of an item, whether or not its rules ask for that item."""
    fired = {match.rule: match for match in situation.matches}
    of_alert = [fired.get(rule, Match(rule, alert.severity, alert.tags, ())) for rule in alert.rules]
    ways = route(routes, situation.item, of_alert, situation.relation, situation.now)
    return next((to.terms for to in ways if to.channel == alert.channel), Terms())
