"""What those already alerted hear of an item, by what it is.

    withdrawal                  withdrawn   ping    the message is struck through
      of another outlet's copy  updated     reply   "… withdrew its text"
    correction                  corrected   ping    with the words before and after
      changed once more         corrected   reply
      carried by others         attached    reply
    hold                        held        ping    the message says so
    free or published again     released    ping    the message is live again
    refile, small re-wording    updated     edit    the message changes silently
    repeat                      nothing
    update, urgent, flash       updated     reply   ping if a rule newly asks for it or a toll changed
    newer facts by its text     updated     reply   as above
    a development in place      updated     reply   as above
    copy, derived, report       attached    reply   "also carried by" grows; a note says where it disagrees

Where a louder rule asks for it, a copy or a small change is `severity_raised`
and calls people; every other event calls them then. What each channel does with
an event and a manner is the table of `channels.acts`.

What was only polished is news to nobody, unless a rule asks for it that did
not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.alerts.changes import changes, material
from monitor.model import (
    Alert,
    AlertStatus,
    Change,
    Delivery,
    EventKind,
    Fate,
    Item,
    Kind,
    Manner,
    Match,
    Outcome,
    Place,
    Record,
    Relation,
    Silence,
    Story,
    Tally,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that bears on what to do about one item."""

    item: Item
    now: float
    matches: tuple[Match, ...]
    verdict: Verdict
    previous: Record | None
    """The same item as it was when last seen, if its text has changed since."""
    compared: Item | None
    """The text to show changes against: the previous one, or the one the verdict compared with."""
    story: Story | None
    """The story it belongs to, as it stands; None: it opens one."""
    hushed: Outcome | None
    """Why it is not to alert whatever it says, such as a feed's first poll."""
    silences: tuple[Silence, ...] = ()
    """What people asked not to hear of."""
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """What was counted so far by rules that count and by throttles, by key."""
    waiting: Mapping[Place, Delivery] = field(default_factory=dict)
    """What waits of the story's alerts."""
    backlog: bool = False
    """It came with the first good poll after its feed, or the service, was away for long."""

    @property
    def relation(self) -> Relation:
        """What the item is to its story."""
        return Relation.NEW if self.story is None and self.previous is None else self.verdict.relation

    @property
    def may_raise(self) -> bool:
        """Whether a text of this kind is news to those not told yet."""
        return self.item.wire.kind not in (Kind.WITHDRAWAL, Kind.HOLD, Kind.REPEAT, Kind.ADVISORY)

    def held(self, alert: Alert) -> tuple[Delivery, ...]:
        """What waits of an alert, in the order in which it came to wait."""
        places = dict.fromkeys(Place(hold.id, alert.id) for hold in alert.holds)
        return tuple(self.waiting[place] for place in places if place in self.waiting)

    @property
    def embargo(self) -> float | None:
        """The time before which nothing of the item may be told, if it is still to come."""
        embargo = self.item.wire.embargo
        return embargo if embargo is not None and embargo > self.now else None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How those already alerted hear of an item, if they do."""

    fate: Fate
    reason: str
    event: EventKind | None = None
    manner: Manner = Manner.REPLY
    status: AlertStatus | None = None
    """What the alert's message says of itself from now on; None: as before."""
    changes: tuple[Change, ...] = ()


