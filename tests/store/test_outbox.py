"""Deliveries between commit and receipt, the same on every store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import pytest

from monitor.model import Delivery, DeliveryState, OpsEvent, Receipt
from monitor.ports import Backlog, Progress, Step, Store, Taken
from tests.items import NOON, an_item
from tests.store.made import a_commit, a_delivery, a_hold, a_story

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


# ── Gathering ───────────────────────────────────────────────────────────────


def gathering(delivery_id: str, at: float = NOON, lane: str = "alert-1") -> Delivery:
    """One that may wait for 20 seconds for more of its lane."""
    return a_delivery(delivery_id, lane, at=at, not_before=at + 20, gathers=True)


async def test_what_gathers_goes_out_together_when_the_first_is_due(store: Store) -> None:
    for seconds in (0, 8, 19):
        await store.put([gathering(str(seconds), NOON + seconds)])
    assert await nothing(store, NOON + 19)
    assert await send_all(store, NOON + 20) == ["0", "8", "19"]
    await store.put([gathering("21", NOON + 21)])
    assert await nothing(store, NOON + 40)
    assert await send_all(store, NOON + 41) == ["21"]


async def test_what_gathers_holds_up_nothing(store: Store) -> None:
    await store.put([gathering("copy 1"), gathering("copy 2", NOON + 1)])
    await store.put([a_delivery("correction", at=NOON + 2)])
    assert await nothing(store, NOON + 1)
    assert await send_all(store, NOON + 2) == ["copy 1", "copy 2", "correction"]


async def test_what_only_gathers_lets_others_go_first_for_a_minute(store: Store) -> None:
    await store.put([gathering(f"copy of {n}", lane=str(n)) for n in (1, 2)])
    await store.put([a_delivery("raised", "3", at=NOON + 21), a_delivery("another", "4", at=NOON + 30)])
    assert (await take(store, NOON + 22)).delivery.id == "raised"
    assert (await take(store, NOON + 22)).delivery.id == "copy of 1"
    assert (await take(store, NOON + 80)).delivery.id == "copy of 2"
    assert (await take(store, NOON + 80)).delivery.id == "another"


async def test_what_is_behind_copies_does_not_let_others_by(store: Store) -> None:
    await store.put([gathering("copy", lane="1"), a_delivery("correction", "1", at=NOON + 1)])
    await store.put([a_delivery("raised", "2", at=NOON + 2)])
    assert (await take(store, NOON + 2)).delivery.id == "copy"


async def test_what_gathers_does_not_go_before_those_ahead_of_it(store: Store) -> None:
    await store.put([a_delivery("raised", not_before=NOON + 30), gathering("copy")])
    await store.put([a_delivery("correction", at=NOON + 1)])
    assert await nothing(store, NOON + 29)
    assert await send_all(store, NOON + 30) == ["raised", "copy", "correction"]


async def test_what_was_tried_is_not_hurried(store: Store) -> None:
    await store.put([gathering("copy")])
    assert await store.retry(await take(store, NOON + 20), NOON + 20, NOON + 50, "503", unsettled=False)
    await store.put([a_delivery("correction", at=NOON + 21), gathering("another", NOON + 22)])
    assert await nothing(store, NOON + 49)
    assert await send_all(store, NOON + 50) == ["copy", "correction", "another"]


async def test_what_is_being_sent_stays_so_when_more_comes(store: Store) -> None:
    await store.put([gathering("copy")])
    await take(store, NOON + 20)
    await store.put([a_delivery("correction", at=NOON + 21)])
    assert await nothing(store, NOON + 22)


async def test_whether_the_next_of_the_lane_is_due_too(store: Store) -> None:
    await store.put([gathering("1"), gathering("2", NOON + 5), gathering("other", lane="alert-2")])
    await store.put([a_delivery("3", at=NOON + 6, not_before=NOON + 60)])
    followed = {}
    while taken := await store.take("desk", NOON + 20, LEASE):
        followed[taken.delivery.id] = taken.followed
        assert await store.sent(taken, None, NOON + 20)
    assert followed == {"1": True, "2": False, "other": False}


# ── Pace ────────────────────────────────────────────────────────────────────


async def test_nobody_takes_another_before_its_turn(store: Store) -> None:
    await store.put([a_delivery("1", "a"), a_delivery("2", "b"), a_delivery("3", channel="night")])
    assert await store.take("desk", NOON, LEASE, pace=1.0) is not None
    assert await nothing(store, NOON + 0.9)
    assert await store.take("night", NOON + 0.9, LEASE, pace=1.0) is not None
    assert (await take(store, NOON + 1)).delivery.id == "2"


async def test_where_nothing_was_taken_nobody_waits(store: Store) -> None:
    assert await store.take("desk", NOON, LEASE, pace=1.0) is None
    await store.put([a_delivery("1")])
    assert await store.take("desk", NOON, LEASE, pace=1.0) is not None


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


async def test_a_lease_is_renewed_by_its_holder_only(store: Store) -> None:
    await store.put([a_delivery("1")])
    first = await take(store)
    assert await store.renew(first, NOON + 90)
    assert await nothing(store, NOON + 89)
    second = await take(store, NOON + 90)
    assert not await store.renew(first, NOON + 200)
    assert await store.renew(second, NOON + 150)
    assert await store.sent(second, None, NOON + 140)
    assert not await store.renew(second, NOON + 200)


SETTLE: Mapping[str, Callable[[Store, Taken], Awaitable[bool]]] = {
    "sent": lambda store, taken: store.sent(taken, ROOT, NOON + LEASE),
    "retry": lambda store, taken: store.retry(taken, NOON, NOON, "reset", unsettled=True),
    "give up": lambda store, taken: store.give_up(taken, NOON + LEASE, "refused"),
}


async def test_every_attempt_says_when_the_first_began(store: Store) -> None:
    await store.put([a_delivery("1")])
    for now in (NOON + 5, NOON + 70, NOON + 500):
        taken = await store.take("desk", now, LEASE)
        assert taken
        assert taken.since == NOON + 5
        await store.retry(taken, now, now, "busy", unsettled=False)


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
    assert not await store.retry(taken, NOON, NOON, "reset", unsettled=True)
    assert not await store.give_up(taken, NOON, "refused")
    assert await nothing(store)
    assert await store.dead(10) == ()


async def test_a_postponed_delivery_cannot_be_settled_otherwise(store: Store) -> None:
    await store.put([a_delivery("1")])
    taken = await take(store)
    assert await store.retry(taken, NOON, NOON + 5, "503", unsettled=False)
    assert not await store.sent(taken, ROOT, NOON)
    assert (await take(store, NOON + 5)).delivery.id == "1"


async def test_the_same_answer_twice_counts_once(store: Store) -> None:
    """As when the first reply is lost and the client asks again."""
    await store.put([a_delivery("1"), a_delivery("2", "b"), a_delivery("3", "c")])
    one, two, three = await take(store), await take(store), await take(store)
    for _ in range(2):
        assert await store.sent(one, ROOT, NOON)
        assert await store.retry(two, NOON, NOON + 5, "503", unsettled=False)
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
    assert await store.retry(await take(store), NOON, NOON + 7, "503", unsettled)
    assert await nothing(store, NOON + 6.9), "the lane waits with its head"
    again = await take(store, NOON + 7)
    assert (again.delivery.id, again.attempts, again.unsettled) == ("1", 1, unsettled)


async def test_a_clear_refusal_settles_what_was_unclear(store: Store) -> None:
    await store.put([a_delivery("1")])
    await store.retry(await take(store), NOON, NOON, "timeout", unsettled=True)
    await store.retry(await take(store), NOON, NOON, "429", unsettled=False)
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
    await store.retry(await take(store), NOON, NOON, "503", unsettled=False)
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


async def test_a_pause_can_be_asked_for(store: Store) -> None:
    assert await store.paused("slack chat.postMessage") == 0
    await store.pause("slack chat.postMessage", NOON + 30.5)
    await store.pause("slack chat.postMessage", NOON + 10)
    assert await store.paused("slack chat.postMessage") == NOON + 30.5
    assert await store.paused("slack chat.update") == 0


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
    assert await store.backlog(["desk", "night"]) == (
        Backlog("desk", queued=2, sending=1, oldest=NOON),
        Backlog("night"),
    )
    await store.sent(first, None, NOON)
    assert await store.backlog(["desk"]) == (Backlog("desk", queued=2, oldest=NOON + 1),)
    await store.give_up(await take(store, NOON + 1), NOON, "refused")
    assert await store.backlog(["desk"]) == (Backlog("desk", queued=1, dead=1, oldest=NOON + 2),)
    await store.retry(await take(store, NOON + 2), NOON + 2, NOON + 9, "503", unsettled=False)
    assert await store.backlog(["desk"]) == (Backlog("desk", retry=1, dead=1, oldest=NOON + 2, said="503"),)
    await store.retry(await take(store, NOON + 9), NOON + 9, NOON + 99, "reset", unsettled=True)
    await store.pause("desk", NOON + 60)
    assert await store.backlog(["desk"]) == (
        Backlog("desk", ambiguous=1, dead=1, oldest=NOON + 2, said="reset", paused=NOON + 60),
    )


async def test_a_delivery_that_is_held_is_owed_from_then_on(store: Store) -> None:
    await store.put([a_delivery("held", not_before=NOON + 600)])
    assert await store.backlog(["desk"]) == (Backlog("desk", queued=1, oldest=NOON + 600),)


async def test_what_waits_in_a_hold_is_counted_until_it_is_released_or_lifted(store: Store) -> None:
    first, second = (replace(a_delivery(name, name), hold=a_hold("night")) for name in ("1", "2"))
    newer = replace(a_delivery("newer", "2"), hold=a_hold("night"))
    await store.put([first, second, newer])
    assert await store.channels() == ("desk",)
    assert await store.backlog(["desk"]) == (Backlog("desk", held=2),), "one a lane: the newest"
    lifting = a_commit(an_item(), clock=0, story=a_story("one"), lifted=[first])
    assert await store.commit(lifting, NOON)
    assert await store.backlog(["desk"]) == (Backlog("desk", held=1),)
    assert await store.release(await store.held("night"), [replace(newer, hold=None)], NOON + 1)
    assert await store.backlog(["desk"]) == (Backlog("desk", queued=1, oldest=NOON),)


async def test_channels_are_known_by_what_was_queued_for_them(store: Store) -> None:
    assert await store.channels() == ()
    await store.put([a_delivery("1", channel="night"), a_delivery("2"), a_delivery("3")])
    assert await send_all(store) == ["2", "3"]
    assert await store.channels() == ("desk", "night")


# ── Progress ────────────────────────────────────────────────────────────────


async def test_progress_tells_how_far_each_delivery_has_come(store: Store) -> None:
    await store.put([a_delivery("sent", "a"), a_delivery("dead", "b"), a_delivery("late", "c"), a_delivery("new", "d")])
    assert await store.sent(await take(store), None, NOON + 1)
    assert await store.give_up(await take(store), NOON + 2, "no such channel")
    assert await store.retry(await take(store), NOON, NOON + 60, "too many at once", unsettled=False)
    assert await store.progress(["sent", "dead", "late", "new", "unknown"]) == (
        Progress("desk", DeliveryState.SENT, 1, NOON + 1, ""),
        Progress("desk", DeliveryState.DEAD, 1, NOON + 2, "no such channel"),
        Progress("desk", DeliveryState.RETRY, 1, NOON + 60, "too many at once"),
        Progress("desk", DeliveryState.QUEUED, 0, NOON, ""),
    )
    assert await store.progress([]) == ()


async def test_every_step_of_a_lane_is_remembered(store: Store) -> None:
    await store.put([a_delivery("1"), a_delivery("2", at=NOON + 1, not_before=NOON + 50)])
    await store.retry(await take(store), NOON + 3, NOON + 7, "reset", unsettled=True)
    await take(store, NOON + 7)
    last = await take(store, NOON + 7 + LEASE)
    assert await store.sent(last, ROOT, NOON + 40)
    await store.give_up(await take(store, NOON + 60), NOON + 61, "too long")
    assert await store.steps("desk", "alert-1") == (
        Step("1", DeliveryState.QUEUED, 0, NOON, NOON, "ops"),
        Step("2", DeliveryState.QUEUED, 0, NOON + 1, NOON + 50, "ops"),
        Step("1", DeliveryState.SENDING, 1, NOON, 0, ""),
        Step("1", DeliveryState.AMBIGUOUS, 1, NOON + 3, NOON + 7, "reset"),
        Step("1", DeliveryState.SENDING, 2, NOON + 7, 0, ""),
        Step("1", DeliveryState.SENDING, 3, NOON + 7 + LEASE, 0, ""),
        Step("1", DeliveryState.SENT, 3, NOON + 40, 0, ""),
        Step("2", DeliveryState.SENDING, 1, NOON + 60, 0, ""),
        Step("2", DeliveryState.DEAD, 1, NOON + 61, 0, "too long"),
    )
    await store.put([a_delivery("3", "alert-2")])
    assert [step.delivery for step in await store.steps("desk", "alert-2")] == ["3"]
    assert await store.steps("night", "alert-1") == ()


# ── Dead letters ────────────────────────────────────────────────────────────


async def bury(store: Store, *deliveries: Delivery, now: float = NOON) -> None:
    """Queue these, each alone, and give them up."""
    for delivery in deliveries:
        await store.put([delivery])
        assert await store.give_up(await take(store, now, delivery.channel), now, "refused")


async def test_the_dead_of_all_channels_are_listed_newest_first(store: Store) -> None:
    await bury(store, a_delivery("1"), now=NOON + 1)
    await bury(store, a_delivery("2", channel="night"), now=NOON + 2)
    await bury(store, a_delivery("3"), now=NOON + 3)
    assert [letter.delivery.id for letter in await store.dead(10)] == ["3", "2", "1"]
    assert [letter.delivery.id for letter in await store.dead(2)] == ["3", "2"]


@pytest.mark.parametrize("look", [True, False], ids=["looked for", "sent anyway"])
async def test_a_replayed_delivery_keeps_its_id_and_has_its_days_again(store: Store, look: bool) -> None:
    await store.put([a_delivery("1")])
    await store.retry(await take(store), NOON, NOON + 9, "503", unsettled=False)
    await store.give_up(await take(store, NOON + 9), NOON + 9, "refused")
    (letter,) = await store.dead(10)
    assert await store.replay(letter.delivery, NOON + 500, look)
    assert await store.dead(10) == ()
    again = await take(store, NOON + 500)
    assert (again.delivery, again.attempts, again.since) == (letter.delivery, 2, NOON + 500)
    assert again.unsettled is look
    assert await store.sent(again, ROOT, NOON + 501)
    assert [(step.state, step.said) for step in await store.steps("desk", "alert-1")][-4:] == [
        (DeliveryState.DEAD, "refused"),
        (DeliveryState.AMBIGUOUS if look else DeliveryState.QUEUED, "queued again by an operator"),
        (DeliveryState.SENDING, ""),
        (DeliveryState.SENT, ""),
    ]


async def test_a_replayed_delivery_is_sent_as_it_was_handed_in(store: Store) -> None:
    await bury(store, a_delivery("1"))
    changed = a_delivery("1", event=OpsEvent(NOON, "feed meridian", "is back"))
    assert await store.replay(changed, NOON, look=False)
    assert (await take(store)).delivery == changed


async def test_the_replayed_go_back_to_their_places_in_the_lane(store: Store) -> None:
    first, second, fourth = (a_delivery(str(n), at=NOON + n) for n in (1, 2, 4))
    await bury(store, first, second, now=NOON + 2)
    await bury(store, fourth, now=NOON + 4)
    await store.put([a_delivery("3", at=NOON + 3), a_delivery("5", at=NOON + 5)])
    for delivery in (fourth, first, second):
        assert await store.replay(delivery, NOON + 9, look=False)
    assert await send_all(store, NOON + 9) == ["1", "2", "3", "4", "5"]


async def test_a_replayed_delivery_goes_before_none_that_is_being_sent(store: Store) -> None:
    await bury(store, a_delivery("1"))
    await store.put([a_delivery("2", at=NOON + 2), a_delivery("3", at=NOON + 3)])
    sending = await take(store, NOON + 3)
    assert await store.replay(a_delivery("1"), NOON + 4, look=False)
    assert await nothing(store, NOON + 4), "the lane is busy"
    assert await store.sent(sending, ROOT, NOON + 5)
    assert await send_all(store, NOON + 5) == ["1", "3"]


async def test_a_replayed_delivery_does_not_wait_for_a_retry_of_what_came_after_it(store: Store) -> None:
    await bury(store, a_delivery("1"))
    await store.put([a_delivery("2", at=NOON + 1)])
    await store.retry(await take(store, NOON + 1), NOON + 1, NOON + 300, "503", unsettled=False)
    assert await store.replay(a_delivery("1"), NOON + 2, look=False)
    assert await send_all(store, NOON + 2) == ["1"]
    assert await send_all(store, NOON + 300) == ["2"]


async def test_a_sender_of_before_the_replay_settles_nothing(store: Store) -> None:
    await store.put([a_delivery("1")])
    before = await take(store)
    assert await store.give_up(before, NOON, "refused")
    assert await store.replay(a_delivery("1"), NOON, look=True)
    assert not await store.sent(before, ROOT, NOON)
    holder = await take(store)
    assert not await store.sent(before, ROOT, NOON)
    assert not await store.give_up(before, NOON, "refused")
    assert not await store.renew(before, NOON + 99)
    assert await store.sent(holder, ROOT, NOON)


async def test_dead_letters_are_replayed_and_dropped_once(store: Store) -> None:
    await bury(store, a_delivery("1"), a_delivery("2"))
    for _ in range(2):  # the answer was lost, and the client asked again
        assert await store.replay(a_delivery("1"), NOON + 1, look=True)
        assert await store.drop(a_delivery("2"), NOON + 1)
    assert not await store.replay(a_delivery("1"), NOON + 2, look=True)
    assert not await store.replay(a_delivery("2"), NOON + 2, look=True)
    assert not await store.replay(a_delivery("unknown"), NOON + 2, look=True)
    assert not await store.drop(a_delivery("1"), NOON + 2)
    assert not await store.drop(a_delivery("unknown"), NOON + 2)
    assert await send_all(store, NOON + 2) == ["1"]
    assert await store.put([a_delivery("2")]) == 0, "its id stays known"
    assert await store.progress(["2"]) == (Progress("desk", DeliveryState.DROPPED, 1, NOON + 1, "refused"),)
    assert (await store.steps("desk", "alert-1"))[-3].state is DeliveryState.DROPPED
