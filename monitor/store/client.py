"""A connection to the server: our scripts on it, and what its refusals mean to us."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from importlib.resources import files
from typing import Any, Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import (
    AuthenticationError,
    ConnectionError,  # noqa: A004 - redis-py's, which is no kin of the builtin
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TimeoutError,  # noqa: A004
)

from monitor.errors import StoreError, StoreUnavailable, StoreUnfit
from monitor.store.layout import LAYOUT, Layout

OLDEST: Final = (7, 0)
CONNECTIONS: Final = 256
"""More than polls, channels and clocks of a process ask for at once: who waits in vain takes the server to be away."""
TIMEOUT: Final = 5.0
"""Seconds for an answer, and for a free connection."""
QUICK_TRIES: Final = 2
"""Repeats of a command whose connection broke, within half a second. Every script of ours may run twice."""

LOCKED_OUT: Final = "the Redis server does not let us in: {}; see user and password in WIREWATCH_REDIS_URL"
NOT_DURABLE: Final = (
    "append-only persistence is off, so a crash of the server loses what came after its last snapshot; "
    "set `appendonly yes`"
)

_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "plan": ("dues",),
    "claim": ("dues",),
    "take_over": ("dues",),
    "prolong": ("dues",),
    "finish": ("dues",),
    "poll_now": ("dues",),
    "take_turns": (),
    "still_there": (),
    "neighbours": ("index",),
    "story": ("index",),
    "find": ("index",),
    "commit": ("index", "lanes", "holds", "stories"),
    "idle": (),
    "amend": ("lanes", "holds", "stories"),
    "put": ("lanes", "holds"),
    "waiting": ("lanes", "holds"),
    "held": ("lanes", "holds"),
    "release": ("lanes", "holds"),
    "take": ("lanes",),
    "renew": ("lanes",),
    "settle": ("lanes",),
    "pause": (),
    "claim_subscriptions": (),
    "backlog": ("lanes",),
    "replay": ("lanes",),
    "drop": ("lanes",),
    "end_leases": ("dues", "lanes"),
}
"""Our scripts, each with the files that come before it, after `layout.lua`."""

_PASSING: Final = ("LOADING", "BUSY", "MISCONF", "MASTERDOWN", "TRYAGAIN", "NOREPLICAS")
"""Refusals that end by themselves or when an operator makes room: nothing was written."""


def connect(url: str) -> Redis:
    """A client for `redis://`, `rediss://` or `unix://`; connects at the first command."""
    # Not for timeouts: who has waited once for a server that hangs need not wait again.
    retry = Retry(ExponentialBackoff(cap=0.3, base=0.05), QUICK_TRIES, supported_errors=(ConnectionError,))
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=retry,
        client_name="wirewatch",
    )
    return Redis.from_pool(pool)


@contextmanager
def translated() -> Iterator[None]:
    """Turns redis-py's errors into ours."""
    try:
        yield
    except (AuthenticationError, NoPermissionError) as error:
        raise StoreUnfit(LOCKED_OUT.format(error)) from error
    except (ConnectionError, TimeoutError, OSError) as error:
        if isinstance(error.__cause__, AuthenticationError):  # met while connecting
            raise StoreUnfit(LOCKED_OUT.format(error)) from error
        raise StoreUnavailable(f"the Redis server does not answer: {error}") from error
    except ReadOnlyError as error:
        raise StoreUnavailable(f"the Redis server is a replica now: {error}") from error
    except OutOfMemoryError as error:
        raise StoreUnavailable(f"the Redis server is full, raise its maxmemory: {error}") from error
    except RedisError as error:
        if str(error).startswith(_PASSING):
            raise StoreUnavailable(f"the Redis server is not ready: {error}") from error
        raise StoreError(f"the Redis server refused: {error}") from error


class Scripts:
    """Our Lua scripts on one server; loaded again whenever it has forgotten them."""

    def __init__(self, client: Redis) -> None:
        folder = files("monitor.store") / "scripts"
        texts = {
            name: "\n".join((folder / f"{part}.lua").read_text(encoding="utf-8") for part in ("layout", *parts, name))
            for name, parts in _PARTS.items()
        }
        self._scripts: dict[str, AsyncScript] = {name: client.register_script(text) for name, text in texts.items()}

    async def run(self, name: str, *args: str | bytes | float) -> Any:
        """The script's reply. Raises StoreError."""
        with translated():
            return await self._scripts[name](args=args)


class Connection:
    """A server, and our keys and scripts on it: what each part of the store asks it by."""

    def __init__(self, client: Redis, layout: Layout = LAYOUT) -> None:
        self._client = client
        self._layout = layout
        self._scripts = Scripts(client)
        self._figures = json.dumps(asdict(layout))

    async def _run(self, script: str, *args: str | bytes | float) -> Any:
        """A script's reply. Raises StoreError."""
        return await self._scripts.run(script, self._figures, *args)

    async def _ask(self, command: str, key: str, *args: str | bytes | int) -> Any:
        """The reply to a command on one of our keys. Raises StoreError."""
        with translated():
            return await self._client.execute_command(command, self._layout.prefix + key, *args)  # type: ignore[no-untyped-call]


async def fitness(client: Redis) -> tuple[str, ...]:
    """What an operator should know of the server; raises StoreUnfit when it would lose what we entrust to it.

    INFO says it all, and is allowed where hosts forbid CONFIG.
    """
    try:
        with translated():
            info: Mapping[str, Any] = await client.info()
    except StoreUnfit as error:
        if isinstance(error.__cause__, NoPermissionError):
            return (f"this user may not read INFO, so eviction and persistence were not checked ({error.__cause__})",)
        raise
    return findings(info)


def findings(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Warnings from the server's INFO; raises StoreUnfit."""
    version = str(info["redis_version"])
    if tuple(map(int, version.split(".")[:2])) < OLDEST:
        raise StoreUnfit(f"the server is Redis {version}; Wirewatch needs Redis 7.0, or Valkey")
    if info.get("cluster_enabled"):
        raise StoreUnfit("the server is a cluster; Wirewatch needs a single server, with replicas if you like")
    if info["role"] != "master":
        raise StoreUnfit("the server is a replica and takes no writes; name its primary in WIREWATCH_REDIS_URL")
    # Refused without a limit too: then nothing is evicted until somebody sets one.
    if info["maxmemory_policy"] != "noeviction":
        raise StoreUnfit(
            f"the server's maxmemory-policy is {info['maxmemory_policy']}: once full, it would drop alerts not yet "
            "sent; set `maxmemory-policy noeviction`, in redis.conf or with `redis-cli CONFIG SET`"
        )
    if not info["aof_enabled"]:
        return (NOT_DURABLE,)
    return ()
