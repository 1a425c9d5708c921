"""What a document said of one item, before we know which item it is.

The readers of each format (`xmlfeed`, `jsonfeed`) end here and `document`
goes on from here, so that identity, wire conventions and limits are applied
the same way whatever the format.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as its document has it; texts are plain text already, dates Unix seconds."""

    guid: str = ""
    link: str = ""
    """As written: may be relative, may be missing."""
    title: str = ""
    body: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()
    lang: str = ""
    published: float | None = None
    updated: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole document; entries stand in its own order, which is newest first by custom."""

    entries: tuple[Entry, ...]
    title: str = ""
    version: str = ""
    link: str = ""
    lang: str = ""
    ttl: float | None = None
    problems: tuple[str, ...] = ()
