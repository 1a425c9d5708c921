"""What a document said of one item, before we know which item it is.

The readers of each format (`xmlfeed`, `jsonfeed`, `sitemap`, `newsml`, `ninjs`) end here and `document`
goes on from here, so that identity, wire conventions and limits are applied
the same way whatever the format.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model import Cadence, Kind


@dataclass(frozen=True, slots=True)
class Stated:
    """What the desk states of an item in fields of their own, rather than in its words."""

    kinds: tuple[Kind, ...] = ()
    number: int = 0
    slug: str = ""
    place: str = ""
    credit: str = ""
    byline: str = ""
    note: str = ""
    """Its words to editors."""
    embargo: float | None = None

    @property
    def status(self) -> str:
        """What makes another revision of an item although no word has changed; empty: nothing."""
        grave = sorted({*self.kinds} & {Kind.WITHDRAWAL, Kind.HOLD, Kind.CORRECTION})
        return " ".join((*grave, *(() if self.embargo is None else (repr(self.embargo),))))


UNSTATED = Stated()


MOST_ITEMS = 5_000
"""Of a document, that are read."""


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
    stated: Stated = UNSTATED


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole document; entries stand in its own order, which is newest first by custom."""

    entries: tuple[Entry, ...]
    title: str = ""
    version: str = ""
    link: str = ""
    lang: str = ""
    cadence: Cadence = field(default_factory=Cadence)
    hub: str = ""
    topic: str = ""
    problems: tuple[str, ...] = ()
