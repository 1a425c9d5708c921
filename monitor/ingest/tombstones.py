"""Atom's tombstones (RFC 6721): which of its entries a feed says were deleted. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from monitor.model import Item, Kind, digest

_MOST = 1_000
_MARK = "deleted-entry"
_TOMBSTONE = re.compile(rf"<(?:[\w.-]+:)?{_MARK}\s[^<>]{{0,4000}}?\bref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')")
_NOTE = "deleted by its feed"


def read(text: str) -> tuple[str, ...]:
    """Ids of the entries that a document says were deleted."""
    if _MARK not in text:
        return ()
    refs = (html.unescape(found[1] or found[2] or "").strip() for found in _TOMBSTONE.finditer(text))
    return tuple(dict.fromkeys(filter(None, refs)))[:_MOST]


def withdrawn(item: Item, now: float) -> Item:
    """What the feed says of an item by deleting it: the desk withdraws it."""
    wire = replace(item.wire, kind=Kind.WITHDRAWAL, note=_NOTE)
    return replace(item, revision=digest(item.revision, _NOTE), wire=wire, seen_at=now)
