"""One delivery, from taken to settled.

    take ─▶ was it sent before, and never settled? then look for it first
         ─▶ send ─▶ sent        the receipt is kept for the events that follow
                    retry       not accepted: later, longer each time
                    ambiguous   no clear answer: later, and looked for first
                    dead        never: kept for an operator, who is told

Channels only send and say how it went; everything about trying again is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitor.alerts.ops import notices
from monitor.desk import InForce
from monitor.errors import Ambiguous, Permanent, Retryable
from monitor.model import AlertEvent, Delivery, OpsEvent, Receipt
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.ports import Channel, Outbox, Taken

LEASE = 30.0
"""Seconds a delivery is held by the process that sends it; longer than any send may take."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
GIVE_UP_AFTER = 86_400.0
"""Seconds after which a delivery that is never accepted goes to the dead letters."""

log = logger("delivery")


@dataclass(frozen=True, slots=True)
class Post:
    """What deliveries need; `app` puts it together."""

    outbox: Outbox
    in_force: InForce
    metrics: Metrics
    clock: Callable[[], float]
    random: Callable[[], float]
    accepted: Callable[[Delivery], None]
    """Called with each delivery that its channel accepted."""


async def deliver_next(post: Post, channel: Channel) -> bool:
    """Send the channel's next due delivery and settle it; false when there is none.

    Raises StoreError when the store fails; the delivery's lease then lapses and
    it is looked for before it is sent again.
    """
    taken = await post.outbox.take(channel.name, post.clock(), LEASE)
    if taken is None:
        return False
    delivery = taken.delivery
    try:
        receipt = await _send(channel, taken)
    except Retryable as error:
        result = "retry"
        at = post.clock() + max(error.retry_after or 0.0, pause(taken.attempts, post.random()))
        if error.retry_after:  # the far side asks for silence, not for this message only
            await post.outbox.pause(channel.name, at)
        await _again(post, taken, at, str(error), unsettled=False)
    except Ambiguous as error:
        result = "ambiguous"
        at = post.clock() + pause(taken.attempts, post.random())
        await _again(post, taken, at, str(error), unsettled=True)
    except Permanent as error:
        result = "dead"
        await _bury(post, taken, str(error))
    else:
        result = "sent"
        now = post.clock()
        await post.outbox.sent(taken, receipt, now)
        post.accepted(delivery)
        if isinstance(delivery.event, AlertEvent):
            seen_at = max(delivery.event.item.seen_at, delivery.not_before)
            post.metrics.latency.labels(channel=channel.name).observe(max(0.0, now - seen_at))
    post.metrics.deliveries.labels(channel=channel.name, result=result).inc()
    return True


async def _send(channel: Channel, taken: Taken) -> Receipt | None:
    if taken.unsettled:
        found = await channel.find(taken.delivery, taken.root)
        if found is not None:
            return found
    return await channel.send(taken.delivery, taken.root)


def pause(attempts: int, chance: float) -> float:
    """Seconds before the next attempt: doubling, capped, spread by a quarter (`chance` in [0, 1))."""
    doubled = FIRST_PAUSE * 2.0 ** min(attempts, 20)
    return min(LONGEST_PAUSE, doubled) * (0.875 + 0.25 * chance)


async def _again(post: Post, taken: Taken, at: float, reason: str, *, unsettled: bool) -> None:
    delivery = taken.delivery
    if at - max(delivery.created_at, delivery.not_before) > GIVE_UP_AFTER:
        await _bury(post, taken, f"given up after a day: {reason}")
        return
    log.warning("delivery postponed", channel=delivery.channel, delivery=delivery.id, reason=reason)
    await post.outbox.retry(taken, at, reason, unsettled)


async def _bury(post: Post, taken: Taken, reason: str) -> None:
    """To the dead letters; operators hear of each reason once a day for a channel."""
    delivery, now = taken.delivery, post.clock()
    log.error("delivery given up", channel=delivery.channel, delivery=delivery.id, reason=reason)
    await post.outbox.give_up(taken, now, reason)
    event = OpsEvent(now, f"channel {delivery.channel}", f"{_what(delivery)} was not delivered: {reason}")
    told = notices(post.in_force.desk.ops, event, f"{delivery.channel} {reason} {int(now // 86_400)}")
    await post.outbox.put([notice for notice in told if notice.channel != delivery.channel])


def _what(delivery: Delivery) -> str:
    event = delivery.event
    return f"an alert ({event.card.headline})" if isinstance(event, AlertEvent) else f"a notice ({event.text})"
