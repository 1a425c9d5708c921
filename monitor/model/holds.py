"""Holds: places where deliveries wait until a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class HoldReason(StrEnum):
    """Why something is not told now."""

    EMBARGO = "embargo"
    QUIET = "quiet hours"
    DIGEST = "digest"
    THROTTLE = "throttle"
    CATCH_UP = "catch-up"
    INHIBITION = "inhibition"
    ESCALATION = "escalation"

    @property
    def gathers(self) -> bool:
        """Whether what waits goes out as one digest; else each by itself."""
        return self not in (HoldReason.EMBARGO, HoldReason.ESCALATION)


@dataclass(frozen=True, slots=True)
class Hold:
    """Where deliveries to one channel wait. What waits in the same hold goes out in the same moment."""

    id: str
    channel: str
    reason: HoldReason
    until: float
    title: str = ""
    """What the digest is called; empty: by its reason."""


class Place(NamedTuple):
    """Where word of an alert waits: a hold has one delivery a lane, the newest."""

    hold: str
    lane: str
