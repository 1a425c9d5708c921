"""All feeds together: the alarm when none can be read, told once by all replicas, and once when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.channels.console import ConsoleConfig
from monitor.desk import Desk, InForce
from monitor.duty import Duty
from monitor.model import Feed, FeedHealth, FeedState, OpsEvent, Pause
from monitor.observe.metrics import MOST_FEEDS, Metrics
from monitor.ports import Store
from monitor.roll_call import ALARM, DOUBT, PROBE, RollCall
from monitor.rules import load
from tests.items import NOON

FEEDS = tuple(Feed(name, f"https://{name}.example/feed", name, every=300.0) for name in ("ash", "birch", "cedar"))
DESK = Desk({feed.id: feed for feed in FEEDS}, load([], []), {"ops": ConsoleConfig(type="console")}, (), ("ops",), "")


class Clock:
    """The time that a test says it is."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Room:
    """Replicas that share a store and a clock, and feeds that answer or do not."""

    def __init__(self, store: Store) -> None:
        self.clock = Clock()
        self.feeds = FEEDS
        self.store = store

    def replica(self, *, first: bool = False) -> RollCall:
        """A process that has been up for long, or has just started."""
        self.duty = Duty(
            self.store, InForce(replace(DESK, feeds={feed.id: feed for feed in self.feeds})), Metrics(), self.clock
        )
        call = RollCall(self.duty)
        call.first_round_told = not first
        return call

    async def polls(self, feeds: Sequence[str], error: str = "", status: int = 0) -> None:
        """Poll feeds now, well or with an error."""
        await self.store.plan([feed.id for feed in self.feeds], self.clock.now)
        await self.store.poll_now(feeds, self.clock.now)
        for claim in await self.store.claim(self.clock.now, 10, 15.0):
            state = replace(claim.state, last_attempt=self.clock.now, next_poll=self.clock.now + 3600, status=status)
            well = replace(state, last_success=self.clock.now, failures=0, failing_since=0.0)
            since = claim.state.failing_since or self.clock.now
            worse = replace(state, failures=claim.state.failures + 1, failing_since=since, error=error)
            assert await self.store.finish(claim, worse if error else well)

    async def told(self) -> list[str]:
        """What operators heard since they were asked last."""
        texts = []
        while taken := await self.store.take("ops", self.clock.now, 30.0):
            assert isinstance(taken.delivery.event, OpsEvent)
            texts.append(taken.delivery.event.text)
            await self.store.sent(taken, None, self.clock.now)
        return texts


@pytest.fixture
async def room(embedded_store: Store) -> Room:
    """Three feeds, read at noon; all fail a minute later."""
    room = Room(embedded_store)
    await room.polls(["ash", "birch", "cedar"])
    room.clock.now += 60
    await room.polls(["ash", "birch", "cedar"], "no such host")
    return room


async def test_none_can_be_read_is_told_once_by_all_replicas_and_its_end_once(room: Room) -> None:
    one, other = room.replica(), room.replica()
    for call in (one, other):
        await call.turn()
    assert await room.told() == []
    room.clock.now += ALARM
    for call in (one, other, one):
        await call.turn()
    assert await room.told() == ["none could be read for 10m (3 tried): no such host"]
    later = room.replica()
    await later.turn()
    assert room.duty.readiness.troubles == ["feeds: none could be read for 10m"]
    assert await room.told() == []
    room.clock.now += 60
    await room.polls(["birch"])
    for call in (later, one, other, one):
        await call.turn()
    assert await room.told() == ["are read again"]
    assert room.duty.readiness.troubles == []


async def test_a_second_time_is_told_again(room: Room) -> None:
    call = room.replica()
    for _ in range(2):
        room.clock.now += ALARM
        await call.turn()
        await room.polls(["ash", "birch", "cedar"])
        await call.turn()
        room.clock.now += 60
        await room.polls(["ash", "birch", "cedar"], "no such host")
        await call.turn()
    assert len(await room.told()) == 4


async def test_the_end_is_told_by_a_process_that_was_not_there(room: Room) -> None:
    room.clock.now += ALARM
    await room.replica().turn()
    await room.told()
    await room.polls(["cedar"])
    await room.replica().turn()
    assert await room.told() == ["are read again"]


async def test_nobody_is_blamed_from_a_minute_on_until_it_is_over(room: Room) -> None:
    call = room.replica()
    room.clock.now += DOUBT - 1
    await call.turn()
    assert call.excused == 0.0
    room.clock.now += 1
    await call.turn()
    ended = call.excused
    assert ended == room.clock.now
    room.clock.now += 60
    await room.polls(["ash"])
    await call.turn()
    assert call.excused == ended


async def test_the_only_feed_may_have_failed_by_itself(embedded_store: Store) -> None:
    room = Room(embedded_store)
    room.feeds = FEEDS[:1]
    await room.polls(["ash"])
    room.clock.now += 60
    await room.polls(["ash"], "HTTP 500 Internal Server Error", status=500)
    room.clock.now += ALARM
    call = room.replica()
    await call.turn()
    assert await room.told() == ["none could be read for 10m (1 tried): HTTP 500 Internal Server Error"]
    assert (call.excused, room.duty.readiness.troubles) == (0.0, []), "we are well, as far as one can tell"


