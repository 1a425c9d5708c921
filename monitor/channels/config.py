"""What every kind of channel says of itself in `routes.yaml`."""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TextIO

from pydantic import BaseModel, ConfigDict

from monitor.config import FROM_FILE, PREFIX, Settings
from monitor.ports import Channel


@dataclass(frozen=True, slots=True)
class Outside:
    """What a channel is given besides its own lines of `routes.yaml`."""

    settings: Settings
    stream: TextIO
    """Where console channels write."""
    tls: ssl.SSLContext | None = None
    """Which certificates are trusted; None: those of the system."""


class Config(BaseModel, ABC):
    """One channel as an editor wrote it; a kind adds `type` and its own keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def missing(self, settings: Settings) -> str:
        """Which settings this channel lacks, in words; empty when none."""

    @abstractmethod
    def build(self, name: str, outside: Outside) -> Channel:
        """The channel. Nothing is connected yet; call only when nothing is missing."""


def unset(setting: str) -> str:
    """The words for a secret that is not set."""
    variable = PREFIX + setting.upper()
    return f"{variable} is not set (nor {variable}{FROM_FILE})"
