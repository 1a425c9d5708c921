"""The store on a Redis or Valkey server: every method is one script or one command.

`layout` documents the keys. What a script reads and writes happens at one
moment, so replicas need no leader and no locks. redis-py repeats a command
whose answer was lost: each script, run twice, does no more than once.
"""

from __future__ import annotations

import hashlib
import json
import struct
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict
from math import ceil
from typing import Any, Final

from redis.asyncio import Redis

from monitor.model import Delivery, DeliveryState, FeedState, Fingerprint, OpsEvent, Receipt, Record, Story, Tally
from monitor.ports import UNREADABLE, Backlog, Claim, Commit, Dead, Neighbours, Progress, Seen, Step, Taken
from monitor.store.client import Scripts, fitness, translated
from monitor.store.codec import DELIVERY, RECEIPT, RECORD, STATE, STORY, TALLY
from monitor.store.layout import LAYOUT, Layout, day, names
from monitor.store.redis_silences import RedisSilences

LONGEST_REASON: Final = 500
AT_A_TIME: Final = 1_000
"""Records read by one command: some 700 kB."""
DEAD_FIELDS: Final = ("blob", "lane", "channel", "at", "reason", "attempts")


class RedisStore(RedisSilences):
    """Implements `ports.Store`. Several processes that share one server and prefix are one service."""

    def __init__(self, client: Redis, layout: Layout = LAYOUT) -> None:
        super().__init__(client, layout)
        self._scripts = Scripts(client)
        self._figures = json.dumps(asdict(layout))

    async def _run(self, script: str, *args: str | bytes | float) -> Any:
        return await self._scripts.run(script, self._figures, *args)

    # ── Schedule ────────────────────────────────────────────────────────────

    async def plan(self, feeds: Sequence[str], now: float) -> None:
        await self._run("plan", now, *feeds)

    async def planned(self) -> int:
        return int(await self._ask("ZCARD", "due"))

    async def claim(self, now: float, limit: int, lease: float) -> tuple[Claim, ...]:
        claimed = await self._run("claim", now, max(limit, 0), lease)
        return tuple(
            Claim((STATE.unpack_any(state, f"feed:{feed}") if state else None) or FeedState(feed), token)
            for feed, token, state in ((name.decode(), token, state) for name, token, state in claimed)
        )

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

    # ── Archive ─────────────────────────────────────────────────────────────

    async def seen(self, feed: str, keys: Sequence[str]) -> Mapping[str, Seen]:
        if not keys:
            return {}
        entries = await self._ask("HMGET", f"seen:{feed}", *keys)
        return {key: _seen(entry) for key, entry in zip(keys, entries, strict=True) if entry is not None}

    async def still_there(self, feed: str, keys: Sequence[str], now: float) -> None:
        await self._run("still_there", feed, day(now), self._layout.most_seen(len(keys)), *keys)

    async def record(self, number: int) -> Record | None:
        value = await self._ask("GET", f"item:{number}")
        return None if value is None else _record(value)

    async def neighbours(self, fingerprint: Fingerprint, now: float) -> Neighbours:
        clock, records, linked, stories = await self._run(
            "neighbours", now, _packed("I", fingerprint.keys), _packed("Q", fingerprint.links)
        )
        found = map(_story, stories)
        return Neighbours(
            records=tuple(map(_record, records)),
            linked=tuple(map(_record, linked)),
            stories={story.id: story for story in found},
            clock=clock,
        )

    async def story(self, story_id: str) -> Story | None:
        value = await self._ask("GET", f"story:{story_id}")
        return None if value is None else _story(value)

    async def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        if not keys:
            return {}
        with translated():
            wanted = [f"{self._layout.prefix}tally:{key}" for key in keys]
            values = await self._client.execute_command("MGET", *wanted)  # type: ignore[no-untyped-call]
        return {key: _tally(key, value) for key, value in zip(keys, values, strict=True)}

    async def commit(self, commit: Commit, now: float) -> bool:
        record, story = commit.record, commit.story
        story_id = record.story_id.encode()
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
            story.version,
            STORY.pack(story),
            bytes([len(story_id)]) + story_id + RECORD.pack(record),
            _packed("I", commit.fingerprint.keys),
            _packed("Q", commit.fingerprint.links),
            b"".join(map(_hash, names(record.item))),
            len(commit.tallies),
            *(
                part
                for tally in commit.tallies
                for part in (tally.key, tally.version, ceil(tally.keep), TALLY.pack(tally))
            ),
            *_flat(commit.deliveries),
        )
        return bool(written)

    async def find(self, needle: str) -> tuple[Record, ...]:
        any_time = 0  # every generation that is left, however old
        return tuple(map(_record, await self._run("find", any_time, _hash(needle))))

    async def stored(self, since: float) -> AsyncIterator[tuple[Record, ...]]:
        newest = int(await self._ask("GET", "seq") or 0)
        for last in range(newest, 0, -AT_A_TIME):
            keys = [f"{self._layout.prefix}item:{number}" for number in range(last, max(last - AT_A_TIME, 0), -1)]
            with translated():
                values = await self._client.execute_command("MGET", *keys)  # type: ignore[no-untyped-call]
            records = (_record(value) for value in values if value is not None)
            recent = tuple(record for record in records if record.item.seen_at >= since)
            if not recent:
                return  # what is older was seen earlier, or has expired
            yield recent

    # ── Outbox ──────────────────────────────────────────────────────────────

    async def put(self, deliveries: Sequence[Delivery]) -> int:
        return int(await self._run("put", *_flat(deliveries))) if deliveries else 0

    async def take(self, channel: str, now: float, lease: float) -> Taken | None:
        while reply := await self._run("take", channel, now, lease):
            lane, delivery_id, blob, token, since, unsettled, root = reply
            delivery = DELIVERY.unpack_any(blob or b"", f"delivery:{delivery_id.decode()}")
            taken = Taken(
                delivery=delivery or _unreadable(delivery_id.decode(), lane.decode(), channel, now),
                token=token,
                attempts=token - 1,
                since=float(since),
                unsettled=bool(unsettled),
                root=RECEIPT.unpack_any(root, f"receipt:{channel}:{lane.decode()}") if root else None,
            )
            if delivery:
                return taken
            await self.give_up(taken, now, UNREADABLE)
        return None

    async def renew(self, taken: Taken, until: float) -> bool:
        delivery = taken.delivery
        return bool(await self._run("renew", delivery.channel, delivery.lane, delivery.id, taken.token, until))

    async def sent(self, taken: Taken, receipt: Receipt | None, now: float) -> bool:
        return await self._settle(taken, DeliveryState.SENT, now, receipt=RECEIPT.pack(receipt) if receipt else b"")

    async def retry(self, taken: Taken, now: float, at: float, reason: str, unsettled: bool) -> bool:
        state = DeliveryState.AMBIGUOUS if unsettled else DeliveryState.RETRY
        return await self._settle(taken, state, now, due=at, reason=reason)

    async def give_up(self, taken: Taken, now: float, reason: str) -> bool:
        return await self._settle(taken, DeliveryState.DEAD, now, reason=reason)

    async def _settle(
        self,
        taken: Taken,
        outcome: DeliveryState,
        now: float,
        *,
        due: float = 0.0,
        reason: str = "",
        receipt: bytes = b"",
    ) -> bool:
        delivery = taken.delivery
        said = reason[:LONGEST_REASON]
        settled = await self._run(
            "settle", delivery.channel, delivery.lane, delivery.id, taken.token, outcome, now, due, said, receipt
        )
        return bool(settled)

    async def pause(self, channel: str, until: float) -> None:
        await self._run("pause", channel, until)

    async def channels(self) -> tuple[str, ...]:
        return tuple(sorted(name.decode() for name in await self._ask("ZRANGE", "channels", 0, -1)))

    async def backlog(self, channels: Sequence[str]) -> tuple[Backlog, ...]:
        found = await self._run("backlog", *channels) if channels else ()
        return tuple(
            Backlog(channel, queued, sending, retry, ambiguous, dead, float(oldest) if oldest else None, float(paused))
            for channel, (queued, sending, retry, ambiguous, dead, oldest, paused) in zip(channels, found, strict=True)
        )

    async def progress(self, deliveries: Sequence[str]) -> tuple[Progress, ...]:
        with translated():
            async with self._client.pipeline(transaction=False) as pipe:
                for delivery_id in deliveries:
                    pipe.hgetall(f"{self._layout.prefix}delivery:{delivery_id}")
                found = await pipe.execute()
        return tuple(
            Progress(
                channel=known[b"channel"].decode(),
                state=DeliveryState(known[b"state"].decode()),
                attempts=int(known[b"attempts"]),
                at=float(known.get(b"at", known.get(b"due", 0))),
                reason=known.get(b"reason", b"").decode(),
            )
            for known in found
            if known
        )

    async def steps(self, channel: str, lane: str) -> tuple[Step, ...]:
        entries = map(json.loads, await self._ask("LRANGE", f"steps:{channel}:{lane}", 0, -1))
        return tuple(
            Step(delivery_id, DeliveryState(state), int(attempt), float(at), float(due), said)
            for delivery_id, state, attempt, at, due, said in entries
        )

    async def dead(self, limit: int) -> tuple[Dead, ...]:
        keys = [f"{self._layout.prefix}state:dead:{channel}" for channel in await self.channels()]
        with translated():
            async with self._client.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.zrange(key, 0, -1, desc=True, withscores=True)
                newest = sorted((-at, name.decode()) for entries in await pipe.execute() for name, at in entries)
                ids = [name for _, name in newest[: max(limit, 0)]]
                for delivery_id in ids:
                    pipe.hmget(f"{self._layout.prefix}delivery:{delivery_id}", DEAD_FIELDS)
                found = await pipe.execute()
        return tuple(_dead(*entry) for entry in zip(ids, found, strict=True) if entry[1][0] is not None)

    async def replay(self, delivery: Delivery, now: float, look: bool) -> bool:
        state = DeliveryState.AMBIGUOUS if look else DeliveryState.QUEUED
        blob = DELIVERY.pack(delivery)
        replayed = await self._run(
            "replay", delivery.channel, delivery.lane, delivery.id, delivery.due, now, state, blob
        )
        return bool(replayed)

    async def drop(self, delivery: Delivery, now: float) -> bool:
        return bool(await self._run("drop", delivery.channel, delivery.lane, delivery.id, now))

    # ── The server ──────────────────────────────────────────────────────────

    async def ping(self) -> None:
        await self._ask("SET", "written", str(time.time()))

    async def check(self) -> tuple[str, ...]:
        return await fitness(self._client)

    async def end_leases(self, now: float) -> None:
        await self._run("end_leases", now)

    async def close(self) -> None:
        await self._client.aclose()


