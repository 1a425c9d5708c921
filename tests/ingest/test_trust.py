"""Whether a host is believed that says that nothing has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.ingest import schedule
from monitor.ingest.schedule import Polled
from monitor.model import FeedState, Parsed, Unchanged, Validators
from tests.ingest.polls import DAY, ETAG, FEED, HOUR, MINUTE, SETTLED, after, page, polled
from tests.items import NOON, an_item

SILENT = replace(SETTLED, rhythm=20 * MINUTE, status=304, last_attempt=NOON - 5 * MINUTE)


def silent_for(seconds: float, state: FeedState = SILENT) -> FeedState:
    return replace(state, read_at=NOON - seconds)


@pytest.mark.parametrize(
    ("state", "in_full"),
    [
        pytest.param(silent_for(HOUR), False, id="three gaps without news may be"),
        pytest.param(silent_for(HOUR + 1), True, id="more than that"),
        pytest.param(replace(silent_for(DAY), status=200), False, id="its documents come"),
        pytest.param(replace(silent_for(DAY), status=500), False, id="it fails: one thing at a time"),
        pytest.param(replace(silent_for(5 * HOUR), rhythm=0.0, lull=2 * HOUR), False, id="rhythm unknown, its lulls"),
        pytest.param(replace(silent_for(7 * HOUR), rhythm=0.0, lull=2 * HOUR), True, id="rhythm unknown, longer"),
        pytest.param(replace(silent_for(DAY), rhythm=0.0, lull=0.0), False, id="nothing known"),
        pytest.param(replace(silent_for(DAY + 1), rhythm=0.0, lull=0.0), True, id="nothing known, more than a day"),
        pytest.param(replace(silent_for(9 * MINUTE), rhythm=1.0), False, id="every other poll says what it knows"),
        pytest.param(replace(silent_for(3 * HOUR), trusted=4 * HOUR), False, id="it was found honest before"),
        pytest.param(replace(silent_for(HOUR / 2), trusted=HOUR / 4), True, id="it was found out before"),
    ],
)
def test_after_how_long_a_feed_is_asked_for_in_full(state: FeedState, in_full: bool) -> None:
    assert (schedule.validators(FEED, state, NOON) == Validators()) is in_full


def came(*published: float | None) -> Parsed:
    return Parsed(tuple(an_item(guid=str(number), published=date) for number, date in enumerate(published)))


def trusted(said: Parsed | None, new: int, state: FeedState = SILENT, in_full: bool = True) -> float:
    before = silent_for(2 * HOUR, state)
    return after(Polled(page(), said, "fresh" if said else "known", new, in_full=in_full), before).trusted


@pytest.mark.parametrize(
    ("said", "new", "expected"),
    [
        pytest.param(None, 0, 2 * HOUR, id="the same bytes: twice as long"),
        pytest.param(came(NOON - 3 * HOUR), 0, 2 * HOUR, id="nothing new: twice as long"),
        pytest.param(came(NOON - HOUR), 1, HOUR / 4, id="news from before the last 304: a quarter"),
        pytest.param(came(None), 1, HOUR / 4, id="undated news: a quarter"),
        pytest.param(came(NOON - HOUR, NOON - MINUTE), 2, HOUR / 4, id="so is some of it: a quarter"),
        pytest.param(came(NOON - HOUR, NOON - MINUTE), 1, 0.0, id="news from since then proves nothing"),
    ],
)
def test_what_comes_teaches_how_long_to_believe(said: Parsed | None, new: int, expected: float) -> None:
    assert trusted(said, new) == expected


def test_trust_has_bounds() -> None:
    assert trusted(None, 0, replace(SILENT, trusted=20 * HOUR)) == DAY
    assert trusted(came(NOON - HOUR), 1, replace(SILENT, trusted=11 * MINUTE)) == 2 * FEED.every


def test_only_what_was_asked_for_in_full_teaches() -> None:
    assert trusted(came(NOON - HOUR), 1, in_full=False) == 0.0
    assert trusted(None, 0, replace(SILENT, status=200)) == 0.0


def times_in_full(answers_falsely: Sequence[bool]) -> int:
    """Polls of a feed with news every 20 minutes, of which the host may say nothing; how many times in full."""
    state, now, in_full, shown = replace(SILENT, read_at=NOON), NOON, 0, NOON
    for lies in answers_falsely:
        newest = now - now % (20 * MINUTE)
        asked = schedule.validators(FEED, state, now)
        in_full += asked == Validators()
        if asked == ETAG and (lies or newest == shown):
            result = polled(Unchanged())
        else:
            came_since = [shown + gap for gap in range(1200, int(newest - shown) + 1, 1200)]
            result = Polled(page(), came(*came_since), str(now), len(came_since), in_full=asked == Validators())
            shown = newest
        state = after(result, state, now=now)
        now = state.next_poll
    return in_full


def test_a_liar_is_asked_for_in_full_every_few_polls_and_an_honest_host_never() -> None:
    assert times_in_full([True] * 100) >= 20
    assert times_in_full([False] * 100) == 0
