"""How a feed is doing, its rhythm, and what operators hear of it. Pure.

    health    when                                                              until
    ────────  ────────────────────────────────────────────────────────────────  ──────────────────────
    failing   no good answer for twice its own rhythm (at least twice `every`,  good answers only, for as
              at most a day; six times `every` while the rhythm is unknown)     long (an hour will do)
    silent    nothing new for ten times its rhythm and twice its longest lull,  something new
              or for longer than its editor expects

Each change is told once. Before it is told, one good answer ends a failure and
the next one counts from its own beginning, so a feed that fails every other
time is never told of; once told, a feed that answers now and then stays failing
until it is steady. The polls of a failing feed are never so rare that telling
is late. What fails while no feed at all can be read is not its fault. The
rhythm is the smoothed gap between polls that brought something new. The lull
keeps a feed that sleeps at night from being called silent every morning; it is
learnt from the dates in its documents too, so the first night counts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.durations import written
from monitor.ingest import pace
from monitor.model import Feed, FeedHealth, FeedState, Item

_DAY = 86_400.0
_SMOOTHING = 0.25
"""Weight of the newest gap in the rhythm."""
_UNKNOWN_RHYTHM = 3
"""Times what lies between two looks that stand in for a rhythm not known yet."""
_FAILING_AFTER = 2
"""Rhythms."""
_WELL_AT_LAST = 3600.0
"""Seconds of good answers after which a feed is well, however slow its rhythm."""
_FEW = 3
"""Feeds that fail together before we ask whether it is us."""
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
            rhythm = written(feed.expect or _usual(feed, after))
            usual = f"; it {'is expected to have' if feed.expect else 'usually has'} something every {rhythm}"
            text = f"answers, but has had nothing new for {written(now - after.last_new)}{usual}"
            return Notice(text, recovered=False, since=after.last_new)
    if before.health is FeedHealth.FAILING:
        text = f"is well again after {written(after.well_since - before.failing_since)}"
        return Notice(text, recovered=True, since=before.failing_since)
    text = f"has news again after {written(now - before.last_new)}"
    return Notice(text, recovered=True, since=before.last_new)


def judged(feed: Feed, state: FeedState, now: float, excused: float = 0.0) -> FeedState:
    """With its health after a poll; `state` has the one before. Up to `excused` the feed is to blame for nothing."""
    was_failing = state.health is FeedHealth.FAILING
    if state.failures:
        failing = was_failing or state.retired or now - max(state.failing_since, excused) >= patience(feed, state)
        return replace(state, health=FeedHealth.FAILING if failing else state.health)
    if was_failing and now - state.well_since < min(patience(feed, state), _WELL_AT_LAST):
        return state
    quiet = now - max(state.listening_since, excused)
    expected = _silence(feed, state)
    health = FeedHealth.SILENT if expected and quiet > expected else FeedHealth.OK
    return replace(state, health=health, failing_since=0.0)


def _usual(feed: Feed, state: FeedState) -> float:
    """The feed's rhythm as far as we can see it: not finer than we look."""
    return max(_look(feed, state), state.rhythm) if state.rhythm else _UNKNOWN_RHYTHM * _look(feed, state)


def _look(feed: Feed, state: FeedState) -> float:
    """Seconds between two looks at a feed that has news."""
    return pace.usual(feed, state, state.listening_since)


def patience(feed: Feed, state: FeedState) -> float:
    """Seconds without a good answer after which a feed is failing."""
    return _FAILING_AFTER * max(_look(feed, state), min(_usual(feed, state), _DAY / 2))


def _silence(feed: Feed, state: FeedState) -> float:
    """Seconds without news, in spite of good answers, after which a feed is silent; 0: there is no telling."""
    if feed.expect or not state.lull:
        return feed.expect
    return max(_SILENT_AFTER * _usual(feed, state), _SILENT_AFTER_LULLS * state.lull)


# ── All of them ─────────────────────────────────────────────────────────────


def felled(states: Collection[FeedState], now: float) -> tuple[FeedState, ...]:
    """Feeds that were well and could not be read since any feed was, the first of them first; none if that is chance.

    It takes three of them to tell our network from their servers, or all there are.
    """
    awake = [state for state in states if not state.paused(now)]
    read = max((state.last_success for state in awake), default=0.0)
    down = [state for state in awake if state.failures and state.failing_since > read]
    up = sum(not state.failures for state in awake)
    if not read or len(down) < min(_FEW, len(down) + up):
        return ()
    return tuple(sorted(down, key=lambda state: state.failing_since))


def is_likely_us(felled: Sequence[FeedState]) -> bool:
    """Whether no server is to blame: one that answers, whatever it says, was reached."""
    return len(felled) >= _FEW or not any(state.status for state in felled)


# ── Rhythm ──────────────────────────────────────────────────────────────────


def learnt(state: FeedState, items: Sequence[Item], news: bool, now: float) -> FeedState:
    """What a good answer teaches of rhythm and lull; `state` is the one before it, `items` what its document showed."""
    forgotten = 0.5 ** (max(0.0, now - (state.last_success or now)) / _LULL_FORGOTTEN)
    state = replace(state, lull=max(state.lull * forgotten, _usual_lull(items)))
    if not news:
        return state if state.last_new else replace(state, last_new=now)
    if state.failures:  # a gap in which we could not look says nothing of its rhythm
        return replace(state, last_new=now)
    gap = now - state.listening_since if state.last_new else 0.0
    rhythm = state.rhythm + _SMOOTHING * (gap - state.rhythm) if state.rhythm else gap
    return replace(state, last_new=now, rhythm=rhythm, lull=max(state.lull, gap))


def _usual_lull(items: Sequence[Item]) -> float:
    dates = sorted(item.published for item in items if item.published is not None)
    gaps = sorted(later - earlier for earlier, later in pairwise(dates))
    return gaps[int(_USUAL_GAPS * (len(gaps) - 1))] if gaps else 0.0
