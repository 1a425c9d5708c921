"""What a poll asks, and what is remembered of it. Pure.

`pace` decides when the next one is, `health` how the feed is doing, `trust`
whether a host is believed that says that nothing has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.ingest import health, pace, trust
from monitor.model import (
    UNTAUGHT,
    Cadence,
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    Habits,
    Page,
    Parsed,
    Unchanged,
    Unreadable,
    Validators,
)

_UNCHANGED = 304
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
    habits: Habits = UNTAUGHT
    """What is known of the feed's habits after it."""
    in_full: bool = False
    """Whether it was asked for without validators."""

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


def validators(feed: Feed, state: FeedState, now: float) -> Validators:
    """What to send along: nothing to an address that did not give it, nor to a host whose 304s are in doubt."""
    if state.configured_url != feed.url or trust.doubted(feed, state, now):
        return Validators()
    return state.validators


# ── After a poll ────────────────────────────────────────────────────────────


def after_poll(
    feed: Feed, state: FeedState, result: Polled, now: float, jitter: float, excused: float = 0.0
) -> FeedState:
    """All that is remembered of a feed after a poll; `jitter` is from [0, 1).

    What went wrong up to `excused` was not the feed's fault.
    """
    if state.configured_url != feed.url:
        state = _under_an_old_name(feed, state)
    slowed = pace.slowed(feed, state, result.answer, now)
    after = _failed(state, result, now) if result.fault else _succeeded(feed, state, result, now)
    after = replace(after, last_attempt=now, turn=0.0, slowed=slowed)
    tell_at = max(after.failing_since, excused) + health.patience(feed, after)
    at, reason = pace.next_poll(feed, after, result.answer, now, jitter, tell_at)
    return replace(health.judged(feed, after, now, excused), next_poll=at, reason=reason)


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


def _under_an_old_name(feed: Feed, state: FeedState) -> FeedState:
    """Another feed, of which its former address, server and document say nothing."""
    return replace(
        state,
        url="",
        configured_url=feed.url,
        validators=Validators(),
        body_hash="",
        last_success=0.0,
        status=0,
        cadence=Cadence(),
        slowed=0.0,
        trusted=0.0,
        read_at=0.0,
        retired=False,
    )


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
    if result.in_full and state.status == _UNCHANGED:
        state = replace(state, trusted=trust.learnt(feed, state, items[len(items) - result.new :], now))
    state = replace(
        health.learnt(state, items, result.new > 0, now),
        url=state.url if not answer.moved_to else "" if answer.moved_to == feed.url else answer.moved_to,
        validators=_confirmed(state.validators, answer),
        body_hash=result.body_hash,
        last_success=now,
        failures=0,
        well_since=state.well_since or now,
        error="",
        status=200 if isinstance(answer, Page) else _UNCHANGED,
        read_at=now if isinstance(answer, Page) else state.read_at,
        retired=False,
    )
    if isinstance(result.parsed, Parsed):
        return replace(
            state,
            items=len(result.parsed.items) + len(result.parsed.known),
            furniture=result.furniture,
            habits=result.habits,
            newest=max([state.newest, *(min(item.published, now) for item in items if item.published is not None)]),
            slices=result.slices,
            title=result.parsed.title or state.title,
            cadence=state.cadence if result.parsed.only_known else result.parsed.cadence,
        )
    return state


def _confirmed(known: Validators, answer: Page | Unchanged) -> Validators:
    """A page sets or clears the pair; a 304 that names none leaves it."""
    return known if isinstance(answer, Unchanged) and answer.validators == Validators() else answer.validators
