"""The nouns of a news wire, as frozen values.

One type for each direction of travel: a `Feed` is what an editor wrote, a
`FeedState` what we remember of it, `Fetched` what its server answered,
`Parsed` what the answer said, an `Item` one piece of news, a `Match` a rule
that fired on it, a `Story` the event it belongs to, an `Alert` a story told to
one destination, an `Event` a thing to say about that alert, a `Delivery` the
event on its way, a `Hold` a place where it may have to wait, a `Receipt` the
proof that it arrived.

Times are Unix seconds in UTC (`float`), durations seconds, text offsets
characters (Python string indices, end exclusive). Nothing here does I/O, reads
a clock or draws a random number.
"""

from __future__ import annotations

from monitor.model.alerts import Acknowledgement, Alert, AlertStatus, Card, Excerpt
from monitor.model.events import (
    AlertEvent,
    Change,
    Delivery,
    DeliveryState,
    DigestEntry,
    DigestEvent,
    DigestSection,
    Event,
    EventKind,
    Manner,
    OpsEvent,
    Receipt,
)
from monitor.model.feeds import (
    ANYONE,
    BAD_KEPT,
    UNTAUGHT,
    Access,
    Auth,
    BadAnswer,
    Cadence,
    Feed,
    FeedHealth,
    FeedState,
    Fetched,
    FetchFailed,
    Habits,
    Page,
    Pause,
    Priority,
    Unchanged,
    Validators,
)
from monitor.model.holds import Hold, HoldReason, Place
from monitor.model.items import Article, Item, ItemRef, Kind, Parsed, Unreadable, Wire
from monitor.model.matches import Accumulation, Distinct, Grouping, Hit, Match, Severity
from monitor.model.presses import Press, Wish
from monitor.model.push import Standing, Subscription
from monitor.model.relations import Carrier, Conflict, Fingerprint, Relation, Topic, Verdict
from monitor.model.silences import Matcher, Silence, Subject
from monitor.model.stories import Fate, Outcome, Record, Story
from monitor.model.tallies import Mark, Tally
from monitor.model.text import KEPT, Field, Span, digest, hash64

__all__ = [
    "ANYONE",
    "BAD_KEPT",
    "KEPT",
    "UNTAUGHT",
    "Access",
    "Accumulation",
    "Acknowledgement",
    "Alert",
    "AlertEvent",
    "AlertStatus",
    "Article",
    "Auth",
    "BadAnswer",
    "Cadence",
    "Card",
    "Carrier",
    "Change",
    "Conflict",
    "Delivery",
    "DeliveryState",
    "DigestEntry",
    "DigestEvent",
    "DigestSection",
    "Distinct",
    "Event",
    "EventKind",
    "Excerpt",
    "Fate",
    "Feed",
    "FeedHealth",
    "FeedState",
    "FetchFailed",
    "Fetched",
    "Field",
    "Fingerprint",
    "Grouping",
    "Habits",
    "Hit",
    "Hold",
    "HoldReason",
    "Item",
    "ItemRef",
    "Kind",
    "Manner",
    "Mark",
    "Match",
    "Matcher",
    "OpsEvent",
    "Outcome",
    "Page",
    "Parsed",
    "Pause",
    "Place",
    "Press",
    "Priority",
    "Receipt",
    "Record",
    "Relation",
    "Severity",
    "Silence",
    "Span",
    "Standing",
    "Story",
    "Subject",
    "Subscription",
    "Tally",
    "Topic",
    "Unchanged",
    "Unreadable",
    "Validators",
    "Verdict",
    "Wire",
    "Wish",
    "digest",
    "hash64",
]
