"""Items: one piece of news in one feed, and the document it came in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from monitor.model.feeds import Cadence
from monitor.model.text import KEPT, Field, Span


class Kind(StrEnum):
    """What the desk that sent an item says it is."""

    NEWS = "news"
    FLASH = "flash"
    URGENT = "urgent"
    UPDATE = "update"
    CORRECTION = "correction"
    REFILE = "refile"
    REPEAT = "repeat"
    WITHDRAWAL = "withdrawal"
    HOLD = "hold"
    EMBARGO = "embargo"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True)
class Wire:
    """What wire conventions in title and text say, parsed off into fields.

    `headline`, `copy` and `text` are spans of the raw fields: the title
    without the desk's prefix, the body without slug lines (what rules read),
    and the body without dateline and credit too (what copies share).
    """

    headline: Span
    copy: Span
    text: Span
    kind: Kind = Kind.NEWS
    number: int = 0
    """The n of `UPDATE n-`; 0 when there is none."""
    genre: str = ""
    """`exclusive analysis factbox explainer column live`, or empty."""
    slug: str = ""
    place: str = ""
    credit: str = ""
    """The agency named in dateline, credit line or byline."""
    byline: str = ""
    note: str = ""
    """The desk's own words on what it corrected or withdrew."""
    embargo: float | None = None


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item as events and carriers show it."""

    key: str
    feed: str
    guid: str
    source: str
    url: str
    title: str
    kind: Kind
    published: float | None
    seen_at: float


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news in one feed, in one revision. All texts are plain text."""

    key: str
    """Identity within the feed: stays while the text changes."""
    revision: str
    """Hash of what it says, without dates and tracking: changes when the text does."""
    feed: str
    source: str
    guid: str
    url: str
    title: str
    body: str
    author: str
    categories: tuple[str, ...]
    lang: str
    published: float | None
    updated: float | None
    seen_at: float
    wire: Wire
    furniture: tuple[Span, ...] = ()
    """What its site puts around every text, in the body: left out where texts are compared."""
    whole: bool = False
    """Whether the body is the text of its page, which its feed asks for."""
    unread: str = ""
    """Why it is not, although its feed asks for it."""

    @classmethod
    def plain(
        cls,
        title: str = "",
        body: str = "",
        *,
        author: str = "",
        feed: str = "",
        source: str = "",
        lang: str = "",
        seen_at: float = 0.0,
    ) -> Item:
        """An item of plain texts, in which no wire conventions are looked for: to try rules on."""
        copy = Span(0, len(body))
        return cls(
            key="",
            revision="",
            feed=feed,
            source=source,
            guid="",
            url="",
            title=title,
            body=body,
            author=author,
            categories=(),
            lang=lang,
            published=None,
            updated=None,
            seen_at=seen_at,
            wire=Wire(headline=Span(0, len(title)), copy=copy, text=copy),
        )

    @property
    def headline(self) -> str:
        """The title without the desk's prefix."""
        return self.title[self.wire.headline.start : self.wire.headline.end]

    @property
    def text(self) -> str:
        """The body without slug, dateline and credit."""
        return self.body[self.wire.text.start : self.wire.text.end]

    @property
    def prose(self) -> str:
        """The text without its site's furniture."""
        kept, at = [], self.wire.text.start
        for span in self.furniture:
            kept.append(self.body[at : span.start])
            at = span.end
        return "\n".join((*kept, self.body[at : self.wire.text.end])) if kept else self.text

    def readable(self, name: Field) -> tuple[str, Span]:
        """A field's raw text, and the part of it that rules read."""
        match name:
            case Field.TITLE:
                return self.title, self.wire.headline
            case Field.BODY:
                return self.body, self.wire.copy
            case Field.AUTHOR:
                return self.author, Span(0, len(self.author))

    def kept(self) -> Item:
        """The item as the store keeps it: a long body cut to `KEPT` characters, spans with it."""
        if len(self.body) <= KEPT:
            return self
        wire = replace(
            self.wire,
            copy=Span(min(self.wire.copy.start, KEPT), min(self.wire.copy.end, KEPT)),
            text=Span(min(self.wire.text.start, KEPT), min(self.wire.text.end, KEPT)),
        )
        furniture = tuple(span for span in self.furniture if span.end <= KEPT)
        return replace(self, body=self.body[:KEPT], wire=wire, furniture=furniture)

    def ref(self) -> ItemRef:
        """The short form that travels in events."""
        return ItemRef(
            key=self.key,
            feed=self.feed,
            guid=self.guid,
            source=self.source,
            url=self.url,
            title=self.title,
            kind=self.wire.kind,
            published=self.published,
            seen_at=self.seen_at,
        )


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read as a feed: its items, oldest first, and what it says of itself."""

    items: tuple[Item, ...]
    title: str = ""
    version: str = ""
    cadence: Cadence = field(default_factory=Cadence)
    problems: tuple[str, ...] = ()
    """What was wrong and could be mended."""
    furniture: tuple[str, ...] = ()
    """Hashes of sentences that recur in its items."""
    slices: str = ""
    """What its items looked like, as the ingest room packs it."""
    hub: str = ""
    """The hub that it names, and what it calls itself there."""
    topic: str = ""
    shared: tuple[str, ...] = ()
    """Hashes of ids that several of its items have."""
    deleted: tuple[str, ...] = ()
    """Keys of items that it says were deleted."""
    known: tuple[str, ...] = ()
    """Keys of items that stand unchanged since the last document, and were not read again."""

    @property
    def only_known(self) -> bool:
        """Whether nothing was new, and what the feed says of itself was not read again either."""
        return bool(self.known) and not self.items


@dataclass(frozen=True, slots=True)
class Article:
    """What an item's page says."""

    text: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The document is not a feed; `reason` says what came instead."""

    reason: str
