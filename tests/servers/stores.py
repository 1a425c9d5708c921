"""Stores, and the Redis servers behind them, for tests of any room."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from monitor.config import Settings
from monitor.ports import Store
from monitor.store import open_store
from monitor.store.client import connect
from monitor.store.layout import Layout
from monitor.store.memory import MemoryStore
from monitor.store.redis import RedisStore


class RedisServer:
    """A server process of a test's own, on a unix socket in a folder of its own. Keeps its data over restarts."""

    def __init__(self, binary: str | Path, *options: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="store-")  # short: a socket's path has 100 bytes
        self._command = [str(binary), "--dir", self._folder.name, "--unixsocket", str(self.socket), "--port", "0"]
        self._command += ["--save", "", "--appendonly", "yes", *options]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return Path(self._folder.name) / "s"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while not self._answers():
            assert self.process.poll() is None, f"{self._command} ended at once"
            time.sleep(0.005)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()

    def kill(self) -> None:
        """As `kill -9` does."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def store(self, layout: Layout) -> RedisStore:
        return RedisStore(connect(self.url), layout)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as asking:
            try:
                asking.connect(str(self.socket))
                asking.sendall(b"PING\r\n")
                return asking.recv(100) in (b"+PONG\r\n", b"-NOAUTH Authentication required.\r\n")
            except OSError:
                return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()


def redis_binary() -> str:
    """The `redis-server` on this machine; without one the test is skipped, and fails in CI."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing = "redis-server is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return binary


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A real redis-server that the test may kill and start again."""
    with RedisServer(redis_binary()) as server:
        yield server


@pytest.fixture
def memory_store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def embedded_store(tmp_path: Path) -> AsyncIterator[Store]:
    """The default store, on its own embedded server."""
    async with open_store(Settings(data_dir=tmp_path / "data")) as store:
        yield store
