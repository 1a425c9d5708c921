"""What every kind of channel says of itself in `routes.yaml`."""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from pydantic import BaseModel, ConfigDict

from monitor.config import Settings
from monitor.model import Event
from monitor.ports import Channel, Pauses


@dataclass(frozen=True, slots=True)
class Outside:
    """What a channel is given besides its own lines of `routes.yaml`."""

    settings: Settings
    stream: TextIO
    """Where console channels write."""
    clock: Callable[[], float]
    """Unix seconds, for what has to say when it was sent."""
    pauses: Pauses
    tls: ssl.SSLContext | None = None
    """Which certificates are trusted; None: those of the system."""


class Config(BaseModel, ABC):
    """One channel as an editor wrote it; a kind adds `type` and its own keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def missing(self, settings: Settings) -> str:
        """Which settings this channel lacks, in words; empty when none."""

    def lacks(self) -> tuple[str, ...]:
        """What a channel of this kind cannot do, in words: told by `check` and at start."""
        return ()

    def patience(self, event: Event) -> float:  # noqa: ARG002 (for kinds that have some)
        """Seconds for which word of an event may wait, to be told together with more of its kind."""
        return 0.0

    @abstractmethod
    def build(self, name: str, outside: Outside) -> Channel:
        """The channel. Nothing is connected yet; call only when nothing is missing."""
