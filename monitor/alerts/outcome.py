"""What became of an item, and why, in words: the loudest of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.alerts.follow_up import FollowUp, Situation
from monitor.alerts.waiting import until
from monitor.model import Delivery, EventKind, Fate, HoldReason, Match, Outcome

_LATER = {HoldReason.EMBARGO: Fate.EMBARGOED, HoldReason.THROTTLE: Fate.THROTTLED}


@dataclass(frozen=True, slots=True)
class Said:
    """What an item causes to be said, now or later."""

    raised: tuple[Delivery, ...]
    """To those who hear of its story for the first time."""
    followed: tuple[Delivery, ...]
    """To those told before, or on their way to be."""
    lifted: tuple[Delivery, ...]
    """What waits no longer, or waits anew."""
    escalated: tuple[Delivery, ...] = ()
    """What waits for the next channels, in case nobody answers."""
    unsaid: tuple[str, ...] = ()
    """Channels in which it changes an alert that has no message."""

    def __bool__(self) -> bool:
        return bool(self.raised or self.followed or self.lifted or self.unsaid)


def outcome(situation: Situation, follow_up: FollowUp, firing: Sequence[Match], said: Said, routed: bool) -> Outcome:
    """One fate and its reason. `firing` rules ask for it, and a route fits them when `routed`."""
    rules = _named(match for match in firing if not match.shadow)
    first = (*said.raised, *(word for word in said.followed if word.kind is EventKind.RAISED and not word.hold))
    if first:
        return _raised(rules, (*first, *said.escalated))
    if said or not situation.may_raise:
        return Outcome(follow_up.fate, "; ".join([follow_up.reason, *_later(said)]))
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


def _raised(rules: str, first: Sequence[Delivery]) -> Outcome:
    told = ", ".join(word.channel for word in first if not word.hold)
    reasons = [word.hold.reason for word in first if word.hold]
    fate = Fate.ALERTED if told else _LATER.get(reasons[0], Fate.WAITING)
    said = [f"matched {rules}", *([f"told {told}"] if told else []), *_held(first)]
    return Outcome(fate, "; ".join(said))


def _later(said: Said) -> Iterable[str]:
    """What of it waits, and what waits no longer."""
    places = {word.place for word in said.lifted}
    yield from _held(word for word in (*said.followed, *said.escalated) if word.place not in places)
    kept = {word.place for word in said.followed if word.hold}
    if shows := dict.fromkeys(word.channel for word in said.followed if word.hold and word.place in places):
        yield f"what waits for {', '.join(shows)} shows it"
    if gone := dict.fromkeys(w.channel for w in said.lifted if w.kind is EventKind.RAISED and w.place not in kept):
        yield f"taken out of what waits for {', '.join(gone)}, where nobody had been told"
    if said.unsaid:
        yield f"{', '.join(said.unsaid)} has no message that could show it: it stood in a digest"


def _held(words: Iterable[Delivery]) -> Iterable[str]:
    return (f"held for {word.channel} {until(word.hold)}" for word in words if word.hold)


def _named(matches: Iterable[Match]) -> str:
    return ", ".join(match.rule for match in matches)
