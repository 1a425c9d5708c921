"""Documents to items, in processes that can be killed.

feedparser and its like take quadratic time on some inputs, and a thread cannot
be stopped. So documents are read by a few workers (`worker`), one at a time
each; a worker that takes too long, or too much memory, or falls over, costs
its document an `Unreadable` and nothing else. Workers start when they are
needed and end when they have not been for a while.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

from monitor.durations import written
from monitor.ingest.frames import ANSWER, LENGTH, TASK, Task, frame
from monitor.model import UNTAUGHT, Article, Feed, Habits, Parsed, Unreadable

LONGEST_BODY = 16 * 2**20
"""Bytes of a document that is read at all."""
_LONGEST_ANSWER = 64 * 2**20
_STARTING = 30.0
"""Seconds a worker may take to say that it is ready."""
_GRACE = 1.0
"""Seconds over the limit after which a worker ends by itself, should we not be there to kill it."""
_PIECE = 2**18
"""Bytes handed to a worker at once."""
_SWELLING = 2 * 2**20
"""Bytes of a document after which a worker is let go: it would keep the memory."""

_NONSENSE = "the parser answered something else"


@dataclass(slots=True, eq=False)
class _Worker:
    process: asyncio.subprocess.Process
    tasks: asyncio.StreamWriter = field(repr=False)
    answers: asyncio.StreamReader = field(repr=False)
    ready: bool = False
    rest: asyncio.TimerHandle | None = field(default=None, repr=False)
    """Ends it when it has been idle for a while."""

    async def get_ready(self) -> None:
        """Wait until it has started. Raises IncompleteReadError or ConnectionError when it does not."""
        try:
            async with asyncio.timeout(_STARTING):
                await self.read()
        except TimeoutError:
            raise ConnectionError("it did not start in time") from None
        self.ready = True

    async def ask(self, task: bytes, body: bytes) -> Parsed | Article | Unreadable:
        """Raises IncompleteReadError or ConnectionError when the worker ends instead."""
        self.tasks.write(frame(task) + LENGTH.pack(len(body)))
        for start in range(0, len(body), _PIECE):  # whole, a long one would be copied
            self.tasks.write(body[start : start + _PIECE])
            await self.tasks.drain()
        return ANSWER.validate_json(await self.read())

    async def read(self) -> bytes:
        length: int = LENGTH.unpack(await self.answers.readexactly(LENGTH.size))[0]
        if length > _LONGEST_ANSWER:
            raise ConnectionError(f"an answer of {length} bytes")
        return await self.answers.readexactly(length)

    def dismiss(self) -> None:
        """Let it end by itself."""
        self.tasks.close()

    async def end(self) -> str:
        """Kill it; returns the last line it wrote on standard error."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):  # it ended by itself, which asyncio has not told yet
                os.kill(self.process.pid, signal.SIGKILL)  # asyncio's own kill may bury it and lose its status
        _, errors = await self.process.communicate()
        lines = errors.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with status {self.process.returncode}"


class ParserPool:
    """`ports.Parser` over worker processes, an async context manager.

    `seconds` and `memory` (bytes, besides what a worker itself takes) are what
    one document may take; `idle` is how many seconds an unused worker is kept.
    """

    def __init__(
        self, workers: int = 2, *, seconds: float = 10.0, memory: int = 96 * 2**20, idle: float = 30.0
    ) -> None:
        self._seconds = seconds
        self._memory = memory
        self._idle = idle
        self._turns = asyncio.Semaphore(workers)
        self._free: list[_Worker] = []
        self._all: list[_Worker] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._free:
            if worker.rest:
                worker.rest.cancel()
        self._free.clear()
        await asyncio.gather(*(worker.end() for worker in self._all))

    async def parse(
        self,
        body: bytes,
        content_type: str,
        feed: Feed,
        now: float,
        slices: str = "",
        habits: Habits = UNTAUGHT,
    ) -> Parsed | Unreadable:
        """The document's items, oldest first; or why there are none, in words. Waits for a free worker."""
        answer = await self._answer(Task(content_type, feed, now, slices, habits), body)
        return Unreadable(_NONSENSE) if isinstance(answer, Article) else answer

    async def article(self, body: bytes, content_type: str, feed: Feed, now: float) -> Article | Unreadable:
        """What an item's page says; or why nothing, in words. Waits for a free worker."""
        answer = await self._answer(Task(content_type, feed, now, article=True), body)
        return Unreadable(_NONSENSE) if isinstance(answer, Parsed) else answer

    async def _answer(self, task: Task, body: bytes) -> Parsed | Article | Unreadable:
        if len(body) > LONGEST_BODY:
            return Unreadable(f"{len(body) / 1e6:.0f} MB long; more than {LONGEST_BODY / 1e6:.0f} MB are not read")
        async with self._turns:
            try:
                worker = self._take() or await self._start()
            except OSError as error:
                return Unreadable(f"the parser could not start: {error.strerror or error}")
            try:
                if not worker.ready:
                    await worker.get_ready()
                async with asyncio.timeout(self._seconds):
                    answer = await worker.ask(TASK.dump_json(task), body)
            except TimeoutError:
                return Unreadable(f"took longer than {written(self._seconds)} to parse")
            except (asyncio.IncompleteReadError, ConnectionError):
                return Unreadable(f"the parser gave up: {await worker.end()}")
            else:
                self._put_back(worker, len(body))
                return answer
            finally:
                if worker not in self._free and worker.process.returncode is None:
                    await worker.end()

    def _take(self) -> _Worker | None:
        worker = self._free.pop() if self._free else None
        if worker and worker.rest:
            worker.rest.cancel()
        return worker

    async def _start(self) -> _Worker:
        """A new worker, on its way. Raises OSError when the system has no room for one."""
        self._all = [worker for worker in self._all if worker.process.returncode is None]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "monitor.ingest.worker",
            str(self._seconds + _GRACE),
            str(self._memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        pipes = process.stdin, process.stdout
        worker = _Worker(process, *cast("tuple[asyncio.StreamWriter, asyncio.StreamReader]", pipes))
        self._all.append(worker)
        return worker

    def _put_back(self, worker: _Worker, length: int) -> None:
        if length > _SWELLING:
            worker.dismiss()
            return
        worker.rest = asyncio.get_running_loop().call_later(self._idle, self._let_go, worker)
        self._free.append(worker)

    def _let_go(self, worker: _Worker) -> None:
        self._free.remove(worker)
        worker.dismiss()
