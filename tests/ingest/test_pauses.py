"""Feeds that are paused, resumed, or wanted at once."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from monitor.ingest import pauses, schedule
from monitor.model import FeedHealth, FeedState, Pause
from tests.ingest.polls import DAY, FEED, HOUR, MINUTE, SETTLED, after, page, parsed, polled
from tests.items import NOON

BUSY = replace(SETTLED, rhythm=600.0, lull=HOUR)


@pytest.mark.parametrize(
    ("until", "note", "next_poll", "reason"),
    [
        pytest.param(NOON + HOUR, "they move house", NOON + HOUR, "paused: they move house", id="for an hour"),
        pytest.param(NOON + 9 * DAY, "", NOON + DAY, "paused", id="for long: looked at once a day"),
        pytest.param(math.inf, "", NOON + DAY, "paused", id="until resumed"),
    ],
)
def test_a_paused_feed_rests(until: float, note: str, next_poll: float, reason: str) -> None:
    state = pauses.paused(SETTLED, until, note, NOON)
    assert (state.next_poll, state.reason) == (next_poll, reason)
    assert state.paused(NOON)
    assert not state.paused(until)


def test_a_resumed_feed_is_due_at_once() -> None:
    state = pauses.resumed(pauses.paused(SETTLED, math.inf, "", NOON), NOON + HOUR)
    assert (state.next_poll, state.reason) == (NOON + HOUR, "resumed after 1h")
    assert not state.paused(NOON + HOUR)


@pytest.mark.parametrize(
    ("lasted", "backlog"),
    [pytest.param(5 * MINUTE, False, id="a moment"), pytest.param(2 * HOUR, True, id="hours")],
)
def test_what_piled_up_in_a_pause_is_a_backlog(lasted: float, backlog: bool) -> None:
    resumed = pauses.resumed(pauses.paused(SETTLED, math.inf, "", NOON), NOON + lasted)
    assert schedule.backlog(FEED, resumed, NOON + lasted) is backlog
    lapsed = pauses.paused(SETTLED, NOON + lasted, "", NOON)
    assert schedule.backlog(FEED, lapsed, NOON + lasted) is backlog


def test_two_pauses_without_a_poll_between_them_are_one() -> None:
    first = pauses.resumed(pauses.paused(SETTLED, math.inf, "", NOON), NOON + 2 * HOUR)
    second = pauses.paused(first, NOON + 2 * HOUR + MINUTE, "", NOON + 2 * HOUR)
    assert schedule.backlog(FEED, second, NOON + 2 * HOUR + MINUTE)
    polled_between = replace(first, last_success=NOON + 2 * HOUR + 1)
    assert pauses.paused(polled_between, math.inf, "", NOON + 3 * HOUR).pause == Pause(NOON + 3 * HOUR, math.inf)


def test_a_pause_is_no_silence_and_no_lull() -> None:
    weeks = 21 * DAY
    resumed = pauses.resumed(pauses.paused(BUSY, math.inf, "", NOON), NOON + weeks)
    nothing = after(polled(page(), parsed()), resumed, now=NOON + weeks + 1)
    assert nothing.health is FeedHealth.OK
    something = after(polled(page(), parsed(), new=1), resumed, now=NOON + weeks + MINUTE)
    assert something.rhythm < BUSY.rhythm
    assert something.lull <= BUSY.lull
    later = after(polled(page(), parsed()), nothing, now=NOON + weeks + 9 * HOUR)
    assert later.health is FeedHealth.SILENT


@pytest.mark.parametrize(
    ("before", "next_poll"),
    [
        pytest.param(replace(SETTLED, next_poll=NOON + HOUR), NOON, id="planned for later"),
        pytest.param(replace(SETTLED, next_poll=NOON - HOUR), NOON - HOUR, id="overdue, as after an outage"),
        pytest.param(FeedState("new"), NOON, id="never polled"),
    ],
)
def test_a_feed_that_is_wanted_is_due(before: FeedState, next_poll: float) -> None:
    assert pauses.wanted(before, NOON).next_poll == next_poll
