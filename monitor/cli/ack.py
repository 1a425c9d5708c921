"""`wirewatch ack`: somebody is on it."""

from __future__ import annotations

import asyncio
import getpass
from typing import Annotated

import typer
from rich.text import Text

from monitor.amending import acknowledged
from monitor.cli.screen import clock, now, out, plain, settings
from monitor.config import Settings
from monitor.model import Acknowledgement, Alert
from monitor.store import open_store


def ack(
    alert: Annotated[
        str, typer.Argument(help="An alert's id; or a story's, or the address of a text: all its alerts.")
    ],
    by: Annotated[str, typer.Option(help="Who is on it; your login, when left out.")] = "",
) -> None:
    """Say that somebody is on an alert: its message says so, and it is not escalated to anybody else.

    Examples:
        wirewatch ack 5c1d0a9e77b2
        wirewatch ack https://example.org/quake --by anna
    """
    found = asyncio.run(_answer(settings(), alert, Acknowledgement(by.strip() or getpass.getuser(), now())))
    if not found:
        out.print(Text(f"No alert {alert!r} is known: never raised, or of a story that is a week old."))
        raise typer.Exit(1)
    for one in found:
        said = one.card.acknowledged
        whose = f"acknowledged by {plain(said.by)}, {clock(said.at)}" if said else "not acknowledged"
        out.print(Text.assemble((one.channel, "bold"), f"  {plain(one.card.headline)}: {whose}"))


async def _answer(current: Settings, needle: str, said: Acknowledgement) -> tuple[Alert, ...] | None:
    async with open_store(current, join=True) as store:
        return await acknowledged(store, needle, said)
