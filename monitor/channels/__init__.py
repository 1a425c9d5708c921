"""Where alerts go. A channel sends one event and says how it went; `delivery` retries.

README.md in this folder shows how to add one.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from monitor.channels.apprise import AppriseConfig
from monitor.channels.config import Outside
from monitor.channels.console import ConsoleConfig
from monitor.channels.email import EmailConfig
from monitor.channels.slack import SlackConfig
from monitor.channels.slack_webhook import SlackWebhookConfig
from monitor.channels.webhook import WebhookConfig
from monitor.config import Settings
from monitor.ports import Channel

__all__ = ["ChannelConfig", "Outside", "build", "missing"]

ChannelConfig = Annotated[
    SlackConfig | SlackWebhookConfig | EmailConfig | WebhookConfig | AppriseConfig | ConsoleConfig,
    Field(discriminator="type"),
]
"""A line under `channels:` in `routes.yaml`; its `type` tells which."""


def build(name: str, config: ChannelConfig, outside: Outside) -> Channel:
    """The channel `name`."""
    return config.build(name, outside)


def missing(config: ChannelConfig, settings: Settings) -> str:
    """Which secret or setting the channel lacks, in words; empty when none."""
    return config.missing(settings)