def _packed(kind: str, numbers: Iterable[int]) -> bytes:
    """Hashes one after the other, each once: 4 (`I`) or 8 (`Q`) bytes."""
    once = tuple(dict.fromkeys(numbers))
    return struct.pack(f">{len(once)}{kind}", *once)


def _unreadable(delivery_id: str, lane: str, channel: str, now: float) -> Delivery:
    """What stands on the dead-letter list for a delivery of which only the id is left."""
    return Delivery(delivery_id, lane, channel, OpsEvent(now, f"delivery {delivery_id}", "cannot be read"), now)


def _dead(delivery_id: str, found: Sequence[bytes]) -> Dead:
    """A dead letter from its `DEAD_FIELDS`."""
    blob, (lane, channel, at, reason, attempts) = found[0], (value.decode() for value in found[1:])
    delivery = DELIVERY.unpack_any(blob, f"delivery:{delivery_id}")
    return Dead(delivery or _unreadable(delivery_id, lane, channel, float(at)), float(at), reason, int(attempts))


def _hash(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8]


def _seen(entry: bytes) -> Seen:
    _, number, revision = entry.decode().split(" ", 2)
    return Seen(revision, int(number))


def _record(value: bytes) -> Record:
    return RECORD.unpack(value[1 + value[0] :])


def _story(value: bytes) -> Story:
    return STORY.unpack(value.partition(b" ")[2])


def _tally(key: str, value: bytes | None) -> Tally:
    if value is None:
        return Tally(key)
    version, _, blob = value.partition(b" ")
    return TALLY.unpack_any(blob, f"tally:{key}") or Tally(key, int(version))


def _flat(deliveries: Iterable[Delivery]) -> Iterable[str | bytes | float]:
    for delivery in deliveries:
        yield from (delivery.id, delivery.lane, delivery.channel, delivery.created_at, delivery.due, delivery.kind)
        yield DELIVERY.pack(delivery)
