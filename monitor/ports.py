"""What the line needs from the outside, said by the code that needs it.

`pipeline` reads feeds and commits items; `delivery` takes deliveries and
settles them; each names the few methods that it calls. `store.redis` and
`store.memory` implement all of the store's ports and pass one contract suite
(`tests/store`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from monitor.model import (
    ANYONE,
    UNTAUGHT,
    Access,
    Article,
    BadAnswer,
    Delivery,
    DeliveryState,
    Feed,
    FeedState,
    Fetched,
    Fingerprint,
    Habits,
    Item,
    Match,
    Parsed,
    Place,
    Receipt,
    Record,
    Silence,
    Story,
    Subscription,
    Tally,
    Unreadable,
    Validators,
)

# ── ingest ──────────────────────────────────────────────────────────────────


class Fetcher(Protocol):
    """GETs a feed. Never raises for what a server or a network does."""

    async def fetch(self, url: str, validators: Validators, access: Access = ANYONE) -> Fetched: ...


class Hubs(Protocol):
    """Posts a form to a hub."""

    async def ask(self, hub: str, form: Mapping[str, str]) -> str:
        """Why the hub does not take it, in words; empty: it does."""


class Parser(Protocol):
    """Reads a document as a feed, within bounded time and memory."""

    async def parse(
        self,
        body: bytes,
        content_type: str,
        feed: Feed,
        now: float,
        slices: str = "",
        habits: Habits = UNTAUGHT,
    ) -> Parsed | Unreadable:
        """`slices`, those of the last document, tell which items need not be read again."""

    async def article(self, body: bytes, content_type: str, feed: Feed, now: float) -> Article | Unreadable:
        """What the page of an item of this feed says."""


class Matcher(Protocol):
    """A loaded rule set."""

    def match(self, item: Item) -> tuple[Match, ...]: ...


# ── store: the poll schedule ────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Claim:
    """A feed that this process may poll until the lease ends; `token` fences a late finish."""

    state: FeedState
    token: int


class Schedule(Protocol):
    """The due set: which feed is polled when, shared by replicas."""

    async def plan(
        self, feeds: Sequence[str], now: float, first: Collection[str] = (), last: Collection[str] = ()
    ) -> None:
        """Make exactly these feeds known: new ones are due now, others leave the due set.

        `first` of them are claimed before all others, `last` after them.
        A feed that stays keeps its `next_poll`; a feed that left keeps its state for 30 days.
        """

    async def planned(self) -> int:
        """How many feeds are known; 0 after `plan` means that the store has lost all it held."""

    async def claim(self, now: float, limit: int, lease: float) -> tuple[Claim, ...]:
        """Up to `limit` feeds due at `now`, hidden from others for `lease` s: as `plan` was told, most overdue first.

        A feed whose state cannot be read starts afresh.
        """

    async def take_turns(self, hosts: Sequence[str], now: float, gap: float) -> tuple[float, ...]:
        """When it is the caller's turn with each of these hosts: `now` or later, and `gap` s after the one before."""

    async def take_over(self, feed: str, now: float, lease: float) -> Claim:
        """Claim this feed whether or not it is due, also from who polls it: that finish is refused."""

    async def prolong(self, claims: Sequence[Claim], until: float) -> None:
        """Prolong these leases to `until`; one that was lost stays lost."""

    async def finish(self, claim: Claim, state: FeedState) -> bool:
        """Save the state and the next poll; false when the lease was lost to another process."""

    async def feed_states(self, feeds: Sequence[str]) -> Mapping[str, FeedState]:
        """What is remembered of these feeds; unknown ones are absent."""

    async def poll_now(self, feeds: Sequence[str], now: float) -> None:
        """Make these feeds due at `now`."""

    async def keep_bad(self, feed: str, answer: BadAnswer) -> None:
        """Keep what came in place of a feed, for a week; the one before goes."""

    async def last_bad(self, feed: str) -> BadAnswer | None:
        """What last came in place of this feed, if it is still kept; the feed may be well by now."""


