"""One look at a feed, as a first poll would have it: what was answered on the way, what it says, when it is due again.

Nothing is stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from monitor.config import Settings
from monitor.errors import ConfigError, Fault
from monitor.feedlist.entry import polled_address
from monitor.ingest import schedule
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import Feed, FeedState, Fetched, Item, Page, Parsed, Unreadable, Validators

TELLING: Final = (
    *("Location", "Content-Type", "Content-Encoding", "Content-Length", "ETag", "Last-Modified", "Cache-Control"),
    *("Expires", "Age", "Retry-After", "Link"),
)
"""Headers that bear on how a feed is polled and read."""
EVERY: Final = 300.0
"""Seconds between polls of a feed that is not listed yet, as of one that says nothing else."""

_AHEAD: Final = 900.0
"""Seconds by which clocks differ."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and the head of its answer."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    """Those that are `TELLING`."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a feed showed."""

    feed: Feed
    exchanges: tuple[Exchange, ...]
    """Redirects first."""
    answer: Fetched
    parsed: Parsed | Unreadable | None
    """None: no document came."""
    after: FeedState
    """What would be remembered of it now."""

    @property
    def fault(self) -> str:
        """Why it is no feed to poll; empty: it is one."""
        return self.after.error

    @property
    def address(self) -> str:
        """Where to poll it: where its server says it is for good."""
        return self.after.url or self.feed.url

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that stand for it: the one asked, and where that leads for good."""
        return (self.feed.url, self.address)

    @property
    def title(self) -> str:
        """As it calls itself, on one line."""
        return " ".join(self.parsed.title.split()) if isinstance(self.parsed, Parsed) else ""

    @property
    def items(self) -> tuple[Item, ...]:
        """Those that were read, oldest first."""
        return self.parsed.items if isinstance(self.parsed, Parsed) else ()

    @property
    def newest(self) -> float:
        """The newest date of its items; 0: they have none."""
        return max((item.published for item in self.items if item.published is not None), default=0.0)

    @property
    def lang(self) -> str:
        """The language of most of its items; empty: it does not say."""
        return next((lang for lang, _ in Counter(item.lang for item in self.items).most_common(1)), "")

    def lacks(self, now: float) -> tuple[str, ...]:
        """What its items do not have, and nobody can put in for them."""
        lacks = {
            "without an id": sum(not item.guid for item in self.items),
            "without a link": sum(not item.url for item in self.items),
            "without a title": sum(not item.title for item in self.items),
            "without a date": sum(item.published is None for item in self.items),
            "dated in the future": sum((item.published or 0.0) > now + _AHEAD for item in self.items),
        }
        return tuple(f"{count} of {len(self.items)} {lack}" for lack, count in lacks.items() if count)


class Looker:
    """Looks at one feed after the other."""

    def __init__(self, fetcher: HttpFetcher, parser: ParserPool, exchanges: list[Exchange]) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._exchanges = exchanges

    async def look(self, feed: Feed, now: float, state: FeedState | None = None) -> Look:
        """Fetch it, whatever is known of it, and read it. `state` is what a poll would go on from."""
        before = state or FeedState(feed.id)
        self._exchanges.clear()
        answer = await self._fetcher.fetch(schedule.address(feed, before), Validators(), feed.access)
        parsed = None
        if isinstance(answer, Page):
            parsed = await self._parser.parse(answer.body, answer.content_type, feed, now, habits=before.habits)
        new = len(parsed.items) if isinstance(parsed, Parsed) and not before.seeded else 0
        after = schedule.after_poll(feed, before, schedule.Polled(answer, parsed, "", new), now, jitter=0.0)
        return Look(feed, tuple(self._exchanges), answer, parsed, after)


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[Looker]:
    """A looker that goes where the service may go, and says who it is as the service does."""
    exchanges: list[Exchange] = []

    async def answered(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        headers = ((name, value) for name in TELLING for value in params.response.headers.getall(name, ()))
        exchanges.append(Exchange(str(params.url.with_user(None)), params.response.status, tuple(headers)))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(answered)
    fetcher = HttpFetcher(settings.user_agent, settings.allow_nets, secret=settings.secret, traces=[trace])
    async with fetcher, ParserPool(1) as parser:
        yield Looker(fetcher, parser, exchanges)


def unlisted(written: str) -> Feed:
    """A feed at an address as people write it, with or without `https://`. Raises ConfigError."""
    try:
        url = polled_address(written if ":" in written.partition("/")[0] else f"https://{written.strip()}")
    except ValueError as error:
        raise ConfigError([Fault("the address", 0, 0, str(error))]) from None
    return Feed("new", url, (urlsplit(url).hostname or "").removeprefix("www."), EVERY)
