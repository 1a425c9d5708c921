"""What is said of an item to those told before, and to those who hear of its story for the first time.

Both say what is to be said, as if all of it could be said now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.alerts.card import card
from monitor.alerts.follow_up import FollowUp, Situation
from monitor.alerts.grouping import alert_id, carriers, concerns, showable, widest
from monitor.alerts.remarks import how_it_came, joined, remarks
from monitor.model import (
    Alert,
    AlertEvent,
    AlertStatus,
    Change,
    Delivery,
    EventKind,
    Grouping,
    Hit,
    Kind,
    Manner,
    Match,
    Severity,
    Story,
    Topic,
    Verdict,
    digest,
)

MATERIAL = frozenset((Topic.TOLL, Topic.MAGNITUDE))
"""What people are called for when an update changes it."""


def follow(
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
            acknowledged=alert.card.acknowledged,
        )
    shown = replace(
        shown,
        severity=severity,
        status=follow_up.status or alert.card.status,
        rules=tuple(dict.fromkeys((*shown.rules, *(match.title or match.rule for match in new_matches)))),
        carriers=carriers(alert, story, situation),
        closed=False,
    )
    told = replace(
        alert,
        rules=(*alert.rules, *(match.rule for match in new_matches)),
        tags=_tags(new_matches, alert.tags),
        severity=severity,
        revision=alert.revision + 1,
        card=shown,
    )
    hits = tuple(hit for match in situation.matches if match.rule in told.rules for hit in match.hits)
    manner = Manner.PING if calls else follow_up.manner
    note = item.wire.note or joined(*(match.note for match in new_matches), _remark(situation, kind))
    return told, _delivery(situation, story, told, kind, manner, hits, note, follow_up.changes)


def _tags(matches: Sequence[Match], known: Sequence[str] = ()) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *(tag for match in matches for tag in match.tags))))


def _material(verdict: Verdict) -> bool:
    return any(conflict.topic in MATERIAL for conflict in verdict.conflicts)


def raised_for(situation: Situation, story: Story, channel: str, matches: Sequence[Match]) -> tuple[Alert, Delivery]:
    """A first alert for a channel: of this story or, as its rules may group, of this text."""
    item, group = situation.item, widest(matches)
    status = AlertStatus.CORRECTED if item.wire.kind is Kind.CORRECTION else story.status
    others = showable(story, situation.embargo or situation.now) if group is Grouping.EVENT else ()
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
        tags=_tags(matches),
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
        not_before=situation.embargo or 0.0,
    )


def _remark(situation: Situation, kind: EventKind) -> str:
    """What the thread is told beside the event itself."""
    if situation.item.wire.kind is Kind.WITHDRAWAL and kind is EventKind.UPDATED:
        return f"{situation.item.source} withdrew its text"
    return remarks(situation.verdict)
