"""What only a server can do: forget by itself, run full, restart, be busy with others."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from monitor.errors import StoreError, StoreUnavailable
from monitor.model import BadAnswer, FeedState, Fingerprint, Mark, Receipt, Silence, Story, Subscription, Tally
from monitor.store import layout as described
from monitor.store.layout import DAY, Index, Layout
from monitor.store.redis import RedisStore
from tests.items import NOON, an_item
from tests.servers.stores import RedisServer
from tests.store.made import AN_ALERT, a_commit, a_delivery, a_hold, a_story, told

LEASE = 30.0
Client = Any  # redis-py's annotations do not know that replies are decoded


@pytest.fixture
async def on_redis(redis_server: RedisServer, layout: Layout) -> AsyncIterator[RedisStore]:
    """A store on a redis-server of the test's own."""
    store = redis_server.store(layout)
    yield store
    await store.close()


@pytest.fixture
async def client(redis_server: RedisServer) -> AsyncIterator[Client]:
    client = Redis.from_url(redis_server.url, decode_responses=True)
    yield client
    await client.aclose()


async def everything(store: RedisStore) -> None:
    """Use every method that writes, so that every kind of key exists."""
    await store.plan(["meridian", "a", "b"], NOON, first={"a"}, last={"b"})
    await store.take_turns(["meridian.example"], NOON, 30.0)
    _, claim, _ = await store.claim(NOON, 3, LEASE)
    await store.finish(claim, FeedState("meridian", next_poll=NOON + 300))
    deliveries, tallies = [a_delivery("1"), a_delivery("2")], [Tally("when/strike", 1, (), 7 * DAY)]
    record = await told(store, "one", keys=[1, 2], links=[3], deliveries=deliveries, tallies=tallies)
    await store.still_there("meridian", [record.item.key], NOON + DAY, 1)
    taken = await store.take("desk", NOON, LEASE)
    assert taken
    await store.sent(taken, Receipt("root"), NOON)
    taken = await store.take("desk", NOON, LEASE, pace=60.0)
    assert taken
    await store.give_up(taken, NOON, "refused")
    await store.put([a_delivery("3", at=NOON + 1), a_delivery("4", hold=a_hold())])
    await store.pause("desk", NOON + 5)
    await told(store, "alerted", of_story=[AN_ALERT])
    await store.add_silence(Silence("s", (), "anna", "too much", NOON, NOON + 8 * DAY), NOON)
    await store.count_silenced(["desk"], "s", NOON)
    await store.keep_bad("meridian", BadAnswer(NOON, "gone", 404, "https://meridian.example/", "", b""))
    hub = Subscription("meridian", "https://hub.example/", "https://m.example/rss", "https://us.example", "t", "s")
    await store.subscribe(hub, NOON, NOON + 10 * DAY)
    await store.ping()


async def keys(client: Client, pattern: str = "*") -> list[str]:
    return sorted([key async for key in client.scan_iter(pattern)])


# ── What is kept ────────────────────────────────────────────────────────────


async def test_every_key_ends_or_is_capped(on_redis: RedisStore, client: Client, layout: Layout) -> None:
    await everything(on_redis)
    for key in await keys(client):
        name, left = key.removeprefix(layout.prefix), await client.ttl(key)
        if name in ("due", "due:first", "due:last", "seq", "changes", "written"):
            assert left == -1, name
        elif name in ("turn:desk", "host:meridian.example"):
            assert 0 < left <= 60
        else:
            assert 6 * DAY < left <= 60 * DAY or (name.startswith("passages") and 2 * DAY < left <= 3 * DAY), name


async def test_the_layout_describes_every_key(on_redis: RedisStore, client: Client, layout: Layout) -> None:
    await everything(on_redis)
    assert described.__doc__
    rows = re.findall(r"^    ([a-z][\w:<>, ]*?) +(zset|hash|string|list|stream) ", described.__doc__, re.MULTILINE)
    shapes = {
        re.compile(layout.prefix + re.sub(r"<\w+>", "[^:]+", name)): kind
        for names, kind in rows
        for name in names.split(", ")
    }
    found = set()
    for key in await keys(client):
        (shape,) = [shape for shape in shapes if shape.fullmatch(key)]
        assert await client.type(key) == shapes[shape]
        found.add(shape)
    assert found == shapes.keys(), "every row of the table stands for keys that exist"


