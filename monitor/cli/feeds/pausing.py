"""`wirewatch feeds pause`, `resume` and `poll`: feeds left alone, taken up again, or polled at once."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.feeds.named import Ids, chosen, duration, listed
from monitor.cli.screen import clock, now, out, plain, settings
from monitor.config import Settings
from monitor.desk import FEEDS
from monitor.errors import StoreError
from monitor.ingest import pauses
from monitor.model import FeedState
from monitor.ports import Schedule
from monitor.store import open_store

LEASE = 5.0
"""Seconds for which a feed is taken over, to change what is remembered of it."""
TRIES = 5
"""Times that is tried while services claim the feed in between."""

Change = Callable[[FeedState, float], FeedState | None]
"""What is remembered of a feed, changed at a time; None when it does not fit."""


def pause(
    ids: Ids,
    lasts: Annotated[str, typer.Option("--for", help="How long, such as 2h; until you resume it when left out.")] = "",
    note: Annotated[str, typer.Option(help="Why, for those who wonder.")] = "",
) -> None:
    """Leave feeds alone for a while: no process polls them, and their silence alarms nobody.

    It holds for all processes at once, over restarts too. A poll under way is the last.

    Examples:
        wirewatch feeds pause bbc-world --for 2h --note 'they rebuild their site'
        wirewatch feeds pause bbc-world
    """
    lasting = duration("--for", lasts) if lasts else math.inf

    def paused(state: FeedState, at: float) -> FeedState:
        return pauses.paused(state, at + lasting, note.strip(), at)

    for state in _changed(ids, paused):
        assert state.pause is not None  # noqa: S101 # it has just been paused
        end = "" if math.isinf(state.pause.until) else f" until {clock(state.pause.until)}"
        said = f": {plain(state.pause.note)}" if state.pause.note else ""
        out.print(Text.assemble("paused ", (state.id, "bold"), end or ", until you resume it", said))


def resume(ids: Ids) -> None:
    """Poll feeds again that were paused, at once. After a long pause what piled up is told as after an outage.

    Examples:
        wirewatch feeds resume bbc-world
    """
    for state in _changed(ids, _resumed, "is not paused"):
        out.print(Text.assemble("resumed ", (state.id, "bold"), ": due now"))


def poll(ids: Ids) -> None:
    """Poll feeds now instead of when they are due. Politely: a busy host is still asked one thing after the other.

    Examples:
        wirewatch feeds poll bbc-world
    """
    for state in _changed(ids, _wanted, "is paused: resume it first"):
        out.print(Text.assemble("due now: ", (state.id, "bold")))


def _resumed(state: FeedState, at: float) -> FeedState | None:
    return pauses.resumed(state, at) if state.paused(at) else None


def _wanted(state: FeedState, at: float) -> FeedState | None:
    return None if state.paused(at) else pauses.wanted(state, at)


def _changed(ids: Sequence[str], change: Change, unfit: str = "") -> Iterator[FeedState]:
    """These feeds after the change; says of those that do not fit that they are `unfit`, and exits 1 then."""
    current = settings()
    feeds = chosen(ids, listed(current), current.rules_dir / FEEDS)
    states = asyncio.run(_change(current, [feed.id for feed in feeds], change))
    for feed, state in states.items():
        if state is None:
            out.print(Text.assemble((feed, "bold"), f" {unfit}"))
        else:
            yield state
    if None in states.values():
        raise typer.Exit(1)


async def _change(current: Settings, feeds: Sequence[str], change: Change) -> dict[str, FeedState | None]:
    """The feeds after the change, None for one that does not fit: that one is not taken from who polls it."""
    async with open_store(current, join=True) as store:
        before = await store.feed_states(feeds)
        return {
            feed: await _taken(store, feed, change) if change(before.get(feed, FeedState(feed)), now()) else None
            for feed in feeds
        }


async def _taken(store: Schedule, feed: str, change: Change) -> FeedState | None:
    for _ in range(TRIES):
        at = now()
        claim = await store.take_over(feed, at, LEASE)
        after = change(claim.state, at)
        if await store.finish(claim, after or claim.state):
            return after
    raise StoreError(f"others claim the feed {feed} again and again: try once more")
