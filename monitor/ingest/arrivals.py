"""Which items of a poll are hushed before anybody asks what they say: they are new to us, and no news. Pure.

    an item                                                                      is hushed as
    ───────────────────────────────────────────────────────────────────────────  ──────────────────
    of the first poll of its address, but for the `backfill` newest              seeded
    unknown, dated two days before its feed was last read and its newest item    backfill
    unknown like most of its document, where most texts are known, if its own    renamed
    is or that of a later one, unless its desk corrects or withdraws a text

A date alone hushes nothing: a feed whose dates are all old, or equal, or stand
still, is believed as it comes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from monitor.ingest import schedule
from monitor.ingest.habits import is_mass
from monitor.model import Fate, Feed, FeedState, Item, Kind, Outcome

SEEDED = Outcome(Fate.SEEDED, "came with the first poll of its feed, which alerts for its `backfill` newest only")
BACKFILL = Outcome(Fate.SEEDED, "published more than two days before its feed was last read: backfill")
RENAMED = Outcome(Fate.REPEATED, "the same text of the same feed under another guid")
OLDER = Outcome(Fate.REPEATED, "its feed gave most items another guid, and it is older than one whose text is known")

_LATE = 2 * 86_400.0
"""Seconds: a date without an hour, in a zone that was not named, is off by less."""
_OF_ANOTHER = (Kind.WITHDRAWAL, Kind.CORRECTION)
"""What speaks of a text that may have been told: its date is often that of the text."""


def hushed(
    feed: Feed, state: FeedState, items: Sequence[Item], unknown: Collection[str], texts: Collection[str] = ()
) -> Mapping[str, Outcome]:
    """Why items are not to alert whatever they say, by key.

    Of `items`, the oldest first, the keys in `unknown` were never seen; `texts`
    are revisions known of the feed, when so many are unknown that ids may have changed.
    """
    if not schedule.known(feed, state):
        return {item.key: SEEDED for item in items[: max(0, len(items) - feed.backfill)]}
    new = [item for item in items if item.key in unknown]
    reasons = {item.key: BACKFILL for item in new if _is_late(item, state)}
    if churned(new, texts):
        told_before = max(number for number, item in enumerate(new) if item.revision in texts)
        reasons |= {item.key: OLDER for item in new[:told_before] if item.wire.kind not in _OF_ANOTHER}
        reasons |= {item.key: RENAMED for item in new if item.revision in texts}
    return reasons


def churned(unknown: Sequence[Item], texts: Collection[str]) -> bool:
    """Whether ids changed and items did not."""
    return is_mass(sum(item.revision in texts for item in unknown), len(unknown))


def _is_late(item: Item, state: FeedState) -> bool:
    if item.published is None or item.wire.kind in _OF_ANOTHER:
        return False
    return max(item.published, item.updated or 0.0) < min(state.last_success, state.newest) - _LATE
