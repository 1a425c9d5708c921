"""The poll schedule, the same on every store."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace

from monitor.model import BadAnswer, FeedHealth, FeedState, Pause, Validators
from monitor.ports import Claim, Store
from tests.items import NOON

LEASE = 60.0


async def claimed(store: Store, now: float, limit: int = 10) -> list[str]:
    return [claim.state.id for claim in await store.claim(now, limit, LEASE)]


async def polled(store: Store, feed: str, now: float, again: float) -> Claim:
    """Claim and finish one feed that is due, and the only one."""
    (claim,) = await store.claim(now, 1, LEASE)
    assert claim.state.id == feed
    assert await store.finish(claim, replace(claim.state, next_poll=again, last_attempt=now))
    return claim


async def test_new_feeds_are_due_at_once(store: Store) -> None:
    await store.plan(["b", "a"], NOON)
    assert await claimed(store, NOON - 1) == []
    assert await claimed(store, NOON) == ["a", "b"]


async def test_most_overdue_feeds_come_first_up_to_the_limit(store: Store) -> None:
    await store.plan(["late"], NOON - 20)
    await store.plan(["late", "later"], NOON - 10)
    await store.plan(["late", "later", "latest"], NOON)
    assert await claimed(store, NOON, limit=2) == ["late", "later"]
    assert await claimed(store, NOON, limit=2) == ["latest"]


async def test_some_feeds_come_before_all_others_and_some_after_them(store: Store) -> None:
    await store.plan(["a", "b", "c", "d"], NOON, first={"d"}, last={"a", "e"})
    assert await store.planned() == 4
    assert await claimed(store, NOON, limit=3) == ["d", "b", "c"]
    assert await claimed(store, NOON) == ["a"]


async def test_a_feed_that_changes_ranks_is_due_when_it_was(store: Store) -> None:
    await store.plan(["a", "b"], NOON, first={"a"})
    await polled(store, "a", NOON, NOON + 10)
    await polled(store, "b", NOON, NOON + 10)
    await store.plan(["a", "b"], NOON + 1, first={"b"})
    assert await claimed(store, NOON + 9) == []
    assert await claimed(store, NOON + 10) == ["b", "a"]
    await store.plan(["a"], NOON + 11, last={"a"})
    assert await store.planned() == 1


async def test_feeds_of_any_rank_are_held_and_finished_alike(store: Store) -> None:
    await store.plan(["a", "b"], NOON, first={"a"}, last={"b"})
    claims = await store.claim(NOON, 2, LEASE)
    await store.prolong(claims, NOON + 2 * LEASE)
    assert await claimed(store, NOON + LEASE) == []
    await store.end_leases(NOON + LEASE)
    assert await claimed(store, NOON + LEASE) == ["a", "b"]
    await store.poll_now(["b"], NOON + LEASE + 1)
    again = await store.take_over("a", NOON + LEASE + 1, LEASE)
    assert await store.finish(again, FeedState("a", next_poll=NOON + LEASE + 2))
    assert await claimed(store, NOON + LEASE + 2) == ["a", "b"]


async def test_turns_with_a_host_lie_a_gap_apart_whoever_asks(store: Store) -> None:
    assert await store.take_turns(["x", "y", "x"], NOON, 2.0) == (NOON, NOON, NOON + 2)
    assert await store.take_turns(["x", "y"], NOON + 1, 2.0) == (NOON + 4, NOON + 2)
    assert await store.take_turns(["x", "z"], NOON + 100, 0.5) == (NOON + 100, NOON + 100)
    assert await store.take_turns([], NOON, 2.0) == ()


async def test_no_room_claims_nothing(store: Store) -> None:
    await store.plan(["a"], NOON)
    assert await claimed(store, NOON, limit=0) == []


async def test_a_claimed_feed_is_hidden_until_its_lease_ends(store: Store) -> None:
    await store.plan(["a"], NOON)
    (first,) = await store.claim(NOON, 1, LEASE)
    assert await claimed(store, NOON + LEASE - 0.1) == []
    (second,) = await store.claim(NOON + LEASE, 1, LEASE)
    assert second.token > first.token


async def test_a_lease_that_is_held_goes_on(store: Store) -> None:
    await store.plan(["a", "b"], NOON)
    claims = await store.claim(NOON, 2, LEASE)
    await store.prolong(claims, NOON + 2 * LEASE)
    assert await claimed(store, NOON + LEASE) == []
    assert await claimed(store, NOON + 2 * LEASE) == ["a", "b"]


async def test_a_lost_lease_cannot_be_held(store: Store) -> None:
    await store.plan(["a"], NOON)
    lost = await store.claim(NOON, 1, LEASE)
    (holder,) = await store.claim(NOON + LEASE, 1, LEASE)
    await store.prolong(lost, NOON + 9 * LEASE)
    assert await store.finish(holder, FeedState("a", next_poll=NOON + 3 * LEASE))
    assert await claimed(store, NOON + 3 * LEASE) == ["a"]


async def test_what_is_finished_meanwhile_is_not_held(store: Store) -> None:
    await store.plan(["a"], NOON)
    claim = await polled(store, "a", NOON, NOON + 5)
    await store.prolong([claim], NOON + LEASE)
    assert await claimed(store, NOON + 5) == ["a"]


async def test_released_feeds_are_due_when_they_were(store: Store) -> None:
    await store.plan(["a", "b"], NOON)
    await polled(store, "a", NOON, NOON + 10)
    assert await claimed(store, NOON + 10) == ["b", "a"]
    await store.end_leases(NOON + 11)
    assert await claimed(store, NOON + 9) == []
    assert await claimed(store, NOON + 11) == ["a", "b"]


async def test_releasing_changes_nothing_for_feeds_that_nobody_holds(store: Store) -> None:
    await store.plan(["a"], NOON)
    await polled(store, "a", NOON, NOON + 300)
    await store.poll_now(["a"], NOON + 5)
    await store.end_leases(NOON + 6)
    assert await claimed(store, NOON + 6) == ["a"]


async def test_a_finish_after_the_lease_was_lost_changes_nothing(store: Store) -> None:
    await store.plan(["a"], NOON)
    (lost,) = await store.claim(NOON, 1, LEASE)
    (holder,) = await store.claim(NOON + LEASE, 1, LEASE)
    assert not await store.finish(lost, FeedState("a", next_poll=NOON + 1, error="too late"))
    assert await store.feed_states(["a"]) == {}
    assert await claimed(store, NOON + LEASE + 1) == []
    assert await store.finish(holder, FeedState("a", next_poll=NOON + 500))
    assert await claimed(store, NOON + 499) == []
    assert await claimed(store, NOON + 500) == ["a"]


async def test_a_feed_that_is_taken_over_is_nobody_elses(store: Store) -> None:
    await store.plan(["a"], NOON)
    await polled(store, "a", NOON, NOON + 300)
    taken = await store.take_over("a", NOON + 1, LEASE)
    assert taken.state.next_poll == NOON + 300
    assert await store.finish(taken, replace(taken.state, next_poll=NOON + 5))
    (claim,) = await store.claim(NOON + 5, 1, LEASE)
    again = await store.take_over("a", NOON + 6, LEASE)
    assert await claimed(store, NOON + 5 + LEASE) == []
    assert not await store.finish(claim, claim.state)
    assert await store.finish(again, replace(again.state, next_poll=NOON + 900))
    assert await claimed(store, NOON + 899) == []


async def test_a_feed_can_be_taken_over_before_it_is_planned(store: Store) -> None:
    taken = await store.take_over("new", NOON, LEASE)
    assert taken.state == FeedState("new")
    assert await store.finish(taken, replace(taken.state, next_poll=NOON + 900))
    assert await store.planned() == 0
    await store.plan(["new"], NOON)
    assert await claimed(store, NOON + 899) == []
    assert await claimed(store, NOON + 900) == ["new"]


async def test_a_finish_without_rival_counts_even_after_the_lease(store: Store) -> None:
    await store.plan(["a"], NOON)
    (claim,) = await store.claim(NOON, 1, LEASE)
    assert await store.finish(claim, FeedState("a", next_poll=NOON + 900))
    assert await store.finish(claim, FeedState("a", next_poll=NOON + 900)), "said twice: the first answer was lost"


async def test_every_field_of_a_state_comes_back(store: Store) -> None:
    state = FeedState(
        id="a",
        next_poll=math.inf,
        reason="gone for good",
        url="https://b.example/neu?x=ä",
        configured_url="https://a.example/",
        validators=Validators('W/"äé"', "Wed, 30 Mar 2022 12:00:00 GMT"),
        body_hash="00ff",
        last_attempt=NOON + 0.123456,
        last_success=NOON,
        last_new=NOON - 5,
        rhythm=321.5,
        failures=3,
        failing_since=NOON - 9,
        error="410",
        status=410,
        items=30,
        title="世界新闻",
        health=FeedHealth.FAILING,
        retired=True,
        pause=Pause(NOON - 60, math.inf, "they move house"),
    )
    await store.plan(["a"], NOON)
    (claim,) = await store.claim(NOON, 1, LEASE)
    assert claim.state == FeedState("a")
    assert await store.finish(claim, state)
    assert await store.feed_states(["a", "unknown"]) == {"a": state}
    await store.poll_now(["a"], NOON)
    (again,) = await store.claim(NOON, 1, LEASE)
    assert again.state == state


async def test_a_planned_feed_has_no_state_before_its_first_poll(store: Store) -> None:
    await store.plan(["a"], NOON)
    assert await store.feed_states(["a"]) == {}
    assert await store.feed_states([]) == {}


async def test_how_many_feeds_are_planned(store: Store) -> None:
    assert await store.planned() == 0
    await store.plan(["one", "two"], NOON)
    await store.claim(NOON, 1, LEASE)
    assert await store.planned() == 2
    await store.plan(["two"], NOON)
    assert await store.planned() == 1


async def test_planning_again_never_polls_early(store: Store) -> None:
    await store.plan(["a"], NOON)
    await polled(store, "a", NOON, again=NOON + 300)
    await store.plan(["a", "new"], NOON + 1)
    assert await claimed(store, NOON + 1) == ["new"]
    assert await claimed(store, NOON + 300) == ["new", "a"], "the lease on `new` ended first"


async def test_a_feed_that_left_and_came_back_goes_on_where_it_was(store: Store) -> None:
    await store.plan(["a"], NOON)
    await polled(store, "a", NOON, again=NOON + 300)
    await store.plan([], NOON + 1)
    assert await claimed(store, NOON + 1000) == []
    assert (await store.feed_states(["a"]))["a"].last_attempt == NOON
    await store.plan(["a"], NOON + 2)
    assert await claimed(store, NOON + 299) == []
    assert await claimed(store, NOON + 300) == ["a"]


async def test_a_feed_dropped_during_its_poll_keeps_the_result_and_is_polled_no_more(store: Store) -> None:
    await store.plan(["a"], NOON)
    (claim,) = await store.claim(NOON, 1, LEASE)
    await store.plan([], NOON)
    assert await store.finish(claim, FeedState("a", next_poll=NOON + 1, items=7))
    assert (await store.feed_states(["a"]))["a"].items == 7
    assert await claimed(store, NOON + 1000) == []


async def test_poll_now_makes_known_feeds_due(store: Store) -> None:
    await store.plan(["a"], NOON)
    await polled(store, "a", NOON, again=NOON + 300)
    await store.poll_now(["a", "unknown"], NOON + 5)
    assert await claimed(store, NOON + 5) == ["a"]


async def test_rivals_never_hold_one_feed(store: Store) -> None:
    feeds = [f"feed-{number}" for number in range(60)]
    await store.plan(feeds, NOON)
    shares = await asyncio.gather(*(claimed(store, NOON, limit=7) for _ in range(10)))
    assert sorted(feed for share in shares for feed in share) == sorted(feeds)


async def test_the_last_bad_answer_is_kept_byte_for_byte(store: Store) -> None:
    blocked = BadAnswer(
        NOON, "403 Forbidden", 403, "https://a.example/feed", "text/html", b"<html>\xff\0</html>", cut=True
    )
    broken = replace(blocked, at=NOON + 60, reason="the answer was empty", status=200, body=b"", cut=False)
    assert await store.last_bad("a") is None
    await store.keep_bad("a", blocked)
    assert await store.last_bad("a") == blocked
    await store.keep_bad("a", broken)
    assert await store.last_bad("a") == broken
    assert await store.last_bad("b") is None
