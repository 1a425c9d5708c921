"""`wirewatch feeds`: how each feed is doing, and when it is polled next."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor.channels.render import iso
from monitor.cli.feeds.named import AsJson, listed
from monitor.cli.screen import ago, now, out, plain, settings
from monitor.config import Settings
from monitor.durations import written
from monitor.ingest.feeds import risks
from monitor.model import Feed, FeedHealth, FeedState
from monitor.store import open_store
from monitor.web.reasons import redacted

PAUSED = "paused"
IN_TROUBLE = "in trouble"
"""Of a feed whose last poll failed, but that has not been failing for long enough to call anybody."""
STYLE: dict[str, str] = {
    FeedHealth.OK: "green",
    FeedHealth.FAILING: "bold red",
    FeedHealth.SILENT: "yellow",
    PAUSED: "cyan",
}
URGENCY = (FeedHealth.FAILING, IN_TROUBLE, FeedHealth.SILENT)
"""What stands at the top of the table; the rest follows in the file's order."""
WIDE = 120
"""Columns of a terminal that has room for the whole table."""
NARROW = ("feed", "health", "last answer", "next poll")
"""What any terminal has room for, besides the reason."""

Listed = tuple[Feed, FeedState]


class Order(StrEnum):
    """By what the feeds are sorted."""

    HEALTH = "health"
    DUE = "due"
    RHYTHM = "rhythm"
    LAST_NEW = "last-new"
    FAILURES = "failures"
    ID = "id"


def feeds(
    context: typer.Context,
    failing: Annotated[
        bool, typer.Option("--failing", help="Only feeds in trouble; exit 1 when there are any.")
    ] = False,
    sort: Annotated[
        Order,
        typer.Option(help="Trouble, next poll, shortest rhythm, longest without news, most failures, or name first."),
    ] = Order.HEALTH,
    as_json: AsJson = False,
) -> None:
    """Show the health of every feed: last answer, last news, rhythm, trouble, next poll and why then.

    Feeds in trouble come first. A terminal of less than 120 columns gets one line a feed; a wider one, or a pipe,
    gets everything. The commands below bring feeds in, look into one, and leave one alone for a while.

    Examples:
        wirewatch feeds
        wirewatch feeds --failing
        wirewatch feeds --sort last-new
        wirewatch feeds add https://www.example.org/
    """
    if context.invoked_subcommand:
        return
    current, at = settings(), now()
    known = listed(current)
    states = asyncio.run(_states(current, list(known)))
    shown = [(feed, states.get(feed.id, FeedState(feed.id))) for feed in known.values()]
    shown = [(feed, state) for feed, state in shown if not failing or health(state, at) in URGENCY]
    if as_json:
        told = [document(feed, state, at) for feed, state in shown_by(sort, shown, at)]
        print(json.dumps({"feeds": told}, ensure_ascii=False))
    else:
        out.print(table(shown_by(sort, shown, at), at, current.poll_floor, wide=out.width >= WIDE), soft_wrap=False)
    if failing and shown:
        raise typer.Exit(1)


async def _states(current: Settings, ids: list[str]) -> Mapping[str, FeedState]:
    async with open_store(current, join=True) as store:
        return await store.feed_states(ids)


def shown_by(order: Order, pairs: Sequence[Listed], at: float) -> list[Listed]:
    """Feeds in an order; those that are equal in it stay in the order of their file."""
    if order is Order.ID:
        return sorted(pairs, key=lambda pair: pair[0].id)
    return sorted(pairs, key=lambda pair: _rank(order, pair[1], at))


def _rank(order: Order, state: FeedState, at: float) -> float:
    match order:
        case Order.DUE:
            return math.inf if state.paused(at) else state.next_poll
        case Order.RHYTHM:
            return state.rhythm or math.inf
        case Order.LAST_NEW:
            return state.last_new
        case Order.FAILURES:
            return -state.failures
    return _urgency(state, at)


