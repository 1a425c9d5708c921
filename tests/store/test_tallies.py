"""What was counted, the same on every store: moved with an item in one step, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from monitor.model import Mark, Tally
from monitor.ports import Store
from monitor.store.memory import MemoryStore
from tests.items import NOON, an_item
from tests.store.made import a_commit, a_delivery, a_story, told

HOUR = 3600.0
STRIKES = Tally("when/strike", 1, (Mark("s1", NOON), Mark("Лента.ру, ночь", NOON + 0.25, True, "a title")), 2 * HOUR)


async def count(store: Store, guid: str, *tallies: Tally, now: float = NOON) -> bool:
    """Commit an item that moves tallies."""
    near = await store.neighbours(a_commit(an_item(), clock=0, story=a_story("")).fingerprint, now)
    item = an_item(guid=guid)
    commit = a_commit(item, clock=near.clock, story=a_story(guid), deliveries=[a_delivery(guid)], tallies=tallies)
    return await store.commit(commit, now)


async def test_a_tally_comes_back_whole_and_an_unknown_one_is_empty(store: Store) -> None:
    assert await store.tallies([]) == {}
    assert await count(store, "one", STRIKES)
    assert await store.tallies(["when/strike", "other"]) == {"when/strike": STRIKES, "other": Tally("other")}


@pytest.mark.parametrize("version", [1, 3], ids=["another process moved it", "it is gone"])
async def test_a_commit_made_from_an_older_tally_writes_nothing(store: Store, version: int) -> None:
    assert await count(store, "one", STRIKES)
    other = Tally("other", 1, (Mark("s2", NOON),), HOUR)
    assert not await count(store, "two", other, replace(STRIKES, version=version))
    assert await store.tallies(["when/strike", "other"]) == {"when/strike": STRIKES, "other": Tally("other")}
    assert await store.story("two") is None
    assert (await store.backlog(["desk"]))[0].waiting == 1
    assert await count(store, "two", other, replace(STRIKES, version=2)), "the same, made from what is so"


async def test_an_overtaken_commit_moves_no_tally(store: Store) -> None:
    await told(store, "one", keys=[1], story="s")
    stale = a_commit(an_item(guid="two"), clock=0, story=a_story("new"), keys=[1], tallies=[STRIKES])
    assert not await store.commit(stale, NOON)
    assert await store.tallies(["when/strike"]) == {"when/strike": Tally("when/strike")}


async def test_whoever_counts_at_once_each_counts(store: Store) -> None:
    async def one(number: int) -> None:
        while True:
            tally = (await store.tallies(["r"]))["r"]
            more = (*tally.marks, Mark(str(number), NOON))
            if await count(store, str(number), Tally("r", tally.version + 1, more, HOUR)):
                return

    await asyncio.gather(*(one(number) for number in range(12)))
    tally = (await store.tallies(["r"]))["r"]
    assert tally.version == 12
    assert {mark.member for mark in tally.marks} == {str(number) for number in range(12)}


async def test_memory_forgets_a_tally_that_says_nothing_any_more(memory_store: MemoryStore) -> None:
    assert await count(memory_store, "one", STRIKES, replace(STRIKES, key="long", keep=9 * HOUR))
    assert await count(memory_store, "two", now=NOON + 2 * HOUR)
    assert await memory_store.tallies(["when/strike"]) == {"when/strike": Tally("when/strike")}
    assert (await memory_store.tallies(["long"]))["long"].version == 1
