"""What the desk that sent an item says of its place in a story, which overrides what the words say."""

from __future__ import annotations

import re

from monitor.model import Item, Kind
from monitor.stories.compare import Comparison
from monitor.stories.text import Reading

FOLLOWING = frozenset((Kind.URGENT, Kind.UPDATE, Kind.CORRECTION, Kind.REFILE, Kind.REPEAT, Kind.WITHDRAWAL, Kind.HOLD))
"""Kinds that speak of something sent before."""
SAME_HEADLINE = 0.6
SAME_EVENT = 0.35
SAME_SLUG_EVENT = 0.15
UNDER_FLASH = 2 * 3600.0
"""Seconds after a flash within which its text comes."""
FLASH_COVERED = 0.5
LEAST_FLASH = 4
"""Telling words a flash must have."""

_ROUNDUP = re.compile(
    r"""\b(?:
        (?:morning|evening|daily|weekly|weekend|news|world|business|market)s?\ (?:briefing|bulletin|digest|round-?up)
      | live\ (?:updates|blog|coverage) | as\ it\ happened | news\ in\ brief | top\ (?:stories|headlines)
      | what\ to\ (?:know|watch)\ today | (?:five|\d+)\ things\ (?:to|you) | week\ (?:in|ahead) | today\ in\ history
      | corrections\ and\ clarifications
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def stands_alone(item: Item) -> bool:
    """Whether an item tells of many events: digests, live pages, notes to editors."""
    return item.wire.kind is Kind.ADVISORY or item.wire.genre == "live" or bool(_ROUNDUP.search(item.headline[:300]))


def same_publisher(item: Item, other: Item) -> bool:
    return item.feed == other.feed or item.source.casefold() == other.source.casefold()


def same_desk(item: Item, other: Item) -> bool:
    """Whether one newsroom wrote both: the outlet, or the agency that the text credits."""
    return not _desks(item).isdisjoint(_desks(other))


def _desks(item: Item) -> set[str]:
    return {name.casefold() for name in (item.source, item.wire.credit) if name}


def follows(item: Item, other: Item, c: Comparison) -> str:
    """Why an item is the desk's next word on the other, in words; empty when it is not."""
    if item.wire.kind not in FOLLOWING or not same_desk(item, other):
        return ""
    if c.conflict and c.conflict.kind in ("names", "magnitude"):
        return ""
    if item.wire.slug and item.wire.slug == other.wire.slug and c.event >= SAME_SLUG_EVENT:
        return f"the same desk's slug {item.wire.slug}"
    if c.title >= SAME_HEADLINE:
        return "the same desk's headline"
    if c.event >= SAME_EVENT and (c.subjects is None or c.subjects >= 0.5):
        return "the same desk on the same event"
    return ""


def under_flash(item: Item, other: Item, this: Reading, that: Reading, c: Comparison, gap: float) -> bool:
    """Whether one is a flash without a text and the other the text that was to come."""
    flash, text = (this, that) if len(this.body) < len(that.body) else (that, this)
    flashed = item if flash is this else other
    return (
        flashed.wire.kind is Kind.FLASH
        and not flash.body
        and len(text.body) > 0
        and gap <= UNDER_FLASH
        and len(flash.title) >= LEAST_FLASH
        and c.cover >= FLASH_COVERED
    )
