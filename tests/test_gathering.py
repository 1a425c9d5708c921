"""Copies of a story on their way to Slack: told one by one in the thread, shown by one edit of the message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from monitor import pipeline, rules, visit
from monitor.alerts.routes import Route
from monitor.channels import Outside, build
from monitor.channels.slack import SlackConfig
from monitor.config import Settings
from monitor.delivery import Post, deliver_next
from monitor.desk import Desk, InForce
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import Feed, FeedState, Item, Kind
from monitor.observe.metrics import Metrics
from monitor.store.memory import MemoryStore
from tests.channels.samples import outside
from tests.items import NOON, an_item
from tests.servers.slack import BOT, FaultySlack, Room, Slack

FEED = Feed("meridian", "https://meridian.example/feed", "Meridian", every=300.0)
KNOWN = FeedState("meridian", last_success=NOON - 300, configured_url=FEED.url)
RULES = rules.load([], [("r.yaml", "rules: [{id: envoy, query: Lavrov}]")])
BODY = "TUNXI - The minister spoke of a fair world order on Wednesday and left for home before two hundred guests."


class Newsroom:
    """A feed, a store and a Slack channel, with a clock that the test moves."""

    def __init__(self, slack: FaultySlack, room: Room, gather: str = "20s") -> None:
        self.slack, self.room, self.now = slack, room, NOON
        config = SlackConfig.model_validate({"type": "slack", "channel": room.id, "gather": gather})
        settings = Settings(slack_token=SecretStr(BOT), slack_base_url=slack.base_url)
        self.store = MemoryStore()
        given: Outside = outside(settings, clock=self.clock, pauses=self.store)
        self.channel = build("desk", config, given)
        route = Route.model_validate({"to": "desk"})
        self.desk = Desk({FEED.id: FEED}, RULES, {"desk": config}, (route,), (), "")
        in_force, metrics = InForce(self.desk), Metrics()
        self.line = pipeline.Line(
            HttpFetcher("test"), ParserPool(), self.store, in_force, metrics, self.clock, lambda: 0.5
        )
        self.post = Post(self.store, in_force, metrics, self.clock, lambda: 0.5, lambda _: None)

    def clock(self) -> float:
        return self.now

    async def shows(self, item: Item) -> None:
        feed, state = replace(FEED, id=item.feed), replace(KNOWN, id=item.feed)
        taken = replace(item, seen_at=self.now)
        assert await visit.take_in(self.line, self.desk, feed, state, [taken]) == visit.Intake(1, 0)

    async def copies(self, number: int, *, every: float = 1.0) -> None:
        for _ in range(number):
            self.now += every
            outlet = f"outlet-{self.now - NOON:.0f}"
            await self.shows(an_item("Lavrov speaks", BODY, guid=outlet, feed=outlet))

    async def deliver(self) -> int:
        """Send all that is due, a second apart; how many."""
        sent = 0
        while await deliver_next(self.post, self.channel):
            sent += 1
            self.now += 1
        return sent

    async def stands(self, slack: Slack) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The alert's message and its thread."""
        (message,) = await slack.messages(self.room)
        return message, await slack.replies(self.room, message["ts"])


@pytest.fixture
async def newsroom(faulty_slack: FaultySlack, slack: Slack) -> Newsroom:
    """Where an alert stands already."""
    room = Newsroom(faulty_slack, await slack.room())
    await room.shows(an_item("Lavrov speaks", BODY, guid="first"))
    assert await room.deliver() == 1
    return room


async def test_copies_that_come_together_are_one_edit(newsroom: Newsroom, slack: Slack) -> None:
    began = newsroom.now
    await newsroom.copies(6)
    assert await newsroom.deliver() == 0
    newsroom.now = began + 21
    assert await newsroom.deliver() == 6
    message, thread = await newsroom.stands(slack)
    assert newsroom.slack.called("chat.update") == 1
    assert len(thread) == 6
    assert all(reply["text"].startswith("Copy: ") for reply in thread)
    assert message["text"].count("(copy)") == 6


async def test_copies_that_keep_coming_are_shown_all_the_same(newsroom: Newsroom, slack: Slack) -> None:
    for _ in range(10):
        await newsroom.copies(1, every=7.0)
        await newsroom.deliver()
    newsroom.now += 30
    await newsroom.deliver()
    message, thread = await newsroom.stands(slack)
    assert len(thread) == 10
    assert 2 <= newsroom.slack.called("chat.update") <= 5
    assert "Also carried by" in message["text"]
    assert "and 2 more" in message["text"]


async def test_a_correction_does_not_wait_for_copies(newsroom: Newsroom, slack: Slack) -> None:
    await newsroom.copies(3)
    newsroom.now += 1
    corrected = an_item(
        "Lavrov speaks", BODY.replace("two", "three"), guid="first", kind=Kind.CORRECTION, prefix="CORRECTED-"
    )
    await newsroom.shows(corrected)
    assert await newsroom.deliver() == 4
    message, thread = await newsroom.stands(slack)
    assert [reply["text"].partition(":")[0] for reply in thread] == ["Copy", "Copy", "Copy", "Correction"]
    assert message["text"].startswith("CORRECTED\n")
    assert newsroom.slack.called("chat.update") == 1


async def test_without_gathering_each_copy_is_shown_at_once(faulty_slack: FaultySlack, slack: Slack) -> None:
    room = Newsroom(faulty_slack, await slack.room(), gather="0s")
    await room.shows(an_item("Lavrov speaks", BODY, guid="first"))
    await room.copies(2)
    assert await room.deliver() == 3
    assert faulty_slack.called("chat.update") == 2
