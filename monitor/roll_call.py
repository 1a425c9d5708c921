"""All feeds looked at together: their gauges, how the first round went, and the alarm when none can be read.

When nothing at all can be read, that is hardly the feeds' fault. So none of
them is blamed for that time, however many replicas see it, and operators are
told once that it is so and once that it is over. What every replica knows of
the feeds is in the store; so is what operators were told.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from monitor.durations import written
from monitor.duty import Duty
from monitor.ingest import health
from monitor.model import FeedState
from monitor.observe.logs import logger
from monitor.polling import first_round

REST = 5.0
"""Seconds between two looks; longer for thousands of feeds, of which `AT_A_TIME` are read a second."""
AT_A_TIME = 500
"""Feeds whose states are read by one command, and unpacked in some 20 ms."""
DOUBT = 60.0
"""Seconds without any feed read after which no feed is blamed."""
ALARM = 600.0
"""Seconds without any feed read after which operators are told."""
PROBE = 60.0
"""Seconds between two polls of a feed in spite of its back-off, while none can be read."""

log = logger("service")


class RollCall:
    """What one process knows of all feeds."""

    def __init__(self, duty: Duty) -> None:
        self.excused = 0.0
        """Until when no feed could be read."""
        self.first_round_told = False
        self._duty = duty
        self._start = duty.clock()
        self._dark: bool | None = None
        """Whether operators know that no feed can be read; None: not looked up yet."""
        self._probed = 0.0
        self._felled: list[str] = []
        """Feeds that no server answered for while none could be read."""

    async def turn(self) -> float:
        """Look at all feeds. Raises StoreError."""
        states = await self._states()
        self._duty.metrics.show_feeds(list(states.values()), self._duty.clock())
        await self._look_for_darkness(states)
        if not self.first_round_told:
            await self._tell_of_first_round(states)
        return max(REST, len(states) / AT_A_TIME)

    async def any_read(self) -> bool:
        """Tell how the first round went; whether any feed could be read. Raises StoreError."""
        states = await self._states()
        await self._tell_of_first_round(states)
        return not self._duty.in_force.desk.feeds or any(not state.failures for state in states.values())

    async def _states(self) -> Mapping[str, FeedState]:
        """Of all feeds, a few at a time: unpacking holds up everybody."""
        feeds = list(self._duty.in_force.desk.feeds)
        states: dict[str, FeedState] = {}
        for start in range(0, len(feeds), AT_A_TIME):
            states |= await self._duty.store.feed_states(feeds[start : start + AT_A_TIME])
            await asyncio.sleep(0)
        return states

    async def _tell_of_first_round(self, states: Mapping[str, FeedState]) -> None:
        """Say how the first round since the start went, once it is over."""
        done = first_round(self._duty.in_force.desk.feeds, states, self._start)
        if done is not None:
            self.first_round_told = True
            text = f"first round: {done}; alerts begin with what comes next"
            log.info(text)
            if len(done.unread) == done.feeds and not self._dark:  # which was told already
                await self._duty.tell("feeds", f"none could be read: {done}", f"no feed {self._start}")

    # ── None can be read ────────────────────────────────────────────────────

    async def _look_for_darkness(self, states: Mapping[str, FeedState]) -> None:
        """Notice that no feed can be read, whoever tried, and that some can be again."""
        now = self._duty.clock()
        felled = health.felled(states.values(), now)
        spell = now - felled[0].failing_since if felled else 0.0
        ours = health.is_likely_us(felled)
        if ours and spell >= DOUBT:
            self.excused = now
        dark = spell >= ALARM
        self._duty.readiness.feeds_fault = f"none could be read for {written(spell)}" if ours and dark else ""
        if dark is not self._dark:
            await self._tell_of_darkness(felled if dark else (), spell)
            self._dark = dark
        if dark and now >= self._probed + PROBE:
            self._probed = now
            await self._duty.store.poll_now([min(felled, key=lambda state: state.last_attempt).id], now)
        if self._felled and not dark:
            await self._duty.store.poll_now(self._felled, now)
        self._felled = [state.id for state in felled if not state.status] if dark else []

    async def _tell_of_darkness(self, felled: Sequence[FeedState], spell: float) -> None:
        """That it came or, with nobody felled, that it went; once, whichever replica was told what."""
        ending = await self._duty.next_ending("feeds are read again")
        beginning = f"no feed is read, before {ending}"
        if felled:
            (error, _), *_ = Counter(state.error for state in felled).most_common(1)
            text = f"none could be read for {written(spell)} ({len(felled)} tried): {error}"
            log.error("no feed can be read", tried=len(felled), reason=error)
            await self._duty.tell("feeds", text, beginning)
        elif await self._duty.was_told(beginning):
            log.info("feeds are read again")
            await self._duty.tell("feeds", "are read again", ending, recovered=True)
