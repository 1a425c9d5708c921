"""The card of an alert: what its message shows, built from an item and its matches."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import AlertStatus, Card, Carrier, Excerpt, Field, Hit, Item, Match, Severity, Span

AROUND = 110
"""Characters shown before and after a hit."""
MOST_EXCERPTS = 2
OPENING = 240
"""Characters of the text shown when no passage of the body made the rule fire."""


def card(
    item: Item,
    matches: Sequence[Match],
    carriers: Sequence[Carrier] = (),
    status: AlertStatus = AlertStatus.LIVE,
    note: str = "",
) -> Card:
    """The card of an item that these rules (at least one) asked for."""
    hits = [hit for match in matches for hit in match.hits]
    return Card(
        headline=item.headline or item.title,
        url=item.url,
        source=item.source,
        published=item.published,
        seen_at=item.seen_at,
        severity=max((match.severity for match in matches), default=Severity.NORMAL),
        kind=item.wire.kind,
        status=status,
        rules=tuple(dict.fromkeys(match.title or match.rule for match in matches)),
        spellings=tuple(dict.fromkeys(hit.text for hit in hits)),
        excerpts=tuple(passage for passage in excerpts(item, hits) if not _noted(passage, item)),
        carriers=tuple(carrier for carrier in carriers if carrier.item != item.key),
        note=note,
    )


def excerpts(item: Item, hits: Sequence[Hit]) -> tuple[Excerpt, ...]:
    """Passages of the body around its hits; its first lines when the hits are elsewhere."""
    spans = sorted({Span(hit.start, hit.end) for hit in hits if hit.field is Field.BODY})
    if not spans:
        start = item.wire.text.start
        opening = _passage(item.body, start, min(start + OPENING, item.wire.text.end), [])
        return (opening,) if opening.text else ()
    found: list[Excerpt] = []
    shown = item.wire.text.start if spans[0].start >= item.wire.text.start else 0  # no slug, no dateline
    while spans and len(found) < MOST_EXCERPTS:
        start, end = max(shown, spans[0].start - AROUND), spans[0].end + AROUND
        inside = [span for span in spans if span.end <= end] or spans[:1]
        spans = spans[len(inside) :]
        shown = end = max(end, *(span.end for span in inside))
        found.append(_passage(item.body, start, end, inside))
    return tuple(found)


def _noted(passage: Excerpt, item: Item) -> bool:
    """Whether the desk's note says it: a withdrawal is often nothing else."""
    return passage.text.strip("… ") in " ".join(item.wire.note.split())


def _passage(text: str, start: int, end: int, marks: Sequence[Span]) -> Excerpt:
    """`text[start:end]`, moved inwards to whole words, with an ellipsis where it was cut."""
    end = min(len(text), end)
    inner_start = marks[0].start if marks else end
    inner_end = max((mark.end for mark in marks), default=start)
    if start > 0 and not text[start - 1].isspace():
        while start < inner_start and not text[start].isspace():
            start += 1
    if end < len(text) and not text[end].isspace():
        while end > inner_end and not text[end - 1].isspace():
            end -= 1
    while start < end and text[start].isspace() and start < inner_start:
        start += 1
    while end > start and text[end - 1].isspace() and end > inner_end:
        end -= 1
    lead = "… " if start > 0 and marks else ""
    tail = " …" if end < len(text) else ""
    shift = len(lead) - start
    flat = text[start:end].replace("\n", " ")  # one character for one: the marks stay true
    return Excerpt(Field.BODY, lead + flat + tail, tuple(Span(m.start + shift, m.end + shift) for m in marks))