def follow_up_of(situation: Situation) -> FollowUp:
    """The table of this module, top to bottom."""
    item, compared = situation.item, situation.compared
    changed = changes(compared, item) if compared else ()
    match item.wire.kind:
        case Kind.WITHDRAWAL:
            return _withdrawn(situation)
        case Kind.CORRECTION:
            return _corrected(situation, changed)
        case Kind.HOLD:
            reason = "the desk holds it until checked"
            return FollowUp(Fate.HELD, reason, EventKind.HELD, Manner.PING, AlertStatus.HELD)
        case Kind.ADVISORY:
            return FollowUp(Fate.ADVISORY, "a note to editors, not news")
        case Kind.REPEAT:
            return FollowUp(Fate.REPEATED, "the desk sent it again, unchanged")
        case Kind.REFILE:
            reason = "sent again for a small slip"
            return FollowUp(Fate.MINOR, reason, EventKind.UPDATED, Manner.EDIT, None, changed)
    if situation.previous is not None:
        return _revised(situation, situation.previous, changed)
    relation, kind = situation.verdict.relation, item.wire.kind
    announced = kind in (Kind.UPDATE, Kind.URGENT, Kind.FLASH) and relation is not Relation.COPY
    if announced or relation is Relation.UPDATE:
        reason = f"a later version of the story: {situation.verdict.evidence}"
        status = _released(situation)
        return FollowUp(Fate.FOLLOWED_UP, reason, EventKind.UPDATED, Manner.REPLY, status, changed)
    reason = f"{relation} of a story already told: {situation.verdict.evidence}"
    return FollowUp(Fate.ATTACHED, reason, EventKind.ATTACHED)


def _withdrawn(situation: Situation) -> FollowUp:
    item, story = situation.item, situation.story
    if story is not None and story.status is AlertStatus.WITHDRAWN:
        return FollowUp(Fate.WITHDRAWN, "the story had been withdrawn already")
    if story is not None and not _speaks_for(item, story):
        reason = f"{item.source} withdrew its text; others carry the story"
        return FollowUp(Fate.FOLLOWED_UP, reason, EventKind.UPDATED)
    reason = "the desk withdrew it"
    return FollowUp(Fate.WITHDRAWN, reason, EventKind.WITHDRAWN, Manner.PING, AlertStatus.WITHDRAWN)


def _corrected(situation: Situation, changed: tuple[Change, ...]) -> FollowUp:
    previous, story = situation.previous, situation.story
    known = story is not None and story.status is AlertStatus.CORRECTED
    if known and previous is None and situation.verdict.relation is Relation.COPY:
        return FollowUp(Fate.ATTACHED, "the corrected text, carried by another outlet", EventKind.ATTACHED)
    again = previous is not None and previous.item.wire.kind is Kind.CORRECTION
    manner = Manner.REPLY if again and previous and previous.item.wire.note == situation.item.wire.note else Manner.PING
    reason = "the desk corrected it" + (" and changed it once more" if again else "")
    return FollowUp(Fate.CORRECTED, reason, EventKind.CORRECTED, manner, AlertStatus.CORRECTED, changed)


def _revised(situation: Situation, previous: Record, changed: tuple[Change, ...]) -> FollowUp:
    """An item whose text changed in place without a word of correction."""
    item = situation.item
    if previous.item.wire.kind in (Kind.HOLD, Kind.WITHDRAWAL):
        reason = "free to use again: its desk sent it without the hold or withdrawal"
        return FollowUp(Fate.FOLLOWED_UP, reason, EventKind.RELEASED, Manner.PING, AlertStatus.LIVE, changed)
    announced = item.wire.kind is Kind.UPDATE and item.wire.number != previous.item.wire.number
    if announced or material(previous.item, item):
        reason = "its text changed: a development"
        return FollowUp(Fate.FOLLOWED_UP, reason, EventKind.UPDATED, Manner.REPLY, _released(situation), changed)
    if situation.verdict.relation is not previous.relation:
        return FollowUp(Fate.MINOR, situation.verdict.evidence, EventKind.UPDATED, Manner.EDIT, None, changed)
    if item.headline != previous.item.headline:
        return FollowUp(Fate.MINOR, "re-worded, nothing new in it", EventKind.UPDATED, Manner.EDIT, None, changed)
    return FollowUp(Fate.MINOR, "re-worded below the headline, nothing new in it")


def _released(situation: Situation) -> AlertStatus | None:
    """A story on hold is live again when its desk sends a new text of it."""
    held = situation.story is not None and situation.story.status is AlertStatus.HELD
    return AlertStatus.LIVE if held else None


def _speaks_for(item: Item, story: Story) -> bool:
    """Whether it comes from who told the story first, or whose text people were shown: outlet or agency."""
    told = {story.carriers[0].source, *(alert.card.source for alert in story.alerts)}
    return bool({item.source.casefold(), item.wire.credit.casefold()} & {source.casefold() for source in told})
