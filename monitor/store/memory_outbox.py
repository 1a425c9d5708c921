"""The outbox in plain Python: the part of `memory` that lies between commit and receipt."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from monitor.model import Delivery, DeliveryState, Place, Receipt
from monitor.ports import Backlog, Dead, Held, Progress, Step, Taken
from monitor.store.layout import Layout

K = TypeVar("K")
V = TypeVar("V")

REPLAYED = "queued again by an operator"
DROPPED = "dropped by an operator"


@dataclass(slots=True)
class _Queued:
    """A delivery and how its sending goes."""

    delivery: Delivery
    due: float
    state: DeliveryState = DeliveryState.QUEUED
    attempts: int = 0
    since: float = 0.0
    reason: str = ""


@dataclass(slots=True)
class _Lane:
    """Deliveries that go out one at a time; `due` is when the head may go, or when its lease ends."""

    due: float
    queue: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What is remembered of a delivery that went out or was given up."""

    channel: str
    at: float
    token: int
    outcome: DeliveryState
    reason: str


class MemoryOutbox:
    """Implements `ports.Outbox` and `ports.Holds`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lanes: defaultdict[str, dict[str, _Lane]] = defaultdict(dict)
        self._queued: dict[str, _Queued] = {}
        self._settled: dict[str, _Settled] = {}
        self._dead: dict[str, Dead] = {}
        self._steps: dict[tuple[str, str], deque[Step]] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._pauses: dict[str, float] = {}
        self._turns: dict[str, float] = {}
        self._channels: set[str] = set()
        self._held: dict[Place, Delivery] = {}
        self._changes: dict[str, int] = {}
        """Of each hold, the number of its last change."""
        self._last_change = 0
        self._gathered: dict[str, str] = {}
        """Of deliveries told in a digest, its id."""

    # ── Taking ──────────────────────────────────────────────────────────────

    async def put(self, deliveries: Sequence[Delivery]) -> int:
        new = 0
        for delivery in deliveries:
            if self._known(delivery.id):
                continue
            new += 1
            if delivery.place:
                self._keep(delivery, delivery.place)
                continue
            lane = self._lanes[delivery.channel].setdefault(delivery.lane, _Lane(delivery.due))
            due = self._gather(delivery, lane)
            self._queued[delivery.id] = _Queued(delivery, due)
            lane.queue.append(delivery.id)
            self._channels.add(delivery.channel)
            self._note(delivery, DeliveryState.QUEUED, 0, delivery.created_at, delivery.kind, due)
        return new

    def _gather(self, delivery: Delivery, lane: _Lane) -> float:
        """When a delivery may go out: one that gathers joins those before it that do, another hurries them."""
        due = delivery.due
        for other in map(self._queued.__getitem__, reversed(lane.queue)):
            if not other.delivery.gathers or other.state is not DeliveryState.QUEUED:
                break
            if delivery.gathers:
                return min(due, other.due)
            other.due = min(due, other.due)
            if other.delivery.id == lane.queue[0]:
                lane.due = other.due
        return due

    async def take(self, channel: str, now: float, lease: float, pace: float = 0.0) -> Taken | None:
        if max(self._pauses.get(channel, 0.0), self._turns.get(channel, 0.0)) > now:
            return None
        lanes = self._lanes[channel]
        for name in self._in_turn(lanes, now):
            lane = lanes[name]
            head = self._queued[lane.queue[0]]
            lane.due = head.due
            if head.due <= now:
                lane.due = now + lease
                unsettled = head.state in (DeliveryState.SENDING, DeliveryState.AMBIGUOUS)
                head.state = DeliveryState.SENDING
                head.since = head.since or now
                head.attempts += 1
                self._note(head.delivery, DeliveryState.SENDING, head.attempts, now)
                if pace:
                    self._turns[channel] = now + pace
                root = self._receipts.get((channel, name))
                followed = any(self._queued[after].due <= now for after in lane.queue[1:2])
                return Taken(head.delivery, head.attempts, head.attempts - 1, head.since, unsettled, root, followed)
        return None

    def _in_turn(self, lanes: Mapping[str, _Lane], now: float) -> list[str]:
        """The lanes that are due; one that only gathers lets others go first, for a while."""

        def patient(lane: _Lane) -> bool:
            late = lane.due <= now - self._layout.lets_by
            return not late and all(self._queued[waiting].delivery.gathers for waiting in lane.queue)

        due = sorted((lane.due, name) for name, lane in lanes.items() if lane.due <= now)
        return sorted((name for _, name in due), key=lambda name: patient(lanes[name]))

    async def renew(self, taken: Taken, until: float) -> bool:
        delivery = taken.delivery
        head = self._queued.get(delivery.id)
        held = head is not None and (head.attempts, head.state) == (taken.token, DeliveryState.SENDING)
        if held:
            self._lanes[delivery.channel][delivery.lane].due = until
        return held

    async def pause(self, name: str, until: float) -> None:
        self._pauses[name] = max(self._pauses.get(name, 0.0), until)

    async def paused(self, name: str) -> float:
        return self._pauses.get(name, 0.0)

    def _end_sending(self) -> None:
        """End every lease of a delivery."""
        for lanes in self._lanes.values():
            for lane in lanes.values():
                lane.due = self._queued[lane.queue[0]].due

    # ── Settling ────────────────────────────────────────────────────────────

    async def sent(self, taken: Taken, receipt: Receipt | None, now: float) -> bool:
        settled = self._settle(taken, DeliveryState.SENT, now)
        if settled and receipt:
            self._receipts.setdefault((taken.delivery.channel, taken.delivery.lane), receipt)
        return settled

    async def retry(self, taken: Taken, now: float, at: float, reason: str, unsettled: bool) -> bool:
        state = DeliveryState.AMBIGUOUS if unsettled else DeliveryState.RETRY
        return self._settle(taken, state, now, at, reason)

    async def give_up(self, taken: Taken, now: float, reason: str) -> bool:
        return self._settle(taken, DeliveryState.DEAD, now, reason=reason)

    def _settle(self, taken: Taken, outcome: DeliveryState, now: float, due: float = 0.0, reason: str = "") -> bool:
        delivery = taken.delivery
        head = self._queued.get(delivery.id)
        if head is None:
            known = self._settled.get(delivery.id)
            return known is not None and (known.token, known.outcome) == (taken.token, outcome)
        if head.attempts != taken.token or head.state is not DeliveryState.SENDING:
            return head.attempts == taken.token and head.state is outcome
        lane = self._lanes[delivery.channel][delivery.lane]
        if outcome in (DeliveryState.RETRY, DeliveryState.AMBIGUOUS):
            head.state, head.due, head.reason = outcome, due, reason
        else:
            lane.queue.pop(0)
            del self._queued[delivery.id]
            self._remember(delivery.id, _Settled(delivery.channel, now, taken.token, outcome, reason))
        if outcome is DeliveryState.DEAD:
            self._bury(Dead(delivery, now, reason, taken.token))
        if lane.queue:
            lane.due = self._queued[lane.queue[0]].due
        else:
            del self._lanes[delivery.channel][delivery.lane]
        self._note(delivery, outcome, taken.token, now, reason, due)
        return True

    def _remember(self, delivery_id: str, settled: _Settled) -> None:
        """So that a repeated commit does not queue it again; those of a week ago are forgotten."""
        self._settled[delivery_id] = settled
        for known, old in oldest(self._settled):
            if old.at > settled.at - self._layout.settled_ttl:
                break
            del self._settled[known]

    def _bury(self, letter: Dead) -> None:
        """Keep it; of too many of a channel, the oldest go."""
        channel = letter.delivery.channel
        self._dead[letter.delivery.id] = letter
        kept = [known for known, dead in self._dead.items() if dead.delivery.channel == channel]
        for known in kept[: -self._layout.most_dead]:
            del self._dead[known]

    # ── Holds ───────────────────────────────────────────────────────────────

    async def waiting(self, places: Sequence[Place]) -> Mapping[Place, Delivery]:
        return {place: self._held[place] for place in places if place in self._held}

    async def due_holds(self, now: float, limit: int) -> tuple[str, ...]:
        holds = {(delivery.due, place.hold) for place, delivery in self._held.items() if delivery.due <= now}
        return tuple(hold for _, hold in sorted(holds)[:limit])

    async def held(self, hold_id: str) -> Held:
        waiting = (delivery for place, delivery in self._held.items() if place.hold == hold_id)
        in_order = sorted(waiting, key=lambda delivery: (delivery.created_at, delivery.id))
        return Held(hold_id, tuple(in_order), self._changes.get(hold_id, 0))

    async def release(self, held: Held, deliveries: Sequence[Delivery], now: float) -> bool:
        if self._changes.get(held.id, 0) != held.version:
            return False
        self._changes.pop(held.id, None)
        self._held = {place: delivery for place, delivery in self._held.items() if place.hold != held.id}
        await self.put(deliveries)
        digest = held.gathered_by(deliveries)
        for delivery in held.deliveries:
            if not self._known(delivery.id):
                self._gathered[delivery.id] = digest
                self._note(delivery, DeliveryState.GATHERED, 0, now, digest)
        return True

    def _keep(self, delivery: Delivery, place: Place) -> None:
        if place in self._held:
            self._lift([self._held[place]], delivery.created_at)
        self._held[place] = delivery
        self._channels.add(delivery.channel)
        self._changed(place.hold)
        reason = delivery.hold.reason if delivery.hold else ""
        self._note(delivery, DeliveryState.HELD, 0, delivery.created_at, reason, delivery.due)

    def _lift(self, lifted: Sequence[Delivery], now: float, why: str = "") -> None:
        for delivery in lifted:
            place = delivery.place
            if place is None:
                continue
            del self._held[place]
            self._note(delivery, DeliveryState.LIFTED, 0, now, why)
            if any(other.hold == place.hold for other in self._held):
                self._changed(place.hold)
            else:
                del self._changes[place.hold]

    def _changed(self, hold: str) -> None:
        self._last_change += 1
        self._changes[hold] = self._last_change

    def _id_at(self, place: Place | None) -> str:
        """Id of what waits there; empty: nothing."""
        return self._held[place].id if place in self._held else ""

    def _waiting(self, delivery_id: str) -> Delivery | None:
        return next((delivery for delivery in self._held.values() if delivery.id == delivery_id), None)

    def _known(self, delivery_id: str) -> bool:
        elsewhere = (self._queued, self._settled, self._dead, self._gathered)
        return any(delivery_id in known for known in elsewhere) or self._waiting(delivery_id) is not None

    # ── Dead letters ────────────────────────────────────────────────────────

    async def dead(self, limit: int) -> tuple[Dead, ...]:
        newest = sorted(self._dead.values(), key=lambda letter: (-letter.at, letter.delivery.id))
        return tuple(newest[: max(limit, 0)])

    async def replay(self, delivery: Delivery, now: float, look: bool) -> bool:
        state = DeliveryState.AMBIGUOUS if look else DeliveryState.QUEUED
        if again := self._queued.get(delivery.id):
            return (again.state, again.due) == (state, now)
        letter = self._dead.pop(delivery.id, None)
        if letter is None:
            return False
        self._settled.pop(delivery.id, None)
        self._queued[delivery.id] = _Queued(delivery, now, state, letter.attempts)
        lane = self._lanes[delivery.channel].setdefault(delivery.lane, _Lane(now))
        younger = (at for at, other in enumerate(lane.queue) if self._is_younger(other, delivery))
        place = next(younger, len(lane.queue))
        lane.queue.insert(place, delivery.id)
        if place == 0:
            lane.due = now
        self._note(delivery, state, letter.attempts, now, REPLAYED, now)
        return True

    async def drop(self, delivery: Delivery, now: float) -> bool:
        letter = self._dead.pop(delivery.id, None)
        if letter is None:
            known = self._settled.get(delivery.id)
            return known is not None and known.outcome is DeliveryState.DROPPED
        settled = _Settled(delivery.channel, now, letter.attempts, DeliveryState.DROPPED, letter.reason)
        self._settled.pop(delivery.id, None)
        self._remember(delivery.id, settled)
        self._note(delivery, DeliveryState.DROPPED, letter.attempts, now, DROPPED)
        return True

    def _is_younger(self, other: str, delivery: Delivery) -> bool:
        """Whether it goes out after this delivery: nothing goes before what is being sent."""
        queued = self._queued[other]
        return queued.state is not DeliveryState.SENDING and queued.delivery.due > delivery.due

    # ── Looking ─────────────────────────────────────────────────────────────

    async def channels(self) -> tuple[str, ...]:
        return tuple(sorted(self._channels))

    async def backlog(self, channels: Sequence[str]) -> tuple[Backlog, ...]:
        return tuple(map(self._backlog, channels))

    def _backlog(self, channel: str) -> Backlog:
        queued = [one for one in self._queued.values() if one.delivery.channel == channel]
        states = Counter(one.state for one in queued)
        first = min(queued, key=lambda one: one.delivery.due, default=None)
        return Backlog(
            channel,
            queued=states[DeliveryState.QUEUED],
            sending=states[DeliveryState.SENDING],
            retry=states[DeliveryState.RETRY],
            ambiguous=states[DeliveryState.AMBIGUOUS],
            dead=sum(letter.delivery.channel == channel for letter in self._dead.values()),
            held=sum(delivery.channel == channel for delivery in self._held.values()),
            oldest=first.delivery.due if first else None,
            said=first.reason if first else "",
            paused=self._pauses.get(channel, 0.0),
        )

    async def progress(self, deliveries: Sequence[str]) -> tuple[Progress, ...]:
        found = []
        for delivery_id in deliveries:
            if queued := self._queued.get(delivery_id):
                channel = queued.delivery.channel
                found.append(Progress(channel, queued.state, queued.attempts, queued.due, queued.reason))
            elif known := self._settled.get(delivery_id):
                found.append(Progress(known.channel, known.outcome, known.token, known.at, known.reason))
            elif digest := self._gathered.get(delivery_id):
                found += [replace(told, digest=True) for told in await self.progress([digest])]
            elif (held := self._waiting(delivery_id)) and held.hold:
                found.append(Progress(held.channel, DeliveryState.HELD, 0, held.due, held.hold.reason))
        return tuple(found)

    async def steps(self, channel: str, lane: str) -> tuple[Step, ...]:
        return tuple(self._steps.get((channel, lane), ()))

    def _note(
        self, delivery: Delivery, state: DeliveryState, attempt: int, at: float, said: str = "", due: float = 0.0
    ) -> None:
        """Remember a step; lanes in which nothing happened for a week are forgotten."""
        lane = (delivery.channel, delivery.lane)
        steps = self._steps.pop(lane, deque[Step](maxlen=self._layout.most_steps))
        steps.append(Step(delivery.id, state, attempt, at, due, said))
        self._steps[lane] = steps  # so that those longest untouched stand first
        for known, old in oldest(self._steps):
            if old[-1].at > at - self._layout.settled_ttl:
                break
            del self._steps[known]


def oldest(values: dict[K, V]) -> Iterator[tuple[K, V]]:
    """What was put in first, as long as the caller takes it out."""
    while values:
        yield next(iter(values.items()))
