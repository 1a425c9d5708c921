"""Holds whose time has come, on the store in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from monitor.model import Delivery, DigestEvent, Hold, HoldReason
from monitor.observe.metrics import Metrics
from monitor.release import release_due
from monitor.store.memory import MemoryStore
from tests.alerts.test_digest import MORNING, a_word
from tests.items import NOON

EMBARGO = Hold("embargo", "night", HoldReason.EMBARGO, NOON + 1800)


async def a_store(waiting: Sequence[Delivery]) -> MemoryStore:
    store = MemoryStore()
    await store.put(waiting)
    return store


async def sent(store: MemoryStore, channel: str) -> list[Delivery]:
    found = []
    while taken := await store.take(channel, NOON + 9999, 30):
        await store.sent(taken, None, NOON + 9999)
        found.append(taken.delivery)
    return found


async def test_nothing_goes_out_before_its_time() -> None:
    store = await a_store([a_word("A"), a_word("B")])
    assert await release_due(store, Metrics(), MORNING.until - 1) == 0
    assert await sent(store, "desk") == []


async def test_what_is_due_goes_out_as_it_is_to_be_told() -> None:
    metrics = Metrics()
    embargoed = Delivery("e", "alert e", "night", a_word("E").event, NOON, hold=EMBARGO)
    store = await a_store([a_word("A"), a_word("B"), embargoed])
    assert await release_due(store, metrics, MORNING.until) == 2
    (digest,) = await sent(store, "desk")
    assert isinstance(digest.event, DigestEvent)
    assert [entry.headline for entry in digest.event.entries] == ["A", "B"]
    assert [delivery.id for delivery in await sent(store, "night")] == ["e"]
    assert await release_due(store, metrics, MORNING.until) == 0
    text = metrics.render().decode()
    assert 'wirewatch_released_total{reason="digest"} 2.0' in text
    assert 'wirewatch_released_total{reason="embargo"} 1.0' in text


async def test_a_digest_says_once_how_many_were_silenced() -> None:
    store = await a_store([a_word("A")])
    await store.count_silenced(["desk", "night"], "s1", NOON)
    await store.count_silenced(["desk"], "s2", NOON)
    await release_due(store, Metrics(), MORNING.until)
    (digest,) = await sent(store, "desk")
    assert isinstance(digest.event, DigestEvent)
    assert digest.event.silenced == 2
    assert await store.silenced("desk", NOON + 9999) == 0
    assert await store.silenced("night", NOON + 9999) == 1


async def test_an_embargo_that_ends_leaves_that_for_the_digest() -> None:
    store = await a_store([Delivery("e", "alert e", "night", a_word("E").event, NOON, hold=EMBARGO)])
    await store.count_silenced(["night"], "s1", NOON)
    await release_due(store, Metrics(), EMBARGO.until)
    assert await store.silenced("night", NOON + 9999) == 1


async def test_replicas_release_once() -> None:
    store = await a_store([a_word("A"), a_word("B")])
    released = await asyncio.gather(*(release_due(store, Metrics(), MORNING.until) for _ in range(5)))
    assert sum(released) == 1
    assert len(await sent(store, "desk")) == 1
