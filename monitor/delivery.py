"""One delivery, from taken to settled.

    take ─▶ was it sent before, and never settled? then look for it first
         ─▶ send ─▶ sent        the receipt is kept for the events that follow
                    retry       not accepted: later, longer each time
                    ambiguous   no clear answer: later, and looked for first
                    dead        never: kept for an operator, who is told
                    closed      not at the moment, nor any other: it stays where it is
                    lost        accepted, but another process had taken it over by then

Channels only send and say how it went; everything about trying one again is here,
and what becomes of a channel that is closed is in `dispatch`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from monitor.alerts.ops import notices
from monitor.desk import InForce
from monitor.durations import written
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.model import AlertEvent, Delivery, DigestEvent, EventKind, Manner, OpsEvent, Receipt
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.ports import UNREADABLE, Channel, Dead, Outbox, Store, Taken

LEASE = 30.0
"""Seconds a delivery is held by the process that sends it."""
CUT_OFF = 5 / 6
"""Of a lease, after which a send that has come to no end is cut off, lest another process sends at the same time."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
LONGEST_WISH = 86_400.0
"""Seconds for which a far side may ask us to wait."""
GIVE_UP_AFTER = 86_400.0
"""Seconds after its first attempt when a delivery that is never accepted goes to the dead letters."""
FEWEST_TRIES = 10
"""Attempts that come before, however long they take: a server may ask for a day's patience."""
TOLD_TOGETHER = 600.0
"""Seconds after a dead letter was told in which those of its channel are only counted, and then told together."""

OF_NO_ITEM = (EventKind.ACKNOWLEDGED, EventKind.EXPIRED)
"""What changes an alert without an item: nothing whose way through the service could be timed."""
LEASE_ENDED = "its lease had ended"

T = TypeVar("T")

log = logger("delivery")


class Result(StrEnum):
    """How an attempt ended; also its name in the metrics."""

    SENT = "sent"
    RETRY = "retry"
    AMBIGUOUS = "ambiguous"
    DEAD = "dead"
    CLOSED = "closed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send, and why it did not succeed if it did not."""

    delivery: Delivery
    result: Result
    reason: str = ""


@dataclass(slots=True)
class Losses:
    """Dead letters of one channel since they were last told of."""

    since: float
    count: int = 0
    reason: str = ""
    """Of the last one."""


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
    lease: float = LEASE
    losses: dict[str, Losses] = field(default_factory=dict)
    """By channel, those told of a moment ago."""


async def deliver_next(post: Post, channel: Channel) -> Attempt | None:
    """Send the channel's next due delivery and settle it; None when there is none.

    Raises StoreError when the store fails; the delivery's lease then lapses and
    it is looked for before it is sent again.
    """
    taken = await post.outbox.take(channel.name, post.clock(), post.lease, channel.pace)
    if taken is None:
        return None
    attempt = await _attempt(post, channel, taken)
    post.metrics.deliveries.labels(channel=channel.name, result=attempt.result).inc()
    return attempt


async def _attempt(post: Post, channel: Channel, taken: Taken) -> Attempt:
    delivery = _as_it_stands(taken)
    if taken.unsettled:
        try:
            found = await _in_time(post, channel.find(delivery, taken.root))
        except ChannelError as error:  # as much in doubt as before
            return await _refused(post, taken, error, unsettled=True)
        if found:
            return await _accepted(post, taken, found)
        if not await post.outbox.renew(taken, post.clock() + post.lease):  # looking may take a while
            return Attempt(delivery, Result.LOST, LEASE_ENDED)
    try:
        receipt = await _in_time(post, channel.send(delivery, taken.root))
    except ChannelError as error:
        return await _refused(post, taken, error, unsettled=isinstance(error, Ambiguous))
    return await _accepted(post, taken, receipt)


async def _in_time(post: Post, answer: Awaitable[T]) -> T:
    """The answer of a channel, cut off while the lease still holds others back. Raises ChannelError."""
    longest = CUT_OFF * post.lease
    try:
        async with asyncio.timeout(longest):
            return await answer
    except TimeoutError:
        raise Ambiguous(f"it came to no end within {longest:.0f}s") from None


def _as_it_stands(taken: Taken) -> Delivery:
    """With what has become known since it was queued.

    An alert that stands already, because later news of it was told in its
    place, is told in the thread.
    """
    followed = taken.followed and taken.delivery.gathers
    delivery, event = replace(taken.delivery, followed=followed), taken.delivery.event
    if taken.root is None or not isinstance(event, AlertEvent) or event.kind is not EventKind.RAISED:
        return delivery
    return replace(delivery, event=replace(event, kind=EventKind.UPDATED, manner=Manner.REPLY))


def pause(attempts: int, chance: float) -> float:
    """Seconds before the next attempt: doubling, capped, spread by a quarter (`chance` in [0, 1))."""
    doubled = FIRST_PAUSE * 2.0 ** min(attempts, 20)
    return min(LONGEST_PAUSE, doubled) * (0.875 + 0.25 * chance)


