"""What an outlet's feed looks like on the line: RSS 2.0, Atom, RSS 1.0, JSON Feed, or a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from monitor.demo.script import Format, Outlet, Release

Dates = Callable[[float], float]
"""From a play second to Unix seconds."""

CONTENT_TYPES: dict[Format, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
    "html": "text/html",
}

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS1 = "http://purl.org/rss/1.0/"


def render(outlet: Outlet, releases: Sequence[Release], date: Dates) -> bytes:
    """The outlet's feed with these releases, in its own format and encoding."""
    match outlet.format:
        case "rss":
            return _xml(_rss(outlet, releases, date), outlet.encoding)
        case "atom":
            return _xml(_atom(outlet, releases, date), outlet.encoding)
        case "rdf":
            return _xml(_rdf(outlet, releases, date), outlet.encoding)
        case "json":
            return _json(outlet, releases, date)
        case "html":
            return _page(outlet)


def _rss(outlet: Outlet, releases: Sequence[Release], date: Dates) -> ET.Element:
    # ElementTree's own namespaces need a table shared by the whole process; prefixes written out do not.
    root = ET.Element("rss", {"version": "2.0", "xmlns:content": CONTENT, "xmlns:dc": DC})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", outlet.name)
    _add(channel, "link", outlet.home)
    _add(channel, "description", f"The latest from {outlet.name}")
    _add(channel, "language", outlet.lang)
    for release in releases:
        item = ET.SubElement(channel, "item")
        _add(item, "title", release.title)
        _add(item, "link", release.url)
        _add(item, "guid", release.guid, isPermaLink="false")
        _add(item, "dc:creator", release.author)
        if release.dated is not None:
            moment = datetime.fromtimestamp(date(release.dated), UTC)
            _add(item, "pubDate", format_datetime(moment, usegmt=True))
        _add(item, "description", _html(release.paragraphs[:1] if outlet.excerpt else release.paragraphs))
        if outlet.excerpt:
            _add(item, "content:encoded", _html(release.paragraphs))
    return root


def _atom(outlet: Outlet, releases: Sequence[Release], date: Dates) -> ET.Element:
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": outlet.lang})
    _add(root, "title", outlet.name)
    _add(root, "id", outlet.home)
    _add(root, "link", "", href=outlet.home)
    _add(root, "updated", _iso(max((release.at for release in releases), default=0.0), date))
    for release in releases:
        entry = ET.SubElement(root, "entry")
        _add(entry, "title", release.title)
        _add(entry, "id", release.guid)
        _add(entry, "link", "", href=release.url, rel="alternate")
        _add(entry, "published", _iso(release.dated, date))
        _add(entry, "updated", _iso(release.dated, date))
        _add(ET.SubElement(entry, "author"), "name", release.author or outlet.name)
        _add(entry, "content", _html(release.paragraphs), type="html")
    return root


def _rdf(outlet: Outlet, releases: Sequence[Release], date: Dates) -> ET.Element:
    root = ET.Element("rdf:RDF", {"xmlns": RSS1, "xmlns:rdf": RDF, "xmlns:content": CONTENT, "xmlns:dc": DC})
    channel = ET.SubElement(root, "channel", {"rdf:about": outlet.home})
    _add(channel, "title", outlet.name)
    _add(channel, "link", outlet.home)
    _add(channel, "description", outlet.name)
    _add(channel, "dc:language", outlet.lang)
    listed = ET.SubElement(ET.SubElement(channel, "items"), "rdf:Seq")
    for release in releases:
        ET.SubElement(listed, "rdf:li", {"rdf:resource": release.url})
        item = ET.SubElement(root, "item", {"rdf:about": release.url})
        _add(item, "title", release.title)
        _add(item, "link", release.url)
        _add(item, "dc:date", _iso(release.dated, date))
        _add(item, "description", " ".join(release.paragraphs))
    return root


def _json(outlet: Outlet, releases: Sequence[Release], date: Dates) -> bytes:
    items = []
    for release in releases:
        item: dict[str, object] = {
            "id": release.guid,
            "url": release.url,
            "title": release.title,
            "content_html": _html(release.paragraphs),
        }
        if release.dated is not None:
            item["date_published"] = _iso(release.dated, date)
        if release.author:
            item["authors"] = [{"name": release.author}]
        items.append(item)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": outlet.home,
        "language": outlet.lang,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False).encode(outlet.encoding)


def _page(outlet: Outlet) -> bytes:
    return (
        f'<!DOCTYPE html>\n<html lang="{outlet.lang}">\n<head><title>{escape(outlet.name)}: back soon</title></head>\n'
        f"<body><h1>{escape(outlet.name)}</h1><p>We are moving to a new home. Our feeds will return.<br></body>\n"
        "</html>\n"
    ).encode(outlet.encoding)


def _xml(root: ET.Element, encoding: str) -> bytes:
    """Characters that the encoding lacks become numeric references."""
    document: bytes = ET.tostring(root, encoding=encoding, xml_declaration=True)
    return document


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    """A child element, unless there is nothing to put in it."""
    if text or attributes:
        ET.SubElement(parent, tag, attributes).text = text


def _html(paragraphs: Sequence[str]) -> str:
    return "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)


def _iso(second: float | None, date: Dates) -> str:
    """A play second in RFC 3339; nothing for an undated item."""
    if second is None:
        return ""
    moment = datetime.fromtimestamp(date(second), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
