"""One delivery, from taken to settled: every way a send can end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from monitor import rules
from monitor.alerts import policy
from monitor.alerts.follow_up import Situation
from monitor.alerts.routes import Route
from monitor.channels.console import ConsoleConfig
from monitor.delivery import (
    FEWEST_TRIES,
    FIRST_PAUSE,
    GIVE_UP_AFTER,
    LEASE,
    LONGEST_PAUSE,
    LONGEST_WISH,
    TOLD_TOGETHER,
    Attempt,
    Post,
    Result,
    deliver_next,
    pause,
    replay,
    tell_losses,
)
from monitor.desk import Desk, InForce
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.model import (
    AlertEvent,
    Delivery,
    Event,
    EventKind,
    Item,
    Kind,
    Manner,
    OpsEvent,
    Receipt,
    Relation,
    Story,
    Verdict,
)
from monitor.observe.metrics import Metrics
from monitor.ports import UNREADABLE, Dead
from monitor.store.memory import MemoryStore
from tests.channels.samples import RAISED
from tests.items import NOON, a_match, an_item
from tests.store.made import a_commit, a_delivery


@dataclass
class Scripted:
    """A channel that answers as its script says, and remembers what stands at its destination."""

    name: str
    script: list[ChannelError | None] = field(default_factory=list)
    stands: list[str] = field(default_factory=list)
    """Ids of deliveries, as a reader of the channel sees them."""
    loses_answers: bool = False
    """An ambiguous send was accepted: only its answer was lost."""
    blind: ChannelError | None = None
    """Why it cannot look for a delivery."""
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """What happens elsewhere while it sends."""
    searching: Callable[[], Awaitable[object]] | None = None
    """What happens elsewhere while it looks for a delivery."""
    told: list[Event] = field(default_factory=list)
    """What it was given to send."""
    followed: list[bool] = field(default_factory=list)
    """Of each, whether the next was to follow at once."""
    pace: float = 0.0

    async def open(self) -> tuple[str, ...]:
        return ()

    async def close(self) -> None: ...

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        self.told.append(delivery.event)
        self.followed.append(delivery.followed)
        if self.meanwhile:
            await self.meanwhile()
        error = self.script.pop(0) if self.script else None
        if error is None or (isinstance(error, Ambiguous) and self.loses_answers):
            self.stands.append(delivery.id)
        if error is not None:
            raise error
        return root or Receipt(f"{self.name}/{delivery.id}")

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        if self.searching:
            await self.searching()
        if self.blind:
            raise self.blind
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
        deliveries = self._decided(an_item(headline, guid=headline), None).deliveries
        await self.store.put(deliveries)
        return deliveries

    async def tell(self, item: Item, story: Story | None) -> Story:
        """Commit an item of this story, or of a new one; the story after it."""
        decision = self._decided(item, story)
        commit = a_commit(item, clock=99, story=decision.story, deliveries=decision.deliveries)
        assert await self.store.commit(commit, self.clock.at)
        return decision.story

    def _decided(self, item: Item, story: Story | None) -> policy.Decision:
        verdict = Verdict(Relation.UPDATE, story.id, "") if story else Verdict(Relation.NEW, "", "")
        matches = (a_match(item, "r", item.headline),)
        situation = Situation(item, self.clock.at, matches, verdict, None, None, story, None)
        return policy.decide(situation, [Route.model_validate({"to": "desk"})])

    async def deliver(self) -> Attempt | None:
        return await deliver_next(self.post, self.desk)

    async def result(self) -> Result | None:
        attempt = await self.deliver()
        return attempt.result if attempt else None

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

    def latencies(self) -> tuple[float, float]:
        """How many were measured, and their sum."""
        sample = self.post.metrics.registry.get_sample_value
        name, labels = "wirewatch_delivery_latency_seconds", {"channel": "desk"}
        return sample(f"{name}_count", labels) or 0.0, sample(f"{name}_sum", labels) or 0.0


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


@pytest.mark.parametrize(
    ("kind", "not_before", "measured"),
    [
        pytest.param(EventKind.RAISED, 0.0, (1, 100), id="from when the item was seen"),
        pytest.param(EventKind.RAISED, NOON + 60, (1, 40), id="from when it might be told"),
        pytest.param(EventKind.ACKNOWLEDGED, 0.0, (0, 0), id="an acknowledgement has no item"),
        pytest.param(EventKind.EXPIRED, 0.0, (0, 0), id="nor has the end of a story"),
    ],
)
async def test_how_long_it_took_from_seen_to_accepted_is_measured(
    kind: EventKind, not_before: float, measured: tuple[float, float]
) -> None:
    office = Office()
    event = replace(RAISED, kind=kind, item=replace(RAISED.item, seen_at=NOON))
    await office.store.put([a_delivery("1", event=event, not_before=not_before)])
    office.clock.at += 100
    assert await office.result() is Result.SENT
    assert office.latencies() == measured


@pytest.mark.parametrize("gathers", [True, False])
async def test_only_what_gathers_leaves_its_part_to_the_next(gathers: bool) -> None:
    office = Office()
    for delivery_id in ("1", "2"):
        event = OpsEvent(NOON, "feed meridian", "is silent")
        await office.store.put([Delivery(delivery_id, "lane", "desk", event, NOON, gathers=gathers)])
    while await office.deliver():
        pass
    assert office.desk.followed == [gathers, False]


async def test_the_channels_pace_is_kept_by_all_its_senders() -> None:
    office = Office()
    office.desk.pace = 1.0
    await office.queue("One")
    await office.queue("Two")
    assert await office.deliver()
    assert not await office.deliver()
    office.clock.at += 1
    assert await office.deliver()


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


async def test_what_the_far_side_asks_for_is_waited_for_and_no_longer_however_often_it_was_tried() -> None:
    office = Office(*[Retryable("busy")] * 5, Retryable("slow down", retry_after=2))
    (delivery,) = await office.queue()
    for _ in range(5):
        await office.deliver()
        office.clock.at += LONGEST_PAUSE
    await office.deliver()
    office.clock.at += 1.9
    assert not await office.deliver()
    office.clock.at += 0.1
    await office.deliver()
    assert office.desk.stands == [delivery.id]


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


async def test_refused_messages_are_buried_the_first_told_at_once_and_the_others_counted() -> None:
    office = Office(*[Permanent("too long")] * 3)
    for headline in ("One", "Two", "Three"):
        await office.queue(headline)
        assert await office.deliver()
    assert [letter.reason for letter in await office.store.dead(10)] == ["too long"] * 3
    assert await office.told_ops() == ["an alert (One) was not delivered: too long"]
    assert office.count("dead") == 3
    await tell_losses(office.post)
    assert await office.told_ops() == [], "not yet"
    office.clock.at += TOLD_TOGETHER
    await tell_losses(office.post)
    assert await office.told_ops() == ["2 more given up in the last 10m; the last one: too long"]
    office.clock.at += TOLD_TOGETHER
    await tell_losses(office.post)
    assert await office.told_ops() == []
    office.desk.script = [Permanent("too long")]
    await office.queue("Four")
    await office.deliver()
    assert await office.told_ops() == ["an alert (Four) was not delivered: too long"]


async def test_what_is_never_accepted_is_given_up_a_day_after_its_first_attempt() -> None:
    office = Office(*[Retryable("busy")] * 20)
    await office.queue()
    office.clock.at += 2 * GIVE_UP_AFTER  # nobody was there to send it
    for _ in range(FEWEST_TRIES):
        assert await office.result() is Result.RETRY
        office.clock.at += LONGEST_PAUSE * 1.2
    office.clock.at += GIVE_UP_AFTER
    await office.deliver()
    (letter,) = await office.store.dead(10)
    assert letter.reason.startswith("given up after 1d")


async def test_a_server_that_asks_for_days_is_asked_again_after_one() -> None:
    office = Office(*[Retryable("quota", retry_after=10 * LONGEST_WISH)] * 2)
    (delivery,) = await office.queue()
    for _ in range(2):
        await office.deliver()
        office.clock.at += LONGEST_WISH + 1
    await office.deliver()
    assert office.desk.stands == [delivery.id]


async def test_a_closed_channel_keeps_its_queue_in_order() -> None:
    office = Office(*[Closed("the token was revoked")] * 3)
    first = await office.queue("One")
    second = await office.queue("Two")
    for _ in range(3):
        attempt = await office.deliver()
        assert attempt == Attempt(first[0], Result.CLOSED, "the token was revoked")
    await office.deliver()
    await office.deliver()
    assert office.desk.stands == [first[0].id, second[0].id]
    assert await office.store.dead(10) == ()


async def test_what_is_in_doubt_stays_so_while_it_cannot_be_looked_for() -> None:
    office = Office(Ambiguous("the answer was lost"))
    office.desk.loses_answers = True
    (delivery,) = await office.queue()
    await office.deliver()
    office.clock.at += 2 * FIRST_PAUSE
    office.desk.blind = Retryable("cannot be reached")
    assert await office.result() is Result.RETRY
    office.desk.blind = None
    office.clock.at += 10 * FIRST_PAUSE
    assert await office.result() is Result.SENT
    assert office.desk.stands == [delivery.id]


async def test_a_sender_whose_lease_ended_reports_nothing() -> None:
    office = Office()
    await office.queue()

    async def overtaken() -> None:
        office.clock.at += LEASE + 1
        assert await office.store.take("desk", office.clock.at, LEASE)

    office.desk.meanwhile = overtaken
    attempt = await office.deliver()
    assert attempt
    assert attempt.result is Result.LOST
    assert office.accepted == []
    assert (office.count("sent"), office.count("lost")) == (0, 1)


async def test_who_lost_the_lease_while_looking_does_not_send() -> None:
    office = Office(Ambiguous("the answer was lost"))
    await office.queue()
    await office.deliver()
    office.clock.at += 2 * FIRST_PAUSE

    async def overtaken() -> None:
        office.clock.at += LEASE + 1
        assert await office.store.take("desk", office.clock.at, LEASE)

    office.desk.searching = overtaken
    assert await office.result() is Result.LOST
    assert len(office.desk.told) == 1
    assert office.desk.stands == []


async def test_a_send_without_an_end_is_cut_off_before_another_process_may_send() -> None:
    office = Office()
    office.post = replace(office.post, lease=0.05)
    (delivery,) = await office.queue()
    office.desk.meanwhile = asyncio.Event().wait
    attempt = await office.deliver()
    assert attempt == Attempt(delivery, Result.AMBIGUOUS, "it came to no end within 0s")
    office.desk.meanwhile, office.desk.searching = None, asyncio.Event().wait
    office.clock.at += 2 * FIRST_PAUSE
    assert await office.result() is Result.AMBIGUOUS, "nor may looking for it take for ever"
    office.desk.searching = None
    office.clock.at += 10 * FIRST_PAUSE
    assert await office.result() is Result.SENT


# ── Dead letters, replayed ──────────────────────────────────────────────────


async def test_a_replayed_alert_goes_out_under_its_id_and_is_looked_for_first() -> None:
    office = Office(Permanent("no such channel"))
    (delivery,) = await office.queue()
    await office.deliver()
    office.desk.stands.append(delivery.id)  # it had been accepted all the same
    (letter,) = await office.store.dead(1)
    assert await replay(office.store, letter, office.clock.at, look=True)
    assert await office.result() is Result.SENT
    assert office.desk.stands == [delivery.id]
    assert not await replay(office.store, letter, office.clock.at, look=True)


@pytest.mark.parametrize("look", [True, False])
async def test_what_is_held_in_doubt_goes_out_again_only_unlooked_for(look: bool) -> None:
    office = Office(Ambiguous("the answer was lost"))
    office.desk.blind = Permanent("nothing can be looked for: look yourself")
    (delivery,) = await office.queue()
    assert await office.result() is Result.AMBIGUOUS
    office.clock.at += 2 * FIRST_PAUSE
    assert await office.result() is Result.DEAD
    (told,) = await office.told_ops()
    assert told.endswith("was not delivered: nothing can be looked for: look yourself")
    (letter,) = await office.store.dead(1)
    assert await replay(office.store, letter, office.clock.at, look=look)
    assert await office.result() is (Result.DEAD if look else Result.SENT)
    assert office.desk.stands == ([] if look else [delivery.id])


async def test_a_replayed_alert_that_stands_by_now_is_told_in_its_thread_as_it_is_now() -> None:
    office = Office(Permanent("too long"))
    story = await office.tell(an_item("Ministers meet in Tunxi"), None)
    await office.deliver()
    office.clock.at += 60
    story = await office.tell(an_item("Ministers meet again", guid="2", kind=Kind.UPDATE), story)
    assert await office.result() is Result.SENT, "the update was posted in its place"
    (letter,) = await office.store.dead(1)
    assert await replay(office.store, letter, office.clock.at, look=False)
    assert await office.result() is Result.SENT
    first, _, again = office.desk.told
    assert isinstance(first, AlertEvent)
    assert isinstance(again, AlertEvent)
    assert (first.kind, first.manner) == (EventKind.RAISED, Manner.PING)
    assert (again.kind, again.manner) == (EventKind.UPDATED, Manner.REPLY)
    assert again.card == story.alerts[0].card != first.card


async def test_what_cannot_be_read_is_not_replayed() -> None:
    office = Office()
    (delivery,) = await office.queue()
    assert not await replay(office.store, Dead(delivery, NOON, UNREADABLE, 1), NOON, look=False)


@pytest.mark.parametrize(("attempts", "expected"), [(0, FIRST_PAUSE), (3, 8 * FIRST_PAUSE), (50, LONGEST_PAUSE)])
def test_pauses_double_to_a_cap(attempts: int, expected: float) -> None:
    assert pause(attempts, 0.5) == pytest.approx(expected)
    assert pause(attempts, 0.0) < pause(attempts, 0.99)