async def _accepted(post: Post, taken: Taken, receipt: Receipt | None) -> Attempt:
    delivery, now = taken.delivery, post.clock()
    if not await post.outbox.sent(taken, receipt, now):
        log.warning("sent after its lease had ended", channel=delivery.channel, delivery=delivery.id)
        return Attempt(delivery, Result.LOST, LEASE_ENDED)
    post.accepted(delivery)
    if isinstance(delivery.event, AlertEvent) and delivery.kind not in OF_NO_ITEM:
        seen_at = max(delivery.event.item.seen_at, delivery.not_before)
        post.metrics.latency.labels(channel=delivery.channel).observe(max(0.0, now - seen_at))
    return Attempt(delivery, Result.SENT)


async def _refused(post: Post, taken: Taken, error: ChannelError, *, unsettled: bool) -> Attempt:
    """Settle a delivery that was not accepted, or of which that is not known."""
    delivery, reason, now = taken.delivery, str(error), post.clock()
    if isinstance(error, Permanent):
        await _bury(post, taken, reason)
        return Attempt(delivery, Result.DEAD, reason)
    if isinstance(error, Closed):  # due as it was, so that the same one is tried again
        await post.outbox.retry(taken, now, delivery.due, reason, unsettled or taken.unsettled)
        return Attempt(delivery, Result.CLOSED, reason)
    if now - taken.since > GIVE_UP_AFTER and taken.attempts >= FEWEST_TRIES:
        reason = f"given up after {written(now - taken.since)}: {reason}"
        await _bury(post, taken, reason)
        return Attempt(delivery, Result.DEAD, reason)
    wish = min(error.retry_after or 0.0, LONGEST_WISH) if isinstance(error, Retryable) else 0.0
    at = now + (max(wish, FIRST_PAUSE) if wish else pause(taken.attempts, post.random()))
    if wish:  # the far side asks for silence, not for this message only
        await post.outbox.pause(delivery.channel, at)
    log.warning("delivery postponed", channel=delivery.channel, delivery=delivery.id, reason=reason)
    await post.outbox.retry(taken, now, at, reason, unsettled)
    return Attempt(delivery, Result.AMBIGUOUS if isinstance(error, Ambiguous) else Result.RETRY, reason)


# ── Dead letters ────────────────────────────────────────────────────────────


async def _bury(post: Post, taken: Taken, reason: str) -> None:
    """To the dead letters; operators hear of the first at once, before it is settled, and of more together."""
    delivery, now = taken.delivery, post.clock()
    log.error("delivery given up", channel=delivery.channel, delivery=delivery.id, reason=reason)
    losses = post.losses.get(delivery.channel)
    if losses is None:
        await _tell(post, delivery.channel, f"{_what(delivery)} was not delivered: {reason}", delivery.id)
        post.losses[delivery.channel] = Losses(now)
    await post.outbox.give_up(taken, now, reason)
    if losses is not None:
        losses.count, losses.reason = losses.count + 1, reason


async def tell_losses(post: Post, after: float = TOLD_TOGETHER) -> None:
    """Tell operators of the dead letters that were only counted, after so many seconds. Raises StoreError."""
    now = post.clock()
    for channel, losses in list(post.losses.items()):
        if now - losses.since < after:
            continue
        if losses.count:
            spell = written(max(1.0, now - losses.since))
            text = f"{losses.count} more given up in the last {spell}; the last one: {losses.reason}"
            await _tell(post, channel, text, f"{losses.since} {losses.count}")
            post.losses[channel] = Losses(now)
        else:
            del post.losses[channel]


async def _tell(post: Post, channel: str, text: str, identity: str) -> None:
    """By every ops channel but the one that failed."""
    event = OpsEvent(post.clock(), f"channel {channel}", text)
    told = notices(post.in_force.desk.ops, event, f"dead {channel} {identity}")
    await post.outbox.put([notice for notice in told if notice.channel != channel])


async def replay(store: Store, letter: Dead, now: float, *, look: bool) -> bool:
    """Queue a dead letter again; `look` for it before it is sent. False when there is nothing (left) to send.

    It shows its alert as it is now: what came after it may have been told since.
    """
    if letter.reason == UNREADABLE:
        return False
    delivery, event = letter.delivery, letter.delivery.event
    if isinstance(event, AlertEvent):
        story = await store.story(event.story_id)
        alerts = story.alerts if story else ()
        card = next((alert.card for alert in alerts if alert.id == event.alert_id), event.card)
        delivery = replace(delivery, event=replace(event, card=card))
    return await store.replay(delivery, now, look)


def _what(delivery: Delivery) -> str:
    match delivery.event:
        case AlertEvent() as event:
            return f"an alert ({event.card.headline})"
        case DigestEvent() as event:
            return f"a digest of {len(event.entries)} ({event.title})"
        case OpsEvent() as event:
            return f"a notice ({event.text})"
