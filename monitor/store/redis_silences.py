"""Silences on a server: a sorted set of those that hold, and for each channel one of the stories they kept away."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from monitor.model import Silence
from monitor.store.client import Connection, translated
from monitor.store.codec import SILENCE


class RedisSilences(Connection):
    """Implements `ports.Silences`."""

    async def add_silence(self, silence: Silence, now: float) -> None:
        key, lasts = f"{self._layout.prefix}silences", max(1, ceil(silence.until - now))
        with translated():
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.zremrangebyscore(key, "-inf", now)
                pipe.zadd(key, {SILENCE.pack(silence): silence.until})
                pipe.zremrangebyrank(key, 0, -1 - self._layout.most_silences)
                pipe.expire(key, lasts, nx=True)
                pipe.expire(key, lasts, gt=True)
                await pipe.execute()

    async def silences(self, now: float) -> tuple[Silence, ...]:
        return tuple(silence for _, silence in await self._holding(f"({now!r}"))

    async def end_silence(self, silence_id: str) -> Silence | None:
        for packed, silence in await self._holding("-inf"):
            if silence.id == silence_id:
                with translated():
                    ended = await self._client.zrem(f"{self._layout.prefix}silences", packed)
                return silence if ended else None
        return None

    async def _holding(self, since: str) -> list[tuple[bytes, Silence]]:
        found = await self._ask("ZRANGE", "silences", since, "+inf", "BYSCORE")
        known = ((packed, SILENCE.unpack_any(packed, "silences")) for packed in found)
        return [(packed, silence) for packed, silence in known if silence is not None]

    async def count_silenced(self, channels: Sequence[str], story_id: str, now: float) -> None:
        if not channels:
            return
        with translated():
            async with self._client.pipeline(transaction=True) as pipe:
                for channel in channels:
                    key = f"{self._layout.prefix}silenced:{channel}"
                    pipe.zadd(key, {story_id: now})
                    pipe.zremrangebyrank(key, 0, -1 - self._layout.most_silenced)
                    pipe.expire(key, self._layout.silenced_ttl)
                await pipe.execute()

    async def silenced(self, channel: str, now: float) -> int:
        return int(await self._ask("ZCOUNT", f"silenced:{channel}", "-inf", repr(now)))

    async def forget_silenced(self, channel: str, now: float) -> None:
        await self._ask("ZREMRANGEBYSCORE", f"silenced:{channel}", "-inf", repr(now))
