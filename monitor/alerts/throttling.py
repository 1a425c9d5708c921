"""How often one thing may alert a channel: `throttle` of a rule, and of a route.

    throttle: 2h                                          a rule: after its alert none for so long
    throttle: {by: entity, every: 1h, exponential: true}  a route: the same for each entity, rule or story

What comes too soon waits for the end of that time, and what waits is told
together. That begins the time anew, twice as long when the throttle is
exponential. An alert that has several rules or entities waits only when it is
too soon for each of them. A flash passes the throttle of a route, not that of
its own rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal, NamedTuple

from monitor.alerts.follow_up import Situation
from monitor.alerts.routes import Routed
from monitor.model import Kind, Mark, Match, Severity, Tally

MOST_MARKS = 32
"""Alerts that a tally remembers: so many doublings outlast any throttle."""

About = Literal["rule", "story", "entity"]
"""What alerts are counted by."""


class Pace(NamedTuple):
    """Seconds from one alert to the next, and how many they may become by doubling."""

    every: float
    longest: float

    def after(self, waited: int) -> float:
        """Seconds without another after an alert, so many of which in a row had to wait."""
        return min(self.every * 2.0**waited, self.longest)


@dataclass(frozen=True, slots=True)
class Brake:
    """Throttles of one kind that an alert is under, each with the alerts it has counted."""

    throttles: tuple[tuple[Pace, Tally], ...]
    binds: bool

    def free_at(self, now: float) -> float:
        """When an alert that comes now may be told."""
        times = [free_at(tally, pace, now) for pace, tally in self.throttles] if self.binds else []
        return min(times, default=now)


def wanted(situation: Situation, ways: Iterable[Routed]) -> tuple[str, ...]:
    """Keys of the tallies that may bear on alerts of an item, whichever of its matches fire."""
    matches, story_id = situation.matches, situation.verdict.story_id
    counted = dict.fromkeys((to.channel, about) for to in ways for about in _counted_by(to))
    return tuple(_key(channel, about, name) for channel, about in counted for name in _names(about, matches, story_id))


def slow(new: Iterable[Routed], situation: Situation, story_id: str) -> tuple[dict[str, float], tuple[Tally, ...]]:
    """Of the channels for which new alerts come too soon, until when; and the tallies moved."""
    slowed: dict[str, float] = {}
    moved: list[Tally] = []
    for to in new:
        under = brakes(to, situation, story_id)
        until = max(brake.free_at(situation.now) for brake in under)
        if until > situation.now:
            slowed[to.channel] = until
        moved += told(under, until, situation.now)
    return slowed, tuple(moved)


def brakes(to: Routed, situation: Situation, story_id: str) -> tuple[Brake, Brake]:
    """The throttles of an alert's rules, and that of its route."""

    def tally(about: About, name: str) -> Tally:
        key = _key(to.channel, about, name)
        return situation.tallies.get(key, Tally(key))

    slow = [match for match in to.matches if match.throttle]
    rules = tuple((Pace(match.throttle, match.throttle), tally("rule", match.rule)) for match in slow)
    of_route: tuple[tuple[Pace, Tally], ...] = ()
    if limit := to.terms.throttle:
        pace = Pace(limit.every, limit.longest if limit.exponential else limit.every)
        of_route = tuple((pace, tally(limit.by, name)) for name in _names(limit.by, to.matches, story_id))
    flash = to.severity is Severity.FLASH or situation.item.wire.kind is Kind.FLASH
    return Brake(rules, binds=len(slow) == len(to.matches)), Brake(of_route, binds=not flash)


def free_at(tally: Tally, pace: Pace, now: float) -> float:
    """When something may be told that comes now: at once, with what waits already, or when it is not too soon.

    Marks that are not spent had to wait.
    """
    if not tally.marks:
        return now
    last = tally.marks[-1]
    if last.at > now and not last.spent:
        return last.at
    waited = len(list(takewhile(lambda mark: not mark.spent, reversed(tally.marks))))
    return max(last.at + pace.after(waited), now)


def told(brakes: Iterable[Brake], at: float, now: float) -> tuple[Tally, ...]:
    """The tallies that an alert moves which is told at a time: now, or later with all that waits for it."""
    moved: dict[str, Tally] = {}
    for pace, tally in (each for brake in brakes for each in brake.throttles):
        if tally.marks and tally.marks[-1].at >= at:
            continue  # others are told with it, or after it
        marks = (*tally.marks, Mark("", at, spent=at <= now))[-MOST_MARKS:]
        keep = max(at + pace.longest - now, moved[tally.key].keep if tally.key in moved else 0.0)
        moved[tally.key] = Tally(tally.key, tally.version + 1, marks, keep)
    return tuple(moved.values())


def _counted_by(to: Routed) -> Iterator[About]:
    if any(match.throttle for match in to.matches):
        yield "rule"
    if to.terms.throttle:
        yield to.terms.throttle.by


def _names(about: About, matches: Iterable[Match], story_id: str) -> list[str]:
    """What an alert is counted under."""
    match about:
        case "rule":
            return [match.rule for match in matches]
        case "story":
            return [story_id]
        case "entity":
            return sorted({hit.entity for match in matches for hit in match.hits if hit.entity})


def _key(channel: str, about: About, name: str) -> str:
    return f"throttle/{channel}/{about}/{name}"
