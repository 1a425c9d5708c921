"""What was seen and the stories it made, the same on every store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from monitor.model import (
    Alert,
    AlertStatus,
    Card,
    Carrier,
    Excerpt,
    Fate,
    Field,
    Fingerprint,
    Hit,
    Kind,
    Match,
    Outcome,
    Record,
    Relation,
    Severity,
    Span,
    Story,
)
from monitor.ports import Commit, Neighbours, Seen, Store
from monitor.store.layout import DAY, LAYOUT
from tests.items import NOON, an_item
from tests.store.made import a_commit, a_delivery, a_record, a_story, told

HOUR = 3600.0
A, B, C, D, E, F = range(1, 7)
"""Passages."""


async def near(store: Store, *keys: int, links: Sequence[int] = (), now: float = NOON) -> Neighbours:
    return await store.neighbours(Fingerprint(keys, tuple(links)), now)


def guids(records: Sequence[Record]) -> list[str]:
    return [record.item.guid for record in records]


# ── Committing ──────────────────────────────────────────────────────────────


async def test_an_empty_store_knows_nothing(store: Store) -> None:
    assert await near(store, A, links=[A]) == Neighbours((), (), {}, 0)
    assert await store.seen("meridian", ["k"]) == {}
    assert await store.seen("meridian", []) == {}
    assert await store.record(1) is None
    assert await store.story("s") is None
    assert await store.find("https://meridian.example/1") == ()


async def test_a_commit_is_known_from_every_side(store: Store) -> None:
    record = await told(store, "one", keys=[A, B], links=[C], story="s")
    item = record.item
    assert await store.seen("meridian", [item.key, "other"]) == {item.key: Seen(item.revision, 1)}
    assert await store.record(1) == record
    assert await store.story("s") == a_story("s")
    assert await near(store, B, links=[C]) == Neighbours((record,), (record,), {"s": a_story("s")}, 1)


async def test_every_field_of_a_record_and_a_story_comes_back(store: Store) -> None:
    item = replace(
        an_item(
            "CORRECTED-Лавров: 拉夫罗夫 «мир»", "Текст \U0001f5de\nlavrov", kind=Kind.CORRECTION, note="corrects §2"
        ),
        author="By Ä. Ö.",
        categories=("World", "Asia"),
        published=None,
        updated=NOON + 0.25,
    )
    match = Match(
        "world-order", Severity.FLASH, ("a", "b"), (Hit("r", Field.BODY, 8, 14, "lavrov", "lavrov"),), "World"
    )
    record = Record(
        item, "s", Relation.DERIVED, "shares 31 %", (match,), Outcome(Fate.CORRECTED, "told all"), ("alert-1",)
    )
    card = Card(
        headline=item.headline,
        url=item.url,
        source=item.source,
        published=None,
        seen_at=NOON,
        severity=Severity.HIGH,
        kind=Kind.CORRECTION,
        status=AlertStatus.CORRECTED,
        rules=("World order",),
        spellings=("lavrov",),
        excerpts=(Excerpt(Field.BODY, "… lavrov", (Span(2, 8),)),),
        note="was: ≠",
    )
    alert = Alert("alert-1", "desk", ("world-order",), Severity.HIGH, item.key, 3, NOON, card)
    carrier = Carrier(item.key, item.source, item.url, item.title, Relation.COPY, NOON)
    story = Story("s", 1, NOON, NOON + 1, item.headline, (carrier,), (alert,), AlertStatus.HELD, 4)
    assert await store.commit(replace(a_commit(item, clock=0, story=story, keys=[A]), record=record), NOON)
    assert await store.record(1) == record
    assert await store.story("s") == story


OVERTAKEN: Mapping[str, Callable[[Commit], Commit]] = {
    "the item was new and is known by now": lambda commit: replace(commit, record=a_record(an_item(guid="one"), "new")),
    "the item was revised again": lambda commit: replace(
        commit, record=a_record(an_item(guid="one"), "new"), seen=Seen("older", 0)
    ),
    "the item is not known any more": lambda commit: replace(commit, seen=Seen("forgotten", 1)),
    "the story grew": lambda commit: replace(commit, story=a_story("s", 1)),
    "the story is not what was read": lambda commit: replace(commit, story=a_story("s", 3)),
    "the story is gone": lambda commit: replace(commit, story=a_story("gone", 2)),
    "a newer item shares a passage": lambda commit: replace(commit, fingerprint=Fingerprint((D, B), ()), clock=0),
    "a newer item shares a link": lambda commit: replace(commit, fingerprint=Fingerprint((), (D, C)), clock=0),
}


@pytest.mark.parametrize("change", OVERTAKEN.values(), ids=OVERTAKEN.keys())
async def test_an_overtaken_commit_writes_nothing(store: Store, change: Callable[[Commit], Commit]) -> None:
    await told(store, "one", keys=[A, B], links=[C], story="s", deliveries=[a_delivery("first")])
    sound = a_commit(
        an_item(guid="two"), clock=1, story=a_story("new"), keys=[E], links=[F], deliveries=[a_delivery("second")]
    )
    overtaken = change(sound)
    assert not await store.commit(overtaken, NOON)
    assert (await near(store, E, links=[F])) == Neighbours((), (), {}, 1)
    assert (await store.seen("meridian", [sound.record.item.key])) == {}
    assert await store.story("new") is None
    assert (await store.backlog(["desk"]))[0].waiting == 1
    assert await store.commit(sound, NOON), "the same, decided on what is so, goes through"


async def test_a_story_that_nobody_joined_is_known_like_any_other(store: Store) -> None:
    item, other = an_item(guid="one"), an_item(guid="two")
    story = Story.opened_by(item, "s", NOON)
    opening = a_commit(item, clock=0, story=story, keys=[A], links=[B])
    assert await store.commit(opening, NOON)
    assert await store.story("s") == story
    assert await near(store, A) == Neighbours((opening.record,), (), {"s": story}, 1)
    assert (await near(store, D, links=[B])).stories == {"s": story}
    for version, joins in ((1, False), (3, False), (2, True)):
        joined = a_commit(other, clock=1, story=a_story("s", version), keys=[A])
        assert await store.commit(joined, NOON) is joins
    assert await store.story("s") == a_story("s", 2)
    assert (await near(store, A, links=[B])).stories == {"s": a_story("s", 2)}
    assert guids(await store.find("two")) == ["two"]


async def test_older_items_with_the_same_passages_do_not_refuse_a_commit(store: Store) -> None:
    await told(store, "one", keys=[A], links=[B])
    await told(store, "two", keys=[A], links=[B])
    assert guids((await near(store, A)).records) == ["two", "one"]


async def test_a_revision_gets_a_number_of_its_own_and_the_older_record_stays(store: Store) -> None:
    await told(store, "one", keys=[A], story="s")
    item = replace(an_item("CORRECTED-Title", guid="one"), revision="second")
    seen = (await store.seen("meridian", [item.key]))[item.key]
    assert await store.commit(a_commit(item, clock=1, story=a_story("s", 2), keys=[A], seen=seen), NOON)
    assert await store.seen("meridian", [item.key]) == {item.key: Seen("second", 2)}
    before, after = await store.record(1), await store.record(2)
    assert before is not None
    assert after is not None
    assert (before.item.title, after.item.title) == ("Title of one", "CORRECTED-Title")


async def test_a_commit_queues_its_deliveries_and_no_known_one_twice(store: Store) -> None:
    await store.put([a_delivery("known")])
    await told(
        store, "one", deliveries=[a_delivery("known"), a_delivery("new", "alert-2"), a_delivery("far", channel="x")]
    )
    assert [(backlog.channel, backlog.waiting) for backlog in await store.backlog(["desk", "x"])] == [
        ("desk", 2),
        ("x", 1),
    ]


async def test_racing_copies_make_one_story(store: Store) -> None:
    """Eight outlets tell the same text at one moment; each reads, decides, commits, and again when overtaken."""

    async def tell(outlet: str) -> int:
        tries = 0
        while True:
            tries += 1
            found = await near(store, A, B, C)
            known = next(iter(found.stories.values()), None)
            story = a_story(known.id, known.version + 1) if known else a_story(outlet)
            item = an_item(guid="text", feed=outlet)
            if await store.commit(a_commit(item, clock=found.clock, story=story, keys=[A, B, C]), NOON):
                return tries

    tries = await asyncio.gather(*(tell(f"outlet-{number}") for number in range(8)))
    found = await near(store, A, B, C)
    (story,) = found.stories.values()
    assert story.version == 8
    assert found.clock == 8
    assert sum(tries) >= 8


# ── Neighbours ──────────────────────────────────────────────────────────────


async def test_records_come_by_how_much_they_share(store: Store) -> None:
    await told(store, "three", keys=[A, B, C])
    await told(store, "one", keys=[A])
    await told(store, "two", keys=[A, B])
    await told(store, "none", keys=[F])
    assert guids((await near(store, A, B, C)).records) == ["three", "two", "one"]


async def test_a_rare_passage_weighs_more_than_common_ones(store: Store) -> None:
    for number in range(6):
        await told(store, f"template {number}", keys=[A, B])
    await told(store, "rare", keys=[C])
    assert guids((await near(store, A, B, C)).records)[0] == "rare"


async def test_at_most_eight_records_newest_first_among_equals(store: Store) -> None:
    for number in range(12):
        await told(store, str(number), keys=[A])
    assert guids((await near(store, A)).records) == ["11", "10", "9", "8", "7", "6", "5", "4"]


async def test_copies_of_one_story_leave_room_for_others(store: Store) -> None:
    await told(store, "other", keys=[A])
    for number in range(10):
        await told(store, f"copy {number}", keys=[A, B], story="s")
    found = await near(store, A, B)
    assert guids(found.records) == ["copy 9", "copy 8", "copy 7", "other"]
    assert set(found.stories) == {"s", "other"}


async def test_the_thirtieth_copy_still_finds_its_story(store: Store) -> None:
    for number in range(29):
        await told(store, str(number), keys=[A, B, C], story="s")
    found = await near(store, A, B, C)
    assert found.stories["s"].version == 29
    assert guids(found.records) == ["28", "27", "26"]


async def test_passages_are_found_for_two_days(store: Store) -> None:
    await told(store, "old", keys=[A])
    await told(store, "next day", keys=[B], now=NOON + 25 * HOUR)
    assert guids((await near(store, A, now=NOON + 47.9 * HOUR)).records) == ["old"]
    await told(store, "last", keys=[C], now=NOON + 50 * HOUR)
    assert guids((await near(store, A, now=NOON + 76 * HOUR)).records) == []
    assert guids((await near(store, C, now=NOON + 76 * HOUR)).records) == ["last"]


async def test_links_are_found_for_longer_newest_first(store: Store) -> None:
    await told(store, "old", keys=[A], links=[C])
    await told(store, "next day", keys=[B], links=[C, D], now=NOON + 25 * HOUR)
    found = await near(store, A, links=[C, D], now=NOON + 6 * DAY)
    assert guids(found.records) == []
    assert guids(found.linked) == ["next day", "old"]
    assert set(found.stories) == {"next day", "old"}


async def test_no_more_than_the_newest_linked_records(store: Store) -> None:
    for number in range(20):
        await told(store, str(number), links=[A])
    assert guids((await near(store, links=[A])).linked) == [str(number) for number in range(19, 3, -1)]


async def test_passages_and_links_are_told_apart_and_repeats_count_once(store: Store) -> None:
    await told(store, "one", keys=[A, A, B], links=[C, C])
    await told(store, "two", keys=[A])
    assert guids((await near(store, C, links=[A])).records) == []
    assert guids((await near(store, A, A, links=[C, C])).records) == ["two", "one"]
    assert guids((await near(store, links=[C, C])).linked) == ["one"]


@pytest.mark.parametrize(
    "keys", [(0,), (2**32 - 1,), (255, 256, 65_535, 65_536, 2**24)], ids=["least", "largest", "byte borders"]
)
async def test_hashes_of_any_value_are_found(store: Store, keys: tuple[int, ...]) -> None:
    links = [2**64 - 1 - key for key in keys]
    await told(store, "one", keys=keys, links=links)
    for key, link in zip(keys, links, strict=True):
        found = await near(store, key, links=[link])
        assert (guids(found.records), guids(found.linked)) == (["one"], ["one"])


# ── Seen ────────────────────────────────────────────────────────────────────


async def test_feeds_do_not_share_what_was_seen(store: Store) -> None:
    record = await told(store, "one")
    assert await store.seen("other", [record.item.key]) == {}


async def test_the_texts_of_a_feed_are_known_by_their_last_revisions(store: Store) -> None:
    one, two = await told(store, "1"), await told(store, "2")
    await told(store, "3", feed="harbour")
    edited = an_item("Title of 2, edited", guid="2")
    seen = (await store.seen("meridian", [edited.key]))[edited.key]
    clock = (await near(store)).clock
    assert await store.commit(a_commit(edited, clock=clock, story=a_story("2", 2), seen=seen), NOON)
    assert two.item.revision != edited.revision
    assert await store.texts("meridian") == {one.item.revision, edited.revision}
    assert await store.texts("nobody") == frozenset()


async def test_what_a_feed_still_shows_is_remembered_and_the_rest_forgotten_after_thirty_days(store: Store) -> None:
    shown, gone = (await told(store, "shown")).item.key, (await told(store, "gone")).item.key
    for day in (10, 29):
        await store.still_there("meridian", [shown], NOON + day * DAY, 1)
        assert (await store.seen("meridian", [shown, gone])).keys() == {shown, gone}
    await store.still_there("meridian", [shown, "never committed"], NOON + 30 * DAY, 2)
    assert (await store.seen("meridian", [shown, gone, "never committed"])).keys() == {shown}


async def test_a_revision_survives_being_shown_again(store: Store) -> None:
    item = replace(an_item(guid="one"), revision="a revision with spaces")
    assert await store.commit(a_commit(item, clock=0, story=a_story("s")), NOON)
    await store.still_there("meridian", [item.key], NOON + DAY, 1)
    assert await store.seen("meridian", [item.key]) == {item.key: Seen("a revision with spaces", 1)}


@pytest.mark.slow
async def test_a_feed_with_ever_new_ids_loses_its_oldest_items_but_none_that_it_shows(store: Store) -> None:
    keys = [(await told(store, str(number))).item.key for number in range(LAYOUT.most_seen(1) + 30)]
    await store.still_there("meridian", keys[:1], NOON, len(keys))  # one of all that it shows
    assert (await store.seen("meridian", keys)).keys() == {*keys}
    await store.still_there("meridian", keys[:1], NOON, 1)
    known = await store.seen("meridian", keys)
    assert known.keys() == {keys[0], *keys[31:]}


# ── Find ────────────────────────────────────────────────────────────────────


async def test_an_item_is_found_by_key_address_and_guid_newest_first(store: Store) -> None:
    await told(store, "urn:one")
    other = await told(store, "urn:one", feed="harbor")
    first = await store.record(1)
    assert first is not None
    assert await store.find(first.item.key) == (first,)
    assert await store.find(first.item.url) == (first,)
    assert await store.find("urn:one") == (other, first)
    assert await store.find("urn:two") == ()


async def test_an_item_whose_guid_is_its_address_is_found_once(store: Store) -> None:
    item = replace(an_item(guid="https://meridian.example/x"), url="https://meridian.example/x")
    assert await store.commit(a_commit(item, clock=0, story=a_story("s")), NOON)
    assert guids(await store.find(item.url)) == [item.guid]
