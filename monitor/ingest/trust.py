"""How long a host is believed that only says that nothing has changed. Pure.

Some hosts answer 304 to their own validators whatever has changed. So after a
time of 304s alone, in which the feed should have had something new, it is asked
for in full. What comes teaches how long the next such time may be: twice as
long when the document is the same, a quarter when it holds what was there at
the last 304 already.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.ingest import pace
from monitor.model import Feed, FeedState, Item

_DAY = 86_400.0
_GAPS = 3
"""Gaps between news, or lulls where those are not known, that may well pass without any."""
_POLLS = 2
"""The least: every other poll says what it knows."""
_STALE = 600.0
"""Seconds for which caches on the way may honestly say what is no longer so."""


def doubted(feed: Feed, state: FeedState, now: float) -> bool:
    """Whether 304s are all that came for longer than is believed."""
    return state.status == 304 and now - state.read_at > _trusted(feed, state, now)


def learnt(feed: Feed, state: FeedState, fresh: Sequence[Item], now: float) -> float:
    """`FeedState.trusted` after a doubted feed was read in full; `fresh` are items that came with it.

    `state` is the one before.
    """
    trusted = _trusted(feed, state, now)
    if not fresh:
        return min(2 * trusted, _DAY)
    dates = [date for item in fresh if (date := item.updated or item.published) is not None]
    if dates and min(dates) > state.last_attempt - _STALE:  # it may have come after the last 304
        return state.trusted
    return max(trusted / 4, _POLLS * pace.usual(feed, state, now))


def _trusted(feed: Feed, state: FeedState, now: float) -> float:
    if state.trusted:
        return state.trusted
    return min(_DAY, max(_GAPS * (state.rhythm or state.lull or _DAY), _POLLS * pace.usual(feed, state, now)))
