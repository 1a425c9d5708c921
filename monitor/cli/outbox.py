"""`wirewatch outbox`: what waits for each channel, for how long, and why."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor import desk
from monitor.channels.render import iso
from monitor.cli.screen import ago, clock, now, out, plain, settings
from monitor.config import Settings
from monitor.errors import ConfigError
from monitor.model import DeliveryState
from monitor.ports import Backlog
from monitor.store import open_store

STYLE = {DeliveryState.RETRY: "yellow", DeliveryState.AMBIGUOUS: "yellow", DeliveryState.DEAD: "bold red"}


def outbox(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for scripts.")] = False,
) -> None:
    """Show what waits for each channel: deliveries by state, since when the oldest is owed, and why it is.

    held: waits for its time, such as the end of quiet hours. queued: not tried yet. sending: on its way now. retry: not
    accepted, sent again later. ambiguous: perhaps accepted, looked for before it is sent again. dead: given up, see
    [bold]wirewatch dead list[/bold].

    Examples:
        wirewatch outbox
        wirewatch outbox --json | jq '.channels[] | select(.dead > 0) | .channel'
    """
    current = settings()
    known, backlogs = _channels(current), asyncio.run(_backlogs(current))
    if as_json:
        print(json.dumps({"channels": [_document(backlog, known) for backlog in backlogs]}, ensure_ascii=False))
        return
    if not backlogs:
        out.print("The outbox is empty, and nothing was queued within the last month.")
        return
    out.print(table(backlogs, known, now()), soft_wrap=False)
    if any(backlog.dead for backlog in backlogs):
        out.print(Text("dead ones need you: wirewatch dead list", "bold red"))


async def _backlogs(current: Settings) -> Sequence[Backlog]:
    async with open_store(current, join=True) as store:
        return await store.backlog(await store.channels())


def _channels(current: Settings) -> frozenset[str] | None:
    """Channels of routes.yaml; None when the rules folder has faults: the outbox is shown all the same."""
    try:
        return frozenset(desk.load(current.rules_dir, current, secrets=False).channels)
    except ConfigError:
        return None


def table(backlogs: Sequence[Backlog], known: frozenset[str] | None, at: float) -> Table:
    """A row for each channel."""
    shown = Table(box=None, header_style="bold", pad_edge=False)
    shown.add_column("channel", no_wrap=True)
    for state in Backlog("").states:
        shown.add_column(state, justify="right")
    shown.add_column("oldest", no_wrap=True)
    shown.add_column("")
    for backlog in backlogs:
        counts = (Text(str(count), STYLE.get(state, "") if count else "dim") for state, count in backlog.states.items())
        oldest = "" if backlog.oldest is None else ago(backlog.oldest, at)
        shown.add_row(
            Text(plain(backlog.channel), "bold"), *counts, oldest, Text(_remark(backlog, known, at), "yellow")
        )
    return shown


def _remark(backlog: Backlog, known: frozenset[str] | None, at: float) -> str:
    """Why nothing goes out, if nothing does."""
    if known is not None and backlog.channel not in known:
        return "not in routes.yaml: kept for 30 days"
    paused = f"paused until {clock(backlog.paused)}: the far side asked for it" if backlog.paused > at else ""
    return "; ".join(filter(None, (paused, plain(backlog.said))))


def _document(backlog: Backlog, known: frozenset[str] | None) -> dict[str, object]:
    return {
        "channel": backlog.channel,
        **{str(state): count for state, count in backlog.states.items()},
        "waiting": backlog.waiting,
        "oldest": None if backlog.oldest is None else iso(backlog.oldest),
        "said": backlog.said,
        "paused_until": iso(backlog.paused) if backlog.paused else None,
        "in_routes": None if known is None else backlog.channel in known,
    }
