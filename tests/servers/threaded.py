"""A server in a thread of its own, so that coroutines, plain tests and child processes can all talk to it."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self


class ThreadedServer(ABC):
    """Listens on `port` of 127.0.0.1 while its `with` block lasts."""

    def __init__(self) -> None:
        self.port = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name=type(self).__name__, daemon=True)
        self._listening = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._finished.set)
        self._thread.join()

    @abstractmethod
    def listening(self) -> AbstractAsyncContextManager[int]:
        """Serve while the context lasts; it yields the port."""

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._finished = asyncio.Event()
        async with self.listening() as self.port:
            self._listening.set()
            await self._finished.wait()
