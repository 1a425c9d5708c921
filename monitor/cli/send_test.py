"""`wirewatch send-test`: does this channel work?"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer
from rich.text import Text

from monitor import channels, desk
from monitor.channels import ChannelConfig
from monitor.cli.screen import busy, now, out, plain, settings
from monitor.durations import written
from monitor.errors import ChannelError, ConfigError, Fault, Retryable
from monitor.model import Delivery, OpsEvent, digest
from monitor.ports import Channel
from monitor.store.memory import MemoryStore


def send_test(
    channel: Annotated[str, typer.Argument(help="A channel's name in routes.yaml.")],
) -> None:
    """Send a test message to a channel, and say what the far side answered.

    Examples:
        wirewatch send-test here
        WIREWATCH_SLACK_TOKEN_FILE=/run/secrets/slack wirewatch send-test desk
    """
    current = settings()
    loaded = desk.load(current.rules_dir, current, secrets=False)
    if channel not in loaded.channels:
        known = ", ".join(loaded.channels)
        raise ConfigError([Fault("routes.yaml", 0, 0, f"there is no channel {channel!r}", f"known: {known}")])
    config = loaded.channels[channel]
    if lacking := channels.missing(config, current):
        raise ConfigError([Fault("routes.yaml", 0, 0, f"channel {channel!r} cannot work: {lacking}")])
    try:
        with busy(f"sending to {channel}"):
            outside = channels.Outside(current, sys.stdout, now, MemoryStore())
            lacks = asyncio.run(_send(channels.build(channel, config, outside)))
    except ChannelError as error:
        later = error.retry_after if isinstance(error, Retryable) else None
        again = f"; try again in {written(later)}" if later else ""
        out.print(Text.assemble(("not delivered", "bold red"), f": {plain(str(error))}{again}"))
        raise typer.Exit(1) from None
    out.print(Text.assemble(("delivered", "bold green"), f" to {channel} ({_whereto(config)})"))
    for lack in (*config.lacks(), *lacks):
        out.print(Text.assemble(("but", "cyan"), f": {plain(lack)}"))


def _whereto(config: ChannelConfig) -> str:
    """The channel's line of `routes.yaml` in words: `slack, channel #world-desk`."""
    said = config.model_dump(exclude={"type"}, exclude_defaults=True)
    words = [f"{key} {', '.join(value) if isinstance(value, tuple) else value}" for key, value in said.items()]
    return ", ".join([config.type, *words])


async def _send(channel: Channel) -> tuple[str, ...]:
    """What the channel turned out to lack. Raises ChannelError."""
    at = now()
    event = OpsEvent(at, "test", "A test message from Wirewatch: this channel works.")
    try:
        lacks = await channel.open()
        await channel.send(Delivery(digest("test", repr(at)), "test", channel.name, event, at), None)
        return lacks
    finally:
        await channel.close()
