"""What every kind of channel says of itself in `routes.yaml`."""

from __future__ import annotations

import re
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TextIO

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.config import FROM_FILE, PREFIX, Settings, variable
from monitor.model import Event
from monitor.ports import Channel, Pauses

_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"


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


def _secret_name(value: object) -> object:
    """Without quoting what stands there: it may be the secret itself."""
    if isinstance(value, str) and not re.match(_NAME, value):
        example = "`secret: night-hook` for the secret in WIREWATCH_SECRET_NIGHT_HOOK"
        raise ValueError(f"write a name in small letters, never the secret itself: {example}")
    return value


SecretName = Annotated[str, BeforeValidator(_secret_name), Field(pattern=_NAME)]
"""The name of a secret; the secret is in the environment."""


def unset(setting: str) -> str:
    """The words for a setting that is not set."""
    return _unset(PREFIX + setting.upper())


def unset_secret(name: str) -> str:
    """The words for a secret that `routes.yaml` names and that is not set."""
    return _unset(variable(name))


def _unset(variable: str) -> str:
    return f"{variable} is not set (nor {variable}{FROM_FILE})"
