"""The whole script through the real line, from HTTP answer to delivery, in the script's own time.

Every part is the one that ships; only the clock is ours, so twenty seconds
pass in a few and every run sees the same. Beside the demo's desk two more
channels hear what it hears, Slack and readers by mail: story C is looked up
where it arrives.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_network
from itertools import cycle, islice
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor import desk, pipeline, visit
from monitor.channels import build
from monitor.channels.email import EmailConfig
from monitor.channels.slack import SlackConfig
from monitor.config import Settings
from monitor.delivery import Post, deliver_next
from monitor.demo import folder, script
from monitor.demo.server import WireServer
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.model import Event, Fate, Fingerprint
from monitor.observe.metrics import Metrics
from monitor.ports import Channel, Store
from monitor.store.memory import MemoryStore
from tests.channels.samples import outside
from tests.demo.expectations import FEED_TROUBLES, ONE_ALERTS, ROWS, FeedTrouble, OneAlert, Row, cases
from tests.demo.outcome import Outcome, alerts_unmet, gather, trouble_unmet, unmet
from tests.servers.certificates import Authority
from tests.servers.slack import BOT, FaultySlack, Slack, passes, resets
from tests.servers.smtp import PASSWORD, USER, MailServer

WIRE = script.load()
OPENED = 1_700_000_000.0
STEP = 0.25
AFTERWARDS = 12.0
"""Seconds after the script's end within which a feed that died is asked again, however far polls have backed off."""
DESTINATIONS = """\
  slack: {type: slack, channel: "#world"}
  mail: {type: email, to: [desk@example.org]}
"""
READERS = ("anna@example.org", "ben@example.org")
SECRETS = Settings(
    slack_token=SecretStr(BOT),
    smtp_url=SecretStr("smtp://mail.test"),
    email_from=USER,
    smtp_password=SecretStr(PASSWORD),
)
TRUCE = "Ceasefire agreed on Tamra front"


class Clock:
    """Unix time, moved by the test."""

    def __init__(self) -> None:
        self.now = OPENED

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def _line(rules: Path, server: WireServer, clock: Clock) -> AsyncIterator[pipeline.Line]:
    own = {"rules_dir": rules, "allow_nets": (ip_network("127.0.0.0/8"),), "poll_floor": 0.2}
    settings = SECRETS.model_copy(update=own)
    folder.lay_out(rules, WIRE.outlets.values(), server.base)
    shipped = (rules / "routes.yaml").read_text(encoding="utf-8")
    more = shipped.replace("\nroutes:", f"{DESTINATIONS}\nroutes:").replace("to: [desk]", "to: [desk, slack, mail]")
    (rules / "routes.yaml").write_text(more, encoding="utf-8")
    async with AsyncExitStack() as stack:
        yield pipeline.Line(
            fetcher=await stack.enter_async_context(HttpFetcher("wirewatch-tests", settings.allow_nets)),
            parser=await stack.enter_async_context(ParserPool()),
            store=MemoryStore(),
            in_force=desk.InForce(desk.load(rules, settings)),
            metrics=Metrics(),
            clock=clock,
            random=lambda: 0.5,
        )


@dataclass(frozen=True, slots=True)
class Played:
    """The wire at its end: what became of it, and what waits for Slack and for the readers by mail."""

    outcome: Outcome
    line: pipeline.Line
    clock: Clock

    async def deliver(self, channel: Channel) -> None:
        """Send all that waits for a channel, and again what was not accepted."""
        line = self.line
        post = Post(line.store, line.in_force, line.metrics, self.clock, lambda: 0.5, lambda _: None)
        while (await line.store.backlog([channel.name]))[0].waiting:
            if await deliver_next(post, channel) is None:
                self.clock.now += 1


async def _play(rules: Path) -> Played:
    clock = Clock()
    async with WireServer(WIRE, clock, begun=OPENED) as server, _line(rules, server, clock) as line:
        store = line.store
        await store.plan(list(WIRE.outlets), clock())
        while server.second < WIRE.length + AFTERWARDS:
            for claim in await store.claim(clock(), 100, 60.0):
                await visit.poll(line, claim)
            clock.now += STEP
        newest = (await store.neighbours(Fingerprint((), ()), clock())).clock
        records = [await store.record(number) for number in range(1, newest + 1)]
        events = [event async for event in _events(store, clock)]
        return Played(gather(WIRE, [record for record in records if record], events), line, clock)