async def test_one_feed_is_tried_each_minute_and_all_when_it_is_over(room: Room) -> None:
    call = room.replica()
    room.clock.now += ALARM
    for _ in range(2):
        await call.turn()
        assert len(await room.store.claim(room.clock.now, 10, PROBE)) == 1
        await call.turn()
        assert await room.store.claim(room.clock.now, 10, PROBE) == ()
        room.clock.now += PROBE
    await room.polls(["birch"])
    await call.turn()
    due = await room.store.claim(room.clock.now, 10, PROBE)
    assert {claim.state.id for claim in due} == {"ash", "birch", "cedar"}


async def test_a_feed_that_was_told_to_wait_is_not_hurried(room: Room) -> None:
    room.clock.now += 60
    await room.polls(["cedar"], "HTTP 503 Service Unavailable", status=503)
    call = room.replica()
    room.clock.now += ALARM
    await call.turn()
    await room.store.claim(room.clock.now, 10, 1.0)
    await room.polls(["birch"])
    await call.turn()
    assert "cedar" not in {claim.state.id for claim in await room.store.claim(room.clock.now, 10, PROBE)}


async def test_a_first_round_in_which_nothing_was_read_is_told_once_it_is_over(embedded_store: Store) -> None:
    room = Room(embedded_store)
    call = room.replica(first=True)
    await room.polls(["ash", "birch"], "HTTP 404 Not Found", status=404)
    assert not await call.any_read()
    await call.turn()
    assert call.first_round_told
    (text,) = await room.told()
    assert text.startswith("none could be read: 0 of 3 feeds read, 0 items seen; not read: ash: HTTP 404 Not Found, ")
    await call.turn()
    assert await room.told() == []
    await room.polls(["ash"])
    assert await call.any_read()


async def test_a_first_round_waits_for_its_last_feed(embedded_store: Store) -> None:
    room = Room(embedded_store)
    call = room.replica(first=True)
    await call.turn()
    assert not call.first_round_told
    await room.polls(["ash"])
    await call.turn()
    assert call.first_round_told
    assert await room.told() == []


async def test_a_start_in_the_dark_is_not_told_twice(room: Room) -> None:
    room.clock.now += ALARM
    await room.replica().turn()
    assert len(await room.told()) == 1
    await room.replica(first=True).turn()
    assert await room.told() == []


# ── Gauges ──────────────────────────────────────────────────────────────────


def shown(metrics: Metrics) -> set[str]:
    lines = metrics.render().decode().splitlines()
    return {line.removeprefix("wirewatch_") for line in lines if line.startswith("wirewatch_feed")}


def test_each_feed_is_shown_and_those_that_are_gone_are_not() -> None:
    metrics = Metrics()
    metrics.show_feeds([FeedState("gone", failures=9)], NOON)
    ash = FeedState("ash", last_success=NOON - 60, last_new=NOON - 600)
    birch = FeedState("birch", failures=3, health=FeedHealth.FAILING)
    metrics.show_feeds([ash, birch], NOON)
    assert shown(metrics) == {
        'feeds{health="ok"} 1.0',
        'feeds{health="failing"} 1.0',
        'feeds{health="silent"} 0.0',
        'feeds{health="paused"} 0.0',
        "feeds_unread_seconds 60.0",
        'feed_failures{feed="ash"} 0.0',
        'feed_failures{feed="birch"} 3.0',
        'feed_unread_seconds{feed="ash"} 60.0',
        'feed_silence_seconds{feed="ash"} 600.0',
    }


def test_a_pause_alarms_nobody() -> None:
    metrics = Metrics()
    asleep = FeedState("ash", last_success=NOON - 600, last_new=NOON - 600, pause=Pause(NOON - 500, NOON + 1))
    metrics.show_feeds([asleep], NOON)
    assert shown(metrics) == {
        'feeds{health="ok"} 0.0',
        'feeds{health="failing"} 0.0',
        'feeds{health="silent"} 0.0',
        'feeds{health="paused"} 1.0',
        "feeds_unread_seconds 0.0",
    }
    metrics.show_feeds([asleep], NOON + 9)
    assert 'feed_silence_seconds{feed="ash"} 8.0' in shown(metrics)


def test_of_thousands_of_feeds_the_worst_are_shown() -> None:
    metrics = Metrics()
    states = [FeedState(f"well-{number}", last_new=NOON) for number in range(MOST_FEEDS)]
    metrics.show_feeds([*states, FeedState("failing", last_new=NOON, failures=1)], NOON)
    failures = [line for line in shown(metrics) if line.startswith("feed_failures")]
    assert len(failures) == MOST_FEEDS
    assert 'feed_failures{feed="failing"} 1.0' in failures
