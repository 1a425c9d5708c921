"""Silences in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from monitor.model import Silence
from monitor.store.layout import Layout


class MemorySilences:
    """Implements `ports.Silences`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._silences: dict[str, Silence] = {}
        self._silenced: defaultdict[str, dict[str, float]] = defaultdict(dict)

    async def add_silence(self, silence: Silence, now: float) -> None:
        holding = {found.id: found for found in (*await self.silences(now), silence)}
        by_end = sorted(holding.values(), key=lambda found: found.until)
        self._silences = {found.id: found for found in by_end[-self._layout.most_silences :]}

    async def silences(self, now: float) -> tuple[Silence, ...]:
        return tuple(found for found in self._silences.values() if found.until > now)

    async def end_silence(self, silence_id: str) -> Silence | None:
        return self._silences.pop(silence_id, None)

    async def count_silenced(self, channels: Sequence[str], story_id: str, now: float) -> None:
        for channel in channels:
            kept = sorted({**self._silenced[channel], story_id: now}.items(), key=lambda counted: counted[1])
            self._silenced[channel] = dict(kept[-self._layout.most_silenced :])

    async def silenced(self, channel: str, now: float) -> int:
        return sum(at <= now for at in self._silenced[channel].values())

    async def forget_silenced(self, channel: str, now: float) -> None:
        self._silenced[channel] = {story: at for story, at in self._silenced[channel].items() if at > now}
