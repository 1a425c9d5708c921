"""Items with the text of their pages, where their feed asks for it (`fulltext: true`). Pure.

A page is fetched for an item that is new or changed, when its feed tells less
than `ENOUGH` of it. What must not wait, and what tells all there is, goes as it
came: flashes, withdrawals, notes. The item stays the one that its feed showed:
its revision and what its desk said of it are the feed's.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from monitor.ingest import text
from monitor.ingest.wire import read_wire
from monitor.model import Access, Article, Feed, Item, Kind, Unreadable

ENOUGH = 1_000
"""Characters of a text that is taken for whole."""
_ACCEPT = ("Accept", "text/html, application/xhtml+xml, */*;q=0.1")
_AS_THEY_ARE = (Kind.FLASH, Kind.WITHDRAWAL, Kind.HOLD, Kind.REPEAT, Kind.ADVISORY)


def wanted(feed: Feed, item: Item) -> bool:
    """Whether to fetch its page."""
    return feed.fulltext and bool(item.url) and len(item.body) < ENOUGH and item.wire.kind not in _AS_THEY_ARE


def access(feed: Feed, url: str) -> Access:
    """How to ask for a page: as for its feed, but what is for the feed's site alone is told to nobody else."""
    ours, theirs = urlsplit(feed.url), urlsplit(url)
    if (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc):
        return replace(feed.access, headers=(_ACCEPT, *feed.access.headers), home=feed.url)
    return replace(feed.access, headers=(_ACCEPT,), auth=None, insecure=False, home=feed.url)


def completed(item: Item, said: Article | Unreadable) -> Item:
    """With the text of its page, and nothing lost that its feed told; or as it is, and why."""
    if isinstance(said, Unreadable):
        return replace(item, unread=said.reason)
    first, _, rest = said.text.partition("\n")
    told = rest.strip() if " ".join(first.split()).casefold() == item.title.casefold() else said.text
    body = text.join(item.body, told)[: text.LONGEST]
    if body == item.body:
        return replace(item, unread="it has no more than its feed")
    read, wire = read_wire(item.title, body, item.author), item.wire
    return replace(
        item,
        body=body,
        wire=replace(
            wire,
            copy=read.copy,
            text=read.text,
            place=wire.place or read.place,
            credit=wire.credit or read.credit,
            byline=wire.byline or read.byline,
        ),
        whole=True,
    )


def comparable(before: Item, after: Item) -> Item:
    """A former revision as far as it can be compared: when one text is of the page and one is not, their titles can."""
    if before.whole is after.whole:
        return before
    wire = replace(before.wire, copy=after.wire.copy, text=after.wire.text)
    return replace(before, body=after.body, wire=wire, furniture=after.furniture)
