"""The store's holds and silences: what waits, and what nobody wants to hear of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.model import Delivery, Place, Silence


@dataclass(frozen=True, slots=True)
class Held:
    """All that waits in a hold, read at one moment."""

    id: str
    deliveries: tuple[Delivery, ...]
    """One a lane, the oldest first. One that cannot be read is a notice that says so."""
    version: int
    """Moves with each change."""

    def gathered_by(self, deliveries: Sequence[Delivery]) -> str:
        """Id of the one among these that tells of what was held and is not among them itself; empty: none."""
        known = {delivery.id for delivery in self.deliveries}
        return next((delivery.id for delivery in deliveries if delivery.id not in known), "")


class Holds(Protocol):
    """Deliveries that wait until a time.

    Put or committed with a `hold`, a delivery takes the place of what waited
    there in its lane. It leaves when its hold is released, or when a commit
    lifts it; a commit that lifts what was released since is refused.
    """

    async def waiting(self, places: Sequence[Place]) -> Mapping[Place, Delivery]:
        """What waits at these places; those where nothing waits any more are left out."""

    async def due_holds(self, now: float, limit: int) -> tuple[str, ...]:
        """Ids of holds whose time has come, the most overdue first."""

    async def held(self, hold_id: str) -> Held: ...

    async def release(self, held: Held, deliveries: Sequence[Delivery], now: float) -> bool:
        """End the hold and take these in instead: what was held, each by itself, or one digest that tells it all.

        False, having done nothing, when the hold has changed since.
        """


class Silences(Protocol):
    """What people asked not to hear of, shared by all processes, and what it kept from them."""

    async def add_silence(self, silence: Silence, now: float) -> None: ...

    async def silences(self, now: float) -> tuple[Silence, ...]:
        """Those that hold, the first to end first."""

    async def end_silence(self, silence_id: str) -> Silence | None:
        """End a silence before its time; None when there is none of this id."""

    async def count_silenced(self, channels: Sequence[str], story_id: str, now: float) -> None:
        """Remember that a story was kept from channels; counted once, however often."""

    async def silenced(self, channel: str, now: float) -> int:
        """Stories kept from a channel up to this time that no digest has told of."""

    async def forget_silenced(self, channel: str, now: float) -> None:
        """A digest told how many there were up to this time."""
