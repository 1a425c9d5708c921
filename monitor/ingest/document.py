"""One document to one feed: what `parse` promises, done in the worker process. Pure.

bytes ─ decode ─┬─ JSON ──────────── jsonfeed ─┐
                └─ mend ─ feedparser (xmlfeed) ┴─ entries ─ identity, wire, limits ─ Parsed
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import quote, urljoin

from monitor.ingest import furniture, identity, instead, jsonfeed, mend, text, xmlfeed
from monitor.ingest.entry import Entry, Reading
from monitor.ingest.wire import read_wire, shouts
from monitor.model import Feed, Item, Parsed, Unreadable

_MOST_ITEMS = 5_000
_LONGEST_TITLE = 1_000
_LONGEST_NAME = 300
_LONGEST_ADDRESS = 2_000
_MOST_CATEGORIES = 50
_HEADLINE_FROM_BODY = 100
_FEW = 3
"""Headlines in capitals that do not yet make a feed one that shouts them all."""

_EARLIEST = 631_152_000.0  # 1990: there were no feeds before
_AHEAD = 86_400.0  # a day: clocks of other time zones written as UTC are still believed
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_NOT_IN_ADDRESS = re.compile(r"[\s<>\"]")


def parse_document(body: bytes, content_type: str, feed: Feed, now: float) -> Parsed | Unreadable:
    """The document's items, oldest first; or what came in place of a feed, in words.

    `content_type` is the HTTP header, of which only the charset is believed.
    """
    if not body.strip():
        return Unreadable("the answer was empty")
    decoded = mend.decode(body, content_type)
    reading = _read(body, decoded)
    if isinstance(reading, str):
        return Unreadable(reading)
    entries = [entry for entry in reading.entries if entry.title or entry.body or entry.link]
    problems = decoded.problems + reading.problems
    if len(entries) > _MOST_ITEMS:
        problems += (f"{len(entries)} items, of which the first {_MOST_ITEMS} were read",)
    items = _items(entries[:_MOST_ITEMS], reading, feed, now)
    return Parsed(
        items=items,
        title=text.shorten(reading.title, _LONGEST_NAME),
        version=reading.version,
        ttl=reading.ttl,
        problems=problems,
        furniture=furniture.recurring(items),
    )


def _read(body: bytes, decoded: mend.Mended) -> Reading | str:
    if decoded.text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _read_json(decoded.text)
    mended = mend.mend(decoded.text)
    return instead.describe(body, decoded.text) if mended is None else xmlfeed.read(mended)


def _read_json(written: str) -> Reading | str:
    try:
        document = json.loads(written.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return instead.describe_text(written)
    if isinstance(document, dict) and str(document.get("version", "")).startswith(jsonfeed.VERSION):
        return jsonfeed.read(document)
    return instead.describe_json(document)


# ── Items ───────────────────────────────────────────────────────────────────


def _items(entries: Sequence[Entry], reading: Reading, feed: Feed, now: float) -> tuple[Item, ...]:
    base = _absolute(feed.url, reading.link) or feed.url
    urls = identity.links([_absolute(base, entry.link) for entry in entries])
    keys = identity.keys(feed.id, entries)
    shouted = sum(shouts(entry.title) for entry in entries) > max(_FEW, len(entries) / 2)
    items: dict[str, Item] = {}
    for key, url, entry in zip(keys, urls, entries, strict=True):
        if key not in items:
            items[key] = _item(key, url, entry, reading, feed, now, shouted)
    oldest_first = list(reversed(items.values()))
    if all(item.published is not None for item in oldest_first):
        oldest_first.sort(key=lambda item: item.published or 0.0)
    return tuple(oldest_first)


def _item(key: str, url: str, entry: Entry, reading: Reading, feed: Feed, now: float, shouted: bool) -> Item:
    first_line = entry.body.partition("\n")[0]
    title = text.shorten(entry.title, _LONGEST_TITLE) or text.shorten(first_line, _HEADLINE_FROM_BODY)
    body = entry.body[: text.LONGEST]
    author = text.shorten(text.title(entry.author, markup=False), _LONGEST_NAME)
    return Item(
        key=key,
        revision=identity.revision(title, body),
        feed=feed.id,
        source=feed.source,
        guid=text.clean(entry.guid)[:_LONGEST_ADDRESS],
        url=url,
        title=title,
        body=body,
        author=author,
        categories=_categories(entry.categories),
        lang=_language(entry.lang, reading.lang, feed.lang),
        published=_believable(entry.published, now),
        updated=_believable(entry.updated, now),
        seen_at=now,
        wire=read_wire(title, body, author, at=now, capitals_are_style=shouted),
    )


def _absolute(base: str, link: str) -> str:
    """An address on the web, or nothing: `javascript:` and its like are not passed on."""
    try:
        url = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""
    if not url.lower().startswith(("http://", "https://")) or len(url) > _LONGEST_ADDRESS:
        return ""
    return text.clean(_NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), url))


def _categories(names: Sequence[str]) -> tuple[str, ...]:
    titles = (text.shorten(text.title(name, markup=False), _LONGEST_NAME) for name in names[:_MOST_CATEGORIES])
    return tuple(dict.fromkeys(filter(None, titles)))


def _language(*claims: str) -> str:
    """The first claim that is a language tag, in lower case (RFC 5646)."""
    tags = (claim.strip().lower().replace("_", "-") for claim in claims)
    return next((tag for tag in tags if _LANGUAGE.fullmatch(tag)), "")


def _believable(date: float | None, now: float) -> float | None:
    return date if date is not None and _EARLIEST <= date <= now + _AHEAD else None