async def _events(store: Store, clock: Clock) -> AsyncIterator[Event]:
    while taken := await store.take("desk", clock(), 60.0):
        yield taken.delivery.event
        await store.sent(taken, None, clock())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return asyncio.run(_play(tmp_path_factory.mktemp("rules")))


@pytest.fixture(scope="module")
def outcome(played: Played) -> Outcome:
    return played.outcome


@pytest.mark.parametrize("row", cases(ROWS))
def test_what_became_of(row: Row, outcome: Outcome) -> None:
    assert unmet(row, outcome) == [], row.why


@pytest.mark.parametrize("one", cases(ONE_ALERTS))
def test_one_alert_for(one: OneAlert, outcome: Outcome) -> None:
    assert alerts_unmet(one, outcome) == [], one.why


@pytest.mark.parametrize("trouble", cases(FEED_TROUBLES))
def test_operators_hear_of(trouble: FeedTrouble, outcome: Outcome) -> None:
    assert trouble_unmet(trouble, outcome) == [], trouble.why


def test_operators_hear_of_no_other_feed(outcome: Outcome) -> None:
    assert {event.subject for event in outcome.ops} == {f"feed {trouble.feed}" for trouble in FEED_TROUBLES}


def test_what_comes_again_under_other_ids_alerts_nobody(outcome: Outcome) -> None:
    assert len(outcome.renumbered) >= 5
    for name, record in outcome.renumbered.items():
        assert record.outcome.fate is Fate.REPEATED, name
        assert not record.alerts, name


def test_no_release_is_lost_and_none_is_told_twice(outcome: Outcome) -> None:
    assert set(outcome.records) == set(WIRE.releases)
    for name, events in outcome.told.items():
        assert len({event.kind for event in events}) == len(events), name


# ── Story C where it arrives ────────────────────────────────────────────────


async def test_story_c_in_slack_is_told_once_though_every_second_answer_is_lost(
    played: Played, slack: Slack, faulty_slack: FaultySlack
) -> None:
    room = await slack.room()
    faulty_slack.next("chat.postMessage", *islice(cycle([resets, passes]), 500))
    settings = SECRETS.model_copy(update={"slack_base_url": faulty_slack.base_url})
    given = outside(settings, clock=played.clock, pauses=played.line.store)
    await played.deliver(build("slack", SlackConfig(type="slack", channel=room.id), given))
    (root,) = [message for message in await slack.messages(room) if TRUCE in message["text"]]
    assert root["text"].startswith(f"WITHDRAWN: do not use\n~{TRUCE}, mediators say~")
    assert root["text"].count("Please do not use this story.") == 1
    corrected, updated, withdrawn = await slack.replies(room, root["ts"])
    assert "“at noon on Thursday, the mediation mission” → “at noon on Friday, the" in corrected["text"]
    assert updated["text"].startswith("Update: UPDATE 1-")
    assert withdrawn["text"].startswith("WITHDRAWN: do not use")
    assert [reply["reply_broadcast"] for reply in (corrected, updated, withdrawn)] == [True, False, True]


async def test_story_c_in_the_mail(played: Played, authority: Authority, trust: ssl.SSLContext) -> None:
    with MailServer(authority) as server:
        address = f"{server.scheme}://{USER.replace('@', '%40')}@127.0.0.1:{server.port}"
        settings = SECRETS.model_copy(update={"smtp_url": SecretStr(address)})
        config = EmailConfig(type="email", to=READERS)
        await played.deliver(build("mail", config, outside(settings, tls=trust, clock=played.clock)))
        mails = [mail for mail in server.inbox if TRUCE in mail.message["Subject"]]
    for reader in READERS:
        raised, *followed = [mail.message for mail in mails if mail.to == (reader,)]
        assert [mail["References"] for mail in followed] == [raised["Message-ID"]] * 3
        corrected, updated, withdrawn = map(_text, followed)
        assert "“at noon on Thursday, the mediation mission” → “at noon on Friday" in corrected
        assert updated.startswith("Update: UPDATE 1-")
        assert withdrawn.startswith("WITHDRAWN: do not use")


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
