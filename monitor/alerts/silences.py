"""Who asked not to hear of something for a while, and what that keeps from whom.

A silence keeps away new alerts, those that are escalated while it holds, and
what follows on alerts already told. What a desk says of its own text (a
correction, a withdrawal, a hold and its end) passes every silence: who was told
something wrong is told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from monitor.alerts.follow_up import FollowUp, Situation
from monitor.alerts.routes import Routed
from monitor.model import (
    Alert,
    AlertEvent,
    Delivery,
    Fate,
    Item,
    ItemRef,
    Match,
    Matcher,
    Outcome,
    Severity,
    Silence,
    Story,
    Subject,
    digest,
)


def matcher(text: str) -> Matcher:
    """A matcher as people write it, such as `rule=quake*`. Raises ValueError."""
    subject, equals, pattern = text.partition("=")
    if not equals or not pattern.strip() or subject.strip() not in set(Subject):
        known = ", ".join(f"{known}=…" for known in Subject)
        raise ValueError(f"{text!r} says not what to silence: write {known}")
    return Matcher(Subject(subject.strip()), pattern.strip())


def silence(matchers: Sequence[Matcher], author: str, reason: str, now: float, duration: float) -> Silence:
    """A silence from now on, for so many seconds."""
    named = digest(*map(str, matchers), author, repr(now), length=8)
    return Silence(named, tuple(dict.fromkeys(matchers)), author, reason, now, now + duration)


def hush(routed: Sequence[Routed], situation: Situation, story: str) -> tuple[list[Routed], dict[str, Silence]]:
    """What is left of routes once silences are heeded, and for each channel that loses a match, by which silence."""
    left: list[Routed] = []
    hushed: dict[str, Silence] = {}
    for to in routed:
        heard: list[Match] = []
        for match in to.matches:
            found = _silence(situation.silences, situation.now, _names(situation.item, story, to.channel, match))
            if found is None:
                heard.append(match)
            else:
                hushed[to.channel] = found
        left += [replace(to, matches=tuple(heard))] if heard else []
    return left, hushed


def muting(alert: Alert, follow_up: FollowUp, situation: Situation, story: str) -> Silence | None:
    """The silence that keeps a follow-up from those told by an alert: one on each of its rules."""
    if follow_up.status is not None:  # what its desk says of the text itself
        return None
    fired = {match.rule: match for match in situation.matches}
    of_alert = (fired.get(rule, Match(rule, Severity.LOW, (), ())) for rule in alert.rules)
    names = (_names(situation.item, story, alert.channel, match) for match in of_alert)
    return _on_each(names, situation.silences, situation.now)


def keeping(word: Delivery, story: Story, silences: Sequence[Silence], now: float) -> Silence | None:
    """The silence that keeps the first word of an alert, which waited, from its channel: one on each of its rules."""
    event, alert = word.event, next((alert for alert in story.alerts if alert.id == word.lane), None)
    if alert is None or not isinstance(event, AlertEvent):
        return None
    matches = (
        Match(rule, alert.severity, alert.tags, tuple(hit for hit in event.hits if hit.rule == rule))
        for rule in alert.rules
    )
    return _on_each((_names(event.item, story.id, alert.channel, match) for match in matches), silences, now)


def heeded(outcome: Outcome, hushed: Mapping[str, Silence], told: bool) -> Outcome:
    """What became of an item, with the silences that kept it from some or, when nobody was told, from all."""
    if not hushed:
        return outcome
    said = "; ".join(f"in {channel} {words(silence)}" for channel, silence in hushed.items())
    return replace(outcome, reason=f"{outcome.reason}; {said}") if told else Outcome(Fate.SILENCED, said)


def words(silence: Silence) -> str:
    """Whose it is, until when, about what and why."""
    until = datetime.fromtimestamp(silence.until, UTC).strftime("%Y-%m-%d %H:%M UTC")
    asked = ", ".join(map(str, silence.matchers))
    return f"silenced by {silence.author} until {until} ({asked}): {silence.reason}"


def _names(item: Item | ItemRef, story: str, channel: str, match: Match) -> Mapping[Subject, Sequence[str]]:
    """What a match is called, on its way to a channel."""
    return {
        Subject.RULE: [match.rule],
        Subject.TAG: match.tags,
        Subject.STORY: [story],
        Subject.ENTITY: [hit.entity for hit in match.hits if hit.entity],
        Subject.SOURCE: [item.source],
        Subject.FEED: [item.feed],
        Subject.CHANNEL: [channel],
    }


def _on_each(
    several: Iterable[Mapping[Subject, Sequence[str]]], silences: Sequence[Silence], now: float
) -> Silence | None:
    """A silence, when there is one on each."""
    found = [_silence(silences, now, names) for names in several]
    return found[0] if all(found) else None


def _silence(silences: Iterable[Silence], now: float, names: Mapping[Subject, Sequence[str]]) -> Silence | None:
    """The first that is on it."""
    return next((found for found in silences if now < found.until and _holds(found, names)), None)


def _holds(silence: Silence, names: Mapping[Subject, Sequence[str]]) -> bool:
    return all(
        any(
            fnmatchcase(name.casefold(), pattern.casefold())
            for about, pattern in silence.matchers
            if about is subject
            for name in names[subject]
        )
        for subject in {asked.subject for asked in silence.matchers}
    )
