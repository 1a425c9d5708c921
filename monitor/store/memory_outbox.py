"""The outbox in plain Python, as `redis.RedisStore` and its scripts have it: part of `memory.MemoryStore`."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from monitor.model import Delivery, Receipt
from monitor.ports import Backlog, Dead, Progress, Taken
from monitor.store.layout import Layout

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Queued:
    """A delivery and how its sending goes."""

    delivery: Delivery
    due: float
    state: str = "queued"
    attempts: int = 0
    since: float = 0.0
    reason: str = ""


@dataclass(slots=True)
class _Lane:
    """Deliveries that go out one at a time; `due` is when the head may go, or when its lease ends."""

    due: float
    queue: deque[str] = field(default_factory=deque)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What is remembered of a delivery that went out or was given up."""

    channel: str
    at: float
    token: int
    outcome: str
    reason: str


class MemoryOutbox:
    """Implements `ports.Outbox`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lanes: defaultdict[str, dict[str, _Lane]] = defaultdict(dict)
        self._queued: dict[str, _Queued] = {}
        self._settled: dict[str, _Settled] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._pauses: dict[str, float] = {}
        self._dead: deque[Dead] = deque(maxlen=layout.most_dead)

    async def put(self, deliveries: Sequence[Delivery]) -> int:
        new = 0
        for delivery in deliveries:
            if delivery.id in self._queued or delivery.id in self._settled:
                continue
            new += 1
            due = max(delivery.created_at, delivery.not_before)
            self._queued[delivery.id] = _Queued(delivery, due)
            lane = self._lanes[delivery.channel].setdefault(delivery.lane, _Lane(due))
            lane.queue.append(delivery.id)
        return new

    async def take(self, channel: str, now: float, lease: float) -> Taken | None:
        if self._pauses.get(channel, 0.0) > now:
            return None
        lanes = self._lanes[channel]
        for _, name in sorted((lane.due, name) for name, lane in lanes.items() if lane.due <= now):
            lane = lanes[name]
            head = self._queued[lane.queue[0]]
            lane.due = head.due
            if head.due <= now:
                lane.due = now + lease
                unsettled = head.state in ("sending", "ambiguous")
                head.state = "sending"
                head.since = head.since or now
                head.attempts += 1
                root = self._receipts.get((channel, name))
                return Taken(head.delivery, head.attempts, head.attempts - 1, head.since, unsettled, root)
        return None

    async def sent(self, taken: Taken, receipt: Receipt | None, now: float) -> bool:
        return self._settle(taken, "sent", now, receipt=receipt)

    async def retry(self, taken: Taken, at: float, reason: str, unsettled: bool) -> bool:
        return self._settle(taken, "ambiguous" if unsettled else "retry", at, reason)

    async def give_up(self, taken: Taken, now: float, reason: str) -> bool:
        return self._settle(taken, "dead", now, reason, dead=Dead(taken.delivery, now, reason, taken.token))

    def _settle(
        self,
        taken: Taken,
        outcome: str,
        at: float,
        reason: str = "",
        *,
        receipt: Receipt | None = None,
        dead: Dead | None = None,
    ) -> bool:
        delivery = taken.delivery
        head = self._queued.get(delivery.id)
        if head is None:
            known = self._settled.get(delivery.id)
            return known is not None and (known.token, known.outcome) == (taken.token, outcome)
        if head.attempts != taken.token or head.state != "sending":
            return head.attempts == taken.token and head.state == outcome
        lanes = self._lanes[delivery.channel]
        lane = lanes[delivery.lane]
        if outcome in ("retry", "ambiguous"):
            head.state, head.due, head.reason = outcome, at, reason
        else:
            lane.queue.popleft()
            del self._queued[delivery.id]
            self._remember(delivery.id, _Settled(delivery.channel, at, taken.token, outcome, reason))
        if lane.queue:
            lane.due = self._queued[lane.queue[0]].due
        else:
            del lanes[delivery.lane]
        if receipt:
            self._receipts.setdefault((delivery.channel, delivery.lane), receipt)
        if dead:
            self._dead.appendleft(dead)
        return True

    def _remember(self, delivery_id: str, settled: _Settled) -> None:
        """So that a repeated commit does not queue it again; those of a week ago are forgotten."""
        self._settled[delivery_id] = settled
        for known, old in oldest(self._settled):
            if old.at > settled.at - self._layout.settled_ttl:
                break
            del self._settled[known]

    async def pause(self, channel: str, until: float) -> None:
        self._pauses[channel] = max(self._pauses.get(channel, 0.0), until)

    async def progress(self, deliveries: Sequence[str]) -> tuple[Progress, ...]:
        found = []
        for delivery_id in deliveries:
            if queued := self._queued.get(delivery_id):
                channel = queued.delivery.channel
                found.append(Progress(channel, queued.state, queued.attempts, queued.due, queued.reason))
            elif known := self._settled.get(delivery_id):
                found.append(Progress(known.channel, known.outcome, known.token, known.at, known.reason))
        return tuple(found)

    async def backlog(self, channels: Sequence[str]) -> tuple[Backlog, ...]:
        created = {
            channel: [
                queued.delivery.created_at for queued in self._queued.values() if queued.delivery.channel == channel
            ]
            for channel in channels
        }
        return tuple(Backlog(channel, len(times), min(times, default=None)) for channel, times in created.items())

    async def dead(self, limit: int) -> tuple[Dead, ...]:
        return tuple(self._dead)[: max(limit, 0)]

    def _end_sending(self) -> None:
        """End every lease of a delivery."""
        for lanes in self._lanes.values():
            for lane in lanes.values():
                lane.due = self._queued[lane.queue[0]].due


def oldest(values: dict[K, V]) -> Iterator[tuple[K, V]]:
    """What was put in first, as long as the caller takes it out."""
    while values:
        yield next(iter(values.items()))
