"""Feeds that lie, churn, restart and come back, polled from a real server into a real store: who hears of what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from monitor import pipeline, visit
from monitor.alerts.routes import Route
from monitor.channels.console import ConsoleConfig
from monitor.desk import Desk, InForce
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import AlertEvent, BadAnswer, Fate, Feed, FeedState, Kind, OpsEvent, Record
from monitor.observe.metrics import Metrics
from monitor.ports import Store
from monitor.rules import load
from monitor.store.memory import MemoryStore
from tests.ingest.documents import atom, rss
from tests.ingest.fetching import LOOPBACK
from tests.items import NOON
from tests.servers.hostile import HostileServer

HOUR, DAY = 3600.0, 86_400.0
RULES = load([], [("r.yaml", "rules: [{id: quake, query: quake}]")])


class Watched:
    """One feed on a server, polled a document at a time."""

    def __init__(
        self, feed: Feed, server: HostileServer, store: Store, fetcher: HttpFetcher, parser: ParserPool
    ) -> None:
        self.now = NOON
        self.feed = feed
        self.store = store
        self._server = server
        desk = Desk(
            {feed.id: feed},
            RULES,
            {"desk": ConsoleConfig(type="console"), "ops": ConsoleConfig(type="console")},
            (Route.model_validate({"to": "desk"}),),
            ("ops",),
            "",
        )
        self.line = pipeline.Line(fetcher, parser, store, InForce(desk), Metrics(), lambda: self.now, lambda: 0.0)

    async def polls(self, body: bytes, *, after: float = 300.0, status: int = 200) -> None:
        """Poll once, `after` seconds later, when this is what the server shows."""
        self.now += after
        self._server.set("/feed", body, status=status)
        await self.store.plan([self.feed.id], self.now)
        await self.store.poll_now([self.feed.id], self.now)
        (claim,) = await self.store.claim(self.now, 1, 15.0)
        await visit.poll(self.line, claim)

    async def shows(self, *items: str, after: float = 300.0) -> None:
        """Poll a document with these items, the newest first."""
        await self.polls(rss(*items), after=after)

    async def state(self) -> FeedState:
        return (await self.store.feed_states([self.feed.id]))[self.feed.id]

    async def alerted(self) -> list[str]:
        """What went to the desk since it was asked last: an event's kind, and a headline."""
        return [
            f"{event.kind}: {event.card.headline}"
            for event in await self._taken("desk")
            if isinstance(event, AlertEvent)
        ]

    async def told(self) -> list[str]:
        """What operators heard since they were asked last."""
        return [event.text for event in await self._taken("ops") if isinstance(event, OpsEvent)]

    async def record(self, needle: str) -> Record:
        """The newest record of an item, by guid or URL."""
        return (await self.store.find(needle))[0]

    async def _taken(self, channel: str) -> list[object]:
        events: list[object] = []
        while taken := await self.store.take(channel, self.now, 30.0):
            events.append(taken.delivery.event)
            await self.store.sent(taken, None, self.now)
        return events


@asynccontextmanager
async def watching(hostile: HostileServer, store: Store) -> AsyncIterator[Watched]:
    feed = Feed("meridian", hostile.url("/feed"), "Meridian", every=300.0)
    async with HttpFetcher("test", LOOPBACK) as fetcher, ParserPool() as parser:
        yield Watched(feed, hostile, store, fetcher, parser)


@pytest.fixture
async def watched(hostile: HostileServer, embedded_store: Store) -> AsyncIterator[Watched]:
    """A feed that nobody has polled yet."""
    async with watching(hostile, embedded_store) as watched:
        yield watched


@pytest.fixture
async def remembered(hostile: HostileServer) -> AsyncIterator[Watched]:
    """The same on a store that forgets as time goes by in the test."""
    async with watching(hostile, MemoryStore()) as watched:
        yield watched


def item(guid: str, title: str, body: str = "", *, link: str = "", published: str = "") -> str:
    """An item as its feed writes it."""
    date = f"<pubDate>{published}</pubDate>" if published else ""
    address = link or f"https://meridian.example/{guid}"
    return (
        f"<guid isPermaLink='false'>{guid}</guid><link>{address}</link><title>{title}</title>"
        f"<description>{body or title + '. More to come.'}</description>{date}"
    )