async def test_lists_of_the_past_are_capped(redis_server: RedisServer, client: Client) -> None:
    store = redis_server.store(Layout(most_dead=3, most_steps=5))
    for number in range(20):
        await store.put([a_delivery(str(number))])
        taken = await store.take("desk", NOON, LEASE)
        assert taken
        await store.give_up(taken, NOON + number, "refused " * 1000)
    dead = await store.dead(100)
    assert [letter.delivery.id for letter in dead] == ["19", "18", "17"]
    assert len(dead[0].reason) == 500
    assert len(await store.steps("desk", "alert-1")) == 5
    assert await client.hget("ww:delivery:16", "blob") is None
    assert await client.hget("ww:delivery:16", "state") == "dead"
    assert await client.ttl("ww:delivery:16") <= 7 * DAY
    await store.close()


async def test_a_sent_delivery_leaves_little_behind(on_redis: RedisStore, client: Client, layout: Layout) -> None:
    await on_redis.put([a_delivery("1")])
    taken = await on_redis.take("desk", NOON, LEASE)
    assert taken
    await on_redis.sent(taken, None, NOON)
    assert await keys(client) == [layout.prefix + name for name in ("channels", "delivery:1", "steps:desk:alert-1")]
    assert await client.hgetall(f"{layout.prefix}delivery:1") == {
        "state": "sent",
        "attempts": "1",
        "at": str(NOON),
        "channel": "desk",
        "reason": "",
    }
    assert 6 * DAY < await client.ttl(f"{layout.prefix}delivery:1") <= 7 * DAY


async def test_a_delivery_whose_time_ran_out_is_passed_over(
    on_redis: RedisStore, client: Client, layout: Layout
) -> None:
    await on_redis.put([a_delivery("gone"), a_delivery("there"), a_delivery("alone", "b")])
    await client.delete(f"{layout.prefix}delivery:gone", f"{layout.prefix}delivery:alone")
    taken = await on_redis.take("desk", NOON, LEASE)
    assert taken
    assert taken.delivery.id == "there"
    assert await on_redis.take("desk", NOON, LEASE) is None
    assert [backlog.waiting for backlog in await on_redis.backlog(["desk"])] == [1]


async def test_a_story_that_nobody_joined_lives_in_its_record(
    on_redis: RedisStore, client: Client, layout: Layout
) -> None:
    item = an_item(guid="one")
    assert await on_redis.commit(a_commit(item, clock=0, story=Story.opened_by(item, "s", NOON), keys=[1]), NOON)
    assert await client.exists(f"{layout.prefix}item:1")
    assert not await client.exists(f"{layout.prefix}story:s")
    await client.delete(f"{layout.prefix}item:1")
    assert await on_redis.story("s") is None
    joining = a_commit(an_item(guid="two"), clock=1, story=a_story("s", 2), keys=[2])
    assert not await on_redis.commit(joining, NOON), "what it would join is gone"


async def test_records_that_are_gone_are_passed_over(on_redis: RedisStore, client: Client, layout: Layout) -> None:
    await told(on_redis, "one", keys=[1], links=[2])
    await told(on_redis, "two", keys=[1], links=[2])
    await client.delete(f"{layout.prefix}item:2", f"{layout.prefix}story:one")
    near = await on_redis.neighbours(Fingerprint((1,), (2,)), NOON)
    assert [record.item.guid for record in (*near.records, *near.linked)] == ["one", "one"]
    assert (near.stories, near.clock) == ({}, 2)
    assert await on_redis.find("two") == ()


async def test_a_tally_is_kept_as_long_as_it_says_something(
    on_redis: RedisStore, client: Client, layout: Layout
) -> None:
    await told(on_redis, "one", tallies=[Tally("short", 1, (), 0.2), Tally("long", 1, (), 3600.5)])
    assert await client.ttl(f"{layout.prefix}tally:short") in (0, 1)
    assert await client.ttl(f"{layout.prefix}tally:long") in (3600, 3601)


async def test_a_tally_that_cannot_be_read_starts_afresh(on_redis: RedisStore, client: Client, layout: Layout) -> None:
    await client.set(f"{layout.prefix}tally:r", "41 rubbish")
    assert await on_redis.tallies(["r"]) == {"r": Tally("r", 41)}
    afresh = Tally("r", 42, (Mark("s", NOON),), 3600.0)
    await told(on_redis, "one", tallies=[afresh])
    assert await on_redis.tallies(["r"]) == {"r": afresh}


