"""`wirewatch run`: the service, until it is told to stop, or one round of it."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Annotated

import typer

from monitor import app, config
from monitor.cli.screen import settings
from monitor.config import Settings
from monitor.observe import logs


def run(
    once: Annotated[
        bool, typer.Option("--once", help="Poll every feed once, deliver what is due, and exit (for cron).")
    ] = False,
) -> None:
    """Watch the wire: poll feeds, match rules, deliver alerts.

    Reads [bold]rules/[/bold] (or WIREWATCH_RULES_DIR) and reloads it when it changes. Stops on Ctrl-C or SIGTERM
    after finishing what is under way.

    Examples:
        wirewatch run
        wirewatch run --once
        WIREWATCH_REDIS_URL=redis://localhost wirewatch run
    """
    current = settings()
    logs.configure(current.log, current.log_level)
    for variable in config.unknown(os.environ):
        logs.logger("settings").warning("not a setting of Wirewatch", variable=variable, see="deploy/README.md")
    if not asyncio.run(_run(current, once)):
        raise typer.Exit(1)


async def _run(current: Settings, once: bool) -> bool:
    async with app.running(current) as service:
        if once:
            return await service.once()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, service.stop)
        await service.serve()
        return True
