"""Documents that tests are about, written short."""

from __future__ import annotations

import json

from monitor.ingest.document import parse_document
from monitor.model import Feed, Item, Parsed, Unreadable
from tests.items import NOON

_G2 = "http://iptc.org/std/nar/2006-10-01/"
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


def sitemap(*pages: str) -> bytes:
    """A sitemap; `pages` is what stands within each `<url>`, with `n:` for news."""
    listed = "".join(f"<url>{page}</url>" for page in pages)
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{listed}</urlset>'
    ).encode()


def news_item(
    management: str = "", content: str = "", rendition: str = "", *, version: str = "1", kind: str = "text"
) -> str:
    """A NewsML-G2 item, with what stands in its itemMeta, contentMeta and contentSet."""
    return (
        f'<newsItem xmlns="{_G2}" guid="tag:m.example,2022:1" version="{version}" xml:lang="en">'
        '<catalogRef href="https://m.example/catalog.xml"/>'
        f'<itemMeta><itemClass qcode="ninat:{kind}"/><versionCreated>2022-03-30T11:30:00Z</versionCreated>'
        f"<firstCreated>2022-03-30T13:00:00+02:00</firstCreated>{management}</itemMeta>"
        f"<contentMeta><headline>Envoys meet</headline>{content}</contentMeta>"
        f"<contentSet>{rendition}</contentSet></newsItem>"
    )


def message(*items: str) -> bytes:
    """A NewsML-G2 message of such items."""
    return (
        f'<?xml version="1.0"?><newsMessage xmlns="{_G2}"><header/><itemSet>{"".join(items)}</itemSet></newsMessage>'
    ).encode()


def ninjs(**fields: object) -> bytes:
    """A ninjs item."""
    return json.dumps(
        {"uri": "tag:m.example,2022:1", "type": "text", "version": "1", "headline": "Envoys meet", **fields}
    ).encode()


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
