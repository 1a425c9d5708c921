"""What becomes of an alert when more comes in, with what waits of it and what may not be told now.

nobody was told yet: the alert waits
  withdrawn                         taken out; nobody is paged for what nobody knew
  louder, or free of its embargo    taken out and told, or moved to where it waits now
  waits for an answer elsewhere     shows the alert as it is now, louder or not, at its time; where a route leads
                                    to it by itself, as louder, unless that were later
  anything else                     what waits shows the alert as it is now
it has a message of its own
  calls people in quiet hours       the message changes at once, the call is in the digest at their end;
                                    a withdrawal of severity high calls at once
  anything else                     told as always
it stood in a digest
  corrected, held, withdrawn        a message of its own, in quiet hours in the digest at their end
  anything else                     in the next digest; without one, news has a message of its own
whatever it is, under embargo       waits for its end, by itself; until then the alert stays as it was
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.alerts.follow_up import Situation
from monitor.alerts.routes import Routed
from monitor.alerts.telling import raised_for
from monitor.alerts.terms import Terms
from monitor.alerts.waiting import Wait, by_itself, by_the_clock, kept, loudness
from monitor.model import (
    Alert,
    AlertEvent,
    Delivery,
    EventKind,
    HoldReason,
    Manner,
    Severity,
    Story,
    digest,
)

IN_TURN = 0.001
"""Seconds by which what is under embargo goes out after the word before it on the same alert."""

_GRAVE = (EventKind.CORRECTED, EventKind.HELD, EventKind.RELEASED, EventKind.WITHDRAWN)
"""What a desk says of its own text: whoever was told of that hears of this."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of an alert."""

    alert: Alert | None
    """After it; None: nobody was told, and nobody will be."""
    deliveries: tuple[Delivery, ...] = ()
    lifted: tuple[Delivery, ...] = ()
    unsaid: bool = False
    """It takes the item in without a word: it stood in a digest, and nothing calls for a message of its own."""


@dataclass(frozen=True, slots=True)
class News:
    """What an item does to an alert, as if all of it could be told now (`telling.follow`)."""

    before: Alert
    after: Alert
    word: Delivery
    terms: Terms
    """Of the route that leads to the alert's channel."""
    routed: Routed | None
    """The rules that ask for the item itself, if they lead there."""

    @property
    def event(self) -> AlertEvent:
        """What is said."""
        assert isinstance(self.word.event, AlertEvent)  # noqa: S101 (so `telling` made it)
        return self.word.event


def settle(news: News, situation: Situation, story: Story) -> Settled:
    """The table of this module."""
    held = situation.held(news.before)
    unheard = next((word for word in held if word.kind is EventKind.RAISED), None)
    if situation.embargo and not (unheard and situation.item.key == news.before.item):
        return _under_embargo(news, situation.embargo)
    others = tuple(word for word in held if word is not unheard)
    if news.word.kind is EventKind.WITHDRAWN:
        settled = Settled(None) if unheard else _told(news, situation)
        return _tidied(replace(settled, lifted=held))
    settled = _unheard(news, unheard, situation, story) if unheard else _told(news, situation)
    return _tidied(_refreshed(settled, others))


# ── Nobody was told yet ─────────────────────────────────────────────────────


def _unheard(news: News, unheard: Delivery, situation: Situation, story: Story) -> Settled:
    """An alert that waits."""
    before, after, severity = news.before, news.after, loudness(news.after.severity, situation.item)
    own = situation.item.key == before.item
    embargoed = unheard.not_before if unheard.not_before > situation.now else None
    event = _as_it_stands(unheard, after)
    not_before = unheard.not_before
    if own:
        event, not_before = replace(event, item=news.event.item, hits=news.event.hits), situation.embargo or 0.0
    freed = embargoed is not None and not own and news.routed is not None
    if freed and news.routed:  # told by the text that is free
        fresh, raised = raised_for(situation, story, before.channel, news.routed.matches)
        after = replace(after, item=fresh.item, card=replace(fresh.card, severity=after.severity))
        assert isinstance(raised.event, AlertEvent)  # noqa: S101 (so `telling` made it)
        event, not_before = replace(raised.event, alert_id=after.id, card=after.card), 0.0
    word = replace(unheard, event=event, not_before=not_before)
    asked = unheard.hold is not None and unheard.hold.reason is HoldReason.ESCALATION
    wait = by_itself(news.routed.terms if asked and news.routed else news.terms, severity, situation)
    if asked and (news.routed is None or (wait and wait.until > unheard.due)):
        return _unanswered(after, word, unheard, situation.now)
    louder = after.severity > before.severity or (news.routed is not None and severity is Severity.FLASH)
    if freed or louder or asked or (own and embargoed != situation.embargo):
        anew = replace(word, hold=None, created_at=situation.now, event=replace(event, at=situation.now))
        after, word = kept(after, word if wait else anew, wait)
    return Settled(after, (word,), (unheard,))


