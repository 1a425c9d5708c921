"""The outbox on a server: what lies between commit and receipt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from monitor.model import Delivery, DeliveryState, OpsEvent, Receipt
from monitor.ports import UNREADABLE, Backlog, Dead, Progress, Step, Taken
from monitor.store.client import Connection, translated
from monitor.store.codec import DELIVERY, RECEIPT

LONGEST_REASON: Final = 500
DEAD_FIELDS: Final = ("blob", "lane", "channel", "at", "reason", "attempts")


class RedisOutbox(Connection):
    """Implements `ports.Outbox`."""

    async def put(self, deliveries: Sequence[Delivery]) -> int:
        return int(await self._run("put", *flat(deliveries))) if deliveries else 0

    async def take(self, channel: str, now: float, lease: float, pace: float = 0.0) -> Taken | None:
        while reply := await self._run("take", channel, now, lease, pace):
            lane, delivery_id, blob, token, since, unsettled, followed, root = reply
            delivery = DELIVERY.unpack_any(blob or b"", f"delivery:{delivery_id.decode()}")
            taken = Taken(
                delivery=delivery or unreadable(delivery_id.decode(), lane.decode(), channel, now),
                token=token,
                attempts=token - 1,
                since=float(since),
                unsettled=bool(unsettled),
                followed=bool(followed),
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

    async def pause(self, name: str, until: float) -> None:
        await self._run("pause", name, until)

    async def paused(self, name: str) -> float:
        return float(await self._ask("GET", f"pause:{name}") or 0)

    async def channels(self) -> tuple[str, ...]:
        return tuple(sorted(name.decode() for name in await self._ask("ZRANGE", "channels", 0, -1)))

    async def backlog(self, channels: Sequence[str]) -> tuple[Backlog, ...]:
        found = await self._run("backlog", *channels) if channels else ()
        return tuple(_backlog(channel, reply) for channel, reply in zip(channels, found, strict=True))

    async def progress(self, deliveries: Sequence[str]) -> tuple[Progress, ...]:
        with translated():
            async with self._client.pipeline(transaction=False) as pipe:
                for delivery_id in deliveries:
                    pipe.hgetall(f"{self._layout.prefix}delivery:{delivery_id}")
                found = await pipe.execute()
                for known in found:
                    if b"digest" in known:
                        pipe.hgetall(f"{self._layout.prefix}delivery:{known[b'digest'].decode()}")
                digests = iter(await pipe.execute())
        told = ((next(digests), True) if b"digest" in known else (known, False) for known in found)
        return tuple(_progress(known, in_digest) for known, in_digest in told if known)

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


def _backlog(channel: str, reply: Sequence[Any]) -> Backlog:
    """A channel's part of what `backlog.lua` returns."""
    queued, sending, retry, ambiguous, dead, held, oldest, said, paused = reply
    since = float(oldest) if oldest else None
    return Backlog(channel, queued, sending, retry, ambiguous, dead, held, since, said.decode(), float(paused))


def flat(deliveries: Iterable[Delivery]) -> Iterable[str | bytes | float]:
    """Deliveries as the scripts that take them in read them."""
    for delivery in deliveries:
        yield from (delivery.id, delivery.lane, delivery.channel, delivery.created_at, delivery.due, delivery.kind)
        yield int(delivery.gathers)
        yield DELIVERY.pack(delivery)
        yield from (delivery.hold.id, delivery.hold.reason) if delivery.hold else ("", "")


def _progress(known: Mapping[bytes, bytes], in_digest: bool) -> Progress:
    return Progress(
        channel=known[b"channel"].decode(),
        state=DeliveryState(known[b"state"].decode()),
        attempts=int(known[b"attempts"]),
        at=float(known.get(b"at", known.get(b"due", 0))),
        reason=known.get(b"reason", b"").decode(),
        digest=in_digest,
    )


def unreadable(delivery_id: str, lane: str, channel: str, now: float) -> Delivery:
    """What stands on the dead-letter list for a delivery of which only the id is left."""
    return Delivery(delivery_id, lane, channel, OpsEvent(now, f"delivery {delivery_id}", "cannot be read"), now)


def _dead(delivery_id: str, found: Sequence[bytes]) -> Dead:
    """A dead letter from its `DEAD_FIELDS`."""
    blob, (lane, channel, at, reason, attempts) = found[0], (value.decode() for value in found[1:])
    delivery = DELIVERY.unpack_any(blob, f"delivery:{delivery_id}")
    return Dead(delivery or unreadable(delivery_id, lane, channel, float(at)), float(at), reason, int(attempts))
