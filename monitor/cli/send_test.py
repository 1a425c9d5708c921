"""`wirewatch send-test`: does this channel work?"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from monitor import channels, desk
from monitor.cli.screen import now, out, settings
from monitor.errors import ChannelError, ConfigError, Fault
from monitor.model import Delivery, OpsEvent, digest
from monitor.ports import Channel


def send_test(
    channel: Annotated[str, typer.Argument(help="A channel's name in routes.yaml.")],
) -> None:
    """Send a test message to a channel, and say what the far side answered.

    Examples:
        wirewatch send-test here
        WIREWATCH_SLACK_TOKEN_FILE=/run/secrets/slack wirewatch send-test desk
    """
    current = settings()
    loaded = desk.load(current.rules_dir, current)
    if channel not in loaded.channels:
        known = ", ".join(loaded.channels)
        raise ConfigError([Fault("routes.yaml", 0, 0, f"there is no channel {channel!r}", f"known: {known}")])
    built = channels.build(channel, loaded.channels[channel], current, sys.stdout)
    try:
        asyncio.run(_send(built))
    except ChannelError as error:
        out.print(f"[bold red]not delivered[/bold red]: {error}")
        raise typer.Exit(1) from None
    out.print(f"[bold green]delivered[/bold green] to {channel}")


async def _send(channel: Channel) -> None:
    at = now()
    event = OpsEvent(at, "test", "A test message from Wirewatch: this channel works.")
    try:
        await channel.open()
        await channel.send(Delivery(digest("test", repr(at)), "test", channel.name, event, at), None)
    finally:
        await channel.close()
