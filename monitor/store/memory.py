"""The store in plain Python, for one process and its life: `wirewatch try`, tests, and the contract in plain words.

Does what `redis.RedisStore` does, step for step as its scripts do it. It
forgets as it is told the time, at each commit and each settled delivery.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from monitor.model import BadAnswer, Delivery, FeedState, Fingerprint, Record, Story, Tally
from monitor.ports import Amendment, Claim, Commit, Neighbours, Seen
from monitor.store.layout import DAY, LAYOUT, Layout, day, names
from monitor.store.memory_outbox import MemoryOutbox, oldest
from monitor.store.memory_silences import MemorySilences
from monitor.store.memory_subscriptions import MemorySubscriptions

Key = tuple[str, int | str]


@dataclass(slots=True)
class _Poll:
    """A feed's place in the schedule; `state` is None until its first poll."""

    due: float = 0.0
    planned: bool = False
    rank: int = 1
    """0 before all others, 2 after them."""
    token: int = 0
    leased: bool = False
    state: FeedState | None = None


@dataclass(slots=True)
class _Sighting:
    """An item of a feed, and the day on which the feed last showed it."""

    day: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record with what it is posted under."""

    record: Record
    fingerprint: Fingerprint
    at: float


class _Postings:
    """Numbers of the items that showed a passage, a link or a name, oldest first."""

    def __init__(self, most: int) -> None:
        self._numbers: dict[Key, list[int]] = {}
        self._most = most

    def add(self, number: int, entry: _Entry) -> None:
        for key in _keys(entry):
            self._numbers.setdefault(key, []).append(number)

    def remove(self, number: int, entry: _Entry) -> None:
        for key in _keys(entry):
            self._numbers[key].remove(number)
            if not self._numbers[key]:
                del self._numbers[key]

    def latest(self, kind: str, value: int | str) -> list[int]:
        return self._numbers.get((kind, value), [])[-self._most :]


def _keys(entry: _Entry) -> set[Key]:
    shown = entry.fingerprint
    return {
        *(("passage", key) for key in shown.keys),
        *(("link", link) for link in shown.links),
        *(("name", name) for name in names(entry.record)),
    }


class MemoryStore(MemoryOutbox, MemorySilences, MemorySubscriptions):
    """Implements `ports.Store`."""

    def __init__(self, layout: Layout = LAYOUT) -> None:
        MemoryOutbox.__init__(self, layout)
        MemorySilences.__init__(self, layout)
        MemorySubscriptions.__init__(self)
        self._polls: dict[str, _Poll] = {}
        self._bad: dict[str, BadAnswer] = {}
        self._hosts: dict[str, float] = {}
        self._sightings: defaultdict[str, dict[str, _Sighting]] = defaultdict(dict)
        self._clock = 0
        self._entries: dict[int, _Entry] = {}
        self._postings = _Postings(layout.most_posted)
        self._stories: dict[str, tuple[float, Story]] = {}
        self._tallies: dict[str, tuple[float, Tally]] = {}

    # ── Schedule ────────────────────────────────────────────────────────────

    async def plan(
        self, feeds: Sequence[str], now: float, first: Collection[str] = (), last: Collection[str] = ()
    ) -> None:
        for feed in feeds:
            poll = self._polls.setdefault(feed, _Poll())
            poll.rank = 0 if feed in first else 2 if feed in last else 1
            if not poll.planned:
                poll.due = poll.state.next_poll if poll.state else now
        wanted = set(feeds)
        for feed, poll in self._polls.items():
            poll.planned = feed in wanted

    async def planned(self) -> int:
        return sum(poll.planned for poll in self._polls.values())

    async def claim(self, now: float, limit: int, lease: float) -> tuple[Claim, ...]:
        due = [(poll.rank, poll.due, feed) for feed, poll in self._polls.items() if poll.planned and poll.due <= now]
        claims = []
        for _, _, feed in sorted(due)[:limit]:
            poll = self._polls[feed]
            poll.token += 1
            poll.due = now + lease
            poll.leased = True
            claims.append(Claim(poll.state or FeedState(feed), poll.token))
        return tuple(claims)

    async def take_turns(self, hosts: Sequence[str], now: float, gap: float) -> tuple[float, ...]:
        turns = []
        self._hosts = {host: turn for host, turn in self._hosts.items() if turn > now}
        for host in hosts:
            turns.append(max(now, self._hosts.get(host, 0.0)))
            self._hosts[host] = turns[-1] + gap
        return tuple(turns)

    async def take_over(self, feed: str, now: float, lease: float) -> Claim:
        poll = self._polls.setdefault(feed, _Poll(due=now))
        poll.token += 1
        poll.due = now + lease
        poll.leased = True
        return Claim(poll.state or FeedState(feed), poll.token)

    async def prolong(self, claims: Sequence[Claim], until: float) -> None:
        for claim in claims:
            poll = self._polls[claim.state.id]
            if poll.token == claim.token and poll.leased:
                poll.due = until

    async def finish(self, claim: Claim, state: FeedState) -> bool:
        poll = self._polls[state.id]
        if poll.token != claim.token:
            return False
        poll.state, poll.due, poll.leased = state, state.next_poll, False
        return True

    async def feed_states(self, feeds: Sequence[str]) -> Mapping[str, FeedState]:
        polls = {feed: self._polls[feed] for feed in feeds if feed in self._polls}
        return {feed: poll.state for feed, poll in polls.items() if poll.state}

    async def poll_now(self, feeds: Sequence[str], now: float) -> None:
        for feed in self._polls.keys() & set(feeds):
            self._polls[feed].due = now

    async def keep_bad(self, feed: str, answer: BadAnswer) -> None:
        self._bad[feed] = answer

    async def last_bad(self, feed: str) -> BadAnswer | None:
        return self._bad.get(feed)

    # ── Archive ─────────────────────────────────────────────────────────────

    async def seen(self, feed: str, keys: Sequence[str]) -> Mapping[str, Seen]:
        known = self._sightings[feed]
        return {key: known[key].seen for key in keys if key in known}

    async def texts(self, feed: str) -> frozenset[str]:
        return frozenset(sighting.seen.revision for sighting in self._sightings[feed].values())

    async def still_there(self, feed: str, keys: Sequence[str], now: float, shown: int) -> None:
        known, there, today = self._sightings[feed], set(keys), day(now)
        outdated = [known[key] for key in there & known.keys() if known[key].day < today]
        for sighting in outdated:
            sighting.day = today
        most = self._layout.most_seen(shown)
        if not outdated and len(known) <= most:
            return
        for key in sorted(known.keys() - there, key=lambda key: (known[key].day, known[key].seen.number)):
            if len(known) > most or known[key].day <= today - self._layout.seen_ttl // DAY:
                del known[key]

    async def record(self, number: int) -> Record | None:
        entry = self._entries.get(number)
        return entry.record if entry else None

    async def neighbours(self, fingerprint: Fingerprint, now: float) -> Neighbours:
        since = now - self._layout.passages.keep
        weight: defaultdict[int, float] = defaultdict(float)
        for key in dict.fromkeys(fingerprint.keys):
            recent = [number for number in self._postings.latest("passage", key) if self._entries[number].at > since]
            for number in recent:
                weight[number] += 1 / len(recent)
        of_story: Counter[str] = Counter()
        records: list[Record] = []
        for number in sorted(weight, key=lambda number: (-weight[number], -number)):
            record = self._entries[number].record
            of_story[record.story_id] += 1
            if of_story[record.story_id] <= self._layout.most_of_one_story:
                records.append(record)
            if len(records) == self._layout.most_neighbours:
                break
        latest = self._postings.latest
        numbers = sorted({number for link in fingerprint.links for number in latest("link", link)}, reverse=True)
        linked = [self._entries[number].record for number in numbers[: self._layout.most_linked]]
        near = {record.story_id for record in (*records, *linked)}
        stories = {story_id: self._stories[story_id][1] for story_id in near if story_id in self._stories}
        return Neighbours(tuple(records), tuple(linked), stories, self._clock)

    async def story(self, story_id: str) -> Story | None:
        stored = self._stories.get(story_id)
        return stored[1] if stored else None

    async def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        return {key: self._tally(key) for key in keys}

    def _tally(self, key: str) -> Tally:
        return self._tallies[key][1] if key in self._tallies else Tally(key)

    async def commit(self, commit: Commit, now: float) -> bool:
        if self._overtaken(commit):
            return False
        record, story = commit.record, commit.story
        self._clock += 1
        entry = self._entries[self._clock] = _Entry(record, commit.fingerprint, now)
        self._postings.add(self._clock, entry)
        seen = Seen(record.item.revision, self._clock)
        self._sightings[record.item.feed][record.item.key] = _Sighting(day(now), seen)
        self._stories.pop(story.id, None)  # so that those longest untouched stand first
        self._stories[story.id] = (now, story)
        self._tallies |= {tally.key: (now + tally.keep, tally) for tally in commit.tallies}
        self._lift(commit.lifted, now)
        await self.put(commit.deliveries)
        self._forget(now)
        return True

    async def amend(self, amendment: Amendment, now: float) -> bool:
        story, lifted = amendment.story, amendment.lifted
        stored = self._stories.get(story.id)
        if (stored[1].version if stored else 0) != story.version - 1 or self._released(lifted):
            return False
        self._stories[story.id] = (stored[0] if stored else now, story)
        self._lift(lifted, now, amendment.why)
        await self.put(amendment.deliveries)
        return True

    async def idle(self, since: float, limit: int) -> tuple[Story, ...]:
        idle = (story for at, story in self._stories.values() if at <= since and story.is_open)
        return tuple(islice(idle, limit))

    async def find(self, needle: str) -> tuple[Record, ...]:
        return tuple(self._entries[number].record for number in reversed(self._postings.latest("name", needle)))

    async def stored(self, since: float) -> AsyncIterator[tuple[Record, ...]]:
        recent = [entry.record for entry in self._entries.values() if entry.record.item.seen_at >= since]
        if recent:
            yield tuple(reversed(recent))

    def _overtaken(self, commit: Commit) -> bool:
        """Whether something newer got in between reading and committing."""
        item, fingerprint = commit.record.item, commit.fingerprint
        sighting = self._sightings[item.feed].get(item.key)
        stored = self._stories.get(commit.story.id)
        posted = [self._postings.latest("passage", key) for key in fingerprint.keys]
        posted += [self._postings.latest("link", link) for link in fingerprint.links]
        return (
            (sighting.seen.number if sighting else None) != (commit.seen.number if commit.seen else None)
            or (stored[1].version if stored else 0) != commit.story.version - 1
            or any(self._tally(tally.key).version != tally.version - 1 for tally in commit.tallies)
            or self._released(commit.lifted)
            or any(numbers[-1] > commit.clock for numbers in posted if numbers)
        )

    def _released(self, lifted: Sequence[Delivery]) -> bool:
        return any(waiting.id != self._id_at(waiting.place) for waiting in lifted)

    def _forget(self, now: float) -> None:
        """Drop records and stories past their days, which stand oldest first, and tallies that say nothing any more."""
        for number, entry in oldest(self._entries):
            if entry.at > now - self._layout.item_ttl and number > self._clock - self._layout.most_items:
                break
            del self._entries[number]
            self._postings.remove(number, entry)
        for story_id, (at, _) in oldest(self._stories):
            if at > now - self._layout.story_ttl:
                break
            del self._stories[story_id]
        self._tallies = {key: (until, tally) for key, (until, tally) in self._tallies.items() if until > now}
        self._bad = {feed: bad for feed, bad in self._bad.items() if bad.at > now - self._layout.bad_ttl}

    # ── The server that is not there ────────────────────────────────────────

    async def ping(self) -> None:
        """Memory always answers."""

    async def check(self) -> tuple[str, ...]:
        return ("nothing is kept: this store lives in memory and ends with its process",)

    async def end_leases(self, now: float) -> None:
        for poll in self._polls.values():
            if poll.planned and poll.leased:
                poll.due, poll.leased = poll.state.next_poll if poll.state else now, False
        self._end_sending()

    async def close(self) -> None:
        """There is nothing to close."""
