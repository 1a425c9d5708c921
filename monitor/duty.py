"""What every task of a process does besides its work: take turns, wait out the store, tell operators."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from monitor.alerts.ops import notices
from monitor.desk import InForce
from monitor.errors import StoreError, StoreUnavailable, StoreUnfit
from monitor.model import OpsEvent
from monitor.observe.health import Readiness
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.ports import Store

AWAY = (StoreUnavailable, StoreUnfit)
"""What ends by itself or when an operator acts. At the start the second is a reason not to start; later, to wait."""
STORE_PAUSE = 0.5
"""Seconds between two tries while the store is away."""
STUMBLE_PAUSE = 1.0
"""Seconds after an error that nobody foresaw."""

log = logger("service")


@dataclass(slots=True)
class Duty:
    """Shared by all tasks of a process."""

    store: Store
    in_force: InForce
    metrics: Metrics
    clock: Callable[[], float]
    readiness: Readiness = field(default_factory=Readiness)

    async def turns(self, turn: Callable[[], Awaitable[float]], stopping: asyncio.Event) -> None:
        """Take turns until told to stop, resting as many seconds as each returns.

        Here is the wall between one task's surprise and all the others.
        """
        while not stopping.is_set():
            try:
                rest = await turn()
            except AWAY as error:
                self.store_is_away(error)
                rest = STORE_PAUSE
            except Exception:
                log.exception("a task stumbled and goes on")
                rest = STUMBLE_PAUSE
            if rest:
                await either(stopping, rest)

    async def tell(self, subject: str, text: str, identity: str, *, recovered: bool = False, without: str = "") -> None:
        """To the ops channels but the one `without`; the same `identity` once. The log has it if the store is away."""
        told = notices(self.in_force.desk.ops, OpsEvent(self.clock(), subject, text, recovered), identity)
        try:
            await self.store.put([notice for notice in told if notice.channel != without])
        except StoreError as error:
            log.error("could not tell ops", subject=subject, text=text, reason=str(error))

    async def was_told(self, identity: str) -> bool:
        """Whether the store knows that operators were told this; it forgets after a week. False while it is away."""
        told = notices(self.in_force.desk.ops, OpsEvent(self.clock(), "", ""), identity)
        try:
            return bool(await self.store.progress([notice.id for notice in told]))
        except StoreError:
            return False

    async def next_ending(self, ending: str) -> str:
        """The first of `ending 1`, `ending 2`, … that operators were not told yet: the same for all replicas.

        What was told `before` it is not over, whichever process told it.
        """
        number = 1
        while await self.was_told(f"{ending} {number}"):
            number += 1
        return f"{ending} {number}"

    def store_is_away(self, error: Exception) -> None:
        """Say so once, and on `/readyz` until it is back."""
        if not self.readiness.store:
            log.error("the store is away; waiting, nothing is lost", reason=str(error))
        self.readiness.store = str(error)
        self.metrics.store_up.set(0)

    async def store_answers(self) -> None:
        """It was read from: if it was away, it is back once it can be written to. Raises StoreError."""
        if self.readiness.store:
            await self.store.ping()
            log.info("the store answers")
        self.readiness.store = ""
        self.metrics.store_up.set(1)


async def either(event: asyncio.Event, rest: float) -> None:
    """Wait for the event, at most `rest` seconds."""
    try:
        async with asyncio.timeout(rest):
            await event.wait()
    except TimeoutError:
        pass
