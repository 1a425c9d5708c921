"""The store on a Redis or Valkey server: every method is one script or one command.

`layout` documents the keys. What a script reads and writes happens at one
moment, so replicas need no leader and no locks. redis-py repeats a command
whose answer was lost: each script, run twice, does no more than once.
"""

from __future__ import annotations

import struct
import time
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Final

from monitor.model import BadAnswer, Delivery, FeedState, Fingerprint, Record, Story, Tally, hash64
from monitor.ports import Amendment, Claim, Commit, Neighbours, Seen
from monitor.store.client import fitness, translated
from monitor.store.codec import BAD, RECORD, STATE, STORY, TALLY
from monitor.store.layout import day, names
from monitor.store.redis_holds import RedisHolds
from monitor.store.redis_outbox import RedisOutbox, flat
from monitor.store.redis_silences import RedisSilences
from monitor.store.redis_subscriptions import RedisSubscriptions

_TIME: Final = struct.Struct(">d")
AT_A_TIME: Final = 200
"""Records read by one command: some 140 kB, and unpacked in 20 ms, which the event loop is held up for."""


class RedisStore(RedisOutbox, RedisHolds, RedisSilences, RedisSubscriptions):
    """Implements `ports.Store`. Several processes that share one server and prefix are one service."""

    # ── Schedule ────────────────────────────────────────────────────────────

    async def plan(
        self, feeds: Sequence[str], now: float, first: Collection[str] = (), last: Collection[str] = ()
    ) -> None:
        own = dict.fromkeys(last, "due:last") | dict.fromkeys(first, "due:first")
        await self._run("plan", now, *(part for feed in feeds for part in (feed, own.get(feed, "due"))))

    async def planned(self) -> int:
        return sum([int(await self._ask("ZCARD", due)) for due in ("due:first", "due", "due:last")])

    async def claim(self, now: float, limit: int, lease: float) -> tuple[Claim, ...]:
        claimed = await self._run("claim", now, max(limit, 0), lease)
        return tuple(_claim(feed.decode(), token, state) for feed, token, state in claimed)

    async def take_turns(self, hosts: Sequence[str], now: float, gap: float) -> tuple[float, ...]:
        return tuple(float(turn) for turn in await self._run("take_turns", now, gap, *hosts))

    async def take_over(self, feed: str, now: float, lease: float) -> Claim:
        token, state = await self._run("take_over", now, lease, feed)
        return _claim(feed, token, state)

    async def prolong(self, claims: Sequence[Claim], until: float) -> None:
        if claims:
            await self._run("prolong", until, *(part for claim in claims for part in (claim.state.id, claim.token)))

    async def finish(self, claim: Claim, state: FeedState) -> bool:
        return bool(await self._run("finish", state.id, claim.token, state.next_poll, STATE.pack(state)))

    async def feed_states(self, feeds: Sequence[str]) -> Mapping[str, FeedState]:
        with translated():
            async with self._client.pipeline(transaction=False) as pipe:
                for feed in feeds:
                    pipe.hget(f"{self._layout.prefix}feed:{feed}", "state")
                blobs = await pipe.execute()
        known = (
            (feed, STATE.unpack_any(blob, f"feed:{feed}")) for feed, blob in zip(feeds, blobs, strict=True) if blob
        )
        return {feed: state for feed, state in known if state is not None}

    async def poll_now(self, feeds: Sequence[str], now: float) -> None:
        await self._run("poll_now", now, *feeds)

    async def keep_bad(self, feed: str, answer: BadAnswer) -> None:
        await self._ask("SET", f"bad:{feed}", BAD.pack(answer), "EX", self._layout.bad_ttl)

    async def last_bad(self, feed: str) -> BadAnswer | None:
        value = await self._ask("GET", f"bad:{feed}")
        return None if value is None else BAD.unpack_any(value, f"bad:{feed}")

    # ── Archive ─────────────────────────────────────────────────────────────

    async def seen(self, feed: str, keys: Sequence[str]) -> Mapping[str, Seen]:
        if not keys:
            return {}
        entries = await self._ask("HMGET", f"seen:{feed}", *keys)
        return {key: _seen(entry) for key, entry in zip(keys, entries, strict=True) if entry is not None}

    async def texts(self, feed: str) -> frozenset[str]:
        return frozenset(_seen(entry).revision for entry in await self._ask("HVALS", f"seen:{feed}"))

    async def still_there(self, feed: str, keys: Sequence[str], now: float, shown: int) -> None:
        await self._run("still_there", feed, day(now), self._layout.most_seen(shown), *keys)

    async def record(self, number: int) -> Record | None:
        value = await self._ask("GET", f"item:{number}")
        return None if value is None else _kept(value)[0]

    async def neighbours(self, fingerprint: Fingerprint, now: float) -> Neighbours:
        clock, records, linked, stories = await self._run(
            "neighbours", now, _packed("I", fingerprint.keys), _packed("Q", fingerprint.links)
        )
        near, pages = [[_kept(value) for value in values] for values in (records, linked)]
        alone = {record.story_id: _alone(record, opened) for record, opened in (*near, *pages) if opened}
        return Neighbours(
            records=tuple(record for record, _ in near),
            linked=tuple(record for record, _ in pages),
            stories=alone | {story.id: story for story in map(_story, stories)},
            clock=clock,
        )

    async def story(self, story_id: str) -> Story | None:
        any_time = 0
        stored, alone = await self._run("story", any_time, story_id, _packed("Q", [_called(story_id)]))
        return _story(stored) if stored else _alone(*_kept(alone)) if alone else None

    async def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        if not keys:
            return {}
        with translated():
            wanted = [f"{self._layout.prefix}tally:{key}" for key in keys]
            values = await self._client.execute_command("MGET", *wanted)  # type: ignore[no-untyped-call]
        return {key: _tally(key, value) for key, value in zip(keys, values, strict=True)}

    async def commit(self, commit: Commit, now: float) -> bool:
        record, story, links = commit.record, commit.story, commit.fingerprint.links
        alone = story == _alone(record, now)
        called = [hash64(name) for name in names(record)] + [_called(story.id)] * alone
        written = await self._run(
            "commit",
            now,
            commit.clock,
            record.item.feed,
            record.item.key,
            "" if commit.seen is None else commit.seen.number,
            record.item.revision,
            day(now),
            story.id,
            _packed("Q", [_called(story.id)]),
            story.version,
            b"" if alone else STORY.pack(story),
            _keep(record, now if alone else 0.0),
            _packed("I", commit.fingerprint.keys),
            _packed("Q", links),
            _packed("Q", (name for name in called if name not in links)),
            int(story.is_open),
            len(commit.tallies),
            *(
                part
                for tally in commit.tallies
                for part in (tally.key, tally.version, ceil(tally.keep), TALLY.pack(tally))
            ),
            *_moving(commit.lifted, commit.deliveries),
        )
        return bool(written)

    async def amend(self, amendment: Amendment, now: float) -> bool:
        story = amendment.story
        known = (story.id, story.version, STORY.pack(story), int(story.is_open))
        moving = _moving(amendment.lifted, amendment.deliveries)
        return bool(await self._run("amend", now, *known, amendment.why, *moving))

    async def idle(self, since: float, limit: int) -> tuple[Story, ...]:
        return tuple(map(_story, await self._run("idle", since, limit)))

    async def find(self, needle: str) -> tuple[Record, ...]:
        any_time = 0  # every generation that is left, however old
        return tuple(_kept(value)[0] for value in await self._run("find", any_time, _packed("Q", [hash64(needle)])))

    async def stored(self, since: float) -> AsyncIterator[tuple[Record, ...]]:
        newest = int(await self._ask("GET", "seq") or 0)
        for last in range(newest, 0, -AT_A_TIME):
            keys = [f"{self._layout.prefix}item:{number}" for number in range(last, max(last - AT_A_TIME, 0), -1)]
            with translated():
                values = await self._client.execute_command("MGET", *keys)  # type: ignore[no-untyped-call]
            records = (_kept(value)[0] for value in values if value is not None)
            recent = tuple(record for record in records if record.item.seen_at >= since)
            if not recent:
                return  # what is older was seen earlier, or has expired
            yield recent

    # ── The server ──────────────────────────────────────────────────────────

    async def ping(self) -> None:
        await self._ask("SET", "written", str(time.time()))

    async def check(self) -> tuple[str, ...]:
        return await fitness(self._client)

    async def end_leases(self, now: float) -> None:
        await self._run("end_leases", now)

    async def close(self) -> None:
        await self._client.aclose()


