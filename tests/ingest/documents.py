"""Documents that tests are about, written short."""

from __future__ import annotations

from monitor.ingest.document import parse_document
from monitor.model import Feed, Item, Parsed, Unreadable
from tests.items import NOON

FEED = Feed(id="meridian", url="https://meridian.example/feeds/world.xml", source="Meridian Wire", every=300.0)


def rss(*items: str, head: str = "<title>Meridian</title>", declaration: str = '<?xml version="1.0"?>') -> bytes:
    """An RSS 2.0 feed; `items` is what stands within each `<item>`."""
    listed = "".join(f"<item>{item}</item>" for item in items)
    spaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:media="http://search.yahoo.com/mrss/"'
    )
    return f'{declaration}<rss version="2.0" {spaces}><channel>{head}{listed}</channel></rss>'.encode()


def atom(*entries: str, head: str = "<title>Meridian</title>", attributes: str = "") -> bytes:
    """An Atom feed; `entries` is what stands within each `<entry>`."""
    listed = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{head}{listed}</feed>'.encode()


def read(body: bytes, content_type: str = "", feed: Feed = FEED, now: float = NOON) -> Parsed:
    """What the document says; it must be a feed."""
    parsed = parse_document(body, content_type, feed, now)
    assert isinstance(parsed, Parsed), parsed
    return parsed


def only_item(body: bytes, content_type: str = "") -> Item:
    """The one item of a document."""
    (item,) = read(body, content_type).items
    return item


def refusal(body: bytes, content_type: str = "") -> str:
    """Why the document is no feed."""
    unreadable = parse_document(body, content_type, FEED, NOON)
    assert isinstance(unreadable, Unreadable), unreadable
    return unreadable.reason
