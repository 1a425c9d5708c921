"""Decisions one after the other, with a store's memory: stories, tallies, what waits and what went out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.alerts import digest, policy
from monitor.alerts.follow_up import Situation
from monitor.alerts.policy import Decision
from monitor.alerts.routes import Route
from monitor.model import (
    AlertEvent,
    Delivery,
    DigestEvent,
    Item,
    Kind,
    Match,
    Outcome,
    Place,
    Record,
    Relation,
    Severity,
    Silence,
    Story,
    Tally,
    Verdict,
)
from tests.items import NOON, a_match, an_item

Told = tuple[str, ...]


class Newsroom:
    """One story after the other, as the line decides on its items and the store keeps what comes of it."""

    def __init__(self, *routes: Mapping[str, Any], now: float = NOON) -> None:
        self.routes = [Route.model_validate(route) for route in routes]
        self.now = now
        self.stories: dict[str, Story] = {}
        self.records: dict[str, Record] = {}
        self.waiting: dict[Place, Delivery] = {}
        self.tallies: dict[str, Tally] = {}
        self.silences: tuple[Silence, ...] = ()
        self.out: list[Delivery] = []
        self.decision: Decision

    def hears(
        self,
        item: Item,
        *rules: str,
        severity: Severity = Severity.NORMAL,
        of: str = "",
        relation: Relation = Relation.COPY,
        backlog: bool = False,
    ) -> Told:
        """Decide on an item that these rules ask for; `of`: the key of a text of its story. What goes out now."""
        matches = tuple(a_match(item, rule, item.title.split()[-1], severity=severity) for rule in rules)
        before = self.records.get(item.key)
        story_id = (before or self.records[of]).story_id if before or of else ""
        verdict = Verdict(relation if story_id else Relation.NEW, story_id, "same lead", of)
        other = before.item if before else self.records[of].item if of else None
        story = self.stories.get(story_id)
        situation = Situation(
            item, self.now, matches, verdict, before, other, story, None, self.silences, backlog=backlog
        )
        tallies = {key: self.tallies.get(key, Tally(key)) for key in policy.wanted(situation, self.routes)}
        waiting = {place: self.waiting[place] for place in policy.places(situation) if place in self.waiting}
        self.decision = policy.decide(replace(situation, tallies=tallies, waiting=waiting), self.routes)
        self._keep(item, matches)
        return self._send([word for word in self.decision.deliveries if not word.hold])

    def passes(self, seconds: float) -> Told:
        """Time goes by, and what has waited long enough is released. What goes out."""
        self.now += seconds
        due = sorted({(word.due, place.hold) for place, word in self.waiting.items() if word.due <= self.now})
        out: list[Delivery] = []
        for _, hold in dict.fromkeys(due):
            held = [self.waiting.pop(place) for place in list(self.waiting) if place.hold == hold]
            out += digest.released(held, self.now)
        return self._send(out)

    def digest(self, index: int = -1) -> DigestEvent:
        """The digest among what went out."""
        event = self.out[index].event
        assert isinstance(event, DigestEvent)
        return event

    def alert(self, index: int = -1) -> AlertEvent:
        """The word on an alert among what went out."""
        event = self.out[index].event
        assert isinstance(event, AlertEvent)
        return event

    @property
    def outcome(self) -> Outcome:
        return self.decision.outcome

    def _keep(self, item: Item, matches: Sequence[Match]) -> None:
        """As `store.commit` does."""
        decision = self.decision
        for lifted in decision.lifted:
            assert lifted.place
            assert self.waiting.pop(lifted.place) == lifted, "what is lifted waits"
        for word in decision.deliveries:
            if word.place:
                assert word.place not in self.waiting, "what is held again has to be lifted"
                self.waiting[word.place] = word
        for tally in decision.tallies:
            assert tally.version == self.tallies.get(tally.key, Tally(tally.key)).version + 1
            self.tallies[tally.key] = tally
        story = decision.story
        self.stories[story.id] = story
        evidence = Record(item, story.id, decision.relation, "", tuple(matches), decision.outcome)
        self.records[item.key] = evidence

    def _send(self, words: Sequence[Delivery]) -> Told:
        assert len({word.id for word in (*self.out, *words)}) == len(self.out) + len(words), "an id is sent once"
        self.out += words
        return tuple(map(shown, words))


def shown(word: Delivery) -> str:
    """A delivery in a few words: `desk raised ping: Ministers meet`, or `desk digest: raised A, corrected B`."""
    match word.event:
        case AlertEvent() as event:
            return f"{word.channel} {event.kind} {event.manner}: {event.card.headline}"
        case DigestEvent() as event:
            entries = ", ".join(f"{entry.kind} {entry.headline}" for entry in event.entries)
            return f"{word.channel} digest: {entries}"
        case event:
            return f"{word.channel} ops: {event.text}"


def a_text(title: str, guid: str = "", *, kind: Kind = Kind.NEWS, body: str = "", **more: Any) -> Item:
    """An item headed so, in a feed of its own name."""
    return an_item(title, body or f"{title}, as told by our correspondent.", guid=guid or title, kind=kind, **more)
