"""Every kind of channel, at a destination that works and at one that is away. A new kind gets a line in `SUBJECTS`."""

from __future__ import annotations

import io
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import SecretStr

import monitor.channels
from monitor.channels import ChannelConfig, build
from monitor.channels.apprise import AppriseConfig
from monitor.channels.config import Config
from monitor.channels.console import ConsoleConfig
from monitor.channels.email import EmailConfig
from monitor.channels.slack import SlackConfig
from monitor.channels.slack_webhook import SlackWebhookConfig
from monitor.channels.webhook import WebhookConfig
from monitor.config import Settings, load
from monitor.ports import Channel
from tests.channels.samples import outside
from tests.servers.slack import BOT
from tests.servers.smtp import PASSWORD, USER

SIGNING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SLACK_PATH = "T000/B000/hunter2"
APPRISE_PATH = "token-hunter2"
SECRETS = frozenset((BOT, PASSWORD, SIGNING_SECRET, SLACK_PATH, APPRISE_PATH))
"""What no channel may say."""
LOCAL = {"WIREWATCH_ALLOW_NETS": "127.0.0.0/8"}

Fixture = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """A channel, and the same kind of channel with its destination away."""

    channel: Channel
    away: Channel


def nobody() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def settings(**variables: str) -> Settings:
    """Settings from variables without their prefix; what listens on this machine may be reached."""
    return load({f"WIREWATCH_{name}": value for name, value in variables.items()} | LOCAL)


async def _slack(fixture: Fixture) -> Subject:
    slack = fixture("slack")
    config = SlackConfig(type="slack", channel=(await slack.room()).id)
    here, away = (
        build("desk", config, outside(settings(SLACK_TOKEN=BOT, SLACK_BASE_URL=url)))
        for url in (slack.base_url, f"http://127.0.0.1:{nobody()}/api/")
    )
    return Subject(here, away)


async def _email(fixture: Fixture) -> Subject:
    config = EmailConfig(type="email", to=("anna@example.org",))
    user = USER.replace("@", "%40")
    here, away = (
        build("desk", config, outside(_mail(f"smtp+starttls://{user}@127.0.0.1:{port}"), tls=fixture("trust")))
        for port in (fixture("mail_server").port, nobody())
    )
    return Subject(here, away)


def _mail(url: str) -> Settings:
    return Settings(smtp_url=SecretStr(url), smtp_password=SecretStr(PASSWORD), email_from=USER)


async def _webhook(fixture: Fixture) -> Subject:
    here, away = (
        build(
            "desk", WebhookConfig(type="webhook", url=url, secret="hook"), outside(settings(SECRET_HOOK=SIGNING_SECRET))
        )
        for url in (fixture("receiver").url(), f"http://127.0.0.1:{nobody()}/hook")
    )
    return Subject(here, away)


async def _slack_webhook(fixture: Fixture) -> Subject:
    config = SlackWebhookConfig(type="slack-webhook", secret="slack")
    here, away = (
        build("desk", config, outside(settings(SECRET_SLACK=url)))
        for url in (fixture("receiver").url(f"/services/{SLACK_PATH}"), f"http://127.0.0.1:{nobody()}/{SLACK_PATH}")
    )
    return Subject(here, away)


async def _apprise(fixture: Fixture) -> Subject:
    config = AppriseConfig(type="apprise", secret="phone")
    here, away = (
        build("desk", config, outside(settings(SECRET_PHONE=f"json://127.0.0.1:{port}/{APPRISE_PATH}")))
        for port in (fixture("receiver").port, nobody())
    )
    return Subject(here, away)


async def _console_text(fixture: Fixture) -> Subject:
    return _console(ConsoleConfig(type="console"))


async def _console_json(fixture: Fixture) -> Subject:
    return _console(ConsoleConfig(type="console", format="json"))


def _console(config: ChannelConfig) -> Subject:
    closed = io.StringIO()
    subject = Subject(build("desk", config, outside()), build("desk", config, outside(stream=closed)))
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
    paths = (folder / "wire.jsonl", folder / "missing" / "wire.jsonl")
    here, away = (kind.model_validate({"type": "file", "path": path}).build("desk", outside()) for path in paths)
    return Subject(here, away)


SUBJECTS: Mapping[str, Callable[[Fixture], Any]] = {
    "slack": _slack,
    "slack-webhook": _slack_webhook,
    "email": _email,
    "webhook": _webhook,
    "apprise": _apprise,
    "console text": _console_text,
    "console json": _console_json,
    "README example": _example,
}
