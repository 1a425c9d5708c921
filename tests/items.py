"""Items, matches and stories for tests, made from the few facts that a test is about."""

from __future__ import annotations

from monitor.model import Field, Hit, Item, Kind, Match, Severity, Span, Wire, digest

NOON = 1_648_641_600.0
"""30 March 2022, 12:00 UTC."""


def an_item(
    title: str = "Ministers meet in Tunxi",
    body: str = "TUNXI - Two foreign ministers met on Wednesday and spoke of trade.",
    *,
    guid: str = "1",
    feed: str = "meridian",
    source: str = "",
    url: str = "",
    kind: Kind = Kind.NEWS,
    number: int = 0,
    prefix: str = "",
    note: str = "",
    embargo: float | None = None,
    seen_at: float = NOON,
    published: float | None = NOON,
    lang: str = "en",
) -> Item:
    """An item whose title is `prefix` + `title`; everything of the body is text."""
    whole = prefix + title
    return Item(
        key=digest(feed, guid),
        revision=digest(whole, body),
        feed=feed,
        source=source or feed.title(),
        guid=guid,
        url=url or f"https://{feed}.example/{guid}",
        title=whole,
        body=body,
        author="",
        categories=(),
        lang=lang,
        published=published,
        updated=None,
        seen_at=seen_at,
        wire=Wire(
            headline=Span(len(prefix), len(whole)),
            copy=Span(0, len(body)),
            text=Span(0, len(body)),
            kind=kind,
            number=number,
            note=note,
            embargo=embargo,
        ),
    )


def a_match(
    item: Item, rule: str, words: str, *, severity: Severity = Severity.NORMAL, tags: tuple[str, ...] = ()
) -> Match:
    """A rule that fired on the first place in the item where `words` stand."""
    for field, text in ((Field.TITLE, item.title), (Field.BODY, item.body)):
        start = text.find(words)
        if start >= 0:
            return Match(rule, severity, tags, (Hit(rule, field, start, start + len(words), words),))
    raise AssertionError(f"{words!r} does not stand in {item.title!r}")
