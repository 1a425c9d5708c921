"""Every error that Wirewatch raises on purpose.

    WirewatchError
    ├── ConfigError          what an editor or operator wrote is wrong: exit 2
    ├── StoreError
    │   ├── StoreUnavailable the Redis server is away: wait and try again
    │   ├── StoreUnfit       it would lose data or does not let us in: exit 2; once at work, wait
    │   └── Contended        others committed first, too many times in a row
    ├── NoServer             no Valkey or Redis binary for the embedded store: exit 2
    ├── RuleFailed           a rule could not be held against an item: it is disabled, the others go on
    └── ChannelError         a delivery did not go through
        ├── Retryable        not accepted; try again, not before `retry_after`
        ├── Ambiguous        may have been accepted; look before sending again
        ├── Permanent        this message will never be accepted
        └── Closed           nothing is accepted until an operator acts: what waits is kept

Expected events of the wire (a fetch that failed, a document that is no feed)
are values in `monitor.model`, not errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_FAULTS = 1_000
"""Faults after which no more are looked for: a file that has as many has one cause for them."""
TOLD = 50
"""Faults that an error tells in its words, which go into logs and messages; it holds them all."""


class WirewatchError(Exception):
    """Root of the tree."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in what a person wrote: where, what, and the mend.

    `line` and `column` count from 1; 0 when the fault has no place in a file
    (an environment variable, a missing folder).
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class ConfigError(WirewatchError):
    """Settings or files are wrong; holds every fault found, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        told = [str(fault) for fault in self.faults[:TOLD]]
        if len(self.faults) > TOLD:
            told.append(f"… and {len(self.faults) - TOLD} more")
        super().__init__("\n".join(told))


class StoreError(WirewatchError):
    """The store did not do what was asked."""


class StoreUnavailable(StoreError):
    """The Redis server cannot be reached or is loading; nothing was lost."""


class StoreUnfit(StoreError):
    """The server is configured so that it would lose what we entrust to it."""


class Contended(StoreError):
    """Others committed first, too many times in a row; nothing was written."""


class NoServer(WirewatchError):
    """The embedded store found no `valkey-server` or `redis-server` to start."""


class RuleFailed(WirewatchError):
    """A rule, by its id, could not be held against an item; a fault of ours, for none should."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule = rule
        super().__init__(f"rule {rule} failed: {reason}")


class ChannelError(WirewatchError):
    """A delivery did not go through."""


class Retryable(ChannelError):
    """Not accepted; `retry_after` is the least number of seconds to wait, if the far side said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Ambiguous(ChannelError):
    """The answer was lost (timeout, reset, 5xx): it may stand there already."""


class Permanent(ChannelError):
    """This message will not be accepted however often it is tried."""


class Closed(ChannelError):
    """The channel accepts nothing until an operator acts, as the words say; the message is as good as any."""
