"""Standard output: for people (`text`) or for programs (`json`, one event a line).

Every event is written, also those that other channels only edit in: a
terminal has nothing to edit. A stream that is full or whose reader has gone is
`Retryable`: the alerts wait in the outbox for the next process that can write.
"""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from io import UnsupportedOperation
from typing import Literal, TextIO

from monitor.channels import event_json
from monitor.channels.acts import Act, acts
from monitor.channels.config import Config, Outside
from monitor.channels.console_text import Screen
from monitor.config import Settings
from monitor.errors import Retryable
from monitor.model import AlertEvent, Delivery, DigestEvent, OpsEvent, Receipt


class ConsoleConfig(Config):
    """`{type: console, format: text}`."""

    type: Literal["console"]
    format: Literal["text", "json"] = "text"

    def missing(self, settings: Settings) -> str:  # noqa: ARG002 (it needs none)
        return ""

    def build(self, name: str, outside: Outside) -> ConsoleChannel:
        return ConsoleChannel(name, outside.stream, as_json=self.format == "json")


class ConsoleChannel:
    """A stream of text, written in whole lines."""

    pace = 0.0

    def __init__(self, name: str, stream: TextIO, *, as_json: bool = False) -> None:
        self.name = name
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._screen = None if as_json else Screen(stream)
        self._turn = asyncio.Lock()

    async def open(self) -> tuple[str, ...]:
        """Nothing to check: a stream shows what is wrong when it is written to."""
        return ()

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        async with self._turn:  # a row is laid out for the place below the one before it
            text = self._written(delivery)
            try:
                await self._hand_over(text)
            except (OSError, ValueError) as error:  # ValueError: the stream was closed
                if self._screen is not None:
                    self._screen.listing = ""
                raise Retryable(f"console: cannot write: {error}") from error
        return root

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:  # noqa: ARG002 (the port's)
        """Always None: what was written cannot be read back."""
        return None

    async def close(self) -> None:
        """Nothing to do: the stream belongs to whoever opened it."""

    def _written(self, delivery: Delivery) -> str:
        if self._screen is None:
            unicode = self._encoding.lower().replace("-", "").startswith("utf")
            return event_json.one_line(delivery, ascii_only=not unicode) + "\n"
        event = delivery.event
        if isinstance(event, OpsEvent):
            text = self._screen.ops(event)
        elif isinstance(event, DigestEvent):
            text = self._screen.digest(event)
        else:
            text = _alert(self._screen, event)
        return text.encode(self._encoding, "replace").decode(self._encoding)

    async def _hand_over(self, text: str) -> None:
        """Write in a thread of its own: a reader that pauses must not stop the service, nor hold up its end."""
        loop = asyncio.get_running_loop()
        written = loop.create_future()

        def settle(error: Exception | None) -> None:
            if not written.done():
                written.set_result(error)

        def write() -> None:
            outcome: Exception | None = None
            try:
                self._write(text)
            except (OSError, ValueError) as error:
                outcome = error
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, outcome)

        threading.Thread(target=write, name=f"console {self.name}", daemon=True).start()
        error = await written
        if error is not None:
            raise error

    def _write(self, text: str) -> None:
        """To the descriptor where there is one: a stream's own buffer would be locked, and waited for at exit."""
        try:
            descriptor = self._stream.fileno()
        except UnsupportedOperation:
            self._stream.write(text)
            self._stream.flush()
            return
        self._stream.flush()
        left = text.encode(self._encoding)
        while left:
            left = left[os.write(descriptor, left) :]


def _alert(screen: Screen, event: AlertEvent) -> str:
    match acts(event).console:
        case Act.POST:
            return screen.card(event)
        case Act.ROW:
            return screen.brief(event)
        case Act.NOTHING:
            return ""
        case _:
            return screen.news(event)
