"""Holds whose time has come are released: what waited goes out, once, however many replicas look.

due ─▶ read ─▶ compose ─▶ release: the hold ends and what tells of it is queued, in one step
                          or, when something came in or was lifted meanwhile, again
           └─▶ an escalation on which there is a silence by now: called off
"""

from __future__ import annotations

from monitor.alerts import digest
from monitor.alerts.amending import call_off
from monitor.alerts.silences import keeping, words
from monitor.model import AlertEvent, HoldReason
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.ports import Held, Store

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
        if hold and hold.reason is HoldReason.ESCALATION and await _called_off(store, metrics, held, now):
            continue
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


async def _called_off(store: Store, metrics: Metrics, held: Held, now: float) -> bool:
    """Whether a silence keeps an escalation from its channel; it is as if it had never been."""
    word = held.deliveries[0]  # each escalation waits by itself
    silences = await store.silences(now)
    story = await store.story(word.event.story_id) if silences and isinstance(word.event, AlertEvent) else None
    silence = keeping(word, story, silences, now) if story else None
    if story is None or silence is None:
        return False
    await store.count_silenced([word.channel], story.id, now)  # repeated, it counts once
    if await store.amend(call_off(story, word, words(silence)), now):
        log.info("escalation silenced", channel=word.channel, silence=silence.id, story=story.id)
        metrics.silenced.labels(channel=word.channel).inc()
    return True
