"""The nouns of a news wire, as frozen values.

One type for each direction of travel: a `Feed` is what an editor wrote, a
`FeedState` what we remember of it, `Fetched` what its server answered,
`Parsed` what the answer said, an `Item` one piece of news, a `Match` a rule
that fired on it, a `Story` the event it belongs to, an `Alert` a story told to
one destination, an `Event` a thing to say about that alert, a `Delivery` the
event on its way, a `Receipt` the proof that it arrived.

Times are Unix seconds in UTC (`float`), durations seconds, text offsets
characters (Python string indices, end exclusive). Nothing here does I/O, reads
a clock or draws a random number.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import NamedTuple

# ── Text ────────────────────────────────────────────────────────────────────


class Span(NamedTuple):
    """A half-open stretch of characters, `text[start:end]`."""

    start: int
    end: int


class Field(StrEnum):
    """The parts of an item that rules read."""

    TITLE = "title"
    BODY = "body"
    AUTHOR = "author"


KEPT = 4_000
"""Characters of a body that the store keeps."""


def digest(*parts: str, length: int = 16) -> str:
    """A stable identifier, `length` hex digits of SHA-256 over the parts."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


# ── Feeds: what to poll, and how it goes ────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as an editor wrote it in `feeds.yaml`."""

    id: str
    url: str
    source: str
    every: float
    """Seconds between polls, never below the operator's floor."""
    lang: str = ""
    tags: tuple[str, ...] = ()
    backfill: int = 0
    """How many items of the first poll may alert; the others seed silently."""


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified of one answer: a pair, byte for byte, never mixed (RFC 9110 §8.8)."""

    etag: str = ""
    last_modified: str = ""


class FeedHealth(StrEnum):
    """What operators were last told of a feed."""

    OK = "ok"
    FAILING = "failing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember of a feed between polls."""

    id: str
    next_poll: float = 0.0
    reason: str = "never polled"
    """Why `next_poll` is when it is, for `wirewatch feeds`."""
    url: str = ""
    """Where a chain of permanent redirects led; empty: as written in the file."""
    configured_url: str = ""
    """The URL in the file when `url` was learnt: a change by the editor overrules it."""
    validators: Validators = Validators()
    body_hash: str = ""
    last_attempt: float = 0.0
    last_success: float = 0.0
    last_new: float = 0.0
    """When a poll last brought an item not seen before."""
    rhythm: float = 0.0
    """The feed's usual gap between new items, seconds; 0 while unknown."""
    lull: float = 0.0
    """How long it has been silent at a stretch before (nights, weekends), slowly forgotten; 0 while unknown."""
    ttl: float = 0.0
    """Seconds for which its last document asks to be left alone."""
    failures: int = 0
    """Failed polls in a row."""
    failing_since: float = 0.0
    error: str = ""
    status: int = 0
    items: int = 0
    """Items in the last good answer."""
    title: str = ""
    health: FeedHealth = FeedHealth.OK
    retired: bool = False
    """Gone for good (410): no longer polled until the editor changes its URL."""

    @property
    def seeded(self) -> bool:
        """Whether a first poll has gone through whole."""
        return self.last_success > 0


