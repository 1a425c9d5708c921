"""Feeds: what to poll, how it goes, and what their servers answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Auth:
    """How a request says who asks, with a secret that the environment holds under this name."""

    secret: str
    user: str = ""
    """With a user the secret is a password (Basic); without, a token (Bearer)."""
    header: str = ""
    """With a header the secret is sent in it, as it is."""
    site: str = ""
    """The address that it was given for: no other host is told it, wherever redirects lead."""


@dataclass(frozen=True, slots=True)
class Access:
    """How one feed's server is to be asked, where it is not as all are."""

    headers: tuple[tuple[str, str], ...] = ()
    auth: Auth | None = None
    proxy: str = ""
    """Address of an HTTP proxy; empty: none."""
    user_agent: str = ""
    timeout: float = 0.0
    """Seconds for everything; 0: as for all."""
    max_bytes: int = 0
    """Longest document, unpacked; 0: as for all."""
    insecure: bool = False
    """Whether the server's certificate is believed unseen."""
    home: str = ""
    """Address whose host alone may be in a network that the operator allows; empty: any host may."""


ANYONE: Final = Access()
"""As any server is asked."""


class Priority(IntEnum):
    """Which of the due feeds are polled first when there are more than can be."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as an editor wrote it in `feeds.yaml`."""

    id: str
    url: str
    source: str
    every: float
    """Seconds between polls, never below the operator's floor; the most, when there is a `floor`."""
    floor: float = 0.0
    """Seconds: the least between polls, of which the feed's own rhythm decides; 0: `every` says it all."""
    lang: str = ""
    tags: tuple[str, ...] = ()
    backfill: int = 0
    """How many items of the first poll may alert; the others seed silently."""
    access: Access = ANYONE
    priority: Priority = Priority.NORMAL
    expect: float = 0.0
    """The longest normal silence, seconds; 0: as learnt."""
    fulltext: bool = False
    """Whether the pages of its items are fetched for their text."""


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified of one answer: a pair, byte for byte, never mixed (RFC 9110 §8.8)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A time for which an operator wants a feed left alone."""

    since: float
    until: float
    """Infinite: until an operator resumes it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a document asks to be looked at."""

    ttl: float = 0.0
    """Seconds between two polls; 0: it does not say."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day, in GMT, in which it asks to be left alone."""
    skip_days: tuple[int, ...] = ()
    """Days of the week, in GMT, Monday is 0."""


class FeedHealth(StrEnum):
    """What operators were last told of a feed."""

    OK = "ok"
    FAILING = "failing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Habits:
    """What a feed taught us of how it names its items, and of what changes in them by itself."""

    churns: int = 0
    """Documents in which most items had other ids, and known texts."""
    stirs: int = 0
    """Documents in a row in which most items said something else than before."""
    shared: tuple[str, ...] = ()
    """Hashes of ids that several of its items had at once, newest first."""
    restless: tuple[str, ...] = ()
    """Hashes of the shapes of lines that change at every poll."""

    @property
    def distrusted(self) -> int:
        """How much that names an item does not last: 0 nothing, 1 its guid, 2 its link as well.

        Each lesson takes two documents; the next one churns because we read it otherwise.
        """
        return min(self.churns // 2, 2)


UNTAUGHT = Habits()
"""Nothing is known."""


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
    """When a poll last brought an item not seen before; at first, when the feed was first read."""
    rhythm: float = 0.0
    """The feed's usual gap between new items, seconds; 0 while unknown."""
    lull: float = 0.0
    """How long it has been silent at a stretch before (nights, weekends), slowly forgotten; 0 while unknown."""
    cadence: Cadence = Cadence()
    """That of its last document."""
    turn: float = 0.0
    """When it has its turn with its host, until it is polled; 0: it was given none."""
    slowed: float = 0.0
    """Seconds between polls that its server was seen to want (429); let go bit by bit."""
    trusted: float = 0.0
    """Seconds for which nothing but 304s is believed, as learnt; 0: not learnt yet."""
    read_at: float = 0.0
    """When the document itself last came."""
    failures: int = 0
    """Failed polls in a row."""
    failing_since: float = 0.0
    """When the first of them failed; kept while it is failing, until it is well again."""
    well_since: float = 0.0
    """From when on no poll failed; 0 while they do."""
    error: str = ""
    status: int = 0
    items: int = 0
    """Items in the last good answer."""
    title: str = ""
    furniture: tuple[str, ...] = ()
    """Hashes of sentences that recur in its items, newest first."""
    slices: str = ""
    """What the items of its last document looked like, as the ingest room packs it."""
    newest: float = 0.0
    """The latest date that any of its items had, never after we read it."""
    habits: Habits = UNTAUGHT
    health: FeedHealth = FeedHealth.OK
    retired: bool = False
    """Gone for good (410): no longer polled until the editor changes its URL."""
    pause: Pause | None = None
    """The last one, whether or not it is over."""
    hub: str = ""
    """Who tells of its news, as it says itself (WebSub); empty: nobody."""
    topic: str = ""
    """What it is called there."""

    @property
    def listening_since(self) -> float:
        """From when on nothing new was heard although we listened: a pause is no silence."""
        return max(self.last_new, self.pause.until if self.pause else 0.0)

    def paused(self, now: float) -> bool:
        """Whether it is to be left alone."""
        return self.pause is not None and now < self.pause.until

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
    hub: str = ""
    """The hub that its head links to, and the topic."""
    topic: str = ""


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
    page: Page | None = None
    """What came with the error, a byte more than `BAD_KEPT` of it at most: a block page says who blocks."""


BAD_KEPT = 16_384
"""Bytes of a bad answer that are kept."""


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """What a feed's server sent in place of a feed, for the operator to look at."""

    at: float
    reason: str
    """What it was taken for, or the error."""
    status: int
    url: str
    """Where it came from in the end."""
    content_type: str
    body: bytes
    """Unpacked; its beginning when it is `cut`."""
    cut: bool = False


Fetched = Page | Unchanged | FetchFailed
