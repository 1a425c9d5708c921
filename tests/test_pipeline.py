"""Items from seen to committed: what a feed may do to its own items, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor import pipeline, rules, visit
from monitor.alerts.amending import OVER
from monitor.alerts.routes import Route
from monitor.alerts.silences import matcher, silence
from monitor.amending import close_idle
from monitor.channels.console import ConsoleConfig
from monitor.desk import Desk, InForce
from monitor.ingest import arrivals
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import (
    AlertEvent,
    EventKind,
    Fate,
    Feed,
    FeedState,
    Item,
    Kind,
    OpsEvent,
    Record,
    Relation,
    Span,
    digest,
)
from monitor.observe.metrics import Metrics
from monitor.ports import Store
from monitor.rules.match import Search
from monitor.rules.ruleset import Ready
from monitor.store.memory import MemoryStore
from monitor.visit import Intake
from tests.ingest.documents import ninjs, read
from tests.ingest.fetching import LOOPBACK
from tests.items import NOON, an_item
from tests.servers.hostile import HostileServer

FEED = Feed("meridian", "https://meridian.example/feed", "Meridian", every=300.0)
KNOWN = FeedState("meridian", last_success=NOON - 300, configured_url=FEED.url)
RULES = rules.load([], [("r.yaml", "rules: [{id: envoy, query: 'Lavrov OR embassy'}, {id: quake, query: quake}]")])
DESK = Desk(
    {FEED.id: FEED}, RULES, {"desk": ConsoleConfig(type="console")}, (Route.model_validate({"to": "desk"}),), (), ""
)
OPENED = an_item("Lavrov opens embassy in Tunis", "The minister cut a ribbon on Tuesday before two hundred guests.")


class Wire:
    """A feed taken in document by document on a memory store, a minute apart."""

    def __init__(self) -> None:
        self.now = NOON
        self.store = MemoryStore()
        self.line = pipeline.Line(
            HttpFetcher("test"), ParserPool(), self.store, InForce(DESK), Metrics(), lambda: self.now, lambda: 0.5
        )

    async def shows(self, *items: Item, state: FeedState = KNOWN, feed: Feed = FEED) -> int:
        self.now += 60
        shown = [replace(item, seen_at=self.now) for item in items]
        return (await visit.take_in(self.line, DESK, feed, state, shown)).new

    async def record(self, item: Item) -> Record:
        return (await self.store.find(item.key))[0]

    async def told(self) -> list[tuple[EventKind, str]]:
        """What goes out, taking it off the outbox."""
        events: list[tuple[EventKind, str]] = []
        while taken := await self.store.take("desk", self.now, 30.0):
            assert isinstance(taken.delivery.event, AlertEvent)
            events.append((taken.delivery.event.kind, taken.delivery.event.item.title))
            await self.store.sent(taken, None, self.now)
        return events


def again(item: Item, title: str, body: str = "", kind: Kind = Kind.NEWS) -> Item:
    """The same item with other words."""
    return an_item(title, body or item.body, guid=item.guid, kind=kind)


class Broken(Wire):
    """The same, with a rule whose regex was never compiled: it fails on every item."""

    def __init__(self) -> None:
        super().__init__()
        broken = Ready(rules.Rule("broken", "x"), Search(None, None, Span(0, 1)))
        with_it = rules.RuleSet([RULES.ready("envoy"), broken, RULES.ready("quake")], (), "hash")
        self.desk = replace(DESK, rules=with_it, ops=("ops",))
        self.line.in_force.desk = self.desk

    async def ops(self) -> list[OpsEvent]:
        told = []
        while taken := await self.store.take("ops", self.now, 30.0):
            assert isinstance(taken.delivery.event, OpsEvent)
            told.append(taken.delivery.event)
            await self.store.sent(taken, None, self.now)
        return told


async def test_a_rule_that_fails_is_disabled_and_told_once_and_the_others_go_on() -> None:
    wire = Broken()
    for guid in ("1", "2"):  # both by a poll that began before the rule failed
        item = an_item(f"Quake near the embassy, {guid}", f"It shook the town of {guid * 5}.", guid=guid)
        assert await visit.take_in(wire.line, wire.desk, FEED, KNOWN, [item]) == Intake(1, 0)
        assert [match.rule for match in (await wire.record(item)).matches] == ["envoy", "quake"]
    (told,) = await wire.ops()
    assert told.subject == "rule broken"
    assert "is disabled until the rules change: it failed on" in told.text
    assert "AttributeError" in told.text
    assert "broken" in wire.line.in_force.desk.rules.rules
    assert 'wirewatch_rule_failures_total{rule="broken"} 1.0' in wire.line.metrics.render().decode()


async def test_a_rule_that_fails_in_a_set_that_was_replaced_leaves_the_new_one_alone() -> None:
    wire = Broken()
    wire.line.in_force.desk = replace(wire.desk, hash="new")
    before = wire.line.in_force.desk
    assert await visit.take_in(wire.line, wire.desk, FEED, KNOWN, [OPENED]) == Intake(1, 0)
    assert [match.rule for match in (await wire.record(OPENED)).matches] == ["envoy"]
    assert wire.line.in_force.desk is before


async def test_an_item_is_taken_once() -> None:
    wire = Wire()
    assert await wire.shows(OPENED) == 1
    assert await wire.shows(OPENED) == 0
    assert await wire.told() == [(EventKind.RAISED, OPENED.title)]


async def test_a_first_poll_seeds_all_but_the_newest_that_may_alert() -> None:
    wire = Wire()
    feed = replace(FEED, backfill=1)
    items = [OPENED, an_item("Lavrov flies home", "His aircraft left at noon.", guid="2")]
    await visit.take_in(wire.line, DESK, feed, FeedState("meridian"), items)
    assert await wire.told() == [(EventKind.RAISED, "Lavrov flies home")]
    assert (await wire.record(OPENED)).outcome.fate is Fate.SEEDED


async def test_a_guid_used_again_is_another_piece_of_news() -> None:
    wire = Wire()
    await wire.shows(OPENED)
    quake = again(OPENED, "Strong quake shakes Herat", "Houses of clay collapsed before dawn; at least 12 people died.")
    await wire.shows(quake)
    assert [kind for kind, _ in await wire.told()] == [EventKind.RAISED, EventKind.RAISED]
    cup = again(OPENED, "Cup final ends in a draw", "Neither side scored in two hours of play at the stadium.")
    await wire.shows(cup)
    assert await wire.told() == []
    assert (await wire.record(cup)).outcome.fate is Fate.UNMATCHED


async def test_new_guids_for_the_same_texts_alert_nobody() -> None:
    wire = Wire()
    await wire.shows(OPENED, state=FeedState("meridian"))
    renamed = replace(OPENED, key="0" * 16, guid="other")
    await wire.shows(renamed)
    assert await wire.told() == []
    assert (await wire.record(renamed)).outcome == arrivals.RENAMED


async def test_a_text_that_swings_between_two_states_is_told_once() -> None:
    wire = Wire()
    twelve = an_item("Quake kills 12 in Herat", "At least 12 people died when the quake struck before dawn.")
    fifteen = again(twelve, "Quake kills 15 in Herat", "At least 15 people died when the quake struck before dawn.")
    for shown in (twelve, fifteen, twelve, fifteen, twelve):
        await wire.shows(shown)
    assert [kind for kind, _ in await wire.told()] == [EventKind.RAISED, EventKind.UPDATED]
    assert (await wire.record(twelve)).outcome == pipeline.REVERTED


@pytest.mark.parametrize("states_updates", [True, False], ids=["updated", "published"])
@pytest.mark.parametrize(
    ("kind", "asked"),
    [(Kind.HOLD, EventKind.HELD), (Kind.WITHDRAWAL, EventKind.WITHDRAWN)],
    ids=["held", "withdrawn"],
)
async def test_what_a_desk_gives_free_in_the_same_words_is_told_and_a_stale_copy_is_not(
    kind: Kind, asked: EventKind, states_updates: bool
) -> None:
    def dated(item: Item, at: float) -> Item:
        return replace(item, updated=at) if states_updates else replace(item, published=at)

    wire = Wire()
    first, stopped = dated(OPENED, NOON), dated(again(OPENED, OPENED.title, kind=kind), NOON + 60)
    stopped = replace(stopped, revision="another")
    await wire.shows(first)
    await wire.shows(stopped)
    assert [event for event, _ in await wire.told()] == [EventKind.RAISED, asked]
    await wire.shows(first)
    assert await wire.told() == []
    await wire.shows(replace(stopped, revision="a third"))
    await wire.told()
    await wire.shows(dated(first, NOON + 120))
    assert [event for event, _ in await wire.told()] == [EventKind.RELEASED]
    await wire.shows(stopped)
    await wire.shows(dated(first, NOON + 120))
    assert await wire.told() == []
    await wire.shows(dated(stopped, NOON + 180))
    assert [event for event, _ in await wire.told()] == [asked]


@pytest.mark.parametrize(
    ("kind", "told"), [(Kind.NEWS, []), (Kind.CORRECTION, [EventKind.RAISED])], ids=["an edit", "a correction"]
)
async def test_what_changes_after_its_week(kind: Kind, told: Sequence[EventKind]) -> None:
    wire = Wire()
    await wire.shows(OPENED)
    assert len(await wire.told()) == 1
    wire.now += 8 * 86_400
    await wire.shows(an_item("Another", "Something else happened.", guid="9"))  # the store forgets as it is written to
    await wire.shows(again(OPENED, OPENED.title, OPENED.body.replace("two hundred", "three hundred"), kind))
    assert [event for event, _ in await wire.told()] == told


async def test_a_silenced_story_is_counted_for_the_next_digest_and_told_when_asked_why() -> None:
    wire = Wire()
    wire.line.in_force.silences = (silence([matcher("rule=envoy")], "anna", "too much", NOON, 3600.0),)
    await wire.shows(OPENED)
    assert (await wire.record(OPENED)).outcome.fate is Fate.SILENCED
    await wire.shows(again(OPENED, OPENED.title, OPENED.body.replace("two hundred", "three hundred")))
    assert await wire.told() == []
    assert await wire.store.silenced("desk", wire.now) == 1
    wire.now += 3600
    await wire.shows(an_item("Lavrov flies home", "His aircraft left at noon.", guid="2"))
    assert [kind for kind, _ in await wire.told()] == [EventKind.RAISED]


async def test_a_story_is_over_after_two_days_without_a_text() -> None:
    wire = Wire()
    await wire.shows(OPENED)
    await wire.told()
    wire.now += OVER - 1
    assert await close_idle(wire.store, wire.now) == 0
    wire.now += 1
    assert [await close_idle(wire.store, wire.now) for _ in range(2)] == [1, 0]
    assert await wire.told() == [(EventKind.EXPIRED, OPENED.title)]


async def test_what_an_agency_states_in_a_field_is_heeded_though_no_word_changes() -> None:
    wire = Wire()
    for status in ("usable", "canceled", "canceled"):
        document = ninjs(headline="Lavrov meets Wang", body_text="They met.", pubstatus=status)
        await wire.shows(*read(document).items)
    assert [event for event, _ in await wire.told()] == [EventKind.RAISED, EventKind.WITHDRAWN]


async def test_an_item_that_cannot_be_stored_is_skipped_and_told_and_the_others_go_on(embedded_store: Store) -> None:
    desk = replace(DESK, ops=("desk",))
    line = replace(Wire().line, store=embedded_store, in_force=InForce(desk))
    poisonous = an_item("Lavrov \ud800", "Half a character.", guid="poison")
    for _ in range(2):
        intake = await visit.take_in(line, desk, FEED, KNOWN, [poisonous, OPENED])
        assert intake.skipped == 1, "so that its document is read whole again"
    assert set(await embedded_store.seen(FEED.id, [poisonous.key, OPENED.key])) == {OPENED.key}
    (backlog,) = await embedded_store.backlog(["desk"])
    assert backlog.waiting == 2, "the alert, and one notice"


async def test_a_poll_that_meets_the_unforeseen_is_a_failed_one() -> None:
    wire = Wire()
    await wire.store.plan([FEED.id], wire.now)
    (claim,) = await wire.store.claim(wire.now, 1, 15.0)
    await visit.fail(wire.line, claim, "its poll met ZeroDivisionError()")
    state = (await wire.store.feed_states([FEED.id]))[FEED.id]
    assert (state.failures, state.error) == (1, "its poll met ZeroDivisionError()")
    assert state.next_poll > wire.now


# ── A longer text shows what an item is ─────────────────────────────────────

HARBOUR = replace(FEED, id="harbour", source="Harbour", url="https://harbour.example/feed")
AT_HARBOUR = replace(KNOWN, id="harbour", configured_url=HARBOUR.url)
FULL = an_item(
    "Lavrov opens embassy in Tunis",
    "The Russian minister cut a ribbon in the Tunisian capital on Tuesday before two hundred guests, among them the "
    "mayor and nine ambassadors. The building, once a customs house, stood empty for eleven years. Work on its "
    "mosaic floor will go on until the summer, the architect said.",
)


async def test_an_item_whose_longer_text_is_anothers_joins_that_story() -> None:
    wire = Wire()
    await wire.shows(FULL)
    stub = an_item("Doors open at old customs house", "", guid="h1", feed="harbour", source="Harbour")
    await wire.shows(stub, feed=HARBOUR, state=AT_HARBOUR)
    first, alone = await wire.record(FULL), await wire.record(stub)
    assert alone.story_id != first.story_id
    whole = replace(an_item(stub.title, FULL.body, guid="h1", feed="harbour", source="Harbour"), key=stub.key)
    await wire.shows(whole, feed=HARBOUR, state=AT_HARBOUR)
    joined = await wire.record(whole)
    assert (joined.story_id, joined.relation) == (first.story_id, Relation.COPY)
    assert "by its longer text" in joined.evidence
    assert await wire.told() == [(EventKind.RAISED, FULL.title), (EventKind.ATTACHED, stub.title)]


async def test_an_item_that_was_told_stays_in_its_story() -> None:
    wire = Wire()
    await wire.shows(FULL)
    stub = an_item("Envoy from Moscow: Lavrov on tour", "", guid="h1", feed="harbour", source="Harbour")
    await wire.shows(stub, feed=HARBOUR, state=AT_HARBOUR)
    alone = await wire.record(stub)
    whole = replace(an_item(stub.title, FULL.body, guid="h1", feed="harbour", source="Harbour"), key=stub.key)
    await wire.shows(whole, feed=HARBOUR, state=AT_HARBOUR)
    assert (await wire.record(whole)).story_id == alone.story_id != (await wire.record(FULL)).story_id


async def test_a_report_whose_longer_text_is_a_copy_is_called_one() -> None:
    wire = Wire()
    await wire.shows(FULL)
    stub = an_item("Lavrov opens embassy in Tunis", "", guid="h1", feed="harbour", source="Harbour")
    await wire.shows(stub, feed=HARBOUR, state=AT_HARBOUR)
    before = await wire.record(stub)
    whole = replace(an_item(stub.title, FULL.body, guid="h1", feed="harbour", source="Harbour"), key=stub.key)
    await wire.shows(whole, feed=HARBOUR, state=AT_HARBOUR)
    after = await wire.record(whole)
    assert before.story_id == after.story_id
    assert (before.relation, after.relation) == (Relation.DERIVED, Relation.COPY)
    story = await wire.store.story(after.story_id)
    assert story is not None
    assert [carrier.relation for carrier in story.carriers] == [Relation.NEW, Relation.COPY]


# ── What its site puts around every text ────────────────────────────────────


DISCLAIMER = "Opinions on this site belong to those who wrote them and to nobody else."


async def test_a_sites_furniture_is_learnt_from_its_feed_and_marked(hostile: HostileServer) -> None:
    feed = replace(FEED, url=hostile.url("/feed"))
    wire = Wire()
    wire.now = NOON
    desk = replace(DESK, feeds={feed.id: feed})
    async with HttpFetcher("test", LOOPBACK) as fetcher, ParserPool() as parser:
        line = replace(wire.line, in_force=InForce(desk), fetcher=fetcher, parser=parser)
        await wire.store.plan([feed.id], wire.now)
        for shown in (("Fog shuts port", "Malta votes", "Lima frees two"), ("Brenner tunnel open",)):
            items = (
                f"<item><title>{t}</title><description>{t} on Tuesday, mayors said. {DISCLAIMER}</description></item>"
                for t in shown
            )
            hostile.set("/feed", f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode())
            wire.now += 86_400
            (claim,) = await wire.store.claim(wire.now, 1, 15.0)
            await visit.poll(line, claim)
    records = [record async for batch in wire.store.stored(0) for record in batch]
    assert {record.item.prose.strip() for record in records} == {
        f"{title} on Tuesday, mayors said."
        for title in ("Fog shuts port", "Malta votes", "Lima frees two", "Brenner tunnel open")
    }


async def test_many_feeds_that_count_at_once_do_not_hold_each_other_up(embedded_store: Store) -> None:
    counting = "rules: [{id: strikes, query: strike, when: {count: 3, within: 1h}}]"
    desk = replace(DESK, rules=rules.load([], [("r.yaml", counting)]))
    line = replace(Wire().line, store=embedded_store, in_force=InForce(desk))
    items = [
        an_item("Strike", " ".join(digest(str(number), str(word)) for word in range(20)), feed=f"f{number}")
        for number in range(48)
    ]
    await asyncio.gather(*(visit.take_in(line, desk, replace(FEED, id=item.feed), KNOWN, [item]) for item in items))
    assert line.metrics.registry.get_sample_value("wirewatch_commit_conflicts_total") == 0
    records = [record for item in items for record in await embedded_store.find(item.key)]
    assert Counter(record.outcome.fate for record in records) == {Fate.COUNTED: 32, Fate.ALERTED: 16}
