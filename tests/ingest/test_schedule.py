"""When a feed is polled next, where, and what is remembered of a poll."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.ingest import health, schedule
from monitor.ingest.schedule import Polled
from monitor.model import (
    FeedHealth,
    FeedState,
    Fetched,
    FetchFailed,
    Parsed,
    Unchanged,
    Unreadable,
    Validators,
)
from tests.ingest.polls import DAY, ERROR, ETAG, FEED, HOUR, SETTLED, after, failing, page, parsed, polled
from tests.items import NOON

NEXT_POLL = [
    # id, answer and document, state before, seconds until the next poll, reason
    pytest.param(polled(page(), parsed()), SETTLED, 300.0, "every 5m", id="read"),
    pytest.param(polled(page()), SETTLED, 300.0, "every 5m", id="the same bytes"),
    pytest.param(polled(Unchanged()), SETTLED, 300.0, "every 5m", id="304"),
    pytest.param(polled(page(max_age=900)), SETTLED, 900.0, "its server asks for 15m", id="max-age"),
    pytest.param(polled(Unchanged(max_age=900)), SETTLED, 900.0, "its server asks for 15m", id="max-age with a 304"),
    pytest.param(polled(page(max_age=60)), SETTLED, 300.0, "every 5m", id="a max-age below the interval"),
    pytest.param(polled(page(max_age=365 * DAY)), SETTLED, HOUR, "its server asks for 1h", id="a silly max-age"),
    pytest.param(polled(page(), parsed(ttl=1800)), SETTLED, 1800.0, "its document asks for 30m", id="ttl"),
    pytest.param(polled(page(), parsed(ttl=7 * DAY)), SETTLED, HOUR, "its document asks for 1h", id="a silly ttl"),
    pytest.param(
        polled(Unchanged()), replace(SETTLED, ttl=1800.0), 1800.0, "its document asks for 30m", id="ttl is remembered"
    ),
    pytest.param(
        polled(page(), parsed()), replace(SETTLED, ttl=1800.0), 300.0, "every 5m", id="ttl goes with its document"
    ),
    pytest.param(polled(ERROR), SETTLED, 300.0, "failed 1 time", id="first failure"),
    pytest.param(polled(ERROR), failing(1, NOON - 2 * HOUR), 600.0, "failed 2 times in a row", id="second"),
    pytest.param(polled(ERROR), failing(2, NOON - 2 * HOUR), 1200.0, "failed 3 times in a row", id="third"),
    pytest.param(polled(ERROR), failing(3, NOON - 2 * HOUR), 2400.0, "failed 4 times in a row", id="fourth"),
    pytest.param(polled(ERROR), failing(90, NOON - DAY), 2400.0, "failed 91 times in a row", id="no longer than this"),
    pytest.param(
        polled(ERROR), failing(3, NOON - 800), 400.0, "failed 4 times in a row", id="in time to tell of the outage"
    ),
    pytest.param(
        polled(ERROR), failing(3, NOON - 1190), 300.0, "failed 4 times in a row", id="but never below the interval"
    ),
    pytest.param(
        polled(page(), Unreadable("an HTML page")), SETTLED, 300.0, "failed 1 time", id="no feed is a failure too"
    ),
    pytest.param(
        polled(FetchFailed("429", 429, retry_after=7200)), SETTLED, 7200.0, "its server asks for 2h", id="Retry-After"
    ),
    pytest.param(
        polled(FetchFailed("503", 503, retry_after=10)), SETTLED, 300.0, "failed 1 time", id="a short Retry-After"
    ),
    pytest.param(
        polled(FetchFailed("503", 503, retry_after=99 * DAY)), SETTLED, DAY, "its server asks for 1d", id="a silly one"
    ),
    pytest.param(polled(FetchFailed("410", 410, gone=True)), SETTLED, DAY, "gone for good (410)", id="gone"),
]


@pytest.mark.parametrize(("result", "before", "wait", "reason"), NEXT_POLL)
def test_when_a_feed_is_polled_next(result: Polled, before: FeedState, wait: float, reason: str) -> None:
    state = after(result, before)
    assert (state.next_poll - NOON, state.reason) == (wait, reason)


@pytest.mark.parametrize(("result", "before", "wait", "reason"), [row for row in NEXT_POLL if row.values[2] != DAY])
def test_it_is_the_same_at_a_thousandth_of_the_scale(
    result: Polled, before: FeedState, wait: float, reason: str
) -> None:
    """Nothing but the feed's own interval rules, below the cap of a day."""
    feed = replace(FEED, every=FEED.every / 1000)

    def scaled(answer: Fetched) -> Fetched:
        match answer:
            case FetchFailed():
                return replace(answer, retry_after=(answer.retry_after or 0) / 1000)
            case _:
                return replace(answer, max_age=(answer.max_age or 0) / 1000)

    said = replace(result.parsed, ttl=(result.parsed.ttl or 0) / 1000) if isinstance(result.parsed, Parsed) else None
    small = replace(
        before,
        rhythm=before.rhythm / 1000,
        ttl=before.ttl / 1000,
        failing_since=before.failing_since and NOON - (NOON - before.failing_since) / 1000,
    )
    state = after(replace(result, answer=scaled(result.answer), parsed=said or result.parsed), small, feed)
    assert state.next_poll - NOON == pytest.approx(wait / 1000, rel=1e-3)


