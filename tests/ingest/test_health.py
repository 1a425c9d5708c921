"""How a feed is doing, its rhythm, and what operators hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from monitor.ingest import health, schedule
from monitor.ingest.health import Notice
from monitor.ingest.schedule import Polled
from monitor.model import Feed, FeedHealth, FeedState, Pause, Unchanged, Unreadable
from tests.ingest.polls import DAY, ERROR, FEED, HOUR, MINUTE, SETTLED, after, failing, page, parsed, polled
from tests.items import NOON

# ── Rhythm and lull ─────────────────────────────────────────────────────────


def test_the_rhythm_is_the_smoothed_gap_between_polls_with_news() -> None:
    state = after(polled(page(), parsed(), new=30), FeedState("meridian"))
    assert state.rhythm == 0.0
    state = after(polled(page(), parsed(), new=1), state, now=NOON + 600)
    assert state.rhythm == 600.0
    state = after(polled(Unchanged()), state, now=NOON + 900)
    assert state.rhythm == 600.0
    state = after(polled(page(), parsed(), new=1), state, now=NOON + 1600)
    assert state.rhythm == 700.0


def test_a_gap_in_which_polls_failed_is_no_rhythm() -> None:
    state = after(polled(page(), parsed(), new=1), failing(2, NOON - HOUR))
    assert (state.rhythm, state.last_new) == (SETTLED.rhythm, NOON)
    assert state.lull == pytest.approx(SETTLED.lull, rel=0.01)


def test_the_lull_is_the_longest_silence_and_half_forgotten_in_a_week() -> None:
    quiet = after(polled(page(), parsed(), new=1), replace(SETTLED, lull=0.0, last_new=NOON - 8 * HOUR))
    assert quiet.lull == 8 * HOUR
    week_later = after(polled(Unchanged()), quiet, now=NOON + 7 * DAY)
    assert week_later.lull == pytest.approx(4 * HOUR)


def test_the_lull_is_learnt_from_dates_but_not_from_one_pinned_item() -> None:
    nights = parsed(gaps=[HOUR, HOUR, 9 * HOUR, HOUR, HOUR, 9 * HOUR, HOUR, 9 * HOUR, HOUR])
    assert after(polled(page(), nights), FeedState("meridian")).lull == 9 * HOUR
    pinned = parsed(gaps=[400 * DAY, *[HOUR] * 9])
    assert after(polled(page(), pinned), FeedState("meridian")).lull == HOUR


# ── Health ──────────────────────────────────────────────────────────────────

QUIET = replace(SETTLED, rhythm=600.0, lull=HOUR)


def back(since: float) -> FeedState:
    """A feed that was told of as failing and has been read since then."""
    return replace(SETTLED, failing_since=NOON - 2 * HOUR, well_since=since, health=FeedHealth.FAILING)


HEALTH = [
    # answer, state before, health after
    pytest.param(polled(ERROR), SETTLED, FeedHealth.OK, id="one failure"),
    pytest.param(polled(ERROR), failing(3, NOON - 1199), FeedHealth.OK, id="not yet twice the rhythm"),
    pytest.param(polled(ERROR), failing(3, NOON - 1200), FeedHealth.FAILING, id="twice the rhythm"),
    pytest.param(
        polled(page(), Unreadable("an HTML page")),
        failing(3, NOON - 1200),
        FeedHealth.FAILING,
        id="no feed for so long",
    ),
    pytest.param(
        polled(ERROR), replace(failing(9, NOON - 500), rhythm=1.0), FeedHealth.OK, id="a rhythm finer than we look"
    ),
    pytest.param(
        polled(ERROR), replace(failing(3, NOON - 1799), rhythm=0.0), FeedHealth.OK, id="rhythm unknown, not yet"
    ),
    pytest.param(polled(ERROR), replace(failing(3, NOON - 1800), rhythm=0.0), FeedHealth.FAILING, id="rhythm unknown"),
    pytest.param(
        polled(ERROR), replace(failing(30, NOON - DAY), rhythm=30 * DAY), FeedHealth.FAILING, id="a slow feed, one day"
    ),
    pytest.param(
        polled(ERROR),
        replace(failing(1, NOON - 1), health=FeedHealth.FAILING),
        FeedHealth.FAILING,
        id="failing until a good answer",
    ),
    pytest.param(
        polled(ERROR), replace(SETTLED, health=FeedHealth.SILENT), FeedHealth.SILENT, id="a failure ends no silence"
    ),
    pytest.param(
        polled(Unchanged()),
        replace(failing(9, NOON - HOUR), health=FeedHealth.FAILING),
        FeedHealth.FAILING,
        id="one good answer",
    ),
    pytest.param(polled(Unchanged()), back(NOON - 1199), FeedHealth.FAILING, id="good answers, not yet for long"),
    pytest.param(polled(Unchanged()), back(NOON - 1200), FeedHealth.OK, id="good answers for twice the rhythm"),
    pytest.param(
        polled(Unchanged()), replace(back(NOON - HOUR), rhythm=DAY), FeedHealth.OK, id="good answers for an hour"
    ),
    pytest.param(
        polled(Unchanged()),
        replace(back(NOON - 1), health=FeedHealth.OK),
        FeedHealth.OK,
        id="a failure nobody was told of",
    ),
    pytest.param(polled(Unchanged()), replace(QUIET, last_new=NOON - 6000), FeedHealth.OK, id="ten rhythms, two lulls"),
    pytest.param(polled(Unchanged()), replace(QUIET, last_new=NOON - 7500), FeedHealth.SILENT, id="more than both"),
    pytest.param(
        polled(Unchanged()),
        replace(QUIET, lull=9 * HOUR, last_new=NOON - 9 * HOUR),
        FeedHealth.OK,
        id="it sleeps at night",
    ),
    pytest.param(
        polled(page(), parsed(), new=1),
        replace(QUIET, health=FeedHealth.SILENT, last_new=NOON - 7500),
        FeedHealth.OK,
        id="news again",
    ),
    pytest.param(
        polled(Unchanged()),
        replace(QUIET, rhythm=0.0, lull=0.0, last_new=NOON - 900 * DAY),
        FeedHealth.OK,
        id="nothing to compare with",
    ),
    pytest.param(polled(Unchanged()), FeedState("meridian"), FeedHealth.OK, id="never had anything"),
]


@pytest.mark.parametrize(("result", "before", "health"), HEALTH)
def test_health(result: Polled, before: FeedState, health: FeedHealth) -> None:
    assert after(result, before).health is health


@pytest.mark.parametrize(
    ("rhythm", "patience"),
    [
        pytest.param(20 * MINUTE, 40 * MINUTE, id="twice its rhythm, as for any feed"),
        pytest.param(MINUTE, 2 * MINUTE, id="twice the time between two looks"),
        pytest.param(0.0, 6 * MINUTE, id="six times that while the rhythm is unknown"),
        pytest.param(30 * DAY, DAY, id="a day at most"),
    ],
)
def test_a_feed_with_a_rhythm_of_its_own_is_looked_at_as_often_as_that_asks(rhythm: float, patience: float) -> None:
    feed = replace(FEED, every=15 * MINUTE, floor=MINUTE)
    assert health.patience(feed, replace(SETTLED, rhythm=rhythm, failing_since=NOON)) == patience


def told(results: Iterable[Polled], state: FeedState = SETTLED, feed: Feed = FEED) -> list[Notice]:
    """What operators hear when a feed gives these answers, each at the time that was decided on."""
    notices, now = [], NOON
    for result in results:
        before, state = state, schedule.after_poll(feed, state, result, now, jitter=0.5)
        notice = health.notice(feed, before, state, now)
        notices += [notice] if notice else []
        now = state.next_poll
    return notices


def test_story_c_one_alert_one_recovery() -> None:
    down, up = told([*[polled(ERROR)] * 12, *[polled(Unchanged())] * 6])
    assert (down.recovered, up.recovered) == (False, True)
    assert down.text == "has not been read for 21m (4 polls): 500 Internal Server Error"
    assert up.text.startswith("is well again after ")
    assert down.since == up.since == NOON


def test_a_feed_that_fails_every_other_time_is_never_told_of() -> None:
    assert told([polled(ERROR), polled(Unchanged())] * 40) == []


def test_a_feed_that_comes_and_goes_is_told_of_once() -> None:
    (down,) = told([*[polled(ERROR)] * 6, *[polled(Unchanged())] * 2] * 20)
    assert not down.recovered


@pytest.mark.parametrize(
    ("expect", "quiet", "health"),
    [(HOUR, HOUR, FeedHealth.OK), (HOUR, HOUR + 1, FeedHealth.SILENT), (3 * DAY, 2 * DAY, FeedHealth.OK)],
    ids=["as long as expected", "longer", "much longer than ever before"],
)
def test_what_its_editor_expects_overrules_what_was_learnt(expect: float, quiet: float, health: FeedHealth) -> None:
    feed, state = replace(FEED, expect=expect), replace(QUIET, last_new=NOON - quiet)
    assert after(polled(Unchanged()), state, feed).health is health


def test_an_expected_feed_that_was_always_empty_is_told_of() -> None:
    feed = replace(FEED, expect=HOUR)
    (silent,) = told([polled(page(), replace(parsed(), items=()))] * 14, FeedState("meridian"), feed)
    assert silent.text == "answers, but has had nothing new for 1h 3m; it is expected to have something every 1h"


def test_silence_is_told_once_and_its_end() -> None:
    silent, back = told([*[polled(Unchanged())] * 60, polled(page(), parsed(), new=1)], QUIET)
    assert silent.text.startswith("answers, but has had nothing new for 2h")
    assert silent.text.endswith("it usually has something every 10m")
    assert (silent.recovered, back.recovered) == (False, True)
    assert back.text.startswith("has news again after ")
    assert silent.since == back.since == QUIET.last_new


def test_the_outage_is_told_of_at_the_intervals_of_a_test_too() -> None:
    feed = replace(FEED, every=0.3)
    state = FeedState("meridian", configured_url=feed.url, last_success=NOON - 0.3, last_new=NOON - 0.3, rhythm=0.5)
    down, up = told([*[polled(ERROR)] * 6, *[polled(Unchanged())] * 5], state, feed)
    assert down.text.startswith("has not been read for 1")
    assert up.recovered


# ── All of them ─────────────────────────────────────────────────────────────

WELL = replace(SETTLED, last_success=NOON - 900)
DOWN = replace(WELL, failures=2, failing_since=NOON - 600)
DEAD = replace(WELL, last_success=NOON - 9 * DAY, failures=99, failing_since=NOON - 8 * DAY)
FELLED = [
    # feeds, when those were felled that were
    pytest.param([], [], id="no feeds"),
    pytest.param([FeedState("new", failures=1, failing_since=NOON)], [], id="none was ever read"),
    pytest.param([WELL, WELL], [], id="all are well"),
    pytest.param([DOWN], [600], id="the only one"),
    pytest.param([DOWN, WELL], [], id="one of two"),
    pytest.param([DOWN, replace(DOWN, failing_since=NOON - 300)], [600, 300], id="both of two"),
    pytest.param([DOWN, DEAD], [600], id="the only one that was well"),
    pytest.param([DOWN, DOWN, WELL, WELL], [], id="two of many"),
    pytest.param([DOWN, DOWN, DOWN, WELL, DEAD], [600, 600, 600], id="three of many"),
    pytest.param([DOWN, DOWN, DOWN, replace(WELL, last_success=NOON - 599)], [], id="one was read since"),
    pytest.param([DOWN, replace(WELL, pause=Pause(NOON - DAY, NOON + DAY))], [600], id="the only one not paused"),
]


@pytest.mark.parametrize(("states", "ago"), FELLED)
def test_no_feed_can_be_read_when_those_that_were_well_fail_together(states: list[FeedState], ago: list[float]) -> None:
    assert [NOON - state.failing_since for state in health.felled(states, NOON)] == ago


@pytest.mark.parametrize(
    ("felled", "us"),
    [
        ([replace(DOWN, status=0)], True),
        ([replace(DOWN, status=500)], False),
        ([replace(DOWN, status=0), replace(DOWN, status=500)], False),
        ([replace(DOWN, status=403)] * 3, True),
    ],
    ids=[
        "one that nobody answers for",
        "one whose server fails",
        "two, of which one was reached",
        "three blocked alike",
    ],
)
def test_a_server_that_answers_is_to_blame_unless_all_do_alike(felled: list[FeedState], us: bool) -> None:
    assert health.is_likely_us(felled) is us


def test_no_feed_is_blamed_for_what_none_can_help() -> None:
    long = failing(3, NOON - DAY)
    assert schedule.after_poll(FEED, long, polled(ERROR), NOON, 0.0, excused=NOON - 1199).health is FeedHealth.OK
    assert schedule.after_poll(FEED, long, polled(ERROR), NOON, 0.0, excused=NOON - 1200).health is FeedHealth.FAILING
    hushed = replace(QUIET, last_new=NOON - DAY)
    assert schedule.after_poll(FEED, hushed, polled(Unchanged()), NOON, 0.0, excused=NOON).health is FeedHealth.OK
