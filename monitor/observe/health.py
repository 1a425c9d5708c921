"""`/metrics`, `/healthz` and `/readyz` on one small port.

`/healthz` answers 200 while the process runs its loop: restart it when it does
not. `/readyz` answers 200 while it does its work, and 503 with the reasons
while it cannot: alert on it, do not restart.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from monitor.errors import ConfigError, Fault
from monitor.observe.metrics import Metrics

LONGEST = 10_000_000
"""Bytes of a request: as long as a feed's document may be."""
PATIENCE = 3.0
"""Seconds for requests under way when the service stops."""
MEND = "choose another address for metrics and health, or leave it empty for none"


@dataclass(slots=True)
class Readiness:
    """What the service knows of its own state; written by the parts, read by `/readyz`."""

    store: str = ""
    """Empty while the store answers, else what is wrong."""
    schedule: str = ""
    """Why no feed can be claimed, if none can."""
    channels: dict[str, str] = field(default_factory=dict)
    """Channels that take nothing until an operator acts, and what they say."""
    rules_hash: str = ""
    rules_fault: str = ""
    """Why the files in the rules folder are not in force, if they are not."""
    last_tick: float = 0.0
    feeds: int = 0
    feeds_fault: str = ""
    """Why no feed can be read, if none can."""

    @property
    def troubles(self) -> list[str]:
        """Why work cannot go on."""
        parts = (("store", self.store), ("schedule", self.schedule), ("feeds", self.feeds_fault))
        return [f"{part}: {why}" for part, why in parts if why]


@asynccontextmanager
async def serve(
    address: tuple[str, int], metrics: Metrics, readiness: Readiness, others: Iterable[web.RouteDef] = ()
) -> AsyncIterator[tuple[str, int]]:
    """Answer on `address` (port 0: any) while the context is open, `others` too; yields host and port.

    Raises ConfigError when the address cannot be listened on.
    """

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        troubles = readiness.troubles
        body = {
            "status": "unready" if troubles else "ready",
            "troubles": troubles,
            "channels": readiness.channels,
            "rules": readiness.rules_hash,
            "rules_fault": readiness.rules_fault,
            "last_tick": readiness.last_tick,
            "feeds": readiness.feeds,
        }
        return web.json_response(body, status=503 if troubles else 200)

    async def exposition(_: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), content_type="text/plain", charset="utf-8")

    app = web.Application(client_max_size=LONGEST)
    app.add_routes(others)
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", exposition)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=PATIENCE)
    await runner.setup()
    try:
        site = web.TCPSite(runner, *address, reuse_address=True)
        try:
            await site.start()
        except OSError as error:
            fault = Fault("WIREWATCH_HTTP", 0, 0, f"cannot listen on {address[0]}:{address[1]}: {error.strerror}", MEND)
            raise ConfigError([fault]) from None
        host, port = runner.addresses[0][:2]
        yield host, port
    finally:
        await runner.cleanup()
