"""Which servers are fit, which are not, and what their refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from redis import exceptions

from monitor.config import Settings
from monitor.errors import StoreError, StoreUnavailable, StoreUnfit
from monitor.store import open_store
from monitor.store.client import connect, findings, translated
from monitor.store.embedded import find_server
from monitor.store.memory import MemoryStore
from monitor.store.redis import RedisStore
from tests.servers.stores import RedisServer

FIT: Mapping[str, Any] = {
    "redis_version": "7.0.15",
    "role": "master",
    "cluster_enabled": 0,
    "maxmemory_policy": "noeviction",
    "aof_enabled": 1,
}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"redis_version": "6.2.14"}, "Redis 6.2.14; Wirewatch needs Redis 7.0"),
        ({"cluster_enabled": 1}, "a cluster"),
        ({"role": "slave"}, "name its primary"),
        ({"maxmemory_policy": "allkeys-lru"}, "is allkeys-lru.*set `maxmemory-policy noeviction`"),
        ({"maxmemory_policy": "volatile-ttl"}, "is volatile-ttl"),
    ],
    ids=["too old", "cluster", "replica", "evicts", "evicts what ends anyway"],
)
def test_an_unfit_server_is_refused_with_what_to_do(changed: Mapping[str, Any], says: str) -> None:
    with pytest.raises(StoreUnfit, match=says):
        findings({**FIT, **changed})


@pytest.mark.parametrize("version", ["7.0.0", "7.4.2", "8.2", "10.0.1"])
def test_a_fit_server_of_any_newer_version_passes(version: str) -> None:
    assert findings({**FIT, "redis_version": version}) == ()


def test_a_server_that_keeps_nothing_over_a_crash_is_a_warning() -> None:
    (warning,) = findings({**FIT, "aof_enabled": 0})
    assert "appendonly yes" in warning


@pytest.mark.parametrize(
    ("options", "warns"),
    [((), None), (("--appendonly", "no"), "append-only")],
    ids=["durable", "not durable"],
)
async def test_a_real_server_is_read_right(options: tuple[str, ...], warns: str | None) -> None:
    with RedisServer(find_server(), *options) as server:
        store = RedisStore(connect(server.url))
        warnings = await store.check()
        await store.close()
    assert len(warnings) == (1 if warns else 0)
    assert all(warns in warning for warning in warnings if warns)


@pytest.mark.parametrize(
    "options", [("--maxmemory-policy", "allkeys-lfu"), ("--replicaof", "127.0.0.1 1"), ("--cluster-enabled", "yes")]
)
async def test_a_real_unfit_server_is_refused(options: tuple[str, ...]) -> None:
    with RedisServer(find_server(), *options) as server:
        store = RedisStore(connect(server.url))
        with pytest.raises(StoreUnfit):
            await store.check()
        await store.close()


async def test_a_user_who_may_not_ask_is_told_that_nothing_was_checked() -> None:
    with RedisServer(find_server()) as server:
        admin = connect(server.url)
        await admin.acl_setuser("wire", enabled=True, nopass=True, keys=["*"], categories=["+@all"], commands=["-info"])
        await admin.aclose()
        store = RedisStore(connect(f"unix://wire:x@{server.socket}"))
        (warning,) = await store.check()
        await store.close()
    assert "were not checked" in warning


async def test_a_wrong_password_is_unfit_and_never_shown() -> None:
    with RedisServer(find_server(), "--requirepass", "right") as server:
        store = RedisStore(connect(f"unix://:hunter2@{server.socket}"))
        with pytest.raises(StoreUnfit, match="does not let us in") as caught:
            await store.check()
        assert "hunter2" not in f"{caught.value}{caught.value!r}{store!r}"
        await store.close()


async def test_no_server_at_all_is_unavailable_not_unfit() -> None:
    async with open_store(Settings.model_validate({"redis_url": "redis://:hunter2@127.0.0.1:1"})) as store:
        with pytest.raises(StoreUnavailable, match="does not answer") as caught:
            await store.check()
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (exceptions.ConnectionError("reset"), StoreUnavailable),
        (exceptions.TimeoutError("late"), StoreUnavailable),
        (exceptions.BusyLoadingError("LOADING"), StoreUnavailable),
        (OSError("no route"), StoreUnavailable),
        (exceptions.ReadOnlyError("You can't write against a read only replica."), StoreUnavailable),
        (exceptions.OutOfMemoryError("OOM"), StoreUnavailable),
        (exceptions.ResponseError("BUSY Redis is busy running a script."), StoreUnavailable),
        (exceptions.ResponseError("MISCONF Errors writing to the AOF file"), StoreUnavailable),
        (exceptions.NoPermissionError("NOPERM"), StoreUnfit),
        (exceptions.AuthenticationError("WRONGPASS"), StoreUnfit),
        (exceptions.ResponseError("WRONGTYPE"), StoreError),
    ],
    ids=lambda value: repr(value) if isinstance(value, Exception) else "",
)
def test_each_refusal_has_its_meaning(error: Exception, becomes: type[StoreError]) -> None:
    with pytest.raises(StoreError) as caught, translated():
        raise error
    assert type(caught.value) is becomes
    assert caught.value.__cause__ is error


async def test_memory_says_that_it_keeps_nothing(memory_store: MemoryStore) -> None:
    await memory_store.ping()
    assert await memory_store.check() == ("nothing is kept: this store lives in memory and ends with its process",)
    await memory_store.close()