def _unanswered(alert: Alert, word: Delivery, unheard: Delivery, now: float) -> Settled:
    """An escalation, as long after those before it are told as it was to be."""
    assert unheard.hold is not None  # noqa: S101 (it waits)
    later = max(word.not_before, now) - max(unheard.not_before, now)
    hold = replace(unheard.hold, until=unheard.hold.until + later)
    alert = replace(alert, holds=tuple(hold if old.id == hold.id else old for old in alert.holds))
    return Settled(alert, (replace(word, hold=hold),), (unheard,))


def _as_it_stands(word: Delivery, alert: Alert) -> AlertEvent:
    """What waits, with the alert as it is now."""
    assert isinstance(word.event, AlertEvent)  # noqa: S101 (only alerts are held)
    return replace(word.event, card=alert.card, rules=alert.rules, severity=alert.severity)


# ── They were told ──────────────────────────────────────────────────────────


def _told(news: News, situation: Situation) -> Settled:
    """An alert that has a message of its own, or stood in a digest."""
    word, severity = news.word, loudness(news.after.severity, situation.item)
    calls = news.event.manner is Manner.PING
    at_once = word.kind is EventKind.WITHDRAWN and severity >= Severity.HIGH
    quiet = by_the_clock(replace(news.terms, digest=None), severity, situation.now)
    if news.after.alone:
        if not (calls and quiet) or at_once:
            return Settled(news.after, (word,))
        silently = replace(word, id=digest(word.id, "edit"), event=replace(news.event, manner=Manner.EDIT))
        return _later(news, situation, quiet, silently)
    grave = calls and word.kind in _GRAVE
    wait = quiet if grave else by_the_clock(news.terms, severity, situation.now)
    if wait and not at_once:
        return _later(news, situation, wait)
    if not grave and (word.kind is EventKind.ATTACHED or news.event.manner is Manner.EDIT):
        return Settled(news.after, unsaid=True)
    return Settled(replace(news.after, alone=True), (word,))


def _later(news: News, situation: Situation, wait: Wait, *now: Delivery) -> Settled:
    """It waits, together with what waits of the same alert in the same place."""
    hold = wait.hold(news.after.channel)
    word = replace(news.word, hold=hold)
    there = next((held for held in situation.held(news.before) if held.place == word.place), None)
    alert = replace(news.after, holds=(*(old for old in news.after.holds if old.id != hold.id), hold))
    if there is None:
        return Settled(alert, (*now, word))
    return Settled(alert, (*now, _joined(there, word)), (there,))


def _joined(earlier: Delivery, later: Delivery) -> Delivery:
    """Two words on one alert as one: the later, unless the desk's word on its own text came before."""
    first, last = earlier.event, later.event
    assert isinstance(first, AlertEvent)  # noqa: S101 (only alerts are held)
    assert isinstance(last, AlertEvent)  # noqa: S101
    changes = tuple(dict.fromkeys((*first.changes, *last.changes)))
    main = first if first.kind in _GRAVE and last.kind not in _GRAVE else last
    event = replace(main, card=last.card, rules=last.rules, severity=last.severity, changes=changes)
    return replace(earlier, event=event)


# ── Both ────────────────────────────────────────────────────────────────────


def _under_embargo(news: News, until: float) -> Settled:
    """The word waits by itself; nothing of it is seen before."""
    before, revision = news.before, news.after.revision
    # Each waits in a place of its own, so that none takes another's, and goes out behind those before it.
    wait = Wait(HoldReason.EMBARGO, until + revision * IN_TURN, title=before.id)
    card = replace(news.event, card=before.card, rules=before.rules, severity=before.severity)
    hold = wait.hold(before.channel)
    alert = replace(before, revision=revision, holds=(*before.holds, hold))
    return Settled(alert, (replace(news.word, event=card, hold=hold),))


def _tidied(settled: Settled) -> Settled:
    """Without the holds in which nothing of it waits any more; an escalation says for good where it came from."""
    if settled.alert is None:
        return settled
    live = {word.hold.id for word in settled.deliveries if word.hold}
    holds = dict.fromkeys(settled.alert.holds)
    lasting = tuple(hold for hold in holds if hold.id in live or hold.reason is HoldReason.ESCALATION)
    return replace(settled, alert=replace(settled.alert, holds=lasting))


def _refreshed(settled: Settled, words: Iterable[Delivery]) -> Settled:
    """What else waits of the alert, showing it as it is now."""
    alert, gone = settled.alert, {word.id for word in settled.lifted}
    if alert is None:
        return settled
    stale = tuple(word for word in words if word.id not in gone)
    fresh = tuple(replace(word, event=_as_it_stands(word, alert)) for word in stale)
    return replace(settled, deliveries=(*settled.deliveries, *fresh), lifted=(*settled.lifted, *stale))