def table(pairs: Sequence[Listed], at: float, floor: float, *, wide: bool) -> Table:
    """A row for each feed. One that is not `wide` is cut to one line a feed, the ids whole."""
    shown = Table(box=None, header_style="bold", pad_edge=False, expand=not wide)
    for heading in ("feed", "source", "health", "last answer", "last news", "rhythm", "items", "next poll"):
        if wide or heading in NARROW:
            shown.add_column(heading, no_wrap=heading != "source")
    shown.add_column("because", ratio=None if wide else 1, no_wrap=not wide, overflow="fold" if wide else "ellipsis")
    for feed, state in pairs:
        word = health(state, at)
        cells = {
            "feed": Text(feed.id, "bold"),
            "source": Text(plain(feed.source), "dim"),
            "health": Text(word, STYLE.get(word, "yellow")),
            "last answer": Text(ago(state.last_success, at)),
            "last news": Text(ago(state.last_new, at)),
            "rhythm": Text(written(state.rhythm) if state.rhythm else "unknown"),
            "items": Text(str(state.items)),
            "next poll": Text(next_poll(state, at)),
            "because": Text(plain(because(feed, state, floor)), "bold red" if risks(feed) else ""),
        }
        shown.add_row(*(cells[str(column.header)] for column in shown.columns))
    return shown


def health(state: FeedState, at: float) -> str:
    """A word or two on how a feed is doing."""
    if state.paused(at):
        return PAUSED
    if not state.last_attempt:
        return "not polled"
    return IN_TROUBLE if state.failures and state.health is FeedHealth.OK else str(state.health)


def _urgency(state: FeedState, at: float) -> int:
    word = health(state, at)
    return URGENCY.index(word) if word in URGENCY else len(URGENCY)


def next_poll(state: FeedState, at: float) -> str:
    """When a feed is polled next, as a table says it."""
    if state.pause and state.paused(at):
        return "once resumed" if math.isinf(state.pause.until) else ago(state.pause.until, at)
    if state.retired:
        return "retired"
    return "due now" if state.next_poll <= at else ago(state.next_poll, at)


def because(feed: Feed, state: FeedState, floor: float) -> str:
    """What is dangerous about a feed, why it is polled next when it is or what is wrong with it, where it has moved."""
    why = f"{state.error} ({state.failures} in a row)" if state.failures else reason(feed, state, floor)
    moved = redacted(moved_to(feed, state))
    return "; ".join([*risks(feed), why, *([f"moved for good to {moved}"] if moved else [])])


def reason(feed: Feed, state: FeedState, floor: float) -> str:
    """Why a feed is polled next when it is."""
    if feed.every <= floor and state.reason == f"every {written(feed.every)}":
        return f"{state.reason} (WIREWATCH_POLL_FLOOR)"
    return state.reason


def moved_to(feed: Feed, state: FeedState) -> str:
    """Where its server says that it has moved for good; empty: it is where the file says."""
    return state.url if state.configured_url == feed.url else ""


def document(feed: Feed, state: FeedState, at: float) -> dict[str, object]:
    """A feed and its state as what JSON is made of."""
    return {
        "id": feed.id,
        "url": feed.url,
        "moved_to": moved_to(feed, state) or None,
        "risks": list(risks(feed)),
        "source": feed.source,
        "tags": list(feed.tags),
        "health": health(state, at),
        "last_attempt": _when(state.last_attempt),
        "last_success": _when(state.last_success),
        "last_new": _when(state.last_new),
        "rhythm_seconds": state.rhythm or None,
        "items": state.items,
        "status": state.status or None,
        "failures": state.failures,
        "failing_since": _when(state.failing_since),
        "error": state.error or None,
        "next_poll": None if state.paused(at) else _when(state.next_poll),
        "reason": state.reason,
        "retired": state.retired,
        "paused": _pause(state, at),
    }


def _pause(state: FeedState, at: float) -> dict[str, object] | None:
    if state.pause is None or not state.paused(at):
        return None
    until = None if math.isinf(state.pause.until) else iso(state.pause.until)
    return {"since": iso(state.pause.since), "until": until, "note": state.pause.note or None}


def _when(at: float) -> str | None:
    return iso(at) if at else None
