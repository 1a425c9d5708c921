"""The store's outbox: deliveries from queued to settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.model import Delivery, DeliveryState, Receipt


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this process holds until its lease ends."""

    delivery: Delivery
    token: int
    attempts: int
    """How often sending was begun before; above 0 with `unsettled`, look before sending."""
    since: float
    """When sending was first begun."""
    unsettled: bool
    """An earlier attempt may have been accepted: its sender died or had no clear answer."""
    root: Receipt | None
    """Where the alert's message stands, once it does."""
    followed: bool = False
    """The next of its lane is due as well."""


UNREADABLE = "unreadable"
"""Why a delivery was given up of which only the id is left: there is nothing to send again."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A delivery given up, and why."""

    delivery: Delivery
    at: float
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a delivery has come, or the digest that tells it."""

    channel: str
    state: DeliveryState
    attempts: int
    at: float
    """When it was sent or given up; until then, when it is due."""
    reason: str
    """What the far side said last, if it did not accept; why it is held."""
    digest: bool = False
    """Whether it is told in a digest."""


@dataclass(frozen=True, slots=True)
class Step:
    """A delivery came into a state: an attempt is `sending`, then how it ended."""

    delivery: str
    state: DeliveryState
    attempt: int
    """Attempts begun by then."""
    at: float
    due: float
    """When it is tried, of one that is queued or tried again; else 0."""
    said: str
    """Of one queued: what it tells (an event's kind) or who queued it again. Else what the far side said."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much one channel has before it: deliveries by state, those given up, and those that wait in holds."""

    channel: str
    queued: int = 0
    sending: int = 0
    retry: int = 0
    ambiguous: int = 0
    dead: int = 0
    held: int = 0
    oldest: float | None = None
    """From when on the oldest of those not settled is owed: its `due`, whatever was tried since."""
    said: str = ""
    """What the far side said of that one when it was tried last; empty: nothing yet."""
    paused: float = 0.0
    """Until when nobody takes from it."""

    @property
    def waiting(self) -> int:
        """Those not settled and not held."""
        return self.queued + self.sending + self.retry + self.ambiguous

    @property
    def states(self) -> Mapping[DeliveryState, int]:
        """The counts by state."""
        return {
            DeliveryState.HELD: self.held,
            DeliveryState.QUEUED: self.queued,
            DeliveryState.SENDING: self.sending,
            DeliveryState.RETRY: self.retry,
            DeliveryState.AMBIGUOUS: self.ambiguous,
            DeliveryState.DEAD: self.dead,
        }


class Pauses(Protocol):
    """Silences that far sides asked for, kept by every process."""

    async def pause(self, name: str, until: float) -> None:
        """Leave it alone until then: a channel, from which nobody takes, or what channels call by a name of theirs.

        It is forgotten after a week.
        """

    async def paused(self, name: str) -> float:
        """Until when it is left alone; a time that has passed, or 0: it is not."""


class Outbox(Pauses, Protocol):
    """Deliveries between commit and receipt.

    A delivery is due from `created_at` or `not_before`, whichever is later; one
    with a `hold` waits there first, see `Holds`. Settling twice in the same way is
    true twice: the first answer was lost.
    """

    async def put(self, deliveries: Sequence[Delivery]) -> int:
        """Queue deliveries that belong to no item (ops); known ids are skipped. Returns how many."""

    async def take(self, channel: str, now: float, lease: float, pace: float = 0.0) -> Taken | None:
        """The next due delivery of a channel, or None; counts as an attempt begun.

        For `pace` seconds nobody takes another. What gathers is due together,
        at the time of the first of them or when any other of its lane is; a lane
        that only gathers lets others go first, for a minute at most.
        One that cannot be read goes to the dead-letter list.
        """

    async def renew(self, taken: Taken, until: float) -> bool:
        """Hold it until then. False when the lease was lost; then another process sends it."""

    async def sent(self, taken: Taken, receipt: Receipt | None, now: float) -> bool:
        """Done. False when the lease was lost; then another process decides."""

    async def retry(self, taken: Taken, now: float, at: float, reason: str, unsettled: bool) -> bool:
        """Not yet: again at `at`. `unsettled` when it may have been accepted."""

    async def give_up(self, taken: Taken, now: float, reason: str) -> bool:
        """Never: to the dead-letter list; the lane goes on."""

    async def channels(self) -> tuple[str, ...]:
        """Channels for which anything was queued within the last month, by name."""

    async def backlog(self, channels: Sequence[str]) -> tuple[Backlog, ...]: ...

    async def progress(self, deliveries: Sequence[str]) -> tuple[Progress, ...]:
        """How far these deliveries have come, by id; those forgotten (a week after they were settled) are left out."""

    async def steps(self, channel: str, lane: str) -> tuple[Step, ...]:
        """What happened to the deliveries of a lane, oldest first; the last 200 steps, for a week."""

    async def dead(self, limit: int) -> tuple[Dead, ...]:
        """Deliveries given up, newest first; the last 1,000 of a channel, for a month."""

    async def replay(self, delivery: Delivery, now: float, look: bool) -> bool:
        """Queue a dead delivery again as it is given here, under its id and in its place in the lane.

        `look` for it before it is sent. False when it is not dead (any more).
        """

    async def drop(self, delivery: Delivery, now: float) -> bool:
        """Let a dead delivery go; its id stays known. False when it is not dead (any more)."""
