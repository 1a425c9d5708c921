"""Holds whose time has come are released: what waited goes out, once, however many replicas look.

due ─▶ read ─▶ compose ─▶ release: the hold ends and what tells of it is queued, in one step
                          or, when something came in or was lifted meanwhile, again
"""

from __future__ import annotations

from monitor.alerts import digest
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.ports import Store

AT_A_TIME = 100
"""Holds released in one go, the most overdue first."""

log = logger("release")


async def release_due(store: Store, metrics: Metrics, now: float) -> int:
    """Release what is due; how many holds this process released. Raises StoreError.

    A hold that changes under our hands stays due, for this process or another.
    """
    done = 0
    for hold_id in await store.due_holds(now, AT_A_TIME):
        held = await store.held(hold_id)
        hold = next((delivery.hold for delivery in held.deliveries if delivery.hold), None)
        silenced = await store.silenced(hold.channel, now) if hold and hold.reason.gathers else 0
        if not await store.release(held, digest.released(held.deliveries, now, silenced), now):
            continue
        done += 1
        if silenced and hold:
            await store.forget_silenced(hold.channel, now)
        if hold:
            log.info("released", channel=hold.channel, reason=hold.reason, deliveries=len(held.deliveries))
            metrics.released.labels(reason=hold.reason).inc(len(held.deliveries))
    return done
