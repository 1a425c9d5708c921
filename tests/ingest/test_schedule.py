"""When a feed is polled next, where, and what is remembered of a poll."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.ingest import health, schedule
from monitor.ingest.schedule import Polled
from monitor.model import (
    Cadence,
    FeedHealth,
    FeedState,
    FetchFailed,
    Unchanged,
    Unreadable,
    Validators,
)
from tests.ingest.polls import DAY, ERROR, ETAG, FEED, HOUR, SETTLED, after, failing, page, parsed, polled
from tests.items import NOON


def test_a_good_answer_is_remembered_whole() -> None:
    state = after(polled(page(), parsed(ttl=1800), new=1), failing(3, NOON - HOUR))
    assert state.validators == ETAG
    assert (state.body_hash, state.status, state.items, state.title, state.cadence.ttl) == (
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
    before = replace(SETTLED, url="https://new.example/feed", items=7, title="Meridian Wire", cadence=Cadence(900.0))
    state = after(result, before)
    kept = ("validators", "body_hash", "url", "items", "title", "cadence", "last_success", "last_new", "rhythm", "lull")
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
    assert schedule.validators(FEED, SETTLED, NOON) == ETAG
    assert schedule.validators(rewritten, SETTLED, NOON) == Validators()
    failed = after(polled(ERROR), SETTLED, rewritten)
    assert (failed.validators, failed.body_hash) == (Validators(), "")
    assert not schedule.known(rewritten, failed)
    assert schedule.known(rewritten, after(polled(page(), parsed(), new=1), failed, rewritten))


def test_what_was_learnt_of_a_former_server_goes_with_it() -> None:
    rewritten = replace(FEED, url="https://other.example/feed")
    before = replace(SETTLED, cadence=Cadence(1800.0), slowed=900.0, trusted=HOUR, status=304, read_at=NOON - DAY)
    state = after(replace(polled(page(), parsed(), new=1), in_full=True), before, rewritten)
    assert (state.cadence, state.slowed, state.trusted, state.read_at) == (Cadence(), 0.0, 0.0, NOON)
    failed = after(polled(ERROR), before, rewritten)
    assert (failed.cadence, failed.slowed, failed.trusted) == (Cadence(), 0.0, 0.0)


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