# ── Generations of the indexes ──────────────────────────────────────────────

SMALL = Index(width=4, keep=2 * DAY, span=DAY, fill=1, bits=1)
"""Two buckets for two items, then sixteen for sixteen, and so on."""


@pytest.fixture
async def small(redis_server: RedisServer) -> AsyncIterator[RedisStore]:
    store = redis_server.store(Layout(passages=SMALL))
    yield store
    await store.close()


async def generations(client: Client) -> list[tuple[int, int]]:
    """First item and power of two of the buckets, newest first."""
    lines = await client.lrange("ww:passages", 0, -1)
    return [(int(first), int(bits)) for first, bits, _ in (line.split() for line in lines)]


async def test_an_index_grows_with_the_news_and_finds_all(small: RedisStore, client: Client) -> None:
    for number in range(1, 160):
        await told(small, str(number), keys=[number, 1_000_000])
    assert await generations(client) == [(43, 7), (11, 5), (3, 3), (1, 1)]
    for number in (1, 2, 3, 10, 11, 42, 43, 159):
        near = await small.neighbours(Fingerprint((number,), ()), NOON)
        assert [record.item.guid for record in near.records] == [str(number)]


async def test_an_index_shrinks_when_there_is_less_news_and_forgets(small: RedisStore, client: Client) -> None:
    for number in range(1, 21):
        await told(small, str(number), keys=[number])
    await told(small, "next day", keys=[50], now=NOON + DAY)
    assert await generations(client) == [(21, 4), (11, 5), (3, 3), (1, 1)]
    await told(small, "after", keys=[60], now=NOON + 2 * DAY)
    assert await generations(client) == [(22, 1), (21, 4), (11, 5)], "those of the first day are over"
    await told(small, "much later", keys=[70], now=NOON + 10 * DAY)
    await told(small, "later still", keys=[80], now=NOON + 11 * DAY)
    assert await generations(client) == [(24, 1), (23, 1), (22, 1)], "one that may hold the last two days' items stays"


async def test_a_commit_is_refused_across_generations(small: RedisStore) -> None:
    before = await small.neighbours(Fingerprint((7,), ()), NOON)
    for number in range(1, 30):
        await told(small, str(number), keys=[7 if number == 1 else 1000 + number])
    late = a_commit(an_item(guid="late"), clock=before.clock, story=a_story("late"), keys=[7])
    assert not await small.commit(late, NOON)
    assert await small.commit(replace(late, clock=1), NOON)


async def test_buckets_stay_in_their_compact_form(redis_server: RedisServer, client: Client) -> None:
    store = redis_server.store(Layout())
    for number in range(1_000):
        await told(store, str(number), keys=range(number * 1_000_003, number * 1_000_003 + 41 * 7919, 7919))
    await store.close()
    buckets = await keys(client, "ww:passages:*")
    assert len(buckets) == 256 + 1024
    assert {await client.object("encoding", bucket) for bucket in buckets} == {"listpack"}


# ── A server in trouble ─────────────────────────────────────────────────────


async def test_a_server_that_is_away_says_so_and_nothing_is_lost(
    redis_server: RedisServer, on_redis: RedisStore
) -> None:
    await told(on_redis, "one", keys=[1], deliveries=[a_delivery("1")])
    redis_server.kill()
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await on_redis.ping()
    with pytest.raises(StoreUnavailable):
        await on_redis.take("desk", NOON, LEASE)
    with pytest.raises(StoreUnavailable):
        await on_redis.backlog(["desk"])
    redis_server.start()
    await on_redis.ping()
    taken = await on_redis.take("desk", NOON, LEASE)
    assert taken
    assert not taken.unsettled
    assert (await on_redis.neighbours(Fingerprint((1,), ()), NOON)).clock == 1


async def test_a_restart_between_two_calls_is_not_even_noticed(redis_server: RedisServer, on_redis: RedisStore) -> None:
    await asyncio.gather(*(on_redis.ping() for _ in range(10)))  # connections that will all be broken
    redis_server.kill()
    redis_server.start()
    await asyncio.gather(*(on_redis.put([a_delivery(str(number))]) for number in range(10)))
    assert (await on_redis.backlog(["desk"]))[0].waiting == 10


async def test_scripts_the_server_forgot_are_loaded_again(on_redis: RedisStore, client: Client) -> None:
    await on_redis.put([a_delivery("1")])
    await client.script_flush()
    assert await on_redis.put([a_delivery("2")]) == 1


