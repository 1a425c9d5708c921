"""One document to one feed: what `parse` promises, done in the worker process. Pure.

bytes ─ decode ─┬─ JSON ─┬────────────────── jsonfeed ─┐
                │        └────────────────────── ninjs ─┤
                └─ mend ─┬─ feedparser, sliced (xmlfeed) ┼─ entries ─ identity, wire, limits ─ Parsed
                         └─ expat (sitemap, newsml) ─────┘
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote, urljoin

from monitor.ingest import (
    furniture,
    identity,
    instead,
    jsonfeed,
    mend,
    newsml,
    ninjs,
    sitemap,
    slicing,
    text,
    tombstones,
    xmlfeed,
)
from monitor.ingest.entry import MOST_ITEMS, Entry, Reading
from monitor.ingest.wire import read_wire, shouts
from monitor.model import UNTAUGHT, Feed, Habits, Item, Parsed, Unreadable

_LONGEST_TITLE = 1_000
_LONGEST_NAME = 300
_LONGEST_ADDRESS = 2_000
_MOST_CATEGORIES = 50
_HEADLINE_FROM_BODY = 100
_FEW = 3
"""Headlines in capitals that do not yet make a feed one that shouts them all."""

_EARLIEST = 631_152_000.0  # 1990: there were no feeds before
_AHEAD = 86_400.0  # a day: clocks of other time zones written as UTC are still believed
_READERS = {"urlset": sitemap.read, "newsmessage": newsml.read, "newsitem": newsml.read}
"""By the document's root. What is not listed is a feed."""
_ROOT = re.compile(r"<(?:[^\s:<>/]+:)?([^\s:<>/]+)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_NOT_IN_ADDRESS = re.compile(r"[\s<>\"]")


class _Identified(NamedTuple):
    """An entry, and which item it is."""

    key: str
    url: str
    entry: Entry


class _Asked(NamedTuple):
    """Whose document it is, when it came, what its feed taught us, and what the last one showed."""

    feed: Feed
    now: float
    habits: Habits
    known: Mapping[bytes, slicing.Slice]


def parse_document(
    body: bytes, content_type: str, feed: Feed, now: float, slices: str = "", habits: Habits = UNTAUGHT
) -> Parsed | Unreadable:
    """The document's items, oldest first; or what came in place of a feed, in words.

    `content_type` is the HTTP header, of which only the charset is believed.
    Items that stand unchanged in `slices` (those of the last document) are not
    read again: only their keys are in the answer.
    """
    asked = _Asked(feed, now, habits, slicing.unpack(slices))
    if not body.strip():
        return Unreadable("the answer was empty")
    decoded = mend.decode(body, content_type)
    if decoded.text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _whole(_read_json(decoded.text), decoded.problems, None, asked)
    mended = mend.mend(decoded.text)
    if mended is None:
        return Unreadable(instead.describe(body, decoded.text))
    root = _ROOT.match(mended.text)
    if root and (read := _READERS.get(root[1].lower())):
        return _whole(read(mended), decoded.problems, None, asked)
    cut = slicing.cut(mended)
    some = _sliced(cut, decoded.problems + mended.problems, asked) if cut and asked.known else None
    return _with_tombstones(some or _whole(xmlfeed.read(mended), decoded.problems, cut, asked), mended.text, asked)


def _with_tombstones(parsed: Parsed | Unreadable, written: str, asked: _Asked) -> Parsed | Unreadable:
    """With the keys of what the document says was deleted, and does not show."""
    refs = tombstones.read(written)
    if not refs or isinstance(parsed, Unreadable):
        return parsed
    shown = {*parsed.known, *(item.key for item in parsed.items)}
    keys = (identity.keys(asked.feed.id, [Entry(guid=ref)], asked.habits)[0] for ref in refs)
    return replace(parsed, deleted=tuple(key for key in keys if key not in shown))


def _whole(
    reading: Reading | str, problems: tuple[str, ...], cut: slicing.Cut | None, asked: _Asked
) -> Parsed | Unreadable:
    """Every item of a document."""
    if isinstance(reading, str):
        return Unreadable(reading)
    problems += reading.problems
    digests = cut.digests if cut and len(cut.digests) == len(reading.entries) else (b"",) * len(reading.entries)
    told = [(entry, digest) for entry, digest in zip(reading.entries, digests, strict=True) if _says_something(entry)]
    if len(told) > MOST_ITEMS:
        problems += (f"{len(told)} items, of which the first {MOST_ITEMS} were read",)
    found = _identified([entry for entry, _ in told[:MOST_ITEMS]], reading, asked)
    items = _items(found, reading, asked)
    return Parsed(
        items=items,
        title=text.shorten(reading.title, _LONGEST_NAME),
        version=reading.version,
        cadence=reading.cadence,
        hub=text.clean(reading.hub)[:_LONGEST_ADDRESS],
        topic=text.clean(reading.topic)[:_LONGEST_ADDRESS],
        problems=problems,
        furniture=furniture.recurring(items),
        slices=slicing.pack(
            _slice(one, digest, asked.habits) for one, (_, digest) in zip(found, told, strict=False) if digest
        ),
        shared=identity.shared([one.entry for one in found], asked.habits),
    )


def _sliced(cut: slicing.Cut, problems: tuple[str, ...], asked: _Asked) -> Parsed | None:
    """Only the items that are not known, and the head if there are any; None when all must be read."""
    known = asked.known
    fresh = [digest for digest in cut.digests if digest not in known]
    still = [known[digest] for digest in cut.digests if digest in known]
    if not fresh:
        return Parsed((), problems=problems, slices=slicing.pack(still), known=tuple(one.key for one in still))
    reading = xmlfeed.read(cut.without(known.keys())) if still else ""
    if isinstance(reading, str) or len(reading.entries) != len(fresh):
        return None
    told = [(entry, digest) for entry, digest in zip(reading.entries, fresh, strict=True) if _says_something(entry)]
    found = _identified([entry for entry, _ in told], reading, asked)
    new = [_slice(one, digest, asked.habits) for one, (_, digest) in zip(found, told, strict=True)]
    proofs, addresses = {one.proof for one in still}, {one.address for one in still if one.address}
    if any(one.proof in proofs or one.address in addresses for one in new):
        return None  # what tells them apart can only be found with both at hand
    return Parsed(
        items=_items(found, reading, asked),
        title=text.shorten(reading.title, _LONGEST_NAME),
        version=reading.version,
        cadence=reading.cadence,
        hub=text.clean(reading.hub)[:_LONGEST_ADDRESS],
        topic=text.clean(reading.topic)[:_LONGEST_ADDRESS],
        problems=problems,
        slices=slicing.pack((*new, *still)),
        shared=identity.shared([one.entry for one in found], asked.habits),
        known=tuple(one.key for one in still),
    )


def _read_json(written: str) -> Reading | str:
    try:
        document = json.loads(written.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return instead.describe_text(written)
    if isinstance(document, dict) and str(document.get("version", "")).startswith(jsonfeed.VERSION):
        return jsonfeed.read(document)
    return ninjs.read(document) or instead.describe_json(document)


# ── Items ───────────────────────────────────────────────────────────────────


def _says_something(entry: Entry) -> bool:
    return bool(entry.title or entry.body or entry.link or entry.stated.status)


def _identified(entries: Sequence[Entry], reading: Reading, asked: _Asked) -> Sequence[_Identified]:
    """Entries with their keys and addresses."""
    feed, habits = asked.feed, asked.habits
    base = _absolute(feed.url, reading.link) or feed.url
    urls = identity.links([_absolute(base, entry.link) for entry in entries])
    return [*map(_Identified, identity.keys(feed.id, entries, habits), urls, entries)]


def _slice(one: _Identified, digest: bytes, habits: Habits) -> slicing.Slice:
    address = slicing.hashed(identity.canonical_url(one.url))
    proof = slicing.hashed(identity.proof(one.entry, habits))
    return slicing.Slice(digest, one.key, proof, address, shouts(one.entry.title))


def _capitals_are_style(found: Sequence[_Identified], known: Iterable[slicing.Slice]) -> bool:
    """Whether this feed shouts its headlines, those of its last document among them: a hub often sends just one."""
    shouted = {one.key: one.shouted for one in known} | {one.key: shouts(one.entry.title) for one in found}
    return sum(shouted.values()) > max(_FEW, len(shouted) / 2)


def _items(found: Sequence[_Identified], reading: Reading, asked: _Asked) -> tuple[Item, ...]:
    """Oldest first; what is listed twice once."""
    capitals_are_style = _capitals_are_style(found, asked.known.values())
    items: dict[str, Item] = {}
    for one in found:
        if one.key not in items:
            items[one.key] = _item(one, reading, asked, capitals_are_style)
    oldest_first = list(reversed(items.values()))
    if all(item.published is not None for item in oldest_first):
        oldest_first.sort(key=lambda item: item.published or 0.0)
    return tuple(oldest_first)


def _item(one: _Identified, reading: Reading, asked: _Asked, shouted: bool) -> Item:
    key, url, entry = one
    feed, now, habits, _ = asked
    first_line = entry.body.partition("\n")[0]
    headline = first_line or entry.stated.note or entry.stated.slug
    title = text.shorten(entry.title, _LONGEST_TITLE) or text.shorten(headline, _HEADLINE_FROM_BODY)
    body = entry.body[: text.LONGEST]
    author = text.shorten(text.title(entry.author, markup=False), _LONGEST_NAME)
    return Item(
        key=key,
        revision=identity.revision(title, body, entry.stated.status, habits.restless),
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
        wire=read_wire(title, body, author, at=now, capitals_are_style=shouted, stated=entry.stated),
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
