"""Subscriptions: a hub that tells us at once what a feed has new."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hmac import compare_digest


class Standing(StrEnum):
    """How far a subscription has come."""

    ASKED = "asked"
    """The hub was asked, and has not verified yet that it was us."""
    ACTIVE = "active"
    REFUSED = "refused"
    ENDING = "ending"
    """The hub was asked to end it."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed's subscription at its hub (WebSub)."""

    feed: str
    hub: str
    topic: str
    base: str
    """Our public address when it was made: where the hub finds us."""
    token: str = field(repr=False)
    """Part of the address that the hub tells us by: nobody else knows it."""
    secret: str = field(repr=False)
    """What the hub signs with."""
    standing: Standing = Standing.ASKED
    until: float = 0.0
    """End of its lease."""
    tries: int = 0
    """How often the hub was asked since it last agreed."""
    reason: str = ""
    """Why it was refused, if it was."""
    proven: bool = False
    """Whether the hub told us of what was new last, before we found it ourselves."""
    last_new: float = 0.0
    """When it last told us something new."""

    def is_called(self, token: str) -> bool:
        """Whether this is its token, in a time that tells nothing of it."""
        return compare_digest(self.token.encode(), token.encode("utf-8", "replace"))

    @property
    def callback(self) -> str:
        """Where the hub finds us."""
        return f"{self.base}/websub/{self.feed}/{self.token}"
