"""What outlives the process: the poll schedule, what was seen, the stories, the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import quote

from monitor.config import Settings
from monitor.ports import Store
from monitor.store import embedded
from monitor.store.client import connect
from monitor.store.layout import LAYOUT, Layout
from monitor.store.redis import RedisStore


@asynccontextmanager
async def open_store(settings: Settings, *, join: bool = False) -> AsyncIterator[Store]:
    """The store that the operator chose: the server in `redis_url`, or an embedded one in `data_dir`.

    `join` is for commands that look in for a moment: while a service holds the
    data folder, they use its server. Without it that is an error.

    A server that is away is no error here: the store's methods then raise
    StoreUnavailable. Raises NoServer or StoreUnfit when an embedded server
    cannot be started.
    """
    if settings.redis_url is not None:
        store = RedisStore(connect(settings.redis_url.get_secret_value()), _layout(settings))
        try:
            yield store
        finally:
            await store.close()
        return
    async with embedded.serve(settings.data_dir, join=join) as socket:
        store = RedisStore(connect(f"unix://{quote(str(socket))}"), _layout(settings))
        try:
            yield store
        finally:
            await store.close()


def _layout(settings: Settings) -> Layout:
    """The layout with what the operator sets of it; `find` reaches as far back as items are kept."""
    age = int(settings.archive_age)
    found_by = replace(LAYOUT.names, keep=max(LAYOUT.names.keep, age))
    return replace(LAYOUT, item_ttl=age, most_items=settings.archive_items, names=found_by)
