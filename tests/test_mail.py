"""Alerts by mail through a server that misbehaves: none is lost, and at most one copy too many, under the same id."""

from __future__ import annotations

import random
import ssl
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from monitor import rules
from monitor.channels import build
from monitor.channels.console import ConsoleConfig
from monitor.channels.email import EmailConfig
from monitor.config import Settings
from monitor.delivery import Post, deliver_next
from monitor.desk import Desk, InForce
from monitor.model import Delivery, DeliveryState, OpsEvent
from monitor.observe.metrics import Metrics
from monitor.store.memory import MemoryStore
from tests.channels.samples import AT, RAISED, outside
from tests.servers.certificates import Authority
from tests.servers.smtp import HANG_UP, PASSWORD, USER, MailServer

TO = ("anna@example.org", "ben@example.org", "cleo@example.org")
ALERTS = 25
FAULTS = (
    ("MAIL", "421 closing"),
    ("MAIL", "451 try later"),
    ("RCPT", "421 closing"),
    ("RCPT", "450 mailbox busy"),
    ("RCPT", HANG_UP),
    ("DATA", "451 try later"),
    ("DATA", HANG_UP),
)
"""What the server may do instead of taking a mail; the last takes it and never says so."""


class Night:
    """Three readers of alerts by mail, a store, and a clock that the test moves."""

    def __init__(self, server: MailServer, trust: ssl.SSLContext) -> None:
        self.now = AT
        self.server = server
        self.store = MemoryStore()
        user = USER.replace("@", "%40")
        self.config = EmailConfig(type="email", to=TO)
        settings = Settings(
            smtp_url=SecretStr(f"{server.scheme}://{user}@127.0.0.1:{server.port}"),
            smtp_password=SecretStr(PASSWORD),
            email_from=USER,
        )
        self.outside = outside(settings, tls=trust, pauses=self.store, clock=lambda: self.now)
        self.start()
        ops = ConsoleConfig(type="console")
        loaded = Desk({}, rules.load([], []), {"night": self.config, "ops": ops}, (), ("ops",), "")
        self.post = Post(self.store, InForce(loaded), Metrics(), lambda: self.now, lambda: 0.5, lambda _: None)

    def start(self) -> None:
        """As a process that knows nothing but what the store knows."""
        self.channel = build("night", self.config, self.outside)

    async def alert(self, number: int, *, dies: bool = False) -> DeliveryState:
        """Queue an alert and try as long as there is something to send; how it ended."""
        event = replace(RAISED, alert_id=f"a{number}")
        await self.store.put([Delivery(f"d{number}", f"a{number}", "night", event, self.now)])
        for _ in range(4):
            await deliver_next(self.post, self.channel)
            if dies:
                self.start()
            self.now += 30
        (progress,) = await self.store.progress([f"d{number}"])
        return progress.state

    def got(self) -> Counter[tuple[str, str]]:
        """How many mails of each alert each reader has, by Message-ID."""
        return Counter((mail.message["Message-ID"], mail.to[0]) for mail in self.server.inbox)


def message_id(number: int) -> str:
    return f"<alert.a{number}@example.org>"


@pytest.fixture(params=["starttls", "tls"])
def night(request: pytest.FixtureRequest, authority: Authority, trust: ssl.SSLContext) -> Iterator[Night]:
    with MailServer(authority, request.param) as server:
        yield Night(server, trust)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_the_server_does_each_gets_each_alert(night: Night, seed: int) -> None:
    chance = random.Random(seed)
    told = Counter({(message_id(number), to): 1 for number in range(ALERTS) for to in TO})
    for number in range(ALERTS):
        command, answer = chance.choice(FAULTS)
        unlucky = chance.choice(TO)
        night.server.answers(command, answer, to="" if command == "MAIL" else unlucky)
        assert await night.alert(number) is DeliveryState.SENT
        if (command, answer) == ("DATA", HANG_UP):  # taken, and not known to be
            told[message_id(number), unlucky] += 1
    assert night.got() == told


@pytest.mark.parametrize("fault", FAULTS, ids=" ".join)
async def test_a_process_that_is_followed_by_another_repeats_only_what_was_in_doubt(
    night: Night, fault: tuple[str, str]
) -> None:
    command, answer = fault
    night.server.answers(command, answer, to="" if command == "MAIL" else TO[1])
    assert await night.alert(1, dies=True) is DeliveryState.SENT
    repeats = int(fault == ("DATA", HANG_UP))
    assert night.got() == Counter({(message_id(1), to): 1 + repeats * (to == TO[1]) for to in TO})
    assert len({mail.message["Date"] for mail in night.server.inbox}) == 1


async def test_who_is_unknown_is_told_to_operators_and_the_others_are_reached(night: Night) -> None:
    night.server.answers("RCPT", "550 no such user", to=TO[1])
    assert await night.alert(1) is DeliveryState.DEAD
    assert night.got() == Counter({(message_id(1), to): 1 for to in (TO[0], TO[2])})
    told = await night.store.take("ops", night.now, 30)
    assert told is not None
    assert isinstance(told.delivery.event, OpsEvent)
    assert "refused ben@example.org (550 no such user) (reached: anna@example.org" in told.delivery.event.text


async def test_a_server_that_never_says_so_is_believed_once_it_does(night: Night) -> None:
    night.server.answers("DATA", *[HANG_UP] * 3, to=TO[0])
    assert await night.alert(1) is DeliveryState.SENT
    assert night.got() == Counter({(message_id(1), TO[0]): 4, (message_id(1), TO[1]): 1, (message_id(1), TO[2]): 1})
