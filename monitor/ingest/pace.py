"""When a feed is polled next, and why. Pure.

    last answer                next poll                                           reason
    ─────────────────────────  ──────────────────────────────────────────────────  ──────────────────────────
    read, unchanged or 304     `every`; for a feed with a `floor` a quarter of     every 5m
                               its rhythm or its present silence, in between       every 2m, by its rhythm
      ttl, sy:, max-age,       that, when longer, up to 12 times `every`           its server asks for 15m
      Expires
      skipHours, skipDays      when they are over                                  its document asks for rest …
    failed, no feed            as if read, doubled each time, up to 8 times        failed 3 times in a row
                               `every`
      Retry-After              that, when longer, up to a day                      its server asks for 2h
      429                      doubled from the first time on                      its server asks for less (429)
    410 Gone                   in a day: a mistake heals itself                    gone for good (410)

After a 429 a feed keeps a slower pace and comes back to its own bit by bit. Up
to a tenth of the wait is added at random, so that feeds do not march in step.
"""

from __future__ import annotations

import math
import time

from monitor.durations import written
from monitor.model import Cadence, Feed, FeedState, Fetched, FetchFailed, Page, Unchanged

_DAY = 86_400.0
_POLLS_A_GAP = 4
"""Polls for each gap between news: the news is late by an eighth of the gap on average."""
_MOST_WISHED = 12
"""Times `every` that ttl and max-age may ask for: many are a default that nobody chose."""
_MOST_BACK_OFF = 8
"""Times `every`."""
_EASED = 0.9
"""What is left, after a good answer, of the slower pace that a 429 taught."""
_JITTER = 0.1
_TOO_MANY = 429
_HOUR = 3600
_HOURS_A_WEEK = 168


def usual(feed: Feed, state: FeedState, now: float) -> float:
    """Seconds between two polls of a feed that answers, if nobody wishes otherwise."""
    if not feed.floor:
        return feed.every
    silence = now - state.listening_since if state.listening_since else 0.0
    return min(feed.every, max(feed.floor, max(state.rhythm, silence) / _POLLS_A_GAP))


def slowed(feed: Feed, state: FeedState, answer: Fetched, now: float) -> float:
    """Seconds between two polls that its server was seen to want, after this answer; 0: no more than `usual`."""
    if isinstance(answer, FetchFailed):
        if answer.status != _TOO_MANY:
            return state.slowed
        return min(2 * max(state.slowed, usual(feed, state, now)), _MOST_WISHED * feed.every)
    eased = state.slowed * _EASED
    return eased if eased > usual(feed, state, now) else 0.0


def next_poll(
    feed: Feed, state: FeedState, answer: Fetched, now: float, jitter: float, tell_at: float = math.inf
) -> tuple[float, str]:
    """The time of the next poll, and why then.

    `state` is what is known after the last poll but for this, `answer` what
    that brought; `jitter` is from [0, 1). A feed that fails is looked at no
    later than at `tell_at`, when operators would be told, if that is to come.
    """
    wait, reason = _failed(feed, state, answer, now, tell_at) if state.failures else _read(feed, state, answer, now)
    at = now + wait * (1 + _JITTER * jitter)
    rested = _rested(at, state.cadence)
    if rested > at:
        until = time.strftime("%a %H:%M", time.gmtime(rested))
        return rested + _JITTER * jitter * wait, f"its document asks for rest until {until} GMT"
    return at, reason


def _read(feed: Feed, state: FeedState, answer: Fetched, now: float) -> tuple[float, str]:
    """Seconds until a feed that answered is polled again, and why."""
    pace = usual(feed, state, now)
    max_age = (answer.max_age if isinstance(answer, Page | Unchanged) else None) or 0.0
    asked = min(max(max_age, state.cadence.ttl), _MOST_WISHED * feed.every)
    if asked > max(pace, state.slowed):
        return asked, f"its {'server' if max_age >= state.cadence.ttl else 'document'} asks for {written(asked)}"
    if state.slowed > pace:
        return state.slowed, "its server asked for less (429)"
    return pace, f"every {written(pace)}" + (", by its rhythm" if feed.floor else "")


def _failed(feed: Feed, state: FeedState, answer: Fetched, now: float, tell_at: float) -> tuple[float, str]:
    """Seconds until a feed that failed is tried again, and why."""
    failed = answer if isinstance(answer, FetchFailed) else FetchFailed("no feed")
    if failed.gone:
        return max(feed.every, _DAY), "gone for good (410)"
    pace = max(usual(feed, state, state.failing_since), state.slowed)
    wait = min(pace * 2 ** min(state.failures - 1, 16), max(pace, _MOST_BACK_OFF * feed.every))
    if failed.status != _TOO_MANY and tell_at > now:
        wait = max(pace, min(wait, tell_at - now))
    asked = min(failed.retry_after or 0.0, _DAY)
    if asked > wait:
        return asked, f"its server asks for {written(asked)}"
    if failed.status == _TOO_MANY:
        return wait, "its server asks for less (429)"
    return wait, f"failed {state.failures} {'time' if state.failures == 1 else 'times in a row'}"


def _rested(at: float, cadence: Cadence) -> float:
    """The first moment from `at` on at which the document does not ask to be left alone; `at` if it always does."""
    moment = at
    for _ in range(_HOURS_A_WEEK):
        utc = time.gmtime(moment)
        if utc.tm_hour not in cadence.skip_hours and utc.tm_wday not in cadence.skip_days:
            return moment
        moment = (moment // _HOUR + 1) * _HOUR
    return at
