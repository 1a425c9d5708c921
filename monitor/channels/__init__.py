"""Where alerts go. A channel sends one event and says how it went; `delivery` retries.

README.md in this folder shows how to add one.
"""

from __future__ import annotations

import ssl
import sys
from typing import Annotated, TextIO

from pydantic import Field

from monitor.channels.config import Outside
from monitor.channels.console import ConsoleConfig
from monitor.channels.email import EmailConfig
from monitor.channels.slack import SlackConfig
from monitor.config import Settings
from monitor.ports import Channel

ChannelConfig = Annotated[
    SlackConfig | EmailConfig | ConsoleConfig,
    Field(discriminator="type"),
]
"""A line under `channels:` in `routes.yaml`; its `type` tells which."""


def build(
    name: str,
    config: ChannelConfig,
    settings: Settings,
    stream: TextIO | None = None,
    tls: ssl.SSLContext | None = None,
) -> Channel:
    """The channel `name`. Console channels write to `stream` (standard output by default)."""
    return config.build(name, Outside(settings, stream or sys.stdout, tls))


def missing(config: ChannelConfig, settings: Settings) -> str:
    """Which secret or setting the channel lacks, in words; empty when none."""
    return config.missing(settings)