# ── store: items and stories ────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest known revision of an item."""

    revision: str
    number: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the store knows near an item, read at one moment.

    `clock` is the number of the newest record at that moment: a commit is
    refused when a newer record shares a fingerprint key or link with it.
    """

    records: tuple[Record, ...]
    """At most eight, three of one story; first those that share most and rarest passages."""
    linked: tuple[Record, ...]
    """Records that share a link (canonical URL or global guid)."""
    stories: Mapping[str, Story]
    """By id, the stories of those records."""
    clock: int

    def item(self, key: str) -> Item | None:
        """One of these items, by its key."""
        return next((near.item for near in (*self.linked, *self.records) if near.item.key == key), None)

    def without(self, key: str) -> Neighbours:
        """The others: an item is no neighbour of itself."""
        return replace(
            self,
            records=tuple(record for record in self.records if record.item.key != key),
            linked=tuple(record for record in self.linked if record.item.key != key),
        )


@dataclass(frozen=True, slots=True)
class Commit:
    """All that one item changes, written in one step or not at all."""

    record: Record
    fingerprint: Fingerprint
    story: Story
    """After this item; its `version` is the one read, plus one (1: new)."""
    seen: Seen | None
    """What the decision took for the item's last revision."""
    clock: int
    deliveries: tuple[Delivery, ...]
    tallies: tuple[Tally, ...] = ()
    """Those that it moves, after it; the `version` of each is the one read, plus one."""
    lifted: tuple[Delivery, ...] = ()
    """Those that it takes out of their holds, as if they had never been there. What is held again has to be lifted."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changes of a story without an item, written in one step or not at all."""

    story: Story
    """After it; its `version` is the one read, plus one."""
    deliveries: tuple[Delivery, ...]
    lifted: tuple[Delivery, ...] = ()
    """Those that it takes out of their holds."""


class Archive(Protocol):
    """What was seen, the stories it made, and what was counted on the way."""

    async def seen(self, feed: str, keys: Sequence[str]) -> Mapping[str, Seen]:
        """The last revision of each item of this feed that is known (30 days)."""

    async def texts(self, feed: str) -> frozenset[str]:
        """The last revisions of all items of this feed that are known."""

    async def still_there(self, feed: str, keys: Sequence[str], now: float) -> None:
        """Keep these items in memory: a feed showed them again."""

    async def record(self, number: int) -> Record | None:
        """A record by number, or None once it has expired (7 days)."""

    async def neighbours(self, fingerprint: Fingerprint, now: float) -> Neighbours: ...

    async def story(self, story_id: str) -> Story | None: ...

    async def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        """What was counted under each of these keys; an empty tally where nothing is known."""

    async def commit(self, commit: Commit, now: float) -> bool:
        """Write it all, or nothing and return false when something newer got in between."""

    async def amend(self, amendment: Amendment, now: float) -> bool:
        """Write it all, or nothing and return false when the story or what it lifts is not what it was made from.

        A story lives no longer for it.
        """

    async def idle(self, since: float, limit: int) -> tuple[Story, ...]:
        """Stories with open alerts to which no text came since; those idle longest first."""

    async def find(self, needle: str) -> tuple[Record, ...]:
        """Records by item key, URL or guid, or the id of an alert that heard of the item; newest first."""

    def stored(self, since: float) -> AsyncIterator[tuple[Record, ...]]:
        """Every record that is left of items seen from `since` on, newest first, many at a time."""


# ── store: the outbox ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this process holds until its lease ends."""

    delivery: Delivery
    token: int
    attempts: int
    """How often sending was begun before; above 0 with `unsettled`, look before sending."""
    since: float
    """When sending was first begun."""
    unsettled: bool
    """An earlier attempt may have been accepted: its sender died or had no clear answer."""
    root: Receipt | None
    """Where the alert's message stands, once it does."""
    followed: bool = False
    """The next of its lane is due as well."""


