"""How a feed is doing, its rhythm, and what operators hear of it. Pure.

    health    when                                                              until
    ────────  ────────────────────────────────────────────────────────────────  ──────────────────────
    failing   no good answer for twice its own rhythm (at least twice `every`,  a good answer
              at most a day; six times `every` while the rhythm is unknown)
    silent    nothing new for ten times its rhythm and twice its longest lull   something new

Each change is told once. One good answer ends a failure and the next failure
counts from its own beginning, so a feed that fails every other time is never
told of; the polls of a failing feed are never so rare that telling is late. The
rhythm is the smoothed gap between polls that brought something new. The lull
keeps a feed that sleeps at night from being called silent every morning; it is
learnt from the dates in its documents too, so the first night counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.durations import written
from monitor.model import Feed, FeedHealth, FeedState, Item

_DAY = 86_400.0
_SMOOTHING = 0.25
"""Weight of the newest gap in the rhythm."""
_UNKNOWN_RHYTHM = 3
"""Times `every` that stand in for a rhythm not known yet."""
_FAILING_AFTER = 2
"""Rhythms."""
_SILENT_AFTER = 10
"""Rhythms."""
_SILENT_AFTER_LULLS = 2
_LULL_FORGOTTEN = 7 * _DAY
"""Seconds in which half of a lull is forgotten."""
_USUAL_GAPS = 0.9
"""Of the gaps between a document's dates, those that count: a pinned item from last year is no lull."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A change of health, for operators. `since` names the spell that it is about."""

    text: str
    recovered: bool
    since: float


def notice(feed: Feed, before: FeedState, after: FeedState, now: float) -> Notice | None:
    """What to tell operators after a poll, if anything."""
    if after.retired and not before.retired:
        text = f"is gone for good ({after.error}): it is looked at once a day until its url in feeds.yaml changes"
        return Notice(text, recovered=False, since=after.last_attempt)
    if after.health is before.health or (before.retired and after.retired):
        return None
    match after.health:
        case FeedHealth.FAILING:
            spell = written(now - after.failing_since)
            text = f"has not been read for {spell} ({after.failures} polls): {after.error}"
            return Notice(text, recovered=False, since=after.failing_since)
        case FeedHealth.SILENT:
            usual = f"; it usually has something every {written(_usual(feed, after))}"
            text = f"answers, but has had nothing new for {written(now - after.last_new)}{usual}"
            return Notice(text, recovered=False, since=after.last_new)
    if before.health is FeedHealth.FAILING:
        text = f"is well again after {written(now - before.failing_since)}"
        return Notice(text, recovered=True, since=before.failing_since)
    text = f"has news again after {written(now - before.last_new)}"
    return Notice(text, recovered=True, since=before.last_new)


def judged(feed: Feed, state: FeedState, now: float) -> FeedHealth:
    """How a feed is after a poll; `state` is the one after it, but for its health, which is that before."""
    if state.failures:
        failing = state.health is FeedHealth.FAILING or now - state.failing_since >= patience(feed, state)
        return FeedHealth.FAILING if failing or state.retired else state.health
    if state.last_new and state.lull and now - state.listening_since > _silence(feed, state):
        return FeedHealth.SILENT
    return FeedHealth.OK


def _usual(feed: Feed, state: FeedState) -> float:
    """The feed's rhythm as far as we can see it: not finer than we look."""
    return max(feed.every, state.rhythm) if state.rhythm else _UNKNOWN_RHYTHM * feed.every


def patience(feed: Feed, state: FeedState) -> float:
    """Seconds without a good answer after which a feed is failing."""
    return _FAILING_AFTER * max(feed.every, min(_usual(feed, state), _DAY / 2))


def _silence(feed: Feed, state: FeedState) -> float:
    """Seconds without news, in spite of good answers, after which a feed is silent."""
    return max(_SILENT_AFTER * _usual(feed, state), _SILENT_AFTER_LULLS * state.lull)


# ── Rhythm ──────────────────────────────────────────────────────────────────


def learnt(state: FeedState, items: Sequence[Item], news: bool, now: float) -> FeedState:
    """What a good answer teaches of rhythm and lull; `state` is the one before it, `items` what its document showed."""
    forgotten = 0.5 ** (max(0.0, now - (state.last_success or now)) / _LULL_FORGOTTEN)
    state = replace(state, lull=max(state.lull * forgotten, _usual_lull(items)))
    if not news:
        return state
    gap = now - state.listening_since if state.last_new else 0.0
    rhythm = state.rhythm + _SMOOTHING * (gap - state.rhythm) if state.rhythm else gap
    return replace(state, last_new=now, rhythm=rhythm, lull=max(state.lull, gap))


def _usual_lull(items: Sequence[Item]) -> float:
    dates = sorted(item.published for item in items if item.published is not None)
    gaps = sorted(later - earlier for earlier, later in pairwise(dates))
    return gaps[int(_USUAL_GAPS * (len(gaps) - 1))] if gaps else 0.0
