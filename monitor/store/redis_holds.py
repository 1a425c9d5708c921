"""Holds on a server: deliveries that wait until a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.model import Delivery, Place
from monitor.ports import Held
from monitor.store.client import Connection
from monitor.store.codec import DELIVERY
from monitor.store.redis_outbox import flat, unreadable


class RedisHolds(Connection):
    """Implements `ports.Holds`."""

    async def waiting(self, places: Sequence[Place]) -> Mapping[Place, Delivery]:
        if not places:
            return {}
        blobs = await self._run("waiting", *(part for place in places for part in place))
        known = zip(places, blobs, strict=True)
        found = ((place, DELIVERY.unpack_any(blob, f"hold:{place.hold}")) for place, blob in known if blob)
        return {place: delivery for place, delivery in found if delivery is not None}

    async def due_holds(self, now: float, limit: int) -> tuple[str, ...]:
        ids = await self._ask("ZRANGEBYSCORE", "holds", "-inf", repr(now), "LIMIT", 0, limit)
        return tuple(found.decode() for found in ids)

    async def held(self, hold_id: str) -> Held:
        version, waiting = await self._run("held", hold_id)
        found = []
        for lane, delivery_id, channel, blob in waiting:
            delivery = DELIVERY.unpack_any(blob or b"", f"delivery:{delivery_id.decode()}")
            found.append(delivery or unreadable(delivery_id.decode(), lane.decode(), (channel or b"").decode(), 0.0))
        return Held(hold_id, tuple(sorted(found, key=lambda delivery: (delivery.created_at, delivery.id))), version)

    async def release(self, held: Held, deliveries: Sequence[Delivery], now: float) -> bool:
        waited = [part for delivery in held.deliveries for part in (delivery.lane, delivery.id)]
        digest = held.gathered_by(deliveries)
        released = await self._run(
            "release", now, held.id, held.version, digest, len(held.deliveries), *waited, *flat(deliveries)
        )
        return bool(released)
