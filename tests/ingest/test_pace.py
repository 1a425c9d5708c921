"""When a feed is polled next, and why then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.ingest import pace
from monitor.model import Cadence, FeedState, Fetched, FetchFailed, Unchanged
from tests.ingest.polls import DAY, ERROR, FEED, HOUR, MINUTE, SETTLED, failing, page
from tests.items import NOON

RHYTHMIC = replace(FEED, every=900.0, floor=60.0)
"""A feed that its own rhythm decides on."""
BUSY = FetchFailed("429 Too Many Requests", 429)
DOWN = FetchFailed("503 Service Unavailable", 503)
GONE = FetchFailed("410 Gone", 410, gone=True)
READ = replace(SETTLED, last_new=NOON)


def asking(seconds: float) -> FeedState:
    return replace(READ, cadence=Cadence(seconds))


FIXED = [
    # answer, state after it, seconds until the next poll, reason
    pytest.param(page(), READ, 300.0, "every 5m", id="read"),
    pytest.param(Unchanged(), READ, 300.0, "every 5m", id="304"),
    pytest.param(page(max_age=900), READ, 900.0, "its server asks for 15m", id="max-age"),
    pytest.param(Unchanged(max_age=900), READ, 900.0, "its server asks for 15m", id="max-age with a 304"),
    pytest.param(page(max_age=60), READ, 300.0, "every 5m", id="a max-age below the interval"),
    pytest.param(page(max_age=365 * DAY), READ, HOUR, "its server asks for 1h", id="a silly max-age"),
    pytest.param(page(), asking(1800), 1800.0, "its document asks for 30m", id="ttl"),
    pytest.param(Unchanged(), asking(1800), 1800.0, "its document asks for 30m", id="ttl with a 304"),
    pytest.param(page(), asking(7 * DAY), HOUR, "its document asks for 1h", id="a silly ttl"),
    pytest.param(page(max_age=900), asking(1800), 1800.0, "its document asks for 30m", id="the longer of both"),
    pytest.param(ERROR, failing(1, NOON), 300.0, "failed 1 time", id="first failure"),
    pytest.param(ERROR, failing(2, NOON - 2 * HOUR), 600.0, "failed 2 times in a row", id="second"),
    pytest.param(ERROR, failing(3, NOON - 2 * HOUR), 1200.0, "failed 3 times in a row", id="third"),
    pytest.param(ERROR, failing(4, NOON - 2 * HOUR), 2400.0, "failed 4 times in a row", id="fourth"),
    pytest.param(ERROR, failing(91, NOON - DAY), 2400.0, "failed 91 times in a row", id="no longer than this"),
    pytest.param(page(), failing(1, NOON), 300.0, "failed 1 time", id="no feed is a failure too"),
    pytest.param(replace(BUSY, retry_after=7200), failing(1, NOON), 7200.0, "its server asks for 2h", id="Retry-After"),
    pytest.param(replace(DOWN, retry_after=10), failing(1, NOON), 300.0, "failed 1 time", id="a short Retry-After"),
    pytest.param(
        replace(DOWN, retry_after=99 * DAY), failing(1, NOON), DAY, "its server asks for 1d", id="a silly one"
    ),
    pytest.param(GONE, failing(1, NOON), DAY, "gone for good (410)", id="gone"),
]


@pytest.mark.parametrize(("answer", "state", "wait", "reason"), FIXED)
def test_a_feed_with_an_interval_of_its_editor(answer: Fetched, state: FeedState, wait: float, reason: str) -> None:
    assert pace.next_poll(FEED, state, answer, NOON, jitter=0.0) == (NOON + wait, reason)


@pytest.mark.parametrize(("answer", "state", "wait", "reason"), [row for row in FIXED if row.values[2] != DAY])
def test_it_is_the_same_at_a_thousandth_of_the_scale(
    answer: Fetched, state: FeedState, wait: float, reason: str
) -> None:
    """Nothing but the feed's own interval rules, below the cap of a day."""
    match answer:
        case FetchFailed():
            answer = replace(answer, retry_after=(answer.retry_after or 0) / 1000)
        case _:
            answer = replace(answer, max_age=(answer.max_age or 0) / 1000)
    small = replace(state, cadence=Cadence(state.cadence.ttl / 1000))
    at, _ = pace.next_poll(replace(FEED, every=FEED.every / 1000), small, answer, NOON, jitter=0.0)
    assert at - NOON == pytest.approx(wait / 1000, rel=1e-3)


@pytest.mark.parametrize(
    ("tell_in", "wait"),
    [
        pytest.param(400, 400.0, id="in time to tell of the outage"),
        pytest.param(10, 300.0, id="but never below the interval"),
        pytest.param(9000, 2400.0, id="which is far off"),
        pytest.param(-1, 2400.0, id="which was told"),
    ],
)
def test_a_failing_feed_is_tried_when_operators_would_be_told(tell_in: float, wait: float) -> None:
    at, _ = pace.next_poll(FEED, failing(4, NOON - HOUR), ERROR, NOON, jitter=0.0, tell_at=NOON + tell_in)
    assert at - NOON == wait


def test_jitter_only_adds_and_at_most_a_tenth() -> None:
    at, _ = pace.next_poll(FEED, READ, page(), NOON, jitter=0.999)
    assert 300 < at - NOON < 330


