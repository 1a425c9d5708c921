"""A story that changes without an item, the same on every store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from monitor.model import Delivery, DeliveryState
from monitor.ports import Amendment, Store
from monitor.store.client import connect
from monitor.store.layout import Layout
from tests.items import NOON
from tests.servers.stores import RedisServer
from tests.store.made import AN_ALERT, a_delivery, a_hold, a_story, told

WAITS = a_delivery("waits", "night", hold=a_hold())


async def lanes(store: Store) -> list[str]:
    """Ids of what goes out now, one of each lane."""
    found: list[str] = []
    while taken := await store.take("desk", NOON, 30):
        found.append(taken.delivery.id)
    return found


def amendment(version: int, *deliveries: Delivery, lifted: tuple[Delivery, ...] = ()) -> Amendment:
    return Amendment(replace(a_story("s", version), headline="amended"), deliveries, lifted, "anna is on it")


async def test_a_story_is_amended_with_what_goes_out_of_it(store: Store) -> None:
    await told(store, "one", story="s")
    assert await store.amend(amendment(2, a_delivery("1")), NOON)
    story = await store.story("s")
    assert story is not None
    assert (story.version, story.headline) == (2, "amended")
    assert await lanes(store) == ["1"]


@pytest.mark.parametrize("version", [1, 3], ids=["made from an older one", "made from a newer one"])
async def test_an_amendment_of_what_moved_is_refused(store: Store, version: int) -> None:
    await told(store, "one", story="s")
    assert not await store.amend(amendment(version, a_delivery("1")), NOON)
    assert await store.story("s") == a_story("s")
    assert await lanes(store) == []


async def test_a_story_that_is_not_there_is_not_amended(store: Store) -> None:
    assert not await store.amend(amendment(2), NOON)
    assert await store.story("s") is None


async def test_what_waits_is_called_off(store: Store) -> None:
    await told(store, "one", story="s", deliveries=[WAITS])
    assert await store.amend(amendment(2, lifted=(WAITS,)), NOON)
    assert await store.due_holds(NOON + 7200, 9) == ()
    _, step = await store.steps(WAITS.channel, WAITS.lane)
    assert (step.state, step.said) == (DeliveryState.LIFTED, "anna is on it")
    assert not await store.amend(amendment(3, lifted=(WAITS,)), NOON), "it waits no more"


async def test_what_was_released_meanwhile_is_not_called_off(store: Store) -> None:
    await told(store, "one", story="s", deliveries=[WAITS])
    held = await store.held("morning")
    assert await store.release(held, [replace(WAITS, hold=None)], NOON)
    assert not await store.amend(amendment(2, a_delivery("1"), lifted=(WAITS,)), NOON)
    assert await lanes(store) == ["waits"]


async def test_of_several_amendments_at_once_one_is_made(store: Store) -> None:
    await told(store, "one", story="s")
    made = await asyncio.gather(*(store.amend(amendment(2, a_delivery(str(n), str(n))), NOON) for n in range(8)))
    assert sum(made) == 1
    assert len(await lanes(store)) == 1


async def test_a_commit_made_before_an_amendment_is_refused(store: Store) -> None:
    await told(store, "one", story="s")
    assert await store.amend(amendment(2), NOON)
    record = await told(store, "two", story="s")
    story = await store.story("s")
    assert story is not None
    assert (story.version, record.story_id) == (3, "s")


async def test_what_an_alert_heard_of_is_found_by_its_id(store: Store) -> None:
    first = await told(store, "one", alerts=["a1"])
    second = await told(store, "two", alerts=["a1", "a2"])
    assert await store.find("a1") == (second, first)
    assert await store.find("a2") == (second,)


async def test_an_amended_story_lives_no_longer_for_it(redis: RedisServer) -> None:
    store, client = redis.store(Layout(prefix="amended:")), connect(redis.url)
    await told(store, "one", story="s")
    await client.expire("amended:story:s", 1000)
    assert await store.amend(amendment(2), NOON)
    assert 990 < await client.ttl("amended:story:s") <= 1000
    await client.aclose()
    await store.close()


# ── Stories that are over ───────────────────────────────────────────────────

CLOSED = replace(AN_ALERT, card=replace(AN_ALERT.card, closed=True))


async def idle(store: Store, since: float = NOON, limit: int = 9) -> list[str]:
    return [story.id for story in await store.idle(since, limit)]


async def test_stories_with_alerts_are_idle_by_their_last_text(store: Store) -> None:
    await told(store, "one", of_story=[AN_ALERT])
    await told(store, "two", of_story=[AN_ALERT], now=NOON + 60)
    await told(store, "three", now=NOON)
    assert await idle(store, NOON - 1) == []
    assert await idle(store) == ["one"]
    assert await idle(store, NOON + 60) == ["one", "two"]
    assert await idle(store, NOON + 60, limit=1) == ["one"]
    await told(store, "again", story="one", of_story=[AN_ALERT], now=NOON + 90)
    assert await idle(store, NOON + 60) == ["two"]


async def test_a_story_that_is_closed_is_idle_no_more_until_a_text_opens_it(store: Store) -> None:
    await told(store, "one", story="s", of_story=[AN_ALERT, AN_ALERT])
    half = replace(amendment(2), story=replace(a_story("s", 2), alerts=(AN_ALERT, CLOSED)))
    assert await store.amend(half, NOON)
    assert await idle(store) == ["s"]
    whole = replace(amendment(3), story=replace(a_story("s", 3), alerts=(CLOSED, CLOSED)))
    assert await store.amend(whole, NOON)
    assert await idle(store) == []
    await told(store, "two", story="s", of_story=[AN_ALERT])
    assert await idle(store) == ["s"]


async def test_a_story_that_was_forgotten_is_not_idle(redis: RedisServer) -> None:
    store, client = redis.store(Layout(prefix="idle:")), connect(redis.url)
    await told(store, "one", story="s", of_story=[AN_ALERT])
    await client.delete("idle:story:s")
    assert await idle(store) == []
    assert await client.zcard("idle:open") == 0
    await client.aclose()
    await store.close()