@dataclass(frozen=True, slots=True)
class Page:
    """A feed's server answered with a document."""

    body: bytes
    url: str
    content_type: str = ""
    validators: Validators = Validators()
    moved_to: str = ""
    """Where only permanent redirects led, if any."""
    max_age: float | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: nothing new since the validators we sent."""

    validators: Validators = Validators()
    moved_to: str = ""
    max_age: float | None = None


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """The fetch brought no document. An expected event, hence a value."""

    reason: str
    status: int = 0
    retry_after: float | None = None
    gone: bool = False


Fetched = Page | Unchanged | FetchFailed


# ── Items: one piece of news in one feed ────────────────────────────────────


class Kind(StrEnum):
    """What the desk that sent an item says it is."""

    NEWS = "news"
    FLASH = "flash"
    URGENT = "urgent"
    UPDATE = "update"
    CORRECTION = "correction"
    REFILE = "refile"
    REPEAT = "repeat"
    WITHDRAWAL = "withdrawal"
    HOLD = "hold"
    EMBARGO = "embargo"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True)
class Wire:
    """What wire conventions in title and text say, parsed off into fields.

    `headline`, `copy` and `text` are spans of the raw fields: the title
    without the desk's prefix, the body without slug lines (what rules read),
    and the body without dateline and credit too (what copies share).
    """

    headline: Span
    copy: Span
    text: Span
    kind: Kind = Kind.NEWS
    number: int = 0
    """The n of `UPDATE n-`; 0 when there is none."""
    genre: str = ""
    """`exclusive analysis factbox explainer column live`, or empty."""
    slug: str = ""
    place: str = ""
    credit: str = ""
    """The agency named in dateline, credit line or byline."""
    byline: str = ""
    note: str = ""
    """The desk's own words on what it corrected or withdrew."""
    embargo: float | None = None


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item as events and carriers show it."""

    key: str
    feed: str
    guid: str
    source: str
    url: str
    title: str
    kind: Kind
    published: float | None
    seen_at: float


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news in one feed, in one revision. All texts are plain text."""

    key: str
    """Identity within the feed: stays while the text changes."""
    revision: str
    """Hash of what it says, without dates and tracking: changes when the text does."""
    feed: str
    source: str
    guid: str
    url: str
    title: str
    body: str
    author: str
    categories: tuple[str, ...]
    lang: str
    published: float | None
    updated: float | None
    seen_at: float
    wire: Wire

    @property
    def headline(self) -> str:
        """The title without the desk's prefix."""
        return self.title[self.wire.headline.start : self.wire.headline.end]

    @property
    def text(self) -> str:
        """The body without slug, dateline and credit."""
        return self.body[self.wire.text.start : self.wire.text.end]

    def readable(self, name: Field) -> tuple[str, Span]:
        """A field's raw text, and the part of it that rules read."""
        match name:
            case Field.TITLE:
                return self.title, self.wire.headline
            case Field.BODY:
                return self.body, self.wire.copy
            case Field.AUTHOR:
                return self.author, Span(0, len(self.author))

    def kept(self) -> Item:
        """The item as the store keeps it: a long body cut to `KEPT` characters, spans with it."""
        if len(self.body) <= KEPT:
            return self
        wire = replace(
            self.wire,
            copy=Span(min(self.wire.copy.start, KEPT), min(self.wire.copy.end, KEPT)),
            text=Span(min(self.wire.text.start, KEPT), min(self.wire.text.end, KEPT)),
        )
        return replace(self, body=self.body[:KEPT], wire=wire)

    def ref(self) -> ItemRef:
        """The short form that travels in events."""
        return ItemRef(
            key=self.key,
            feed=self.feed,
            guid=self.guid,
            source=self.source,
            url=self.url,
            title=self.title,
            kind=self.wire.kind,
            published=self.published,
            seen_at=self.seen_at,
        )


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read as a feed: its items, oldest first, and what it says of itself."""

    items: tuple[Item, ...]
    title: str = ""
    version: str = ""
    ttl: float | None = None
    """Seconds for which the feed asks to be left alone."""
    problems: tuple[str, ...] = ()
    """What was wrong and could be mended."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The document is not a feed; `reason` says what came instead."""

    reason: str


# ── Rules: what people asked to hear ────────────────────────────────────────


class Severity(IntEnum):
    """How loud a rule wants to be."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    FLASH = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule fired: `text` stands at `[start:end]` of the item's raw field."""

    rule: str
    field: Field
    start: int
    end: int
    text: str
    entity: str = ""
    """The entity whose spelling this is, if any."""


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that fired on one item, with every place that made it."""

    rule: str
    severity: Severity
    tags: tuple[str, ...]
    hits: tuple[Hit, ...]
    title: str = ""
    """The rule's name for people; empty: its id."""
    shadow: bool = False
    """The rule is on trial: recorded and counted, never told."""


# ── Stories: one event, however many texts ──────────────────────────────────


class Relation(StrEnum):
    """What an item is to its story."""

    NEW = "new"
    COPY = "copy"
    DERIVED = "derived"
    """The same text cut, embedded, reworded or translated."""
    UPDATE = "update"
    """The text of before with newer figures or facts."""
    REPORT = "report"
    """The same event in words of its own."""
    TEMPLATE = "template"
    """Another event told in the same form: a story of its own."""
    ROUNDUP = "roundup"
    """A digest, a live page: it tells of many stories and belongs to none."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Under what an item's possible copies are found.

    `keys` are 32-bit hashes of passages, rarest first, looked up for 48 hours;
    `links` are 64-bit hashes of canonical URL and global guid, looked up for
    30 days.
    """

    keys: tuple[int, ...]
    links: tuple[int, ...]


class Topic(StrEnum):
    """What two texts disagree on."""

    NAMES = "names"
    """Another event told in the same form."""
    MAGNITUDE = "magnitude"
    """Of an earthquake."""
    TOLL = "toll"
    """A count of dead, hurt, arrested ... that grows while an event goes on."""
    MOVE = "move"
    """Which way a price, a rate, a result went."""
    FIGURES = "figures"
    """Any other figures of headline and lead."""
    PLACE = "place"
    """Where the same thing happened."""
    DATE = "date"
    """On which day the same thing happened."""


