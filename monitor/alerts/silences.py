"""Who asked not to hear of something for a while, and what that keeps from whom.

A silence keeps away new alerts, and what follows on alerts already told. What
a desk says of its own text (a correction, a withdrawal, a hold and its end)
passes every silence: who was told something wrong is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from monitor.alerts.follow_up import FollowUp, Situation
from monitor.alerts.routes import Routed
from monitor.model import Alert, Fate, Manner, Match, Matcher, Outcome, Severity, Silence, Subject, digest


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
            found = _silence(situation, story, to.channel, match)
            if found is None:
                heard.append(match)
            else:
                hushed[to.channel] = found
        left += [replace(to, matches=tuple(heard))] if heard else []
    return left, hushed


def muting(alert: Alert, follow_up: FollowUp, situation: Situation, story: str) -> Silence | None:
    """The silence that keeps a follow-up from those told by an alert: one on each of its rules."""
    if follow_up.manner is Manner.PING:
        return None
    fired = {match.rule: match for match in situation.matches}
    of_alert = (fired.get(rule, Match(rule, Severity.LOW, (), ())) for rule in alert.rules)
    found = [_silence(situation, story, alert.channel, match) for match in of_alert]
    return found[0] if all(found) else None


def heeded(outcome: Outcome, hushed: Mapping[str, Silence], told: bool) -> Outcome:
    """What became of an item, with the silences that kept it from some or, when nobody was told, from all."""
    if not hushed:
        return outcome
    said = "; ".join(f"in {channel} {_words(silence)}" for channel, silence in hushed.items())
    return replace(outcome, reason=f"{outcome.reason}; {said}") if told else Outcome(Fate.SILENCED, said)


def _words(silence: Silence) -> str:
    until = datetime.fromtimestamp(silence.until, UTC).strftime("%Y-%m-%d %H:%M UTC")
    asked = ", ".join(map(str, silence.matchers))
    return f"silenced by {silence.author} until {until} ({asked}): {silence.reason}"


def _silence(situation: Situation, story: str, channel: str, match: Match) -> Silence | None:
    """The silence that is on a match on its way to a channel."""
    names = {
        Subject.RULE: [match.rule],
        Subject.TAG: match.tags,
        Subject.STORY: [story],
        Subject.ENTITY: [hit.entity for hit in match.hits if hit.entity],
        Subject.SOURCE: [situation.item.source],
        Subject.FEED: [situation.item.feed],
        Subject.CHANNEL: [channel],
    }
    holding = (found for found in situation.silences if situation.now < found.until)
    return next((found for found in holding if _holds(found, names)), None)


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
