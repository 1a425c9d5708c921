"""When a feed is polled next, how it is doing, and what operators hear of it. Pure.

    answer                      next poll                                       reason
    ──────────────────────────  ──────────────────────────────────────────────  ───────────────────────
    read, unchanged or 304      the operator's `every`                          every 5m
      with ttl or max-age       that, when longer, up to 12 times `every`       its server asks for 15m
    failed, no feed             `every`, doubled each time, up to 8 times       failed 3 times in a row
      with Retry-After          that, when longer, up to a day                  its server asks for 2h
    410 Gone                    in a day: a mistake heals itself                gone for good (410)

Up to a tenth of the wait is added at random, so that feeds do not march in step.

    health    when                                                              until
    ────────  ────────────────────────────────────────────────────────────────  ──────────────────────
    failing   no good answer for twice its own rhythm (at least twice `every`,  a good answer
              at most a day; six times `every` while the rhythm is unknown)
    silent    nothing new for ten times its rhythm and twice its longest lull   something new

Each change is told once. One good answer ends a failure and the next failure
counts from its own beginning, so a feed that fails every other time is never
told of; the polls of a failing feed are never so rare that telling is late. The
rhythm is the smoothed gap between polls that brought something new. The lull
keeps a feed that sleeps at night from being called silent every morning; it is
learnt from the dates in its documents too, so the first night counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.durations import written
from monitor.model import (
    Feed,
    FeedHealth,
    FeedState,
    Fetched,
    FetchFailed,
    Item,
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
_SMOOTHING = 0.25
"""Weight of the newest gap in the rhythm."""
_UNKNOWN_RHYTHM = 3
"""Times `every` that stand in for a rhythm not known yet."""
_FAILING_AFTER = 2
"""Rhythms."""
_BACKLOG_AFTER = 900.0
_BACKLOG_AFTER_ROUNDS = 3
"""Times `every`."""
_SILENT_AFTER = 10
"""Rhythms."""
_SILENT_AFTER_LULLS = 2
_LULL_FORGOTTEN = 7 * _DAY
"""Seconds in which half of a lull is forgotten."""
_USUAL_GAPS = 0.9
"""Of the gaps between a document's dates, those that count: a pinned item from last year is no lull."""


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


@dataclass(frozen=True, slots=True)
class Notice:
    """A change of health, for operators. `since` names the spell that it is about."""

    text: str
    recovered: bool
    since: float


# ── Before a poll ───────────────────────────────────────────────────────────


def known(feed: Feed, state: FeedState) -> bool:
    """Whether a poll of this feed, at the address that its editor wrote, has gone through before."""
    return state.seeded and state.configured_url == feed.url


def backlog(feed: Feed, state: FeedState, now: float) -> bool:
    """Whether what a poll brings has piled up: the feed, or all of us, were away for much longer than planned."""
    due = state.last_success + feed.every if state.failures else state.next_poll
    return known(feed, state) and now - due > max(_BACKLOG_AFTER, _BACKLOG_AFTER_ROUNDS * feed.every)


def address(feed: Feed, state: FeedState) -> str:
    """Where to ask: where permanent redirects led, until the editor writes another address."""
    return state.url if state.url and state.configured_url == feed.url else feed.url


def validators(feed: Feed, state: FeedState) -> Validators:
    """What to send along: nothing to an address that did not give it."""
    return state.validators if state.configured_url == feed.url else Validators()


# ── After a poll ────────────────────────────────────────────────────────────


def after_poll(feed: Feed, state: FeedState, result: Polled, now: float, jitter: float) -> FeedState:
    """All that is remembered of a feed after a poll; `jitter` is from [0, 1)."""
    if state.configured_url != feed.url:  # another feed under an old name
        state = replace(state, url="", configured_url=feed.url, validators=Validators(), body_hash="", retired=False)
    state = replace(state, last_attempt=now)
    state = _failed(state, result, now) if result.fault else _succeeded(feed, state, result, now)
    wait, reason = _wait(feed, state, result.answer, now)
    return replace(
        state, health=_health(feed, state, now), next_poll=now + wait * (1 + _JITTER * jitter), reason=reason
    )


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
        error=result.fault,
        status=answer.status if isinstance(answer, FetchFailed) else 200,
        retired=isinstance(answer, FetchFailed) and answer.gone,
    )


