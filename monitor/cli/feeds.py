"""`wirewatch feeds`: how each feed is doing, and when it is polled next."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
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


def feeds(
    failing: Annotated[
        bool, typer.Option("--failing", help="Only feeds in trouble; exit 1 when there are any.")
    ] = False,
) -> None:
    """Show the health of every feed: last answer, last news, rhythm, trouble, next poll and why then.

    Examples:
        wirewatch feeds
        wirewatch feeds --failing
    """
    current = settings()
    loaded = desk.load(current.rules_dir, current)
    states = asyncio.run(_states(current, list(loaded.feeds)))
    shown = {feed_id: feed for feed_id, feed in loaded.feeds.items() if not failing or _in_trouble(states.get(feed_id))}
    out.print(_table(shown, states, now()))
    if failing and shown:
        raise typer.Exit(1)


async def _states(current: Settings, ids: list[str]) -> Mapping[str, FeedState]:
    async with open_store(current, join=True) as store:
        return await store.feed_states(ids)


def _in_trouble(state: FeedState | None) -> bool:
    return state is not None and (state.failures > 0 or state.health is not FeedHealth.OK)


def _table(listed: Mapping[str, Feed], states: Mapping[str, FeedState], at: float) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("feed", "health", "last answer", "last news", "rhythm", "items", "next poll", "because"):
        table.add_column(heading, overflow="fold")
    for feed_id, feed in listed.items():
        state = states.get(feed_id, FeedState(feed_id))
        health = "not polled" if not state.last_attempt else state.health
        if state.failures and state.health is FeedHealth.OK:
            health = "in trouble"  # not for long enough to call anybody
        trouble = f"{state.error} ({state.failures} in a row)" if state.failures else state.reason
        table.add_row(
            Text(f"{feed_id}\n", "bold").append(plain(feed.source), "not bold dim"),
            Text(str(health), STYLE.get(health, "yellow")),
            ago(state.last_success, at),
            ago(state.last_new, at),
            written(state.rhythm) if state.rhythm else "unknown",
            str(state.items),
            "retired" if state.retired else ago(state.next_poll, at),
            plain(trouble),
        )
    return table
