"""The contract suite's stores: in memory, on the embedded store's Valkey, on a real redis-server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest

from monitor.ports import Store
from monitor.store.embedded import find_server
from monitor.store.layout import Layout
from monitor.store.memory import MemoryStore
from tests.servers.stores import RedisServer, redis_binary

_prefixes = (f"t{number}:" for number in count())


@pytest.fixture
def layout() -> Layout:
    """Keys of this test's own on a server that tests share."""
    return Layout(prefix=next(_prefixes))


@pytest.fixture(scope="session")
def valkey() -> Iterator[RedisServer]:
    with RedisServer(find_server()) as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    with RedisServer(redis_binary()) as server:
        yield server


@pytest.fixture(params=["memory", "valkey", "redis"])
async def store(request: pytest.FixtureRequest, layout: Layout) -> AsyncIterator[Store]:
    """A store, empty. Every test that takes it is part of the contract."""
    if request.param == "memory":
        yield MemoryStore(layout)
        return
    server: RedisServer = request.getfixturevalue(request.param)
    store = server.store(layout)
    yield store
    await store.close()
