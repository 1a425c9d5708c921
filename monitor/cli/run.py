"""`wirewatch run`: the service, until it is told to stop, or one round of it."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Sequence
from typing import Annotated

import typer

from monitor import app, config
from monitor.app import Service
from monitor.cli.screen import busy, err, plain, settings
from monitor.config import Settings
from monitor.model import AlertEvent, Delivery
from monitor.observe import logs

CONNECTIONS = 8_192
"""Files and sockets that may be open at once; the usual limit of 1,024 is too few for ten thousand feeds."""


def run(
    once: Annotated[
        bool, typer.Option("--once", help="Poll every feed once, deliver what is due, and exit (for cron).")
    ] = False,
) -> None:
    """Watch the wire: poll feeds, match rules, deliver alerts.

    Reads [bold]rules/[/bold] (or WIREWATCH_RULES_DIR) and reloads it when it changes. Stops on Ctrl-C or SIGTERM
    after finishing what is under way. The first poll of a feed alerts nobody.

    Examples:
        wirewatch run
        wirewatch run --once
        WIREWATCH_REDIS_URL=redis://localhost wirewatch run
    """
    current = settings()
    allow(CONNECTIONS)
    logs.configure(current.log, current.log_level)
    for variable in config.unknown(os.environ):
        logs.logger("settings").warning("not a setting of Wirewatch", variable=variable, see="deploy/README.md")
    if not asyncio.run(_run(current, once)):
        raise typer.Exit(1)


def allow(files: int) -> None:
    """Raise this process's limit on open files to that many, as far as the system lets it."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if most == resource.RLIM_INFINITY else min(files, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def _run(current: Settings, once: bool) -> bool:
    sent: list[Delivery] = []
    async with app.running(current, accepted=sent.append if once else lambda _: None) as service:
        if once:
            with busy(f"polling {len(service.desk.feeds)} feeds and delivering what is due"):
                fine = await service.once()
            err.print(await _summary(service, sent), markup=False)
            return fine
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, service.stop)
        await service.serve()
        return True


async def _summary(service: Service, sent: Sequence[Delivery]) -> str:
    """What one round came to, in a line."""
    states = await service.store.feed_states(list(service.desk.feeds))
    read = [state for state in states.values() if not state.failures]
    unread = [f"{state.id}: {plain(state.error)}" for state in states.values() if state.failures]
    waiting = sum(backlog.waiting for backlog in await service.store.backlog(list(service.desk.channels)))
    parts = [
        f"{len(read)} of {len(states)} feeds read",
        f"{sum(state.items for state in read)} items seen",
        f"{sum(isinstance(delivery.event, AlertEvent) for delivery in sent)} alerts sent",
        *([f"{waiting} deliveries waiting"] if waiting else []),
        *([f"not read: {'; '.join(unread)}"] if unread else []),
    ]
    return ", ".join(parts)
