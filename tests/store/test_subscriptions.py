"""Subscriptions at hubs, the same on every store."""

from __future__ import annotations

from dataclasses import replace

from monitor.model import Standing, Subscription
from monitor.ports import Store
from monitor.store.client import connect
from monitor.store.layout import Layout
from tests.items import NOON
from tests.servers.stores import RedisServer

ASKED = Subscription("one", "https://hub.example/", "https://m.example/", "https://wire.example", "tok", "s3cret")
ACTIVE = replace(ASKED, standing=Standing.ACTIVE, until=NOON + 900.5)


async def test_a_subscription_comes_back_whole_and_is_forgotten(store: Store) -> None:
    assert await store.subscription("one") is None
    await store.subscribe(ACTIVE, NOON, NOON + 720)
    assert await store.subscription("one") == ACTIVE
    await store.unsubscribe("one")
    await store.unsubscribe("one")
    assert await store.subscription("one") is None
    assert await store.claim_subscriptions(NOON + 1000, 9, 60) == ()


async def test_what_is_due_is_claimed_once_until_its_lease_ends(store: Store) -> None:
    await store.look_after([], NOON)
    await store.look_after(["one", "two", "three"], NOON)
    assert await store.claim_subscriptions(NOON - 1, 9, 60) == ()
    first = await store.claim_subscriptions(NOON, 2, 60)
    rest = await store.claim_subscriptions(NOON, 9, 60)
    assert (len(first), sorted((*first, *rest))) == (2, ["one", "three", "two"])
    assert await store.claim_subscriptions(NOON + 59, 9, 60) == ()
    assert len(await store.claim_subscriptions(NOON + 60, 9, 60)) == 3


async def test_it_is_looked_after_when_it_is_due_or_before_when_somebody_asks(store: Store) -> None:
    await store.subscribe(ACTIVE, NOON, NOON + 720)
    await store.look_after(["one"], NOON + 800)
    assert await store.claim_subscriptions(NOON + 719, 9, 60) == ()
    await store.look_after(["one"], NOON + 300)
    assert await store.claim_subscriptions(NOON + 300, 9, 60) == ("one",)


async def test_what_a_hub_showed_of_itself_is_noted_and_revives_nothing(store: Store) -> None:
    proven = replace(ACTIVE, proven=True, last_new=NOON)
    await store.note_push(proven)
    assert await store.subscription("one") is None
    await store.subscribe(ACTIVE, NOON, NOON + 720)
    await store.note_push(proven)
    assert await store.subscription("one") == proven
    assert await store.claim_subscriptions(NOON + 720, 9, 60) == ("one",)


async def test_a_secret_lives_no_longer_than_its_lease_and_a_day(valkey: RedisServer, layout: Layout) -> None:
    store = valkey.store(layout)
    await store.subscribe(ACTIVE, NOON, NOON + 720)
    await store.note_push(ACTIVE)
    client = connect(valkey.url)
    assert 86_400 < await client.ttl(f"{layout.prefix}subscription:one") <= 86_400 + 901
    assert 0 < await client.ttl(f"{layout.prefix}subscriptions") <= layout.subscription_ttl
    await client.aclose()
    await store.close()
