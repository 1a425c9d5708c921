"""What somebody asks for by pressing a button under an alert."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """The buttons."""

    ACK = "ack"
    """They are on it."""
    MUTE_STORY = "mute_story"
    MUTE_RULE = "mute_rule"
    NOT_RELEVANT = "not_relevant"
    """The rule should not have fired, for its editors to know."""


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button."""

    wish: Wish
    story: str
    alert: str
    by: str
    """Who pressed, as the channel names them."""
