"""What each kind of channel does with each event of an alert: the one table.

Bold is what calls people; a channel that knows no threads says on which alert it is.

    event             how loud   slack          one way        email        console
    ─────────────────────────────────────────────────────────────────────────────────
    raised            any        **message**    **message**    **mail**     card
    attached          edit       edit           nothing        nothing      row
                      reply      reply          nothing        nothing      row
    updated,          edit       edit           nothing        nothing      row
    corrected, held,  reply      reply          message        mail         news
    released,         ping       **broadcast**  **message**    **mail**     news
    withdrawn,
    severity_raised
    acknowledged      any        edit           nothing        nothing      row
    expired           any        edit           nothing        nothing      nothing

One way are Slack's incoming webhooks and the services of Apprise, which can
only be spoken to. An edit, a reply and a broadcast show the alert's message as
it stands then; a withdrawn one is struck through. On Slack copies wait a little
(`gather`), go out together, and only the last of them edits; what else comes
goes at once. A webhook sends every event, as JSON; so does a console with
`format: json`. A digest and a word of the service are messages of their own
everywhere. How loud an event is, `alerts` decides (`follow_up`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from monitor.model import AlertEvent, EventKind, Manner


class Act(Enum):
    """What becomes of an event in a channel."""

    POST = auto()
    """All of the alert, in a message of its own."""
    REPLY = auto()
    """What is new, under the alert's message, or with a word on which alert it is."""
    BROADCAST = auto()
    """The same, shown to everybody in the channel."""
    ROW = auto()
    """The same in one row."""
    EDIT = auto()
    """The alert's message changes; nobody is notified."""
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Acts:
    """What becomes of an event, by kind of channel."""

    slack: Act
    one_way: Act
    email: Act
    console: Act


_WHOLE = Acts(slack=Act.POST, one_way=Act.POST, email=Act.POST, console=Act.POST)
_CALL = Acts(slack=Act.BROADCAST, one_way=Act.REPLY, email=Act.REPLY, console=Act.REPLY)
_NEWS = Acts(slack=Act.REPLY, one_way=Act.REPLY, email=Act.REPLY, console=Act.REPLY)
_ALSO = Acts(slack=Act.REPLY, one_way=Act.NOTHING, email=Act.NOTHING, console=Act.ROW)
_CHANGE = Acts(slack=Act.EDIT, one_way=Act.NOTHING, email=Act.NOTHING, console=Act.ROW)
_CLOSE = Acts(slack=Act.EDIT, one_way=Act.NOTHING, email=Act.NOTHING, console=Act.NOTHING)

_FOLLOW_UP = {Manner.EDIT: _CHANGE, Manner.REPLY: _NEWS, Manner.PING: _CALL}

TABLE: Final[Mapping[EventKind, Mapping[Manner, Acts]]] = {
    EventKind.RAISED: dict.fromkeys(Manner, _WHOLE),
    EventKind.ATTACHED: {Manner.EDIT: _CHANGE, Manner.REPLY: _ALSO, Manner.PING: _CALL},
    EventKind.UPDATED: _FOLLOW_UP,
    EventKind.CORRECTED: _FOLLOW_UP,
    EventKind.HELD: _FOLLOW_UP,
    EventKind.RELEASED: _FOLLOW_UP,
    EventKind.WITHDRAWN: _FOLLOW_UP,
    EventKind.SEVERITY_RAISED: _FOLLOW_UP,
    EventKind.ACKNOWLEDGED: dict.fromkeys(Manner, _CHANGE),
    EventKind.EXPIRED: dict.fromkeys(Manner, _CLOSE),
}


def acts(event: AlertEvent) -> Acts:
    """What becomes of an event of an alert."""
    return TABLE[event.kind][event.manner]