class Conflict(NamedTuple):
    """A contradiction between an item and texts known already; which is right is not ours to say."""

    topic: Topic
    here: str
    """What the item says, such as `30 dead`."""
    there: str
    """What the other text, or the others, say."""
    whose: str = ""
    """The outlet of the other text; empty when several agree on it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an item is to an existing story (`story_id` empty: to none), and the evidence."""

    relation: Relation
    story_id: str
    evidence: str
    other: str = ""
    """Key of the item compared with."""
    confidence: float = 0.0
    """From 0 to 1: how far what decided lies from where it would have decided otherwise."""
    conflicts: tuple[Conflict, ...] = ()
    """What the item and the story it joins disagree on; of an update, what is new."""
    translated: bool = False
    """The item says of itself that a machine translated it."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """An outlet's text of a story."""

    item: str
    source: str
    url: str
    title: str
    relation: Relation
    at: float


class AlertStatus(StrEnum):
    """What the message at a destination says of itself."""

    LIVE = "live"
    CORRECTED = "corrected"
    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of a field with the places that made a rule fire, offsets within `text`."""

    field: Field
    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What the message at a destination shows now. Channels render it, nothing else."""

    headline: str
    url: str
    source: str
    published: float | None
    seen_at: float
    severity: Severity
    kind: Kind
    status: AlertStatus
    rules: tuple[str, ...]
    """Names for people, in the order in which they fired."""
    spellings: tuple[str, ...]
    """The words that made the rules fire, as they stand in the text."""
    excerpts: tuple[Excerpt, ...]
    carriers: tuple[Carrier, ...] = ()
    """Other texts of the story, oldest first."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A story told to one destination."""

    id: str
    channel: str
    rules: tuple[str, ...]
    """Ids of the rules that asked for it."""
    severity: Severity
    item: str
    """Key of the item on the card."""
    revision: int
    """Number of the last event; each event has the next."""
    raised_at: float
    card: Card


@dataclass(frozen=True, slots=True)
class Story:
    """One event on the wire: the texts that tell it and the alerts it caused."""

    id: str
    version: int
    """Counts commits; the store refuses a commit made from an older one."""
    opened_at: float
    last_at: float
    headline: str
    carriers: tuple[Carrier, ...]
    alerts: tuple[Alert, ...] = ()
    status: AlertStatus = AlertStatus.LIVE
    wire_number: int = 0
    """The highest `UPDATE n-` seen."""


# ── Events and deliveries: what is said, to whom ────────────────────────────


class EventKind(StrEnum):
    """What happened to an alert. The names are part of the JSON contract."""

    RAISED = "raised"
    ATTACHED = "attached"
    UPDATED = "updated"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    DIGEST = "digest"
    OPS = "ops"


class Manner(StrEnum):
    """How loudly an event is told: change the message, reply under it, or call people."""

    EDIT = "edit"
    REPLY = "reply"
    PING = "ping"


@dataclass(frozen=True, slots=True)
class Change:
    """Words that differ between two revisions of an item."""

    field: Field
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """Something to say about an alert, and how the message looks after it."""

    kind: EventKind
    at: float
    alert_id: str
    story_id: str
    rules: tuple[str, ...]
    severity: Severity
    item: ItemRef
    relation: Relation
    hits: tuple[Hit, ...]
    card: Card
    manner: Manner
    changes: tuple[Change, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpsEvent:
    """The service speaks of itself. `subject` names the part, such as `feed bbc-world`."""

    at: float
    subject: str
    text: str
    recovered: bool = False


Event = AlertEvent | OpsEvent


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one channel.

    Deliveries of one `lane` (an alert, or a channel's ops messages) go out one
    at a time, in order. The `id` is made from alert, event and revision, so
    the same news always has the same id.
    """

    id: str
    lane: str
    channel: str
    event: Event
    created_at: float
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an alert stands at its destination; `ref` is the channel's own address of it."""

    ref: str


# ── What became of an item ──────────────────────────────────────────────────


class Fate(StrEnum):
    """What became of an item; each is a counter, and `wirewatch why` tells it."""

    ALERTED = "alerted"
    ATTACHED = "attached"
    FOLLOWED_UP = "followed up"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    EMBARGOED = "embargoed"
    SEEDED = "seeded"
    UNMATCHED = "no rule matched"
    UNROUTED = "no route"
    REPEATED = "repeated"
    MINOR = "minor change"
    ADVISORY = "note to editors"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item, and why, in words."""

    fate: Fate
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """What the store remembers of one revision of an item."""

    item: Item
    story_id: str
    relation: Relation
    evidence: str
    matches: tuple[Match, ...]
    outcome: Outcome
    alerts: tuple[str, ...] = ()
    """Ids of the alerts that this item raised, changed or joined."""
    deliveries: tuple[str, ...] = ()
    """Ids of the deliveries that tell of it."""
    earlier: tuple[str, ...] = ()
    """Revisions that this one replaced, newest first."""