async def test_a_full_server_takes_nothing_new_and_lets_go_of_what_it_has(on_redis: RedisStore, client: Client) -> None:
    await on_redis.put([a_delivery("1"), a_delivery("2")])
    taken = await on_redis.take("desk", NOON, LEASE)
    assert taken
    await client.config_set("maxmemory", "1mb")
    with pytest.raises(StoreUnavailable, match="full"):
        await told(on_redis, "one", keys=[1])
    assert await on_redis.sent(taken, Receipt("root"), NOON), "what was sent must not be sent again"
    await client.config_set("maxmemory", "0")
    assert await on_redis.find("one") == ()
    second = await on_redis.take("desk", NOON, LEASE)
    assert second
    assert second.root == Receipt("root")


async def test_a_server_that_takes_no_writes_is_away(on_redis: RedisStore, client: Client) -> None:
    await client.config_set("min-replicas-to-write", "1")
    with pytest.raises(StoreUnavailable, match="NOREPLICAS"):
        await on_redis.ping()
    await client.config_set("min-replicas-to-write", "0")
    await on_redis.ping()


# ── Bytes that say nothing ──────────────────────────────────────────────────


async def test_an_unreadable_feed_state_starts_afresh_and_stops_no_other(
    on_redis: RedisStore, client: Client, layout: Layout
) -> None:
    await on_redis.plan(["one", "two"], NOON)
    for claim in await on_redis.claim(NOON, 2, LEASE):
        await on_redis.finish(claim, replace(claim.state, last_success=NOON, next_poll=NOON))
    await client.hset(layout.prefix + "feed:two", "state", "garbage")
    assert set(await on_redis.feed_states(["one", "two"])) == {"one"}
    claims = {claim.state.id: claim for claim in await on_redis.claim(NOON, 2, LEASE)}
    assert (claims["one"].state.seeded, claims["two"].state) == (True, FeedState("two"))
    assert await on_redis.finish(claims["two"], replace(claims["two"].state, last_success=NOON))
    assert set(await on_redis.feed_states(["one", "two"])) == {"one", "two"}


async def test_an_unreadable_delivery_goes_to_the_dead_letters_by_its_id(
    on_redis: RedisStore, client: Client, layout: Layout
) -> None:
    await on_redis.put([a_delivery("1"), a_delivery("2")])
    await client.hset(layout.prefix + "delivery:1", "blob", "garbage")
    taken = await on_redis.take("desk", NOON, LEASE)
    assert taken
    assert taken.delivery.id == "2"
    assert [(letter.delivery.id, letter.reason) for letter in await on_redis.dead(10)] == [("1", "unreadable")]


async def test_an_unreadable_receipt_is_taken_for_none(on_redis: RedisStore, client: Client, layout: Layout) -> None:
    await on_redis.put([a_delivery("1"), a_delivery("2")])
    first = await on_redis.take("desk", NOON, LEASE)
    assert first
    await on_redis.sent(first, Receipt("root"), NOON)
    await client.set(f"{layout.prefix}receipt:desk:{first.delivery.lane}", "garbage")
    second = await on_redis.take("desk", NOON, LEASE)
    assert second
    assert second.root is None


# ── Calls cut off ───────────────────────────────────────────────────────────


async def test_calls_that_are_cancelled_leave_the_others_their_own_answers(on_redis: RedisStore) -> None:
    for number in range(1, 40):
        await told(on_redis, str(number), feed="a")

    async def guid_of(number: int) -> str:
        record = await on_redis.record(number)
        assert record
        return record.item.guid

    for step in range(30):
        calls = [asyncio.create_task(guid_of(number)) for number in range(1, 40)]
        for _ in range(step):
            await asyncio.sleep(0)
        for call in calls[::3]:
            call.cancel()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        for number, answer in enumerate(answers, 1):
            assert answer == str(number) or isinstance(answer, asyncio.CancelledError)


async def test_what_is_not_ours_is_an_error_of_the_store(on_redis: RedisStore, client: Client, layout: Layout) -> None:
    await client.set(f"{layout.prefix}item:1", b"\x01snot a record")
    with pytest.raises(StoreError, match="no Record"):
        await on_redis.record(1)
    await client.set(f"{layout.prefix}due", "not a sorted set")
    with pytest.raises(StoreError, match=r"refused.*WRONGTYPE"):
        await on_redis.plan(["a"], NOON)
