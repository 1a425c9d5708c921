"""When a feed is polled next, where, and what its server is told that we know. Pure.

    answer                      next poll                                       reason
    ──────────────────────────  ──────────────────────────────────────────────  ───────────────────────
    read, unchanged or 304      the operator's `every`                          every 5m
      with ttl or max-age       that, when longer, up to 12 times `every`       its server asks for 15m
    failed, no feed             `every`, doubled each time, up to 8 times       failed 3 times in a row
      with Retry-After          that, when longer, up to a day                  its server asks for 2h
    410 Gone                    in a day: a mistake heals itself                gone for good (410)

Up to a tenth of the wait is added at random, so that feeds do not march in step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.durations import written
from monitor.ingest import health
from monitor.model import (
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    Page,
    Parsed,
    Unchanged,
    Unreadable,
    Validators,
)

_DAY = 86_400.0
_MOST_WISHED = 12
"""Times `every` that ttl and max-age may ask for: many are a default that nobody chose."""
_MOST_BACK_OFF = 8
_JITTER = 0.1
_BACKLOG_AFTER = 900.0
_BACKLOG_AFTER_ROUNDS = 3
"""Times `every`."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of a poll."""

    answer: Fetched
    parsed: Parsed | Unreadable | None
    """What the page said; None: it was not read, because it is the one we know."""
    body_hash: str
    new: int
    """Items new or changed."""
    furniture: tuple[str, ...] = ()
    """What is known of the feed's furniture after it."""
    slices: str = ""
    """What its items looked like, unless one of them has to be read again."""

    @property
    def fault(self) -> str:
        """Why the poll failed; empty when it did not."""
        if isinstance(self.answer, FetchFailed):
            return self.answer.reason
        return self.parsed.reason if isinstance(self.parsed, Unreadable) else ""


# ── Before a poll ───────────────────────────────────────────────────────────


def known(feed: Feed, state: FeedState) -> bool:
    """Whether a poll of this feed, at the address that its editor wrote, has gone through before."""
    return state.seeded and state.configured_url == feed.url


def backlog(feed: Feed, state: FeedState, now: float) -> bool:
    """Whether what a poll brings has piled up: the feed, or all of us, were away for much longer than planned."""
    due = state.last_success + feed.every if state.failures else state.next_poll
    if state.pause and state.last_success < state.pause.until:
        due = min(due, state.pause.since + feed.every)
    return known(feed, state) and now - due > max(_BACKLOG_AFTER, _BACKLOG_AFTER_ROUNDS * feed.every)


def address(feed: Feed, state: FeedState) -> str:
    """Where to ask: where permanent redirects led, until the editor writes another address."""
    return state.url if state.url and state.configured_url == feed.url else feed.url


def validators(feed: Feed, state: FeedState) -> Validators:
    """What to send along: nothing to an address that did not give it."""
    return state.validators if state.configured_url == feed.url else Validators()


# ── After a poll ────────────────────────────────────────────────────────────


def after_poll(
    feed: Feed, state: FeedState, result: Polled, now: float, jitter: float, excused: float = 0.0
) -> FeedState:
    """All that is remembered of a feed after a poll; `jitter` is from [0, 1).

    What went wrong up to `excused` was not the feed's fault.
    """
    if state.configured_url != feed.url:  # another feed under an old name
        state = replace(state, url="", configured_url=feed.url, validators=Validators(), body_hash="", retired=False)
    state = replace(state, last_attempt=now)
    state = _failed(state, result, now) if result.fault else _succeeded(feed, state, result, now)
    wait, reason = _wait(feed, state, result.answer, now)
    state = health.judged(feed, state, now, excused)
    return replace(state, next_poll=now + wait * (1 + _JITTER * jitter), reason=reason)


def result_name(result: Polled) -> str:
    """The outcome in a word or two, for metrics."""
    match result:
        case Polled(answer=FetchFailed()):
            return "failed"
        case Polled(parsed=Unreadable()):
            return "unreadable"
        case Polled(answer=Unchanged()):
            return "not modified"
        case Polled(new=0):
            return "nothing new"
    return "new"


def _failed(state: FeedState, result: Polled, now: float) -> FeedState:
    """Validators, body hash and address stay: they belong to the last good answer."""
    answer = result.answer
    return replace(
        state,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        well_since=0.0,
        error=result.fault,
        status=answer.status if isinstance(answer, FetchFailed) else 200,
        retired=isinstance(answer, FetchFailed) and answer.gone,
    )


def _succeeded(feed: Feed, state: FeedState, result: Polled, now: float) -> FeedState:
    answer = result.answer
    assert isinstance(answer, Page | Unchanged)  # noqa: S101 # a failed fetch has a fault
    items = result.parsed.items if isinstance(result.parsed, Parsed) else ()
    state = replace(
        health.learnt(state, items, result.new > 0, now),
        url=state.url if not answer.moved_to else "" if answer.moved_to == feed.url else answer.moved_to,
        validators=_confirmed(state.validators, answer),
        body_hash=result.body_hash,
        last_success=now,
        failures=0,
        well_since=state.well_since or now,
        error="",
        status=200 if isinstance(answer, Page) else 304,
        retired=False,
    )
    if isinstance(result.parsed, Parsed):
        return replace(
            state,
            items=len(result.parsed.items) + len(result.parsed.known),
            furniture=result.furniture,
            slices=result.slices,
            title=result.parsed.title or state.title,
            ttl=result.parsed.ttl or (state.ttl if result.parsed.only_known else 0.0),
        )
    return state


def _confirmed(known: Validators, answer: Page | Unchanged) -> Validators:
    """A page sets or clears the pair; a 304 that names none leaves it."""
    return known if isinstance(answer, Unchanged) and answer.validators == Validators() else answer.validators


def _wait(feed: Feed, state: FeedState, answer: Fetched, now: float) -> tuple[float, str]:
    """Seconds until the next poll, before jitter, and why."""
    if isinstance(answer, FetchFailed) and answer.gone:
        return max(feed.every, _DAY), "gone for good (410)"
    if state.failures:
        wait = feed.every * min(2 ** min(state.failures - 1, 16), _MOST_BACK_OFF)
        until_told = state.failing_since + health.patience(feed, state) - now
        wait = max(feed.every, min(wait, until_told)) if until_told > 0 else wait
        asked = min(answer.retry_after or 0.0, _DAY) if isinstance(answer, FetchFailed) else 0.0
        if asked > wait:
            return asked, f"its server asks for {written(asked)}"
        times = "time" if state.failures == 1 else "times in a row"
        return wait, f"failed {state.failures} {times}"
    max_age = (answer.max_age if isinstance(answer, Page | Unchanged) else None) or 0.0
    asked = min(max(max_age, state.ttl), _MOST_WISHED * feed.every)
    if asked > feed.every:
        return asked, f"its {'server' if max_age >= state.ttl else 'document'} asks for {written(asked)}"
    return feed.every, f"every {written(feed.every)}"
