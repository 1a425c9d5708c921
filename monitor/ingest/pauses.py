"""What operators ask of a feed's polls: none for a while, again, or one at once. Pure."""

from __future__ import annotations

from dataclasses import replace

from monitor.durations import written
from monitor.model import FeedState, Pause

_LOOK = 86_400.0
"""Seconds after which a feed that rests is looked at: what is remembered of it would lapse otherwise."""


def paused(state: FeedState, until: float, note: str, now: float) -> FeedState:
    """Left alone until then. A pause in which no poll went through since the last one goes on from that."""
    goes_on = state.pause is not None and state.last_success < state.pause.until
    since = state.pause.since if state.pause and goes_on else now
    return resting(replace(state, pause=Pause(since, until, note), turn=0.0), now)


def resting(state: FeedState, now: float) -> FeedState:
    """A paused feed after it was looked at."""
    assert state.pause is not None  # noqa: S101 # only paused feeds rest
    reason = "paused" + (f": {state.pause.note}" if state.pause.note else "")
    return replace(state, next_poll=min(state.pause.until, now + _LOOK), reason=reason)


def resumed(state: FeedState, now: float) -> FeedState:
    """Polled again, at once. What piled up meanwhile comes as a backlog."""
    assert state.pause is not None  # noqa: S101 # only paused feeds are resumed
    reason = f"resumed after {written(now - state.pause.since)}"
    return replace(state, pause=replace(state.pause, until=now), next_poll=now, reason=reason)


def wanted(state: FeedState, now: float) -> FeedState:
    """Due at once, or since it was due anyway."""
    return replace(state, next_poll=min(state.next_poll, now) if state.last_attempt else now, reason="asked for")