def _succeeded(feed: Feed, state: FeedState, result: Polled, now: float) -> FeedState:
    answer = result.answer
    assert isinstance(answer, Page | Unchanged)  # noqa: S101 # a failed fetch has a fault
    lull = state.lull * 0.5 ** (max(0.0, now - (state.last_success or now)) / _LULL_FORGOTTEN)
    state = replace(
        state,
        url=state.url if not answer.moved_to else "" if answer.moved_to == feed.url else answer.moved_to,
        validators=_confirmed(state.validators, answer),
        body_hash=result.body_hash,
        last_success=now,
        lull=lull,
        failures=0,
        failing_since=0.0,
        error="",
        status=200 if isinstance(answer, Page) else 304,
        retired=False,
    )
    if isinstance(result.parsed, Parsed):
        state = replace(
            state,
            items=len(result.parsed.items) + len(result.parsed.known),
            furniture=result.furniture,
            slices=result.slices,
            title=result.parsed.title or state.title,
            ttl=result.parsed.ttl or (state.ttl if result.parsed.only_known else 0.0),
            lull=max(lull, _usual_lull(result.parsed.items)),
        )
    return _with_news(state, now) if result.new else state


def _confirmed(known: Validators, answer: Page | Unchanged) -> Validators:
    """A page sets or clears the pair; a 304 that names none leaves it."""
    return known if isinstance(answer, Unchanged) and answer.validators == Validators() else answer.validators


def _with_news(state: FeedState, now: float) -> FeedState:
    gap = now - state.last_new if state.last_new else 0.0
    rhythm = state.rhythm + _SMOOTHING * (gap - state.rhythm) if state.rhythm else gap
    return replace(state, last_new=now, rhythm=rhythm, lull=max(state.lull, gap))


def _usual_lull(items: Sequence[Item]) -> float:
    dates = sorted(item.published for item in items if item.published is not None)
    gaps = sorted(later - earlier for earlier, later in pairwise(dates))
    return gaps[int(_USUAL_GAPS * (len(gaps) - 1))] if gaps else 0.0


def _wait(feed: Feed, state: FeedState, answer: Fetched, now: float) -> tuple[float, str]:
    """Seconds until the next poll, before jitter, and why."""
    if isinstance(answer, FetchFailed) and answer.gone:
        return max(feed.every, _DAY), "gone for good (410)"
    if state.failures:
        wait = feed.every * min(2 ** min(state.failures - 1, 16), _MOST_BACK_OFF)
        until_told = state.failing_since + _patience(feed, state) - now
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


# ── Health ──────────────────────────────────────────────────────────────────


def notice(feed: Feed, before: FeedState, after: FeedState, now: float) -> Notice | None:
    """What to tell operators after a poll, if anything."""
    if after.retired and not before.retired:
        text = f"is gone for good ({after.error}): it is looked at once a day until its url in feeds.yaml changes"
        return Notice(text, recovered=False, since=after.last_attempt)
    if after.health is before.health or (before.retired and after.retired):
        return None
    match after.health:
        case FeedHealth.FAILING:
            spell = written(now - after.failing_since)
            text = f"has not been read for {spell} ({after.failures} polls): {after.error}"
            return Notice(text, recovered=False, since=after.failing_since)
        case FeedHealth.SILENT:
            usual = f"; it usually has something every {written(_usual(feed, after))}"
            text = f"answers, but has had nothing new for {written(now - after.last_new)}{usual}"
            return Notice(text, recovered=False, since=after.last_new)
    if before.health is FeedHealth.FAILING:
        text = f"is well again after {written(now - before.failing_since)}"
        return Notice(text, recovered=True, since=before.failing_since)
    text = f"has news again after {written(now - before.last_new)}"
    return Notice(text, recovered=True, since=before.last_new)


def _health(feed: Feed, state: FeedState, now: float) -> FeedHealth:
    if state.failures:
        failing = state.health is FeedHealth.FAILING or now - state.failing_since >= _patience(feed, state)
        return FeedHealth.FAILING if failing or state.retired else state.health
    if state.last_new and state.lull and now - state.last_new > _silence(feed, state):
        return FeedHealth.SILENT
    return FeedHealth.OK


def _usual(feed: Feed, state: FeedState) -> float:
    """The feed's rhythm as far as we can see it: not finer than we look."""
    return max(feed.every, state.rhythm) if state.rhythm else _UNKNOWN_RHYTHM * feed.every


def _patience(feed: Feed, state: FeedState) -> float:
    """Seconds without a good answer after which a feed is failing."""
    return _FAILING_AFTER * max(feed.every, min(_usual(feed, state), _DAY / 2))


def _silence(feed: Feed, state: FeedState) -> float:
    """Seconds without news, in spite of good answers, after which a feed is silent."""
    return max(_SILENT_AFTER * _usual(feed, state), _SILENT_AFTER_LULLS * state.lull)
