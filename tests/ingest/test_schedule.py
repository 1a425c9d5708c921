"""When a feed is polled next, how it is doing, and what operators hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from monitor.ingest import schedule
from monitor.ingest.schedule import Notice, Polled
from monitor.model import (
    Feed,
    FeedHealth,
    FeedState,
    Fetched,
    FetchFailed,
    Page,
    Parsed,
    Unchanged,
    Unreadable,
    Validators,
)
from tests.items import NOON, an_item

FEED = Feed(id="meridian", url="https://meridian.example/feed", source="Meridian", every=300.0)
ETAG = Validators('"1"', "Wed, 30 Mar 2022 12:00:00 GMT")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

SETTLED = FeedState(
    id="meridian",
    configured_url=FEED.url,
    validators=ETAG,
    body_hash="known",
    last_attempt=NOON - 300,
    last_success=NOON - 300,
    last_new=NOON - 300,
    rhythm=600.0,
    lull=4 * HOUR,
)
ERROR = FetchFailed("500 Internal Server Error", 500)


def page(max_age: float | None = None, moved_to: str = "") -> Page:
    return Page(b"", FEED.url, validators=ETAG, max_age=max_age, moved_to=moved_to)


def parsed(ttl: float | None = None, gaps: Iterable[float] = ()) -> Parsed:
    date, items = NOON - 100 * DAY, []
    for number, gap in enumerate((0.0, *gaps)):
        date += gap
        items.append(an_item(guid=str(number), published=date))
    return Parsed(tuple(items), title="Meridian Wire", ttl=ttl)


def polled(answer: Fetched, said: Parsed | Unreadable | None = None, new: int = 0) -> Polled:
    return Polled(answer, said, "fresh" if isinstance(answer, Page) else "known", new)


def after(result: Polled, state: FeedState = SETTLED, feed: Feed = FEED, now: float = NOON) -> FeedState:
    return schedule.after_poll(feed, state, result, now, jitter=0.0)


def failing(failures: int, since: float) -> FeedState:
    return replace(SETTLED, failures=failures, failing_since=since, error="500 Internal Server Error")


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
    told = schedule.notice(FEED, SETTLED, gone, NOON)
    assert told is not None
    assert "gone for good" in told.text
    again = after(polled(FetchFailed("410 Gone", 410, gone=True)), gone, now=NOON + DAY)
    assert schedule.notice(FEED, gone, again, NOON + DAY) is None
    back = after(polled(page(), parsed(), new=1), again, now=NOON + 2 * DAY)
    assert (back.retired, back.health, back.next_poll) == (False, FeedHealth.OK, NOON + 2 * DAY + 300)


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
        polled(Unchanged()), replace(failing(9, NOON - HOUR), health=FeedHealth.FAILING), FeedHealth.OK, id="well again"
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


def told(results: Iterable[Polled], state: FeedState = SETTLED, feed: Feed = FEED) -> list[Notice]:
    """What operators hear when a feed gives these answers, each at the time that was decided on."""
    notices, now = [], NOON
    for result in results:
        before, state = state, schedule.after_poll(feed, state, result, now, jitter=0.5)
        notice = schedule.notice(feed, before, state, now)
        notices += [notice] if notice else []
        now = state.next_poll
    return notices


def test_story_c_one_alert_one_recovery() -> None:
    down, up = told([*[polled(ERROR)] * 12, *[polled(Unchanged())] * 3])
    assert (down.recovered, up.recovered) == (False, True)
    assert down.text == "has not been read for 21m (4 polls): 500 Internal Server Error"
    assert up.text.startswith("is well again after ")
    assert down.since == up.since == NOON


def test_a_feed_that_fails_every_other_time_is_never_told_of() -> None:
    assert told([polled(ERROR), polled(Unchanged())] * 40) == []


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
    down, up = told([*[polled(ERROR)] * 6, polled(Unchanged())], state, feed)
    assert down.text.startswith("has not been read for 1")
    assert up.recovered


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
