"""Silences, and what they kept away, the same on every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model import Matcher, Silence, Subject
from monitor.ports import Store
from monitor.store.client import connect
from monitor.store.layout import Layout
from tests.items import NOON
from tests.servers.stores import RedisServer

HOUR = 3600.0


@pytest.fixture
def layout(layout: Layout) -> Layout:
    """As ever, with caps that a test can reach."""
    return replace(layout, most_silences=3, most_silenced=3)


def a_silence(name: str, hours: float = 4, since: float = NOON) -> Silence:
    matchers = (Matcher(Subject.RULE, "wang-*"), Matcher(Subject.SOURCE, "新华社"))
    return Silence(name, matchers, "Änne", "too “loud”", since, since + hours * HOUR)


async def held(store: Store, now: float = NOON) -> list[str]:
    return [silence.id for silence in await store.silences(now)]


async def test_an_empty_store_silences_nothing(store: Store) -> None:
    assert await store.silences(NOON) == ()
    assert await store.end_silence("a") is None
    assert await store.silenced("desk", NOON) == 0
    await store.forget_silenced("desk", NOON)
    await store.count_silenced([], "s", NOON)


async def test_a_silence_comes_back_whole(store: Store) -> None:
    await store.add_silence(a_silence("a"), NOON)
    assert await store.silences(NOON) == (a_silence("a"),)


async def test_the_first_to_end_stands_first_and_holds_until_then(store: Store) -> None:
    for name, hours in (("long", 8), ("short", 1), ("middle", 4)):
        await store.add_silence(a_silence(name, hours), NOON)
    assert await held(store) == ["short", "middle", "long"]
    assert await held(store, NOON + HOUR) == ["middle", "long"]
    assert await held(store, NOON + HOUR - 1) == ["short", "middle", "long"]


async def test_a_silence_added_twice_is_one(store: Store) -> None:
    await store.add_silence(a_silence("a"), NOON)
    await store.add_silence(a_silence("a"), NOON)
    assert await held(store) == ["a"]


async def test_a_silence_is_ended_once(store: Store) -> None:
    await store.add_silence(a_silence("a"), NOON)
    await store.add_silence(a_silence("b"), NOON)
    assert await store.end_silence("a") == a_silence("a")
    assert await store.end_silence("a") is None
    assert await held(store) == ["b"]


async def test_past_the_cap_those_that_end_first_go(store: Store) -> None:
    for hours in (5, 1, 4, 2, 3):
        await store.add_silence(a_silence(f"{hours}h", hours), NOON)
    assert await held(store) == ["3h", "4h", "5h"]


async def test_silences_that_are_over_make_room(store: Store) -> None:
    for hours in (1, 2, 3):
        await store.add_silence(a_silence(f"{hours}h", hours), NOON)
    later = NOON + 2 * HOUR
    await store.add_silence(a_silence("new", 9, later), later)
    assert await held(store, later) == ["3h", "new"]


async def test_stories_are_counted_once_for_each_channel_until_they_are_told_of(store: Store) -> None:
    await store.count_silenced(["desk", "asia"], "s", NOON)
    await store.count_silenced(["desk"], "s", NOON)
    await store.count_silenced(["desk"], "t", NOON + 1)
    assert (await store.silenced("desk", NOON + 1), await store.silenced("asia", NOON + 1)) == (2, 1)
    await store.forget_silenced("desk", NOON)
    assert (await store.silenced("desk", NOON + 1), await store.silenced("asia", NOON + 1)) == (1, 1)


async def test_what_comes_while_a_digest_is_made_is_counted_for_the_next(store: Store) -> None:
    await store.count_silenced(["desk"], "s", NOON)
    await store.count_silenced(["desk"], "t", NOON + 5)
    assert await store.silenced("desk", NOON + 1) == 1
    await store.forget_silenced("desk", NOON + 1)
    assert await store.silenced("desk", NOON + 9) == 1


async def test_counts_have_a_cap(store: Store) -> None:
    for number in range(5):
        await store.count_silenced(["desk"], str(number), NOON + number)
    assert await store.silenced("desk", NOON + 9) == 3
    assert await store.silenced("desk", NOON + 2) == 1


async def test_both_end_by_themselves_on_a_server(redis: RedisServer) -> None:
    layout = Layout(prefix="ends:")
    store = redis.store(layout)
    client = connect(redis.url)
    for hours in (2, 8, 1):
        await store.add_silence(a_silence(str(hours), hours), NOON)
    await store.count_silenced(["desk"], "s", NOON)
    assert 7 * HOUR < await client.ttl("ends:silences") <= 8 * HOUR
    assert 0 < await client.ttl("ends:silenced:desk") <= layout.silenced_ttl
    await client.aclose()
    await store.close()
