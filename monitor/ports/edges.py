"""What reads the wire and what tells people: the line's two ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from monitor.model import (
    ANYONE,
    UNTAUGHT,
    Access,
    Article,
    Delivery,
    Feed,
    Fetched,
    Habits,
    Item,
    Match,
    Parsed,
    Receipt,
    Unreadable,
    Validators,
)


class Fetcher(Protocol):
    """GETs a feed. Never raises for what a server or a network does."""

    async def fetch(self, url: str, validators: Validators, access: Access = ANYONE) -> Fetched: ...


class Hubs(Protocol):
    """Posts a form to a hub."""

    async def ask(self, hub: str, form: Mapping[str, str], home: str) -> str:
        """Why the hub that the feed at `home` names does not take it, in words; empty: it does."""


class Parser(Protocol):
    """Reads a document as a feed, within bounded time and memory."""

    async def parse(
        self,
        body: bytes,
        content_type: str,
        feed: Feed,
        now: float,
        slices: str = "",
        habits: Habits = UNTAUGHT,
    ) -> Parsed | Unreadable:
        """`slices`, those of the last document, tell which items need not be read again."""

    async def article(self, body: bytes, content_type: str, feed: Feed, now: float) -> Article | Unreadable:
        """What the page of an item of this feed says."""


class Matcher(Protocol):
    """A loaded rule set."""

    def match(self, item: Item) -> tuple[Match, ...]: ...


class Channel(Protocol):
    """A destination. It sends; whether and when to try again is decided elsewhere."""

    @property
    def name(self) -> str:
        """The name in `routes.yaml`."""

    @property
    def pace(self) -> float:
        """Least seconds between two sends."""

    async def open(self) -> tuple[str, ...]:
        """Check credentials and connections; what it turns out to lack, in words. Raises `ChannelError`."""

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        """Send it; the receipt of a raised alert is kept and handed to later events.

        Cut off after 25 s, as is `find`: then another process may take it over.
        Raises `Retryable`, `Ambiguous`, `Permanent` or `Closed`, nothing else.
        """

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        """Look for a delivery that may have been accepted; None: it is not there (or cannot be found)."""

    async def close(self) -> None: ...
