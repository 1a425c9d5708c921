"""Which alert of a channel an item belongs to, by how its rules group what they find.

A rule groups by event, unless it says `group: text` or `group: off`. A channel
has one alert a story, and beside it those that the finer groupings ask for. A
first alert of a story takes in every rule that asks for its item: nobody is
told of one text twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.alerts.follow_up import FollowUp, Situation
from monitor.alerts.routes import Routed
from monitor.model import Alert, Carrier, Fate, Grouping, Item, Match, Relation, Story, digest

_SAME_TEXT = (Relation.COPY, Relation.DERIVED, Relation.UPDATE)


def concerns(alert: Alert, situation: Situation, follow_up: FollowUp) -> bool:
    """Whether those told by an alert hear of this item; of what was wrong or withdrawn, all do."""
    if alert.group is Grouping.EVENT or follow_up.fate in (Fate.CORRECTED, Fate.WITHDRAWN):
        return True
    if alert.group is Grouping.TEXT and situation.verdict.relation in _SAME_TEXT:
        return situation.verdict.other in {alert.item, *(carrier.item for carrier in alert.card.carriers)}
    return alert.item == situation.item.key


def carriers(alert: Alert, story: Story, situation: Situation) -> tuple[Carrier, ...]:
    """Other texts on an alert's card, after this item; none that is under embargo."""
    item, free = situation.item, showable(story, situation.now)
    others = (carrier for carrier in free if carrier.item != alert.item)
    if alert.group is Grouping.EVENT:
        return tuple(others)
    known = {item.key, *(carrier.item for carrier in alert.card.carriers)}
    return tuple(carrier for carrier in others if carrier.item in known)


def showable(story: Story, at: float) -> tuple[Carrier, ...]:
    """The texts of a story that may be shown at a time."""
    return tuple(carrier for carrier in story.carriers if carrier.embargo <= at)


def unheard(routed: Routed, alerts: Iterable[Alert], situation: Situation) -> tuple[Match, ...]:
    """The matches that no alert of their channel tells of, as far as their rules group texts."""
    known = [alert for alert in alerts if alert.channel == routed.channel]
    return tuple(match for match in routed.matches if not any(_covers(alert, match, situation) for alert in known))


def widest(matches: Sequence[Match]) -> Grouping:
    """The grouping of an alert raised for several rules."""
    found = {match.group for match in matches}
    return next(group for group in Grouping if group in found)


def alert_id(story: Story, channel: str, group: Grouping, item: Item) -> str:
    """The same for the same news, in every process."""
    return digest(story.id, channel, *(() if group is Grouping.EVENT else (item.key,)), length=12)


def _covers(alert: Alert, match: Match, situation: Situation) -> bool:
    if alert.item == situation.item.key or match.group is alert.group is Grouping.EVENT:
        return True
    same = situation.verdict.relation in _SAME_TEXT
    told = {alert.item, *(carrier.item for carrier in alert.card.carriers if alert.group is Grouping.TEXT)}
    return match.group is Grouping.TEXT and same and situation.verdict.other in told
