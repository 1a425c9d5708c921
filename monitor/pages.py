"""An item's page: fetched as its feed is, read by the same workers, and never waited for long."""

from __future__ import annotations

import asyncio

from monitor.durations import written
from monitor.ingest import fulltext
from monitor.model import Article, Feed, FetchFailed, Item, Page, Unreadable, Validators
from monitor.observe.metrics import Metrics
from monitor.ports import Fetcher, Parser

PATIENCE = 30.0
"""Seconds for all pages of one document's items."""


def deadline() -> float:
    """Until when the pages of a document that has just come may be read, by the event loop's clock."""
    return asyncio.get_running_loop().time() + PATIENCE


async def completed(
    fetcher: Fetcher, parser: Parser, metrics: Metrics, feed: Feed, item: Item, now: float, until: float
) -> Item:
    """With the text of its page, if its feed asks for that and it comes by `until`; else as it is, and why."""
    if not fulltext.wanted(feed, item):
        return item
    try:
        async with asyncio.timeout_at(until):
            said = await _said(fetcher, parser, feed, item, now)
    except TimeoutError:
        said = Unreadable(f"it did not come in the {written(PATIENCE)} that the pages of a document may take")
    whole = fulltext.completed(item, said)
    metrics.pages.labels(result="read" if whole.whole else "unread").inc()
    return whole


async def _said(fetcher: Fetcher, parser: Parser, feed: Feed, item: Item, now: float) -> Article | Unreadable:
    match await fetcher.fetch(item.url, Validators(), fulltext.access(feed, item.url)):
        case Page(body=body, content_type=content_type):
            return await parser.article(body, content_type, feed, now)
        case FetchFailed(reason=reason):
            return Unreadable(reason)
        case _:
            return Unreadable("its server says that it has not changed, though we never saw it")
