"""`wirewatch feeds`: how each feed is doing, and when it is polled next."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor import desk
from monitor.cli.screen import ago, now, out, plain, settings
from monitor.config import Settings
from monitor.durations import written
from monitor.model import Feed, FeedHealth, FeedState
from monitor.store import open_store

STYLE: dict[str, str] = {FeedHealth.OK: "green", FeedHealth.FAILING: "bold red", FeedHealth.SILENT: "yellow"}
IN_TROUBLE = "in trouble"
"""Of a feed whose last poll failed, but that has not been failing for long enough to call anybody."""
URGENCY = (FeedHealth.FAILING, IN_TROUBLE, FeedHealth.SILENT)
"""What stands at the top of the table; the rest follows in the file's order."""
WIDE = 120
"""Columns of a terminal that has room for the whole table."""
NARROW = ("feed", "health", "last answer", "next poll")
"""What any terminal has room for, besides the reason."""


def feeds(
    failing: Annotated[
        bool, typer.Option("--failing", help="Only feeds in trouble; exit 1 when there are any.")
    ] = False,
) -> None:
    """Show the health of every feed: last answer, last news, rhythm, trouble, next poll and why then.

    Feeds in trouble come first. A terminal of less than 120 columns gets one line a feed; a wider one, or a pipe,
    gets everything.

    Examples:
        wirewatch feeds
        wirewatch feeds --failing
    """
    current = settings()
    loaded = desk.load(current.rules_dir, current, secrets=False)
    states = asyncio.run(_states(current, list(loaded.feeds)))
    listed = [(feed, states.get(feed.id, FeedState(feed.id))) for feed in loaded.feeds.values()]
    shown = [(feed, state) for feed, state in listed if not failing or _health(state) in URGENCY]
    out.print(table(shown, now(), current.poll_floor, wide=out.width >= WIDE), soft_wrap=False)
    if failing and shown:
        raise typer.Exit(1)


async def _states(current: Settings, ids: list[str]) -> Mapping[str, FeedState]:
    async with open_store(current, join=True) as store:
        return await store.feed_states(ids)


def table(listed: Sequence[tuple[Feed, FeedState]], at: float, floor: float, *, wide: bool) -> Table:
    """Feeds in trouble first. One that is not `wide` is cut to one line a feed, the ids whole."""
    shown = Table(box=None, header_style="bold", pad_edge=False, expand=not wide)
    for heading in ("feed", "source", "health", "last answer", "last news", "rhythm", "items", "next poll"):
        if wide or heading in NARROW:
            shown.add_column(heading, no_wrap=heading != "source")
    shown.add_column("because", ratio=None if wide else 1, no_wrap=not wide, overflow="fold" if wide else "ellipsis")
    for feed, state in sorted(listed, key=lambda pair: _urgency(pair[1])):
        health = _health(state)
        cells = {
            "feed": Text(feed.id, "bold"),
            "source": Text(plain(feed.source), "dim"),
            "health": Text(health, STYLE.get(health, "yellow")),
            "last answer": Text(ago(state.last_success, at)),
            "last news": Text(ago(state.last_new, at)),
            "rhythm": Text(written(state.rhythm) if state.rhythm else "unknown"),
            "items": Text(str(state.items)),
            "next poll": Text(_next_poll(state, at)),
            "because": Text(plain(_because(feed, state, floor))),
        }
        shown.add_row(*(cells[str(column.header)] for column in shown.columns))
    return shown


def _health(state: FeedState) -> str:
    if not state.last_attempt:
        return "not polled"
    return IN_TROUBLE if state.failures and state.health is FeedHealth.OK else str(state.health)


def _urgency(state: FeedState) -> int:
    health = _health(state)
    return URGENCY.index(health) if health in URGENCY else len(URGENCY)


def _next_poll(state: FeedState, at: float) -> str:
    if state.retired:
        return "retired"
    return "due now" if state.next_poll <= at else ago(state.next_poll, at)


def _because(feed: Feed, state: FeedState, floor: float) -> str:
    if state.failures:
        return f"{state.error} ({state.failures} in a row)"
    if feed.every <= floor and state.reason == f"every {written(feed.every)}":
        return f"{state.reason} (WIREWATCH_POLL_FLOOR)"
    return state.reason