def test_jitter_only_adds_and_at_most_a_tenth() -> None:
    late = schedule.after_poll(FEED, SETTLED, polled(page()), NOON, jitter=0.999)
    assert 300 < late.next_poll - NOON < 330


def test_a_good_answer_is_remembered_whole() -> None:
    state = after(polled(page(), parsed(ttl=1800), new=1), failing(3, NOON - HOUR))
    assert state.validators == ETAG
    assert (state.body_hash, state.status, state.items, state.title, state.ttl) == (
        "fresh",
        200,
        1,
        "Meridian Wire",
        1800,
    )
    assert (state.failures, state.failing_since, state.error) == (0, 0.0, "")
    assert (state.last_attempt, state.last_success, state.last_new) == (NOON, NOON, NOON)


@pytest.mark.parametrize(
    "result", [polled(ERROR), polled(page(), Unreadable("an HTML page"))], ids=["no answer", "no feed"]
)
def test_a_failure_leaves_what_belongs_to_the_last_good_answer(result: Polled) -> None:
    before = replace(SETTLED, url="https://new.example/feed", items=7, title="Meridian Wire", ttl=900.0)
    state = after(result, before)
    kept = ("validators", "body_hash", "url", "items", "title", "ttl", "last_success", "last_new", "rhythm", "lull")
    assert {name: getattr(state, name) for name in kept} == {name: getattr(before, name) for name in kept}
    assert (state.failures, state.failing_since, state.last_attempt) == (1, NOON, NOON)
    assert state.error in ("500 Internal Server Error", "an HTML page")


def test_validators_are_a_pair_that_a_page_sets_or_clears() -> None:
    fresh = Validators(etag='"2"')
    assert after(polled(replace(page(), validators=fresh))).validators == fresh
    assert after(polled(replace(page(), validators=Validators()))).validators == Validators()
    assert after(polled(Unchanged(validators=fresh))).validators == fresh
    assert after(polled(Unchanged())).validators == ETAG


def test_failures_count_from_the_first_of_them() -> None:
    first = after(polled(ERROR))
    second = after(polled(ERROR), first, now=NOON + 300)
    assert (second.failures, second.failing_since) == (2, NOON)
    again = after(polled(ERROR), after(polled(Unchanged()), second, now=NOON + 600), now=NOON + 900)
    assert (again.failures, again.failing_since) == (1, NOON + 900)


def test_a_permanent_move_is_followed_until_the_editor_writes_another_address() -> None:
    moved = after(polled(page(moved_to="https://new.example/feed"), parsed()))
    assert schedule.address(FEED, moved) == "https://new.example/feed"
    assert schedule.address(FEED, after(polled(Unchanged()), moved)) == "https://new.example/feed"
    rewritten = replace(FEED, url="https://other.example/feed")
    assert schedule.address(rewritten, moved) == "https://other.example/feed"
    assert (
        schedule.address(rewritten, after(polled(page(), parsed()), moved, rewritten)) == "https://other.example/feed"
    )


def test_a_move_back_and_a_move_to_a_page_that_is_no_feed() -> None:
    moved = after(polled(Unchanged(moved_to="https://new.example/feed")))
    assert schedule.address(FEED, after(polled(page(moved_to=FEED.url), parsed()), moved)) == FEED.url
    lost = after(polled(page(moved_to="https://parked.example/"), Unreadable("an HTML page")))
    assert schedule.address(FEED, lost) == FEED.url


def test_another_address_under_an_old_name_is_another_feed() -> None:
    rewritten = replace(FEED, url="https://other.example/feed")
    assert schedule.known(FEED, SETTLED)
    assert not schedule.known(rewritten, SETTLED)
    assert not schedule.known(FEED, FeedState("meridian"))
    assert schedule.validators(FEED, SETTLED) == ETAG
    assert schedule.validators(rewritten, SETTLED) == Validators()
    failed = after(polled(ERROR), SETTLED, rewritten)
    assert (failed.validators, failed.body_hash) == (Validators(), "")
    assert schedule.known(rewritten, after(polled(page(), parsed(), new=1), failed, rewritten))


def test_gone_for_good_is_looked_at_once_a_day_and_comes_back() -> None:
    gone = after(polled(FetchFailed("410 Gone", 410, gone=True)))
    assert (gone.retired, gone.health) == (True, FeedHealth.FAILING)
    told = health.notice(FEED, SETTLED, gone, NOON)
    assert told is not None
    assert "gone for good" in told.text
    again = after(polled(FetchFailed("410 Gone", 410, gone=True)), gone, now=NOON + DAY)
    assert health.notice(FEED, gone, again, NOON + DAY) is None
    back = after(polled(page(), parsed(), new=1), again, now=NOON + 2 * DAY)
    assert (back.retired, back.health, back.next_poll) == (False, FeedHealth.FAILING, NOON + 2 * DAY + 300)
    assert after(polled(Unchanged()), back, now=NOON + 2 * DAY + HOUR).health is FeedHealth.OK


@pytest.mark.parametrize(
    ("result", "name"),
    [
        (polled(ERROR), "failed"),
        (polled(page(), Unreadable("an HTML page")), "unreadable"),
        (polled(Unchanged()), "not modified"),
        (polled(page()), "nothing new"),
        (polled(page(), parsed(), new=2), "new"),
    ],
)
def test_results_have_names(result: Polled, name: str) -> None:
    assert schedule.result_name(result) == name
