"""What memory must do for itself: forget."""

from __future__ import annotations

from monitor.model import BadAnswer, Fingerprint
from monitor.store.layout import DAY
from monitor.store.memory import MemoryStore
from tests.items import NOON
from tests.store.made import a_delivery, told

LEASE = 30.0


async def test_records_stories_and_their_postings_end_after_a_week(memory_store: MemoryStore) -> None:
    old = await told(memory_store, "old", keys=[1, 2], links=[3], story="s")
    await told(memory_store, "young", keys=[2], now=NOON + 2 * DAY)
    await told(memory_store, "now", keys=[9], now=NOON + 7 * DAY)
    assert await memory_store.record(1) is None
    assert await memory_store.story("s") is None
    assert await memory_store.find(old.item.url) == ()
    near = await memory_store.neighbours(Fingerprint((1, 2), (3,)), NOON + 3 * DAY)
    assert [record.item.guid for record in (*near.records, *near.linked)] == ["young"]
    assert near.clock == 3


async def test_a_story_that_goes_on_stays(memory_store: MemoryStore) -> None:
    for day in range(0, 12, 3):
        await told(memory_store, str(day), story="s", now=NOON + day * DAY)
    story = await memory_store.story("s")
    assert story
    assert story.version == 4


async def test_settled_deliveries_are_known_for_a_week(memory_store: MemoryStore) -> None:
    for delivery_id, at in (("old", NOON), ("young", NOON + 7 * DAY)):
        await memory_store.put([a_delivery(delivery_id)])
        taken = await memory_store.take("desk", at, LEASE)
        assert taken
        assert await memory_store.sent(taken, None, at)
    assert await memory_store.put([a_delivery("young")]) == 0
    assert await memory_store.put([a_delivery("old")]) == 1


async def test_bad_answers_are_kept_for_a_week(memory_store: MemoryStore) -> None:
    bad = BadAnswer(NOON, "gone", 404, "https://meridian.example/", "", b"")
    await memory_store.keep_bad("meridian", bad)
    await told(memory_store, "young", now=NOON + 6 * DAY)
    assert await memory_store.last_bad("meridian") == bad
    await told(memory_store, "now", now=NOON + 7 * DAY)
    assert await memory_store.last_bad("meridian") is None