# ── Rhythm ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rhythm", "silence", "wait", "reason"),
    [
        pytest.param(20 * MINUTE, 0.0, 300.0, "every 5m, by its rhythm", id="four polls a gap"),
        pytest.param(20 * MINUTE, 10 * MINUTE, 300.0, "every 5m, by its rhythm", id="a silence like any other"),
        pytest.param(20 * MINUTE, 40 * MINUTE, 600.0, "every 10m, by its rhythm", id="a longer silence"),
        pytest.param(20 * MINUTE, 8 * HOUR, 900.0, "every 15m, by its rhythm", id="a night"),
        pytest.param(MINUTE, 0.0, 60.0, "every 1m, by its rhythm", id="faster than the floor"),
        pytest.param(7 * DAY, 0.0, 900.0, "every 15m, by its rhythm", id="slower than the most"),
        pytest.param(0.0, 0.0, 60.0, "every 1m, by its rhythm", id="not known yet"),
        pytest.param(
            0.0, 20 * MINUTE, 300.0, "every 5m, by its rhythm", id="not known, and nothing new since it was first read"
        ),
    ],
)
def test_a_feed_that_its_rhythm_decides_on(rhythm: float, silence: float, wait: float, reason: str) -> None:
    state = replace(READ, rhythm=rhythm, last_new=NOON - silence)
    assert pace.next_poll(RHYTHMIC, state, Unchanged(), NOON, jitter=0.0) == (NOON + wait, reason)


def test_a_feed_that_was_never_read_starts_at_its_floor_and_backs_off() -> None:
    states = [FeedState("new", failures=count, failing_since=NOON) for count in (1, 2, 5, 30)]
    waits = [pace.next_poll(RHYTHMIC, state, ERROR, NOON, jitter=0.0)[0] - NOON for state in states]
    assert waits == [60.0, 120.0, 960.0, 7200.0]


# ── Told to slow down ───────────────────────────────────────────────────────


def test_a_bare_429_slows_and_the_pace_comes_back_bit_by_bit() -> None:
    state, now, waits = READ, NOON, []
    answers: list[Fetched] = [BUSY, BUSY, *[page()] * 14]
    for count, answer in enumerate(answers):
        state = replace(state, last_new=now, slowed=pace.slowed(FEED, state, answer, now))
        state = replace(state, failures=count + 1 if answer is BUSY else 0)
        at, reason = pace.next_poll(FEED, state, answer, now, jitter=0.0)
        waits.append(round(at - now))
        if answer is BUSY or waits[-1] > FEED.every:
            assert "for less (429)" in reason
        now = at
    assert waits[:4] == [600, 2400, 1080, 972]
    assert waits[4:] == sorted(waits[4:], reverse=True)
    assert waits[-1] == FEED.every
    assert state.slowed == 0.0


def test_other_failures_leave_the_pace_and_a_429_has_a_most() -> None:
    assert pace.slowed(FEED, replace(READ, slowed=900.0), DOWN, NOON) == 900.0
    assert pace.slowed(FEED, replace(READ, slowed=9 * HOUR), BUSY, NOON) == 12 * FEED.every


# ── Hours and days of rest ──────────────────────────────────────────────────

NIGHT = Cadence(skip_hours=(22, 23, 0, 1, 2, 3, 4, 5))
WEEKEND = Cadence(skip_days=(5, 6))
FRIDAY = NOON + 2 * DAY


@pytest.mark.parametrize(
    ("cadence", "at", "wait", "reason"),
    [
        pytest.param(NIGHT, NOON, 300.0, "every 5m", id="by day"),
        pytest.param(
            NIGHT, NOON + 10 * HOUR - 1, 8 * HOUR + 1, "its document asks for rest until Thu 06:00 GMT", id="night"
        ),
        pytest.param(NIGHT, NOON + 18 * HOUR - 300, 300.0, "every 5m", id="the first moment of the day"),
        pytest.param(WEEKEND, FRIDAY, 300.0, "every 5m", id="before the weekend"),
        pytest.param(
            WEEKEND,
            FRIDAY + 12 * HOUR - 60,
            2 * DAY + 60,
            "its document asks for rest until Mon 00:00 GMT",
            id="weekend",
        ),
        pytest.param(Cadence(skip_hours=tuple(range(24))), NOON, 300.0, "every 5m", id="rest for ever is none"),
    ],
)
def test_hours_and_days_to_skip(cadence: Cadence, at: float, wait: float, reason: str) -> None:
    state = replace(READ, cadence=cadence, last_new=at)
    assert pace.next_poll(FEED, state, Unchanged(), at, jitter=0.0) == (at + wait, reason)


def test_after_a_rest_feeds_do_not_march_in_step_either() -> None:
    late = NOON + 12 * HOUR
    at, _ = pace.next_poll(FEED, replace(READ, cadence=NIGHT), page(), late, jitter=0.5)
    assert at == NOON + 18 * HOUR + 15


def test_a_failing_feed_is_left_to_rest_too() -> None:
    at, reason = pace.next_poll(FEED, replace(failing(1, NOON), cadence=NIGHT), ERROR, NOON + 12 * HOUR, jitter=0.0)
    assert (at, reason) == (NOON + 18 * HOUR, "its document asks for rest until Thu 06:00 GMT")
