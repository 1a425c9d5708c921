"""Deliveries that wait until a time, the same on every store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.model import Delivery, DeliveryState, OpsEvent, Place
from monitor.ports import Commit, Held, Progress, Store
from tests.items import NOON, an_item
from tests.store.made import a_commit, a_delivery, a_hold, a_story

MORNING = a_hold()
A = a_delivery("1", "a", hold=MORNING)
B = a_delivery("2", "b", hold=MORNING, at=NOON + 1)


def a_digest(held: Held) -> Delivery:
    told = " ".join(delivery.id for delivery in held.deliveries)
    return a_delivery(f"digest of {told}", "digest", event=OpsEvent(NOON, "digest", told))


async def told(store: Store, now: float = NOON + 7200) -> list[str]:
    """Ids of what goes out now, in order."""
    ids = []
    while taken := await store.take("desk", now, 30):
        assert await store.sent(taken, None, now)
        ids.append(taken.delivery.id)
    return ids


async def deciding(
    store: Store, deliveries: Sequence[Delivery] = (), lifted: Sequence[Delivery] = (), story: str = "s"
) -> Commit:
    """The commit of one more text of a story, as it stands now."""
    known = await store.story(story)
    after = a_story(story, known.version + 1 if known else 1)
    item = an_item(guid=f"{story} {after.version}")
    return a_commit(item, clock=10**6, story=after, deliveries=deliveries, lifted=lifted)


async def commit(store: Store, deliveries: Sequence[Delivery] = (), lifted: Sequence[Delivery] = ()) -> bool:
    return await store.commit(await deciding(store, deliveries, lifted), NOON)


# ── Waiting ─────────────────────────────────────────────────────────────────


async def test_what_is_held_does_not_go_out(store: Store) -> None:
    assert await commit(store, [A, B, a_delivery("3", "a")])
    assert await told(store) == ["3"], "its lane is free"
    assert (await store.backlog(["desk"]))[0].waiting == 0
    assert await store.held("morning") == Held("morning", (A, B), 2)


async def test_what_was_put_waits_too(store: Store) -> None:
    assert await store.put([A, B]) == 2
    assert await store.put([A]) == 0
    assert (await store.held("morning")).deliveries == (A, B)
    assert await told(store) == []


async def test_what_waits_at_a_place(store: Store) -> None:
    await commit(store, [A])
    here, gone = Place("morning", "a"), Place("morning", "b")
    assert await store.waiting([gone, here, Place("evening", "a")]) == {here: A}
    assert await store.waiting([]) == {}


async def test_holds_are_due_at_their_time_the_most_overdue_first(store: Store) -> None:
    holds = {name: a_hold(name, NOON + wait) for name, wait in (("b", 20), ("a", 10), ("c", 30))}
    await commit(store, [a_delivery(name, name, hold=hold) for name, hold in holds.items()])
    assert await store.due_holds(NOON + 9, 10) == ()
    assert await store.due_holds(NOON + 20, 10) == ("a", "b")
    assert await store.due_holds(NOON + 99, 2) == ("a", "b")


async def test_a_lane_has_one_delivery_in_a_hold_the_newest(store: Store) -> None:
    newer = replace(A, id="1b")
    await commit(store, [A, B])
    await commit(store, [newer])
    assert (await store.held("morning")).deliveries == (newer, B)
    assert await store.progress(["1"]) == ()


async def test_what_stays_in_its_place_may_keep_its_id(store: Store) -> None:
    newer = replace(A, event=OpsEvent(NOON, "feed meridian", "answers"))
    await commit(store, [A])
    assert await commit(store, [newer], lifted=[A])
    assert (await store.held("morning")).deliveries == (newer,)


# ── Lifting ─────────────────────────────────────────────────────────────────


async def test_what_is_lifted_was_never_there(store: Store) -> None:
    await commit(store, [A, B])
    assert await commit(store, lifted=[A])
    assert (await store.held("morning")).deliveries == (B,)
    assert await store.progress(["1"]) == ()
    assert await commit(store, [replace(A, hold=None)], lifted=[B]), "it may go out after all"
    assert await told(store) == ["1"]


async def test_a_hold_that_was_emptied_is_none(store: Store) -> None:
    await commit(store, [A])
    await commit(store, lifted=[A])
    assert await store.due_holds(NOON + 10**6, 10) == ()
    assert await store.held("morning") == Held("morning", (), 0)


async def test_it_may_move_to_another_hold(store: Store) -> None:
    evening = replace(A, hold=a_hold("evening", NOON + 9000))
    await commit(store, [A])
    assert await commit(store, [evening], lifted=[A])
    assert await store.due_holds(NOON + 10**6, 10) == ("evening",)


@pytest.mark.parametrize(
    "now_there", [(), (replace(A, id="1b"),), (replace(A, hold=a_hold("evening")),)], ids=["gone", "replaced", "moved"]
)
async def test_a_commit_that_lifts_what_is_not_there_is_refused(store: Store, now_there: Sequence[Delivery]) -> None:
    await commit(store, [A])
    await commit(store, now_there, lifted=[A])
    late = a_delivery("3", "c")
    assert not await commit(store, [late], lifted=[A])
    assert await told(store) == []
    assert await store.story("s") == a_story("s", 2)


# ── Releasing ───────────────────────────────────────────────────────────────


async def test_a_digest_goes_out_in_place_of_all(store: Store) -> None:
    await commit(store, [A, B])
    held = await store.held("morning")
    assert await store.release(held, [a_digest(held)], NOON)
    assert await store.due_holds(NOON + 10**6, 10) == ()
    assert await store.waiting([Place("morning", "a")]) == {}
    assert await told(store) == ["digest of 1 2"]


async def test_or_each_by_itself_in_its_own_lane(store: Store) -> None:
    await commit(store, [A, B])
    await store.put([a_delivery("0", "a")])
    held = await store.held("morning")
    assert await store.release(held, [replace(delivery, hold=None) for delivery in held.deliveries], NOON)
    assert sorted(await told(store)) == ["0", "1", "2"]


async def test_a_hold_is_released_once(store: Store) -> None:
    await commit(store, [A])
    held = await store.held("morning")
    assert await store.release(held, [a_digest(held)], NOON)
    assert not await store.release(held, [a_digest(held)], NOON)
    assert await told(store) == ["digest of 1"]


CHANGES = {
    "more": ((B,), ()),
    "newer": ((replace(A, event=OpsEvent(NOON, "feed meridian", "answers")),), (A,)),
    "emptied": ((), (A,)),
}


@pytest.mark.parametrize(("deliveries", "lifted"), CHANGES.values(), ids=CHANGES.keys())
async def test_what_changed_since_is_not_released(
    store: Store, deliveries: Sequence[Delivery], lifted: Sequence[Delivery]
) -> None:
    await commit(store, [A])
    before = await store.held("morning")
    await commit(store, deliveries, lifted)
    assert not await store.release(before, [a_digest(before)], NOON)
    assert await told(store) == []


async def test_nor_what_was_emptied_and_filled_again(store: Store) -> None:
    await commit(store, [A])
    before = await store.held("morning")
    await commit(store, lifted=[A])
    await commit(store, [A])
    assert not await store.release(before, [a_digest(before)], NOON)
    held = await store.held("morning")
    assert await store.release(held, [a_digest(held)], NOON)


async def test_what_comes_after_a_release_waits_for_the_next(store: Store) -> None:
    await commit(store, [A])
    held = await store.held("morning")
    await store.release(held, [a_digest(held)], NOON)
    await commit(store, [B])
    again = await store.held("morning")
    assert again.deliveries == (B,)
    assert await store.release(again, [a_digest(again)], NOON)
    assert await told(store) == ["digest of 1", "digest of 2"]


async def test_what_was_told_in_a_digest_is_known(store: Store) -> None:
    await commit(store, [A])
    held = await store.held("morning")
    await store.release(held, [a_digest(held)], NOON)
    assert await store.put([A, replace(A, hold=None)]) == 0
    assert await told(store) == ["digest of 1"]


async def test_of_many_who_release_at_once_one_does(store: Store) -> None:
    await commit(store, [A, B])
    held = await store.held("morning")
    assert sorted(await asyncio.gather(*(store.release(held, [a_digest(held)], NOON) for _ in range(8)))) == [
        False
    ] * 7 + [True]
    assert await told(store) == ["digest of 1 2"]


# ── How far it has come ─────────────────────────────────────────────────────


async def test_progress(store: Store) -> None:
    alone = a_delivery("3", "c", hold=a_hold("embargo"))
    await commit(store, [A, alone])
    assert await store.progress(["1"]) == (Progress("desk", DeliveryState.HELD, 0, MORNING.until, "quiet hours"),)
    held = await store.held("morning")
    await store.release(held, [replace(a_digest(held), created_at=NOON + 3600)], NOON)
    await store.release(await store.held("embargo"), [replace(alone, hold=None)], NOON)
    assert await store.progress(["1", "unknown", "3"]) == (
        Progress("desk", DeliveryState.QUEUED, 0, NOON + 3600, "", digest=True),
        Progress("desk", DeliveryState.QUEUED, 0, NOON, ""),
    )
    await told(store)
    assert [known.state for known in await store.progress(["1", "3"])] == ["sent", "sent"]


async def test_steps(store: Store) -> None:
    await commit(store, [A])
    await commit(store, [A], lifted=[A])
    held = await store.held("morning")
    await store.release(held, [a_digest(held)], NOON + 3600)
    steps = [(step.state, step.at, step.due, step.said) for step in await store.steps("desk", "a")]
    assert steps == [
        (DeliveryState.HELD, NOON, MORNING.until, "quiet hours"),
        (DeliveryState.LIFTED, NOON, 0, ""),
        (DeliveryState.HELD, NOON, MORNING.until, "quiet hours"),
        (DeliveryState.GATHERED, NOON + 3600, 0, "digest of 1"),
    ]
