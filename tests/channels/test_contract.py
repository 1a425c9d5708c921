"""What every channel promises. A new one is added to `CHANNELS`."""

from __future__ import annotations

import io
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import SecretStr

import monitor.channels
from monitor.channels import build
from monitor.channels.config import Config, Outside
from monitor.channels.console import ConsoleConfig
from monitor.channels.email import EmailConfig
from monitor.channels.slack import SlackConfig
from monitor.config import Settings
from monitor.errors import ChannelError
from monitor.model import AlertEvent, OpsEvent
from monitor.ports import Channel
from tests.channels.nasty import NASTY, URLS, alert
from tests.channels.samples import (
    COPY,
    CORRECTION,
    HOLD,
    RAISED,
    RECOVERY,
    REFILE,
    TROUBLE,
    UPDATE,
    WITHDRAWAL,
    delivery,
)
from tests.servers.slack import BOT
from tests.servers.smtp import PASSWORD, USER

Fixture = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """A channel, and the same kind of channel with its destination away."""

    channel: Channel
    broken: Channel


def _nobody() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def _slack(fixture: Fixture) -> Subject:
    slack = fixture("slack")
    config = SlackConfig(type="slack", channel=(await slack.room()).id)
    here, away = (
        Settings(slack_token=SecretStr(BOT), slack_base_url=url)
        for url in (slack.base_url, f"http://127.0.0.1:{_nobody()}/api/")
    )
    return Subject(build("desk", config, here), build("desk", config, away))


async def _email(fixture: Fixture) -> Subject:
    config = EmailConfig(type="email", to=("anna@example.org",))
    user = USER.replace("@", "%40")
    here, away = (
        Settings(
            smtp_url=SecretStr(f"smtp+starttls://{user}@127.0.0.1:{port}"),
            smtp_password=SecretStr(PASSWORD),
            email_from=USER,
        )
        for port in (fixture("mail_server").port, _nobody())
    )
    return Subject(build("desk", config, here, tls=fixture("trust")), build("desk", config, away))


async def _console_text(fixture: Fixture) -> Subject:
    return _console(ConsoleConfig(type="console"))


async def _console_json(fixture: Fixture) -> Subject:
    return _console(ConsoleConfig(type="console", format="json"))


def _console(config: ConsoleConfig) -> Subject:
    closed = io.StringIO()
    subject = Subject(build("desk", config, Settings(), io.StringIO()), build("desk", config, Settings(), closed))
    closed.close()
    return subject


async def _example(fixture: Fixture) -> Subject:
    """The example in the README, which is to stay true."""
    folder: Path = fixture("tmp_path")
    written = Path(monitor.channels.__file__).with_name("README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", written, re.DOTALL)
    module = sys.modules["readme_example"] = ModuleType("readme_example")  # where pydantic looks annotations up
    exec(compile(code, "README.md", "exec"), vars(module))
    kind: type[Config] = module.FileConfig
    outside = Outside(Settings(), io.StringIO())
    paths = (folder / "wire.jsonl", folder / "missing" / "wire.jsonl")
    here, away = (kind.model_validate({"type": "file", "path": path}).build("desk", outside) for path in paths)
    return Subject(here, away)


CHANNELS = {
    "slack": _slack,
    "email": _email,
    "console text": _console_text,
    "console json": _console_json,
    "README example": _example,
}


@pytest.fixture(params=CHANNELS)
async def subject(request: pytest.FixtureRequest) -> Subject:
    return await CHANNELS[request.param](request.getfixturevalue)


async def test_it_has_its_name_and_a_pace(subject: Subject) -> None:
    assert subject.channel.name == "desk"
    assert subject.channel.pace >= 0


async def test_it_takes_an_alert_through_its_life(subject: Subject) -> None:
    await subject.channel.open()
    root = await subject.channel.send(delivery(RAISED), None)
    for event in (COPY, UPDATE, REFILE, CORRECTION, HOLD, WITHDRAWAL):
        assert await subject.channel.send(delivery(event), root) == root
    await subject.channel.close()


@pytest.mark.parametrize("event", [COPY, REFILE, CORRECTION, WITHDRAWAL])
async def test_it_takes_news_of_an_alert_it_never_sent(subject: Subject, event: AlertEvent) -> None:
    await subject.channel.send(delivery(event), None)


@pytest.mark.parametrize("event", [TROUBLE, RECOVERY], ids=["trouble", "recovery"])
async def test_it_takes_notices_of_the_service(subject: Subject, event: OpsEvent) -> None:
    await subject.channel.send(delivery(event), None)


async def test_it_takes_a_delivery_twice(subject: Subject) -> None:
    root = await subject.channel.send(delivery(RAISED), None)
    await subject.channel.send(delivery(RAISED), None)
    for _ in range(2):
        assert await subject.channel.send(delivery(CORRECTION), root) == root


async def test_it_finds_nothing_that_is_not_there(subject: Subject) -> None:
    assert await subject.channel.find(delivery(RAISED), None) is None
    root = await subject.channel.send(delivery(RAISED), None)
    assert await subject.channel.find(delivery(RAISED, "another"), None) is None
    assert await subject.channel.find(delivery(CORRECTION), root) is None


async def test_it_takes_any_text_and_any_url(subject: Subject) -> None:
    for number, (text, url) in enumerate(
        [(text, "") for text in NASTY.values()] + [("x", url) for url in URLS.values()]
    ):
        event = replace(alert(text, url), alert_id=f"a{number}")
        await subject.channel.send(delivery(event, f"d{number}"), None)


async def test_it_says_what_is_wrong_in_one_line(subject: Subject) -> None:
    with pytest.raises(ChannelError) as caught:
        await subject.broken.send(delivery(RAISED), None)
    said = str(caught.value)
    assert 10 < len(said) < 300
    assert "\n" not in said
    assert not {BOT, PASSWORD} & set(said.split())


async def test_closing_is_harmless(subject: Subject) -> None:
    for channel in (subject.channel, subject.broken):
        await channel.close()
        await channel.close()
