"""RSS 0.9 to 2.0, RDF and Atom, read by feedparser.

feedparser gets an `io.BytesIO` and nothing else: a string it would take for a
URL to fetch, bytes for a file to open. Sanitising and resolving of links inside
texts are off: texts become plain, and both are slow on hostile input.
"""

from __future__ import annotations

import calendar
import html
import io
import re
import time
from dataclasses import replace

import feedparser
from feedparser import FeedParserDict

from monitor.ingest import cadence, dateline, text
from monitor.ingest.entry import MOST_ITEMS, Entry, Reading, Stated
from monitor.ingest.mend import Mended

_LONGEST_TAG = 65_536
_LONGEST_NAME = 300
_LONG_TAG = re.compile(rf"<[^<>]{{{_LONGEST_TAG}}}")
_HTML_TYPES = ("text/html", "application/xhtml+xml")


def read(document: Mended) -> Reading | str:
    """The feed in a mended document; a reason in words when it is none after all."""
    if not document.well_formed and _LONG_TAG.search(document.text):
        return f"a broken feed with a tag of more than {_LONGEST_TAG} characters"
    document = _shortened(document)
    try:
        found = feedparser.parse(
            io.BytesIO(document.text.encode("utf-8", "replace")), sanitize_html=False, resolve_relative_uris=False
        )
    except (LookupError, ValueError, OverflowError, AssertionError) as error:  # its lenient parser trusts end tags
        return f"a feed too broken to read: {', '.join(document.problems) or repr(error)}"
    if document.cut and not found.entries:
        return "a feed that breaks off before its first item ends"
    if not found.version:
        return "XML that is no feed"
    problems = document.problems + (("breaks off in the middle of an item",) if document.cut else ())
    head = found.feed
    return Reading(
        entries=tuple(_entry(raw, head) for raw in found.entries),
        title=_headline(head),
        version=found.version,
        link=html.unescape(_words(head, "link")),
        lang=_words(head, "language"),
        cadence=cadence.read(document, head),
        hub=_linked(head, "hub"),
        topic=_linked(head, "self"),
        problems=problems,
    )


def _shortened(document: Mended) -> Mended:
    """Without items beyond the most that are read: feedparser takes 1 KB and 0.1 ms for each."""
    items = document.items or ()
    if len(items) <= MOST_ITEMS:
        return document
    told = f"{len(items)} items, of which the first {MOST_ITEMS} were read"
    shown = document.text[: items[MOST_ITEMS - 1][1]] + document.text[items[-1][1] :]
    return replace(document, text=shown, problems=(*document.problems, told), items=None)


def _linked(head: FeedParserDict, relation: str) -> str:
    return next((_words(link, "href") for link in head.get("links", ()) if link.get("rel") == relation), "")


def _entry(raw: FeedParserDict, head: FeedParserDict) -> Entry:
    published, updated = _when(raw, "published_parsed"), _when(raw, "updated_parsed")
    return Entry(
        guid=_words(raw, "id"),
        link=_link(raw),
        title=_headline(raw),
        body=_body(raw),
        author=_author(raw),
        categories=tuple(name for tag in raw.get("tags", ()) for name in _category(tag)),
        lang=_words(raw.get("title_detail", FeedParserDict()), "language"),
        published=updated if published is None else published,
        updated=updated,
        stated=Stated(credit=_origin(raw, head)),
    )


def _words(raw: FeedParserDict, name: str) -> str:
    """A text; feedparser keeps the attributes of an element that it takes for no other in the place of one."""
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _category(tag: FeedParserDict) -> tuple[str, ...]:
    """Its name, and its code in the scheme that it is of: `China`, `iptc:China`."""
    term, scheme = _words(tag, "term"), _words(tag, "scheme")
    return (_words(tag, "label") or term, *([f"{scheme}:{term}"] if scheme and term else []))


def _origin(raw: FeedParserDict, head: FeedParserDict) -> str:
    """The outlet that an aggregator took the item from; some feeds name themselves."""
    named = text.title(_words(raw.get("source", FeedParserDict()), "title") or _words(raw, "dc_source"), markup=False)
    if named == _headline(head) or "://" in named:
        return ""
    return dateline.agency(named) or text.shorten(named, _LONGEST_NAME)


def _link(raw: FeedParserDict) -> str:
    """The link; feedparser offers the guid for one when that is not said to be none, which it mostly is not."""
    link = _words(raw, "link")
    return "" if raw.get("guidislink") and not link.startswith("http") else html.unescape(link)


def _headline(raw: FeedParserDict) -> str:
    return text.title(_words(raw, "title"), _is_markup(raw.get("title_detail")))


def _body(raw: FeedParserDict) -> str:
    parts = raw.get("content", ())
    contents = [text.plain(_words(part, "value"), _is_markup(part)) for part in parts]
    summary = _words(raw, "summary")
    if any(part.get("value") == summary for part in parts):  # feedparser's stand-in for a summary that is not there
        summary = ""
    return text.join(text.plain(summary, _is_markup(raw.get("summary_detail"))), max(contents, key=len, default=""))


def _is_markup(detail: FeedParserDict | None) -> bool:
    return detail is None or detail.get("type") in _HTML_TYPES


def _author(raw: FeedParserDict) -> str:
    """The names; an address only where there is no name."""
    names = [_words(author, "name") for author in raw.get("authors", ())]
    return ", ".join(filter(None, names)) or _words(raw, "author")


def _when(raw: FeedParserDict, name: str) -> float | None:
    """A date in Unix seconds. `in` comes first: asked for an absent update, feedparser gives the publication."""
    date: time.struct_time | None = raw[name] if name in raw else None  # noqa: SIM401
    if date is None:
        return None
    try:
        return float(calendar.timegm(date))
    except ValueError:  # the year 0, or 10000
        return None