OLD = item("old", "Harbour reopens after storm")
QUAKE = item("quake", "Strong quake shakes Herat", "Houses of clay collapsed before dawn, officials said.")

# ── What is no feed ─────────────────────────────────────────────────────────


async def test_what_came_in_place_of_a_feed_is_kept(watched: Watched) -> None:
    await watched.shows(OLD)
    assert await watched.store.last_bad("meridian") is None
    page = b"<!doctype html><title>Just a moment...</title>" + b"." * 20_000
    await watched.polls(page)
    assert await watched.store.last_bad("meridian") == BadAnswer(
        at=watched.now,
        reason="an HTML page titled “Just a moment...”",
        status=200,
        url=watched.feed.url,
        content_type="application/rss+xml",
        body=page[:16_384],
        cut=True,
    )
    blocked = b'{"error": "key expired"}'
    await watched.polls(blocked, status=403)
    kept = await watched.store.last_bad("meridian")
    assert kept is not None
    assert (kept.status, kept.reason, kept.body) == (403, "HTTP 403 Forbidden: “key expired”", blocked)
    assert (await watched.state()).error == kept.reason


# ── Items that are no news ──────────────────────────────────────────────────

NAMES = ("Ash", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel")
BODIES = {
    name: f"A quake of {number}.4 was felt in {name} before dawn, its mayor {name}son said."
    for number, name in enumerate(NAMES, 1)
}


def quakes(ids: str = "", *, names: tuple[str, ...] = NAMES, link: str = "/{}", body: str = "{}") -> list[str]:
    """Items, each of which the rule matches, the newest first."""
    return [
        item(f"{ids}{name}", f"Quake felt in {name}", body.format(BODIES[name]), link=BASE + link.format(name))
        for name in names
    ]


BASE = "https://meridian.example"


async def test_a_first_poll_and_a_changed_address_alert_nobody(watched: Watched, hostile: HostileServer) -> None:
    await watched.shows(*quakes())
    assert await watched.alerted() == []
    watched.feed = replace(watched.feed, url=hostile.url("/moved"))
    watched.line.in_force.desk = replace(watched.line.in_force.desk, feeds={watched.feed.id: watched.feed})
    hostile.set("/moved", rss(*quakes("moved-", link="/moved/{}"), QUAKE))
    await watched.polls(b"not asked for")
    assert await watched.alerted() == []
    assert (await watched.record("quake")).outcome.fate is Fate.SEEDED


async def test_ids_that_change_overnight_are_one_warning_and_no_alert(watched: Watched) -> None:
    await watched.shows(OLD)
    await watched.shows(*quakes("a-"))
    assert len(await watched.alerted()) == len(NAMES)
    await watched.shows(QUAKE, *quakes("b-"))
    assert await watched.alerted() == ["raised: Strong quake shakes Herat"]
    (warning,) = await watched.told()
    assert warning.startswith("gave most of its items other ids, though their texts are known")
    assert (await watched.record("b-Ash")).outcome.fate is Fate.REPEATED


async def test_what_has_left_the_archive_is_known_by_its_text(remembered: Watched) -> None:
    await remembered.shows(OLD)
    await remembered.shows(*quakes("a-"))
    await remembered.alerted()
    for day in range(8):
        await remembered.shows(item(f"day {day}", f"Fair weather on day {day}"), *quakes("a-"), after=DAY)
    assert await remembered.store.find(f"{BASE}/Ash") == ()
    await remembered.told()
    await remembered.shows(*quakes("b-"))
    assert await remembered.alerted() == []


async def test_ids_that_change_again_and_again_are_believed_no_longer(watched: Watched) -> None:
    for document in range(4):
        await watched.shows(*quakes(f"{document}-"))
    (warning,) = await watched.told()
    assert "other ids" in warning
    known = (await watched.record(f"{BASE}/Ash")).item
    await watched.shows(QUAKE, *quakes("5-"))
    assert await watched.alerted() == ["raised: Strong quake shakes Herat"]
    assert (await watched.record(f"{BASE}/Ash")).item == known, "not taken in again"
    edited = item("6-Ash", "Quake felt in Ash", f"CORRECTED: {BODIES['Ash'].replace('1.4', '6.4')}", link=f"{BASE}/Ash")
    await watched.shows(edited, QUAKE, *quakes("6-", names=NAMES[1:]))
    assert (await watched.record(f"{BASE}/Ash")).item.key == known.key


async def test_links_that_change_too_leave_the_headline(watched: Watched) -> None:
    for document in range(6):
        await watched.shows(*quakes(f"{document}-", link="/{}" + f"?session={document}"))
    assert (await watched.state()).habits.distrusted == 2
    known = (await watched.record(f"{BASE}/Ash?session=5")).item
    await watched.shows(QUAKE, *quakes("6-", link="/{}?session=6"))
    assert await watched.alerted() == ["raised: Strong quake shakes Herat"]
    assert len(await watched.told()) == 1
    assert (await watched.store.find(f"{BASE}/Ash?session=6")) == ()
    assert (await watched.record(f"{BASE}/Ash?session=5")).item == known


async def test_a_busy_feed_that_shows_nothing_known_is_believed(watched: Watched) -> None:
    await watched.shows(OLD)
    await watched.shows(*quakes(names=NAMES[:6]))
    assert len(await watched.alerted()) == 6
    await watched.shows(*quakes("new-", names=NAMES[6:]), QUAKE)
    assert len(await watched.alerted()) == 3
    assert await watched.told() == []


async def test_items_that_share_an_id_stay_apart_when_one_is_left(watched: Watched) -> None:
    one, other = (
        item("same", f"Quake {number}", f"It shook {number * 3}.", link=f"{BASE}/{number}") for number in "12"
    )
    await watched.shows(OLD)
    await watched.shows(one, other)
    assert sorted(await watched.alerted()) == ["raised: Quake 1", "raised: Quake 2"]
    await watched.shows(other.replace("It shook", "Correction: it shook"))
    assert await watched.alerted() == ["corrected: Quake 2"]
    third = item("same", "Quake 3", "It shook 333.", link=f"{BASE}/3")
    await watched.shows(third)
    assert await watched.alerted() == ["raised: Quake 3"]


async def test_an_item_that_vanished_and_returns_is_known(remembered: Watched) -> None:
    await remembered.shows(OLD)
    await remembered.shows(QUAKE, OLD)
    assert len(await remembered.alerted()) == 1
    for day in range(25):
        await remembered.shows(item(f"day {day}", f"Rain on day {day}"), OLD, after=DAY)
    await remembered.shows(QUAKE, OLD)
    assert await remembered.alerted() == []


async def test_what_a_feed_says_it_deleted_is_withdrawn_once(watched: Watched) -> None:
    def entry(guid: str, title: str) -> str:
        body = f"<summary>{title}, officials said.</summary>"
        return f"<title>{title}</title><id>{guid}</id><link href='https://meridian.example/{guid}'/>{body}"

    grave = "<at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0' ref='{}' when='2022-03-30T12:00:00Z'/>"
    quake, port = entry("tag:quake", "Strong quake shakes Herat"), entry("tag:port", "Harbour reopens")
    await watched.polls(atom(port))
    await watched.polls(atom(quake, port))
    assert await watched.alerted() == ["raised: Strong quake shakes Herat"]
    graves = grave.format("tag:quake") + grave.format("tag:never-seen") + grave.format("tag:port")
    await watched.polls(atom(port, head=graves))
    assert await watched.alerted() == ["withdrawn: Strong quake shakes Herat"]
    assert (await watched.record("tag:port")).item.wire.kind is Kind.NEWS, "it is shown, whatever is said of it"
    await watched.polls(atom(entry("tag:rain", "Rain ahead"), port, head=graves))
    assert await watched.alerted() == []


# ── Dates ───────────────────────────────────────────────────────────────────

DATES = [
    # dates of items known, of the new one; whether it alerts
    pytest.param("30 Mar 2022 12:00", "30 Mar 2022 12:00", True, id="equal"),
    pytest.param("30 Mar 2022 12:00", "29 Mar 2022 20:00", True, id="older by hours"),
    pytest.param("30 Mar 2022 12:00", "20 Mar 2022 12:00", False, id="older by days"),
    pytest.param("30 Mar 2022 12:00", "1 Jan 2931 12:00", True, id="far in the future"),
    pytest.param("30 Mar 2022 12:00", "", True, id="none"),
    pytest.param("20 Mar 2022 12:00", "20 Mar 2022 12:00", True, id="standing still"),
    pytest.param("1 Jan 2931 12:00", "30 Mar 2022 12:00", True, id="after a date in the future"),
    pytest.param("", "20 Mar 2022 12:00", True, id="the first that has one"),
]


@pytest.mark.parametrize(("known", "new", "alerts"), DATES)
async def test_only_what_is_older_than_its_feed_and_our_last_look_is_backfill(
    watched: Watched, known: str, new: str, alerts: bool
) -> None:
    await watched.shows(item("old", "Harbour reopens", published=known and f"{known}:00 GMT"))
    await watched.shows(item("new", "Strong quake shakes Herat", published=new and f"{new}:00 GMT"))
    assert await watched.alerted() == ["raised: Strong quake shakes Herat"] * alerts
    if not alerts:
        assert (await watched.record("new")).outcome.reason.endswith("before its feed was last read: backfill")


async def test_a_correction_of_something_old_is_no_backfill(watched: Watched) -> None:
    await watched.shows(item("old", "Harbour reopens", published="30 Mar 2022 12:00:00 GMT"))
    await watched.shows(item("c", "CORRECTED-Strong quake shakes Herat", published="20 Mar 2022 12:00:00 GMT"))
    assert len(await watched.alerted()) == 1


# ── Texts that do not keep still ────────────────────────────────────────────


async def test_lines_that_count_are_learnt_and_overlooked(watched: Watched) -> None:
    await watched.shows(*quakes(body="{} Readers so far: 0."))
    for count in range(1, 4):
        await watched.shows(*quakes(body=f"{{}} Readers so far: {count * 17}."))
    assert len((await watched.state()).habits.restless) == 1
    records = await watched.store.find(f"{BASE}/Ash")
    for count in range(4, 7):
        await watched.shows(*quakes(body=f"{{}} Readers so far: {count * 17}."))
    assert await watched.store.find(f"{BASE}/Ash") == records
    await watched.shows(*quakes(body="{} Eight died. Readers so far: 7."))
    assert len(await watched.store.find(f"{BASE}/Ash")) == len(records) + 1
    assert await watched.told() == []


async def test_a_feed_that_changes_everything_each_time_is_quiet_and_told_of_once(watched: Watched) -> None:
    await watched.shows(OLD)
    await watched.shows(*quakes(body="0 {}"))
    assert len(await watched.alerted()) == len(NAMES)
    for count in range(1, 8):
        await watched.shows(*quakes(body="w" * count + " {}"))
        await watched.alerted() if count < 3 else None
    assert await watched.alerted() == []
    (warning,) = await watched.told()
    assert warning.startswith("changes most of its items at every poll")
    assert (await watched.record("Ash")).outcome == pipeline.RESTLESS
    killed = item("Ash", "STORY WITHDRAWN - Quake felt in Ash", BODIES["Ash"], link=f"{BASE}/Ash")
    await watched.shows(killed, *quakes(names=NAMES[1:], body="x {}"))
    assert [kind.partition(":")[0] for kind in await watched.alerted()] == ["withdrawn"]


async def test_an_item_changes_so_many_times_and_then_only_when_its_desk_says_so(watched: Watched) -> None:
    await watched.shows(OLD)
    for count in range(pipeline.MOST_CHANGES + 3):
        await watched.shows(
            item("quake", "Strong quake shakes Herat", f"{count + 12} people died there, officials said.")
        )
    await watched.alerted()
    assert (await watched.record("quake")).outcome == pipeline.WORN
    await watched.shows(item("quake", "CORRECTED-Strong quake shakes Herat", "9 people died there, officials said."))
    assert await watched.alerted() == ["corrected: Strong quake shakes Herat"]