UNREADABLE = "unreadable"
"""Why a delivery was given up of which only the id is left: there is nothing to send again."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A delivery given up, and why."""

    delivery: Delivery
    at: float
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a delivery has come, or the digest that tells it."""

    channel: str
    state: DeliveryState
    attempts: int
    at: float
    """When it was sent or given up; until then, when it is due."""
    reason: str
    """What the far side said last, if it did not accept; why it is held."""
    digest: bool = False
    """Whether it is told in a digest."""


@dataclass(frozen=True, slots=True)
class Step:
    """A delivery came into a state: an attempt is `sending`, then how it ended."""

    delivery: str
    state: DeliveryState
    attempt: int
    """Attempts begun by then."""
    at: float
    due: float
    """When it is tried, of one that is queued or tried again; else 0."""
    said: str
    """Of one queued: what it tells (an event's kind) or who queued it again. Else what the far side said."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much one channel has before it: deliveries by state, those given up, and those that wait in holds."""

    channel: str
    queued: int = 0
    sending: int = 0
    retry: int = 0
    ambiguous: int = 0
    dead: int = 0
    held: int = 0
    oldest: float | None = None
    """From when on the oldest of those not settled is owed: its `due`, whatever was tried since."""
    said: str = ""
    """What the far side said of that one when it was tried last; empty: nothing yet."""
    paused: float = 0.0
    """Until when nobody takes from it."""

    @property
    def waiting(self) -> int:
        """Those not settled and not held."""
        return self.queued + self.sending + self.retry + self.ambiguous

    @property
    def states(self) -> Mapping[DeliveryState, int]:
        """The counts by state."""
        return {
            DeliveryState.HELD: self.held,
            DeliveryState.QUEUED: self.queued,
            DeliveryState.SENDING: self.sending,
            DeliveryState.RETRY: self.retry,
            DeliveryState.AMBIGUOUS: self.ambiguous,
            DeliveryState.DEAD: self.dead,
        }


class Pauses(Protocol):
    """Silences that far sides asked for, kept by every process."""

    async def pause(self, name: str, until: float) -> None:
        """Leave it alone until then: a channel, from which nobody takes, or what channels call by a name of theirs.

        It is forgotten after a week.
        """

    async def paused(self, name: str) -> float:
        """Until when it is left alone; a time that has passed, or 0: it is not."""


class Outbox(Pauses, Protocol):
    """Deliveries between commit and receipt.

    A delivery is due from `created_at` or `not_before`, whichever is later; one
    with a `hold` waits there first, see `Holds`. Settling twice in the same way is
    true twice: the first answer was lost.
    """

    async def put(self, deliveries: Sequence[Delivery]) -> int:
        """Queue deliveries that belong to no item (ops); known ids are skipped. Returns how many."""

    async def take(self, channel: str, now: float, lease: float, pace: float = 0.0) -> Taken | None:
        """The next due delivery of a channel, or None; counts as an attempt begun.

        For `pace` seconds nobody takes another. What gathers is due together,
        at the time of the first of them or when any other of its lane is.
        One that cannot be read goes to the dead-letter list.
        """

    async def renew(self, taken: Taken, until: float) -> bool:
        """Hold it until then. False when the lease was lost; then another process sends it."""

    async def sent(self, taken: Taken, receipt: Receipt | None, now: float) -> bool:
        """Done. False when the lease was lost; then another process decides."""

    async def retry(self, taken: Taken, now: float, at: float, reason: str, unsettled: bool) -> bool:
        """Not yet: again at `at`. `unsettled` when it may have been accepted."""

    async def give_up(self, taken: Taken, now: float, reason: str) -> bool:
        """Never: to the dead-letter list; the lane goes on."""

    async def channels(self) -> tuple[str, ...]:
        """Channels for which anything was queued within the last month, by name."""

    async def backlog(self, channels: Sequence[str]) -> tuple[Backlog, ...]: ...

    async def progress(self, deliveries: Sequence[str]) -> tuple[Progress, ...]:
        """How far these deliveries have come, by id; those forgotten (a week after they were settled) are left out."""

    async def steps(self, channel: str, lane: str) -> tuple[Step, ...]:
        """What happened to the deliveries of a lane, oldest first; the last 200 steps, for a week."""

    async def dead(self, limit: int) -> tuple[Dead, ...]:
        """Deliveries given up, newest first; the last 1,000 of a channel, for a month."""

    async def replay(self, delivery: Delivery, now: float, look: bool) -> bool:
        """Queue a dead delivery again as it is given here, under its id and in its place in the lane.

        `look` for it before it is sent. False when it is not dead (any more).
        """

    async def drop(self, delivery: Delivery, now: float) -> bool:
        """Let a dead delivery go; its id stays known. False when it is not dead (any more)."""


# ── store: holds ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Held:
    """All that waits in a hold, read at one moment."""

    id: str
    deliveries: tuple[Delivery, ...]
    """One a lane, the oldest first. One that cannot be read is a notice that says so."""
    version: int
    """Moves with each change."""

    def gathered_by(self, deliveries: Sequence[Delivery]) -> str:
        """Id of the one among these that tells of what was held and is not among them itself; empty: none."""
        known = {delivery.id for delivery in self.deliveries}
        return next((delivery.id for delivery in deliveries if delivery.id not in known), "")


class Holds(Protocol):
    """Deliveries that wait until a time.

    Put or committed with a `hold`, a delivery takes the place of what waited
    there in its lane. It leaves when its hold is released, or when a commit
    lifts it; a commit that lifts what was released since is refused.
    """

    async def waiting(self, places: Sequence[Place]) -> Mapping[Place, Delivery]:
        """What waits at these places; those where nothing waits any more are left out."""

    async def due_holds(self, now: float, limit: int) -> tuple[str, ...]:
        """Ids of holds whose time has come, the most overdue first."""

    async def held(self, hold_id: str) -> Held: ...

    async def release(self, held: Held, deliveries: Sequence[Delivery], now: float) -> bool:
        """End the hold and take these in instead: what was held, each by itself, or one digest that tells it all.

        False, having done nothing, when the hold has changed since.
        """


# ── store: silences ─────────────────────────────────────────────────────────


class Silences(Protocol):
    """What people asked not to hear of, shared by all processes, and what it kept from them."""

    async def add_silence(self, silence: Silence, now: float) -> None: ...

    async def silences(self, now: float) -> tuple[Silence, ...]:
        """Those that hold, the first to end first."""

    async def end_silence(self, silence_id: str) -> Silence | None:
        """End a silence before its time; None when there is none of this id."""

    async def count_silenced(self, channels: Sequence[str], story_id: str, now: float) -> None:
        """Remember that a story was kept from channels; counted once, however often."""

    async def silenced(self, channel: str, now: float) -> int:
        """Stories kept from a channel up to this time that no digest has told of."""

    async def forget_silenced(self, channel: str, now: float) -> None:
        """A digest told how many there were up to this time."""


# ── store: subscriptions ────────────────────────────────────────────────────


class Subscriptions(Protocol):
    """Feeds whose hubs tell of news, shared by all processes: whichever the hub reaches knows what was agreed.

    Two processes may change one at the same moment, and the later wins: at worst a
    hub is asked once more, or a poll is a little early.
    """

    async def look_after(self, feeds: Sequence[str], at: float) -> None:
        """See at `at`, or before when that was planned, what these feeds need."""

    async def claim_subscriptions(self, now: float, limit: int, lease: float) -> tuple[str, ...]:
        """Feeds to look after now, kept from others for `lease` s."""

    async def subscription(self, feed: str) -> Subscription | None: ...

    async def subscribe(self, subscription: Subscription, now: float, again: float) -> None:
        """Keep it, and look after it at `again`."""

    async def note_push(self, subscription: Subscription) -> None:
        """Keep what its hub has just shown of itself; nothing when it has ended."""

    async def unsubscribe(self, feed: str) -> None:
        """Forget it."""


class Store(Schedule, Archive, Outbox, Holds, Silences, Subscriptions, Protocol):
    """The whole store, as the composition root hands it out."""

    async def ping(self) -> None:
        """Raise `StoreUnavailable` when the server does not answer or takes no writes."""

    async def check(self) -> tuple[str, ...]:
        """Warnings on policy and persistence; raises `StoreUnfit` when data would be lost."""

    async def end_leases(self, now: float) -> None:
        """End every lease, of feeds and of deliveries: only for a store that no other process uses."""

    async def close(self) -> None: ...


# ── channels ────────────────────────────────────────────────────────────────


class Channel(Protocol):
    """A destination. It sends; whether and when to try again is decided elsewhere."""

    @property
    def name(self) -> str:
        """The name in `routes.yaml`."""

    @property
    def pace(self) -> float:
        """Least seconds between two sends."""

    async def open(self) -> tuple[str, ...]:
        """Check credentials and connections; what it turns out to lack, in words. Raises `ChannelError`."""

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        """Send it; the receipt of a raised alert is kept and handed to later events.

        Cut off after 25 s, as is `find`: then another process may take it over.
        Raises `Retryable`, `Ambiguous`, `Permanent` or `Closed`, nothing else.
        """

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        """Look for a delivery that may have been accepted; None: it is not there (or cannot be found)."""

    async def close(self) -> None: ...
