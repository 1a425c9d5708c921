"""The stored items read back for backtests, the same on every store: newest first, within their time and cap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from monitor.config import Settings
from monitor.ports import Store
from monitor.store import open_store
from monitor.store.client import connect
from monitor.store.layout import DAY, Layout
from monitor.store.memory import MemoryStore
from monitor.store.redis import AT_A_TIME
from tests.items import NOON
from tests.servers.stores import RedisServer
from tests.store.made import told

CAP = 5


@pytest.fixture
def layout(layout: Layout) -> Layout:
    """As ever, with a cap that a test can reach."""
    return replace(layout, most_items=CAP)


async def guids(store: Store, since: float = 0.0) -> list[str]:
    return [record.item.guid async for records in store.stored(since) for record in records]


async def test_an_empty_store_has_nothing(store: Store) -> None:
    assert await guids(store) == []


async def test_records_come_whole_and_newest_first(store: Store) -> None:
    first, second = await told(store, "first"), await told(store, "second", story="first")
    assert [record async for records in store.stored(0.0) for record in records] == [second, first]


async def test_only_what_was_seen_since(store: Store) -> None:
    for hour in range(4):
        await told(store, str(hour), now=NOON + hour * 3600)
    assert await guids(store, NOON + 2 * 3600) == ["3", "2"]
    assert await guids(store, NOON + DAY) == []


async def test_past_the_cap_the_oldest_go(store: Store) -> None:
    for number in range(CAP + 3):
        await told(store, str(number))
    assert await guids(store) == ["7", "6", "5", "4", "3"]
    assert await store.record(3) is None
    assert await store.record(4) is not None


async def test_memory_forgets_by_the_clock_that_it_is_told() -> None:
    store = MemoryStore(Layout(item_ttl=2 * DAY))
    await told(store, "old")
    await told(store, "new", now=NOON + 2 * DAY)
    assert await guids(store) == ["new"]


@pytest.mark.slow
async def test_more_than_one_command_reads(redis_server: RedisServer) -> None:
    store = redis_server.store(Layout())
    written = [str(number) for number in range(AT_A_TIME + 1)]
    for guid in written:
        await told(store, guid)
    assert [len(records) async for records in store.stored(0.0)] == [AT_A_TIME, 1]
    assert await guids(store) == written[::-1]
    await store.close()


async def test_the_operator_sets_how_long(redis_server: RedisServer) -> None:
    settings = Settings(redis_url=SecretStr(redis_server.url), archive_age=3.0 * DAY)
    async with open_store(settings) as store:
        await told(store, "one")
        assert await guids(store) == ["one"]
    client = connect(redis_server.url)
    assert 2.9 * DAY < await client.ttl("ww:item:1") <= 3 * DAY
    await client.aclose()
