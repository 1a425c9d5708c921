"""One delivery, from taken to settled: every way a send can end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from monitor import rules
from monitor.alerts import policy
from monitor.alerts.routes import Route
from monitor.channels.console import ConsoleConfig
from monitor.delivery import FIRST_PAUSE, GIVE_UP_AFTER, LEASE, LONGEST_PAUSE, Post, deliver_next, pause
from monitor.desk import Desk, InForce
from monitor.errors import Ambiguous, ChannelError, Permanent, Retryable
from monitor.model import Delivery, OpsEvent, Receipt, Relation, Verdict
from monitor.observe.metrics import Metrics
from monitor.store.memory import MemoryStore
from tests.items import NOON, a_match, an_item


@dataclass
class Scripted:
    """A channel that answers as its script says, and remembers what stands at its destination."""

    name: str
    script: list[ChannelError | None] = field(default_factory=list)
    stands: list[str] = field(default_factory=list)
    """Ids of deliveries, as a reader of the channel sees them."""
    loses_answers: bool = False
    """An ambiguous send was accepted: only its answer was lost."""
    pace: float = 0.0

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        error = self.script.pop(0) if self.script else None
        if error is None or (isinstance(error, Ambiguous) and self.loses_answers):
            self.stands.append(delivery.id)
        if error is not None:
            raise error
        return root or Receipt(f"{self.name}/{delivery.id}")

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        return Receipt(f"{self.name}/{delivery.id}") if delivery.id in self.stands else None


@dataclass
class Clock:
    """Time that a test moves."""

    at: float = NOON

    def __call__(self) -> float:
        return self.at


class Office:
    """A post office on a memory store, with `desk` and `ops` to deliver to."""

    def __init__(self, *script: ChannelError | None) -> None:
        self.clock = Clock()
        self.store = MemoryStore()
        self.desk = Scripted("desk", list(script))
        self.accepted: list[Delivery] = []
        config = ConsoleConfig(type="console")
        loaded = Desk({}, rules.load([], []), {"desk": config, "ops": config}, (), ("ops",), "")
        self.post = Post(self.store, InForce(loaded), Metrics(), self.clock, lambda: 0.5, self.accepted.append)

    async def queue(self, headline: str = "Ministers meet in Tunxi") -> Sequence[Delivery]:
        item = an_item(headline, guid=headline)
        situation = policy.Situation(
            item, self.clock.at, (a_match(item, "r", headline),), Verdict(Relation.NEW, "", ""), None, None, None, None
        )
        deliveries = policy.decide(situation, [Route.model_validate({"to": "desk"})]).deliveries
        await self.store.put(deliveries)
        return deliveries

    async def deliver(self) -> bool:
        return await deliver_next(self.post, self.desk)

    async def told_ops(self) -> list[str]:
        """What the ops channel would be told, taking it off the outbox."""
        told = []
        while taken := await self.store.take("ops", self.clock.at, LEASE):
            assert isinstance(taken.delivery.event, OpsEvent)
            told.append(taken.delivery.event.text)
            await self.store.sent(taken, None, self.clock.at)
        return told

    def count(self, result: str) -> float:
        value = self.post.metrics.registry.get_sample_value(
            "wirewatch_deliveries_total", {"channel": "desk", "result": result}
        )
        return value or 0.0


async def test_nothing_to_do() -> None:
    assert not await Office().deliver()


async def test_an_accepted_delivery_is_settled_and_reported() -> None:
    office = Office()
    (delivery,) = await office.queue()
    assert await office.deliver()
    assert office.desk.stands == [delivery.id]
    assert office.accepted == [delivery]
    assert not await office.deliver()
    assert office.count("sent") == 1


async def test_retry_after_is_honoured_by_the_whole_channel() -> None:
    office = Office(Retryable("slow down", retry_after=30))
    first = await office.queue("One")
    second = await office.queue("Two")
    assert await office.deliver()
    office.clock.at += 29
    assert not await office.deliver()
    office.clock.at += 5
    assert await office.deliver()
    assert await office.deliver()
    assert sorted(office.desk.stands) == sorted(delivery.id for delivery in (*first, *second))


async def test_a_refused_delivery_holds_up_its_own_alert_only() -> None:
    office = Office(Retryable("try later"))
    await office.queue("One")
    await office.queue("Two")
    assert await office.deliver()
    assert await office.deliver()
    assert len(office.desk.stands) == 1
    assert not await office.deliver()
    office.clock.at += 2 * FIRST_PAUSE
    assert await office.deliver()
    assert len(set(office.desk.stands)) == 2


@pytest.mark.parametrize("accepted", [True, False], ids=["accepted all the same", "never arrived"])
async def test_a_lost_answer_is_looked_for_before_it_is_sent_again(accepted: bool) -> None:
    office = Office(Ambiguous("the answer was lost"))
    office.desk.loses_answers = accepted
    (delivery,) = await office.queue()
    await office.deliver()
    office.clock.at += 2 * FIRST_PAUSE
    assert await office.deliver()
    assert office.desk.stands == [delivery.id]
    assert office.count("ambiguous") == 1


async def test_a_dead_senders_delivery_is_taken_up_and_looked_for() -> None:
    office = Office()
    (delivery,) = await office.queue()
    taken = await office.store.take("desk", office.clock.at, LEASE)
    assert taken is not None
    await office.desk.send(taken.delivery, None)  # accepted; then its sender dies
    assert not await office.deliver()
    office.clock.at += LEASE + 1
    assert await office.deliver()
    assert office.desk.stands == [delivery.id]


async def test_a_permanent_failure_is_buried_and_told_once() -> None:
    office = Office(Permanent("no such channel"), Permanent("no such channel"))
    await office.queue("One")
    await office.queue("Two")
    assert await office.deliver()
    assert await office.deliver()
    dead = await office.store.dead(10)
    assert [letter.reason for letter in dead] == ["no such channel", "no such channel"]
    (told,) = await office.told_ops()
    assert "no such channel" in told
    assert office.count("dead") == 2


async def test_what_is_never_accepted_is_given_up_after_a_day() -> None:
    office = Office(*[Retryable("busy")] * 2)
    await office.queue()
    await office.deliver()
    office.clock.at += GIVE_UP_AFTER
    await office.deliver()
    (letter,) = await office.store.dead(10)
    assert letter.reason == "given up after a day: busy"


@pytest.mark.parametrize(("attempts", "expected"), [(0, FIRST_PAUSE), (3, 8 * FIRST_PAUSE), (50, LONGEST_PAUSE)])
def test_pauses_double_to_a_cap(attempts: int, expected: float) -> None:
    assert pause(attempts, 0.5) == pytest.approx(expected)
    assert pause(attempts, 0.0) < pause(attempts, 0.99)