def _claim(feed: str, token: int, state: bytes | None) -> Claim:
    known = STATE.unpack_any(state, f"feed:{feed}") if state else None
    return Claim(known or FeedState(feed), token)


def _packed(kind: str, numbers: Iterable[int]) -> bytes:
    """Hashes one after the other, each once: 4 (`I`) or 8 (`Q`) bytes."""
    once = tuple(dict.fromkeys(numbers))
    return struct.pack(f">{len(once)}{kind}", *once)


def _moving(lifted: Sequence[Delivery], deliveries: Sequence[Delivery]) -> Iterator[str | bytes | float]:
    """What leaves its hold, and what goes out or into one."""
    yield len(lifted)
    yield from (part for waiting in lifted for part in (*(waiting.place or ("", "")), waiting.id))
    yield from flat(deliveries)


def _seen(entry: bytes) -> Seen:
    _, number, revision = entry.decode().split(" ", 2)
    return Seen(revision, int(number))


def _keep(record: Record, opened: float) -> bytes:
    """`opened`: when its story was, if the record tells it alone; else 0."""
    story_id = record.story_id.encode()
    return bytes([len(story_id)]) + story_id + _TIME.pack(opened) + RECORD.pack(record)


def _kept(value: bytes) -> tuple[Record, float]:
    """A record, and `opened` as `_keep` had it. Raises StoreError."""
    opened = 1 + value[0]
    start = opened + _TIME.size
    record = RECORD.unpack(value[start:])
    return record, _TIME.unpack(value[opened:start])[0]


def _alone(record: Record, opened: float) -> Story:
    """The story that a record tells alone: until somebody joins it or it has an alert, it is not stored beside."""
    return Story.opened_by(record.item, record.story_id, opened)


def _called(story_id: str) -> int:
    """The name under which a story is found that its record tells alone."""
    return hash64(f"story {story_id}")


def _story(value: bytes) -> Story:
    return STORY.unpack(value.partition(b" ")[2])


def _tally(key: str, value: bytes | None) -> Tally:
    if value is None:
        return Tally(key)
    version, _, blob = value.partition(b" ")
    return TALLY.unpack_any(blob, f"tally:{key}") or Tally(key, int(version))
