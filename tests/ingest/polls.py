"""A feed that has been polled for long, and what may come of its next poll."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from monitor.ingest import schedule
from monitor.ingest.schedule import Polled
from monitor.model import Cadence, Feed, FeedState, Fetched, FetchFailed, Page, Parsed, Unreadable, Validators
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


def parsed(ttl: float = 0.0, gaps: Iterable[float] = ()) -> Parsed:
    date, items = NOON - 100 * DAY, []
    for number, gap in enumerate((0.0, *gaps)):
        date += gap
        items.append(an_item(guid=str(number), published=date))
    return Parsed(tuple(items), title="Meridian Wire", cadence=Cadence(ttl))


def polled(answer: Fetched, said: Parsed | Unreadable | None = None, new: int = 0) -> Polled:
    return Polled(answer, said, "fresh" if isinstance(answer, Page) else "known", new)


def after(result: Polled, state: FeedState = SETTLED, feed: Feed = FEED, now: float = NOON) -> FeedState:
    return schedule.after_poll(feed, state, result, now, jitter=0.0)


def failing(failures: int, since: float) -> FeedState:
    return replace(SETTLED, failures=failures, failing_since=since, error="500 Internal Server Error")
