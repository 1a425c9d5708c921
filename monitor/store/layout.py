"""What the store keeps, under which key, for how long, and how large it gets.

Every key starts with a prefix (`ww:`). Blobs are zlib-compressed JSON of the
types in `monitor.model` and `monitor.ports` (see `codec`). Scripts build key
names from data, so a cluster is refused. Times are Unix seconds as callers
pass them; lifetimes run by the server's clock.

    key                      type    holds                                         lives
    ── schedule ──
    due, due:first, due:last zset    feed → next poll, or end of its lease         while feeds are planned
    feed:<feed>              hash    state (blob), next, token, leased, and due:   state_ttl
                                     its set, when that is not `due`
    host:<host>              string  when the next turn with it is                 until then
    bad:<feed>               string  BadAnswer (blob): what last came in place     bad_ttl, cut to
                                     of the feed                                   `BAD_KEPT` bytes
    written                  string  the last time a write was tried               one value
    ── archive ──
    seq                      string  number of the newest record                   one counter
    item:<number>            string  story id (length, bytes), when the story was  item_ttl, capped
                                     opened (double; 0 unless the record tells
                                     all of it), Record (blob)
    seen:<feed>              hash    item key → "day number revision"              seen_ttl, capped
    story:<id>               string  version, a space, Story (blob), once it is    story_ttl
                                     more than the record that opened it
    open                     zset    story with alerts → its last text             story_ttl
    tally:<key>              string  version, a space, Tally (blob)                its own `keep`
    passages, links, names   list    generations of the index, "first bits opened" span + keep
    passages:<first>:<n>     hash    bucket: rest of a hash → packed numbers       span + keep
    links:<first>:<n>        hash    the same                                      span + keep
    names:<first>:<n>        hash    the same                                      span + keep
    ── subscriptions ──
    subscriptions            zset    feed → when its subscription is looked after  subscription_ttl
    subscription:<feed>      string  Subscription (blob), its secret in it         its lease, or until looked
                                                                                   after, + subscription_rest
    ── silences ──
    silences                 zset    Silence (blob) → until                        the longest silence, capped
    silenced:<channel>       zset    story kept away → when, until a digest says   silenced_ttl, capped
                                     how many
    ── outbox ──
    delivery:<id>            hash    state, attempts, since, due, channel, reason, queued_ttl
                                     blob
                                     once settled: state, attempts, at, channel,   settled_ttl
                                     reason
                                     dead: these, lane, blob                       queued_ttl
                                     gathered: state, digest                       settled_ttl
    lane:<channel>:<lane>    list    ids of its deliveries, oldest first           queued_ttl
    outbox:<channel>         zset    lane → when its head is due, or end of lease  queued_ttl
    state:<state>:<channel>  zset    delivery not settled → owed since;            queued_ttl
                                     held: → until when; dead: → given up at,
                                     `most_dead` newest
    steps:<channel>:<lane>   list    [id, state, attempt, at, due, said],          settled_ttl
                                     oldest first, `most_steps` newest
    holds                    zset    hold → until when it waits                    queued_ttl past that
    hold:<hold>              hash    lane → delivery that waits; "" → last change  queued_ttl past that
    changes                  string  number of the last change of any hold         one counter
    receipt:<channel>:<lane> string  the lane's first Receipt (blob)               receipt_ttl
    pause:<name>             string  until when a channel or method is left alone  pause_ttl
    turn:<channel>           string  until when the next one has to wait its turn  the channel's pace
    channels                 zset    channel → when anything was queued for it     twice queued_ttl

Bytes, measured on Valkey 9.1 by `tests/benchmarks/store.py` (Redis 7.0 takes
a tenth more): an item with a 90-word summary, 29 passages and 2 links 1,150 to
1,250, of which its record 650, passages 290 to 330 as their buckets are filled,
links and names 60, its place in `seen` 50 to 75, the rest the server's own
tables; a story that others joined 260; a feed 700; a delivery 900 while it
waits, 100 once settled.

A delivery that has to wait is `held`, until its hold is released: then it is
queued by itself, or `gathered` into a digest that is.

A delivery is `queued → sending → sent | retry | ambiguous | dead`; retry and
ambiguous become sending again, and dead one of those two when an operator says
so. `scripts/index.lua` explains generations and buckets; `names` finds an item
by key, by an alert that heard of it, for `wirewatch why` and `ack`, and by URL or
guid where those are no links; and a story by its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.model import Record

DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Index:
    """How an index is cut into generations and buckets."""

    width: int
    """Bytes of a hash."""
    keep: int
    """Seconds for which a posting is found at least; at most `span` longer."""
    span: int
    """Seconds for which one generation takes new postings."""
    fill: float
    """Items for each bucket of a full generation: some 100 postings, below hash-max-listpack-entries."""
    bits: int = 6
    """The least number of buckets, as a power of two."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Every lifetime (seconds) and cap. Scripts get it whole."""

    prefix: str = "ww:"
    passages: Index = Index(width=4, keep=2 * DAY, span=DAY, fill=2.5, bits=8)
    links: Index = Index(width=8, keep=30 * DAY, span=7 * DAY, fill=50)
    names: Index = Index(width=8, keep=7 * DAY, span=2 * DAY, fill=40)
    most_posted: int = 16
    """Newest items kept for a passage, link or name, in each generation of its index."""
    item_ttl: int = 7 * DAY
    most_items: int = 10_000_000
    """Records kept; the oldest go first."""
    most_silences: int = 1_000
    """Past that, those that end first go."""
    most_silenced: int = 10_000
    silenced_ttl: int = 7 * DAY
    subscription_ttl: int = 40 * DAY
    subscription_rest: int = DAY
    story_ttl: int = 7 * DAY
    """From the story's last commit on."""
    state_ttl: int = 30 * DAY
    bad_ttl: int = 7 * DAY
    seen_ttl: int = 30 * DAY
    """From the day on which the feed last showed the item, and from the feed's last poll."""
    queued_ttl: int = 30 * DAY
    settled_ttl: int = 7 * DAY
    """How long a repeated commit finds that its delivery is known."""
    receipt_ttl: int = 14 * DAY
    """From the lane's last delivery on; its story lives a week after its last text."""
    pause_ttl: int = 7 * DAY
    most_dead: int = 1_000
    """Dead letters kept of a channel."""
    lets_by: int = 60
    """Seconds for which a lane that only gathers lets others of its channel go first."""
    most_ahead: int = 20
    """Due lanes looked at for one that goes first."""
    most_steps: int = 200
    """Steps remembered of a lane's deliveries."""
    most_neighbours: int = 8
    most_of_one_story: int = 3
    """Of thirty copies of a text, how many are worth comparing with."""
    most_linked: int = 16

    def most_seen(self, shown: int) -> int:
        """Items remembered of a feed that shows this many at a time; past that it floods us with new ids."""
        return 1_000 + 20 * shown


LAYOUT: Final = Layout()


def names(record: Record) -> tuple[str, ...]:
    """What `find` finds a record by."""
    item = record.item
    return tuple(dict.fromkeys(name for name in (item.key, item.url, item.guid, *record.alerts) if name))


def day(now: float) -> int:
    """Days since 1970: how old a sighting is need not be known more exactly."""
    return int(now // DAY)
