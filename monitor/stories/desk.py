"""What addresses and the desk's own words say of an item's place in a story. They override the text."""

from __future__ import annotations

import re

from monitor.model import Item, Kind, Relation, Topic
from monitor.stories.candidates import one_page
from monitor.stories.guards import apart
from monitor.stories.pair import Finding, Pair, margin

PAGE_WINDOW = 30 * 86400.0
THREAD_WINDOW = 7 * 86400.0
UPDATE_WINDOW = 86400.0
"""Seconds after which an `UPDATE n-` is one of the next day's text in the same form."""
UNDER_FLASH = 2 * 3600.0
"""Seconds around a flash within which its text comes."""

SAME_PAGE_LEAD = 0.60
SAME_PAGE_HEADLINE = 0.75
SAME_PAGE_EVENT = 0.25
REWRITTEN = 0.40
THREAD_HEADLINE = 0.60
NAMED_HEADLINE = 0.75
THREAD_EVENT = 0.27
THREAD_SUBJECTS = 0.50
SLUG_EVENT = 0.15
FLASH_COVERED = 0.50
SURE, NAMED = 0.98, 0.9
"""Confidence in an address, and in the desk's own word."""
LEAST_FLASH = 4
"""Words of a flash that can be recognised in a text."""

FOLLOWING = frozenset((Kind.URGENT, Kind.UPDATE, Kind.CORRECTION, Kind.REFILE, Kind.REPEAT, Kind.WITHDRAWAL, Kind.HOLD))
"""Kinds that speak of something sent before."""

_ROUNDUP = re.compile(
    r"""\b(?:
        (?:morning|evening|daily|weekly|weekend|news|world|business|market)s?\ (?:briefing|bulletin|digest|round-?up)
      | live\ (?:updates|blog|coverage) | as\ it\ happened | news\ in\ brief | top\ (?:stories|headlines)
      | what\ to\ (?:know|watch)\ today | (?:five|\d+)\ things\ (?:to|you) | week\ (?:in|ahead) | today\ in\ history
      | corrections\ and\ clarifications
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_HEADLINE = 300


def tells_of_many(item: Item) -> bool:
    """Whether an item is a digest, a live page or a note to editors: its words are not those of one event."""
    headline = item.headline[:_LONGEST_HEADLINE]
    return item.wire.kind is Kind.ADVISORY or item.wire.genre == "live" or _ROUNDUP.search(headline) is not None


def newer_version(pair: Pair) -> bool:
    """Whether the desk says that this is not what was sent before."""
    now, then = pair.item.wire, pair.other.wire
    return now.kind in FOLLOWING and (now.kind, now.number) != (then.kind, then.number)


def version(pair: Pair) -> Relation:
    """What the desk's own word makes of an item beside what it was sent after."""
    match pair.item.wire.kind:
        case Kind.REPEAT:
            return Relation.COPY
        case Kind.UPDATE | Kind.URGENT:
            return Relation.UPDATE
        case _:
            return Relation.DERIVED


def same_page(pair: Pair) -> Finding | None:
    """The same address: one page, in another feed or re-titled, unless its text has become another."""
    c = pair.c
    if pair.gap > PAGE_WINDOW or not one_page(pair.item, pair.other):
        return None
    wordless = not pair.shorter
    if newer_version(pair) and _same_desk(pair) and (wordless or c.cover >= SAME_PAGE_EVENT):
        return pair.found(version(pair), 3 + c.whole.least, f"a new version of the page of {pair.who}", SURE)
    same = c.title >= SAME_PAGE_HEADLINE if wordless else c.lead.least >= SAME_PAGE_LEAD
    if same and c.conflict is None:
        return pair.found(Relation.COPY, 3 + c.whole.least, f"the same page as {pair.who}", SURE)
    if c.title >= SAME_PAGE_HEADLINE or c.lead.most >= SAME_PAGE_LEAD or c.cover >= REWRITTEN:
        anew = c.conflict is not None or c.anew
        relation = Relation.UPDATE if anew and pair.later else Relation.DERIVED
        changed = f": {apart(c.conflict)}" if c.conflict else ""
        return pair.found(relation, 3 + c.whole.least, f"the page of {pair.who}, rewritten{changed}", SURE)
    return None


def same_thread(pair: Pair) -> Finding | None:
    """What the desk calls an update, a correction, a kill: a version of the story that it names."""
    reason = _follows(pair)
    if reason:
        evidence = f"{pair.item.wire.kind} to {pair.who}: {reason}"
        return pair.found(version(pair), 2 + pair.c.whole.least, evidence, NAMED)
    if _under_flash(pair):
        relation = Relation.UPDATE if pair.this.body else Relation.DERIVED
        if not _same_desk(pair):
            relation = Relation.REPORT
        evidence = f"flash and text of one event, with {pair.who}"
        return pair.found(relation, 2 + pair.c.cover, evidence, margin(pair.c.cover, FLASH_COVERED))
    return None


def _follows(pair: Pair) -> str:
    """Why an item is the desk's next word on the other; empty when it is not."""
    c, slug = pair.c, pair.item.wire.slug
    window = UPDATE_WINDOW if pair.item.wire.kind in (Kind.UPDATE, Kind.URGENT) else THREAD_WINDOW
    if pair.gap > window or not newer_version(pair) or not _same_desk(pair):
        return ""
    if c.conflict and c.conflict.topic in (Topic.NAMES, Topic.MAGNITUDE):
        return ""
    if slug and slug == pair.other.wire.slug and c.event >= SLUG_EVENT:
        return f"the same desk's slug {slug}"
    if c.title >= THREAD_HEADLINE or c.headlines.second >= NAMED_HEADLINE:
        return "the same desk's headline"
    if c.event >= THREAD_EVENT and (c.subjects is None or c.subjects >= THREAD_SUBJECTS):
        return "the same desk on the same event"
    return ""


def _under_flash(pair: Pair) -> bool:
    """Whether one is a flash without a text and the other the text that was to come."""
    sides = ((pair.item, pair.this, pair.that), (pair.other, pair.that, pair.this))
    flashed = any(
        item.wire.kind is Kind.FLASH and len(flash.title) >= LEAST_FLASH and not flash.body and text.body
        for item, flash, text in sides
    )
    return flashed and pair.gap <= UNDER_FLASH and pair.c.cover >= FLASH_COVERED and pair.c.conflict is None


def _same_desk(pair: Pair) -> bool:
    """Whether one newsroom wrote both: the outlet, or the agency that a text credits."""
    return not _desks(pair.item).isdisjoint(_desks(pair.other))


def _desks(item: Item) -> set[str]:
    return {name.casefold() for name in (item.source, item.wire.credit) if name}
