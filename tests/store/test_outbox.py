"""Deliveries between commit and receipt, the same on every store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from monitor.model import Receipt
from monitor.ports import Backlog, Progress, Store, Taken
from tests.items import NOON
from tests.store.made import a_delivery

LEASE = 30.0
ROOT = Receipt("C024BE91L/1648641600.000100")


async def take(store: Store, now: float = NOON, channel: str = "desk") -> Taken:
    taken = await store.take(channel, now, LEASE)
    assert taken is not None
    return taken


async def nothing(store: Store, now: float = NOON, channel: str = "desk") -> bool:
    return await store.take(channel, now, LEASE) is None


async def send_all(store: Store, now: float = NOON) -> list[str]:
    """Ids of what goes out now, in order."""
    ids = []
    while taken := await store.take("desk", now, LEASE):
        assert await store.sent(taken, None, now)
        ids.append(taken.delivery.id)
    return ids


# ── Order ───────────────────────────────────────────────────────────────────


async def test_a_lane_goes_out_in_order_one_at_a_time(store: Store) -> None:
    assert await store.put([a_delivery("1"), a_delivery("2"), a_delivery("3")]) == 3
    first = await take(store)
    assert first.delivery == a_delivery("1")
    assert await nothing(store), "the lane is busy"
    assert await store.sent(first, None, NOON)
    assert await send_all(store) == ["2", "3"]
    assert await nothing(store)


async def test_lanes_go_side_by_side_oldest_first(store: Store) -> None:
    await store.put([a_delivery("younger", "a", at=NOON + 1), a_delivery("older", "b"), a_delivery("next", "b")])
    assert (await take(store, NOON + 1)).delivery.id == "older"
    assert (await take(store, NOON + 1)).delivery.id == "younger"
    assert await nothing(store, NOON + 1)


async def test_channels_do_not_mix_even_when_lanes_have_the_same_name(store: Store) -> None:
    await store.put([a_delivery("1"), a_delivery("2", channel="night")])
    assert (await take(store, channel="night")).delivery.id == "2"
    assert (await take(store)).delivery.id == "1"
    assert await nothing(store, channel="nobody")


async def test_not_before_holds_a_lane_and_no_other(store: Store) -> None:
    later = NOON + 600
    await store.put([a_delivery("held", "a", not_before=later), a_delivery("behind", "a"), a_delivery("free", "b")])
    assert await send_all(store) == ["free"]
    assert await nothing(store, later - 0.5)
    assert await send_all(store, later) == ["held", "behind"]


async def test_not_before_holds_a_delivery_that_comes_to_the_head(store: Store) -> None:
    await store.put([a_delivery("1"), a_delivery("2", not_before=NOON + 600)])
    assert await send_all(store) == ["1"]
    assert await send_all(store, NOON + 600) == ["2"]


async def test_put_knows_a_delivery_that_is_queued_under_way_sent_or_dead(store: Store) -> None:
    again = a_delivery("1")
    assert await store.put([again, again]) == 1
    assert await store.put([again]) == 0
    held = await take(store)
    assert await store.put([again]) == 0
    assert await store.sent(held, None, NOON)
    assert await store.put([again]) == 0
    assert await nothing(store)
    await store.put([a_delivery("2")])
    assert await store.give_up(await take(store), NOON, "no such channel")
    assert await store.put([a_delivery("2")]) == 0
    assert await store.put([]) == 0


# ── Leases ──────────────────────────────────────────────────────────────────


async def test_a_first_attempt_is_nothing_special(store: Store) -> None:
    await store.put([a_delivery("1")])
    taken = await take(store)
    assert (taken.attempts, taken.unsettled, taken.root) == (0, False, None)


async def test_a_dead_senders_delivery_comes_back_unsettled(store: Store) -> None:
    await store.put([a_delivery("1"), a_delivery("2")])
    first = await take(store)
    assert await nothing(store, NOON + LEASE - 0.1)
    second = await take(store, NOON + LEASE)
    assert second.delivery.id == "1"
    assert (second.attempts, second.unsettled) == (1, True)
    assert second.token != first.token


SETTLE: Mapping[str, Callable[[Store, Taken], Awaitable[bool]]] = {
    "sent": lambda store, taken: store.sent(taken, ROOT, NOON + LEASE),
    "retry": lambda store, taken: store.retry(taken, NOON, "reset", unsettled=True),
    "give up": lambda store, taken: store.give_up(taken, NOON + LEASE, "refused"),
}


async def test_every_attempt_says_when_the_first_began(store: Store) -> None:
    await store.put([a_delivery("1")])
    for now in (NOON + 5, NOON + 70, NOON + 500):
        taken = await store.take("desk", now, LEASE)
        assert taken
        assert taken.since == NOON + 5
        await store.retry(taken, now, "busy", unsettled=False)


async def test_released_deliveries_come_back_unsettled_and_in_order(store: Store) -> None:
    await store.put([a_delivery("1"), a_delivery("2"), a_delivery("3", "b", not_before=NOON + 9)])
    await take(store)
    await store.end_leases(NOON)
    again = await take(store)
    assert (again.delivery.id, again.attempts, again.unsettled) == ("1", 1, True)
    assert await nothing(store)


@pytest.mark.parametrize("settle", SETTLE.values(), ids=SETTLE.keys())
async def test_who_lost_the_lease_settles_nothing(
    store: Store, settle: Callable[[Store, Taken], Awaitable[bool]]
) -> None:
    await store.put([a_delivery("1"), a_delivery("2")])
    lost = await take(store)
    holder = await take(store, NOON + LEASE)
    assert not await settle(store, lost)
    assert await nothing(store, NOON + LEASE), "the holder's lease still runs"
    assert await store.dead(10) == ()
    assert await store.sent(holder, None, NOON + LEASE)
    second = await take(store, NOON + LEASE)
    assert (second.delivery.id, second.root) == ("2", None)


async def test_a_settled_delivery_cannot_be_settled_otherwise(store: Store) -> None:
    await store.put([a_delivery("1")])
    taken = await take(store)
    assert await store.sent(taken, None, NOON)
    assert not await store.retry(taken, NOON, "reset", unsettled=True)
    assert not await store.give_up(taken, NOON, "refused")
    assert await nothing(store)
    assert await store.dead(10) == ()


async def test_a_postponed_delivery_cannot_be_settled_otherwise(store: Store) -> None:
    await store.put([a_delivery("1")])
    taken = await take(store)
    assert await store.retry(taken, NOON + 5, "503", unsettled=False)
    assert not await store.sent(taken, ROOT, NOON)
    assert (await take(store, NOON + 5)).delivery.id == "1"


async def test_the_same_answer_twice_counts_once(store: Store) -> None:
    """As when the first reply is lost and the client asks again."""
    await store.put([a_delivery("1"), a_delivery("2", "b"), a_delivery("3", "c")])
    one, two, three = await take(store), await take(store), await take(store)
    for _ in range(2):
        assert await store.sent(one, ROOT, NOON)
        assert await store.retry(two, NOON + 5, "503", unsettled=False)
        assert await store.give_up(three, NOON, "refused")
    assert len(await store.dead(10)) == 1
    assert await nothing(store)
    assert (await take(store, NOON + 5)).attempts == 1


async def test_rivals_never_hold_one_delivery(store: Store) -> None:
    await store.put([a_delivery(f"{lane}/{place}", f"lane-{lane}") for lane in range(12) for place in range(5)])
    sent: list[str] = []

    async def sender() -> None:
        while taken := await store.take("desk", NOON, LEASE):
            sent.append(taken.delivery.id)
            await asyncio.sleep(0)
            assert await store.sent(taken, None, NOON)

    while len(sent) < 60:
        await asyncio.gather(*(sender() for _ in range(8)))
    assert len(set(sent)) == len(sent)
    for lane in range(12):
        assert [one for one in sent if one.startswith(f"{lane}/")] == [f"{lane}/{place}" for place in range(5)]


# ── Outcomes ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("unsettled", [False, True], ids=["refused", "no clear answer"])
async def test_a_retry_comes_when_asked_and_says_what_was_unclear(store: Store, unsettled: bool) -> None:
    await store.put([a_delivery("1"), a_delivery("2")])
    assert await store.retry(await take(store), NOON + 7, "503", unsettled)
    assert await nothing(store, NOON + 6.9), "the lane waits with its head"
    again = await take(store, NOON + 7)
    assert (again.delivery.id, again.attempts, again.unsettled) == ("1", 1, unsettled)


async def test_a_clear_refusal_settles_what_was_unclear(store: Store) -> None:
    await store.put([a_delivery("1")])
    await store.retry(await take(store), NOON, "timeout", unsettled=True)
    await store.retry(await take(store), NOON, "429", unsettled=False)
    assert not (await take(store)).unsettled


async def test_the_first_receipt_goes_with_all_that_follow_in_the_lane(store: Store) -> None:
    await store.put([a_delivery("1"), a_delivery("2"), a_delivery("other", "b", at=NOON + 1)])
    assert await store.sent(await take(store), ROOT, NOON)
    second = await take(store)
    assert second.root == ROOT
    assert await store.sent(second, Receipt("of the reply"), NOON)
    assert (await take(store, NOON + 1)).root is None
    await store.put([a_delivery("3")])  # the lane had run empty
    assert (await take(store)).root == ROOT


async def test_a_dead_delivery_lets_its_lane_go_on_and_is_kept(store: Store) -> None:
    await store.put([a_delivery("1"), a_delivery("2"), a_delivery("3")])
    await store.retry(await take(store), NOON, "503", unsettled=False)
    assert await store.give_up(await take(store), NOON + 1, "channel_not_found")
    assert await store.give_up(await take(store), NOON + 2, "is_archived")
    assert [(dead.delivery.id, dead.at, dead.reason, dead.attempts) for dead in await store.dead(10)] == [
        ("2", NOON + 2, "is_archived", 1),
        ("1", NOON + 1, "channel_not_found", 2),
    ]
    assert [dead.delivery.id for dead in await store.dead(1)] == ["2"]
    assert await store.dead(0) == ()
    assert await send_all(store) == ["3"]


# ── Pauses and backlog ──────────────────────────────────────────────────────


async def test_a_pause_stops_one_channel_for_all(store: Store) -> None:
    await store.put([a_delivery("1"), a_delivery("2", channel="night")])
    await store.pause("desk", NOON + 30)
    assert await nothing(store, NOON + 29.9)
    assert (await take(store, channel="night")).delivery.id == "2"
    assert (await take(store, NOON + 30)).delivery.id == "1"


async def test_the_longer_of_two_pauses_counts(store: Store) -> None:
    await store.put([a_delivery("1")])
    await store.pause("desk", NOON + 30)
    await store.pause("desk", NOON + 10)
    assert await nothing(store, NOON + 20)
    await store.pause("desk", NOON + 60)
    assert await nothing(store, NOON + 59)


async def test_the_backlog_counts_deliveries_until_they_are_settled(store: Store) -> None:
    assert await store.backlog([]) == ()
    await store.put([a_delivery("1"), a_delivery("2", at=NOON + 1), a_delivery("3", "b", at=NOON + 2)])
    first = await take(store)
    assert await store.backlog(["desk", "night"]) == (Backlog("desk", 3, NOON), Backlog("night", 0, None))
    await store.sent(first, None, NOON)
    assert await store.backlog(["desk"]) == (Backlog("desk", 2, NOON + 1),)
    await store.give_up(await take(store, NOON + 1), NOON, "refused")
    assert await store.backlog(["desk"]) == (Backlog("desk", 1, NOON + 2),)
    await store.retry(await take(store, NOON + 2), NOON + 9, "503", unsettled=False)
    assert await store.backlog(["desk"]) == (Backlog("desk", 1, NOON + 2),)


# ── Progress ────────────────────────────────────────────────────────────────


async def test_progress_tells_how_far_each_delivery_has_come(store: Store) -> None:
    await store.put([a_delivery("sent", "a"), a_delivery("dead", "b"), a_delivery("late", "c"), a_delivery("new", "d")])
    assert await store.sent(await take(store), None, NOON + 1)
    assert await store.give_up(await take(store), NOON + 2, "no such channel")
    assert await store.retry(await take(store), NOON + 60, "too many at once", unsettled=False)
    assert await store.progress(["sent", "dead", "late", "new", "unknown"]) == (
        Progress("desk", "sent", 1, NOON + 1, ""),
        Progress("desk", "dead", 1, NOON + 2, "no such channel"),
        Progress("desk", "retry", 1, NOON + 60, "too many at once"),
        Progress("desk", "queued", 0, NOON, ""),
    )
    assert await store.progress([]) == ()
