"""Commits and deliveries for tests, made from the few facts that a test is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.model import (
    Alert,
    AlertStatus,
    Card,
    Carrier,
    Delivery,
    Event,
    Fate,
    Fingerprint,
    Hold,
    HoldReason,
    Item,
    Kind,
    OpsEvent,
    Outcome,
    Record,
    Relation,
    Severity,
    Story,
    Tally,
)
from monitor.ports import Commit, Seen, Store
from tests.items import NOON, an_item

AN_ALERT = Alert(
    id="alert-1",
    channel="desk",
    rules=("world-order",),
    severity=Severity.HIGH,
    item="k",
    revision=1,
    raised_at=NOON,
    card=Card(
        headline="Ministers meet",
        url="https://meridian.example/1",
        source="Meridian",
        published=None,
        seen_at=NOON,
        severity=Severity.HIGH,
        kind=Kind.NEWS,
        status=AlertStatus.LIVE,
        rules=("World order",),
        spellings=(),
        excerpts=(),
    ),
)


def a_story(story_id: str, version: int = 1, *, at: float = NOON) -> Story:
    return Story(
        id=story_id,
        version=version,
        opened_at=NOON,
        last_at=at,
        headline="Ministers meet",
        carriers=(Carrier("k", "Meridian", "https://meridian.example/1", "Ministers meet", Relation.NEW, NOON),)
        * version,
    )


def a_record(item: Item, story_id: str) -> Record:
    return Record(item, story_id, Relation.NEW, "nothing like it", (), Outcome(Fate.UNMATCHED, "no rule asked for it"))


def a_commit(
    item: Item,
    *,
    clock: int,
    story: Story,
    keys: Sequence[int] = (),
    links: Sequence[int] = (),
    seen: Seen | None = None,
    deliveries: Sequence[Delivery] = (),
    tallies: Sequence[Tally] = (),
    lifted: Sequence[Delivery] = (),
) -> Commit:
    return Commit(
        record=a_record(item, story.id),
        fingerprint=Fingerprint(tuple(keys), tuple(links)),
        story=story,
        seen=seen,
        clock=clock,
        deliveries=tuple(deliveries),
        tallies=tuple(tallies),
        lifted=tuple(lifted),
    )


async def told(
    store: Store,
    guid: str,
    *,
    keys: Sequence[int] = (),
    links: Sequence[int] = (),
    story: str = "",
    now: float = NOON,
    feed: str = "meridian",
    deliveries: Sequence[Delivery] = (),
    tallies: Sequence[Tally] = (),
    alerts: Sequence[str] = (),
    of_story: Sequence[Alert] = (),
) -> Record:
    """Commit an item as the line does: read, decide, commit. It joins `story` (default: one of its own)."""
    item = an_item(f"Title of {guid}", guid=guid, feed=feed, seen_at=now)
    near = await store.neighbours(Fingerprint(tuple(keys), tuple(links)), now)
    known = await store.story(story or guid)
    after = a_story(story or guid, known.version + 1 if known else 1, at=now)
    after = replace(after, alerts=tuple(of_story))
    seen = (await store.seen(feed, [item.key])).get(item.key)
    commit = a_commit(
        item,
        clock=near.clock,
        story=after,
        keys=keys,
        links=links,
        seen=seen,
        deliveries=deliveries,
        tallies=tallies,
    )
    commit = replace(commit, record=replace(commit.record, alerts=tuple(alerts)))
    assert await store.commit(commit, now)
    return commit.record


def a_delivery(
    delivery_id: str,
    lane: str = "alert-1",
    channel: str = "desk",
    *,
    at: float = NOON,
    not_before: float = 0.0,
    event: Event | None = None,
    hold: Hold | None = None,
    gathers: bool = False,
) -> Delivery:
    said = event or OpsEvent(at, "feed meridian", "is silent")
    return Delivery(delivery_id, lane, channel, said, at, not_before, hold, gathers)


def a_hold(hold_id: str = "morning", until: float = NOON + 3600, channel: str = "desk") -> Hold:
    return Hold(hold_id, channel, HoldReason.QUIET, until)
