"""What is not told now, why, and until when.

    embargo      its desk says so                            goes out by itself
    quiet hours  `quiet` of the route; a flash passes        one digest at their end
    digest       `digest` of the route; a flash passes       the next digest
    inhibition   a flash on the story was told a while ago   one digest after that while
    catch-up     more of a backlog than `catch_up` lets by   one digest
    throttle     it is too soon for another                  one digest when it is not

The first that holds is the one. What is under embargo waits at least for its
end, and longer when that falls into quiet hours or is gathered into a digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import isfinite

from monitor.alerts import catching_up, throttling
from monitor.alerts.follow_up import Situation
from monitor.alerts.routes import Routed
from monitor.alerts.terms import Terms, next_digest, quiet_until
from monitor.model import Alert, Delivery, Hold, HoldReason, Item, Kind, Severity, Story, Tally, digest


@dataclass(frozen=True, slots=True)
class Wait:
    """Why something is not told now, and until when."""

    reason: HoldReason
    until: float
    title: str = ""
    """What the digest is called; empty: by the reason."""

    def hold(self, channel: str) -> Hold:
        """Where it waits, together with all that waits for a channel on these terms."""
        named = digest("hold", channel, self.reason, self.title, repr(self.until), length=16)
        return Hold(named, channel, self.reason, self.until, self.title)


def kept(alert: Alert, word: Delivery, wait: Wait | None) -> tuple[Alert, Delivery]:
    """An alert and its first word, which waits if it has to."""
    if wait is None:
        return replace(alert, alone=True), word
    hold = wait.hold(alert.channel)
    return replace(alert, holds=(*alert.holds, hold), alone=not wait.reason.gathers), replace(word, hold=hold)


def until(hold: Hold) -> str:
    """Until when something waits, and why."""
    return f"until {datetime.fromtimestamp(hold.until, UTC):%Y-%m-%d %H:%M} UTC: {hold.reason}"


def loudness(severity: Severity, item: Item) -> Severity:
    """How loud an alert is by this item: what its desk calls a flash is one, whatever the rule says."""
    return Severity.FLASH if item.wire.kind is Kind.FLASH else severity


def by_the_clock(terms: Terms, severity: Severity, at: float) -> Wait | None:
    """Quiet hours or a digest for which an alert waits that might be told at Unix time `at`."""
    end = quiet_until(terms.quiet, at, severity)
    if end is not None and isfinite(end):
        return Wait(HoldReason.QUIET, end)
    if terms.digest is None or severity is Severity.FLASH or not isfinite(due := next_digest(terms.digest, at)):
        return None
    return Wait(HoldReason.DIGEST, due, terms.digest.title)


def by_itself(terms: Terms, severity: Severity, situation: Situation) -> Wait | None:
    """Embargo, quiet hours or a digest: what bears on an alert whatever else there is."""
    embargo = situation.embargo
    wait = by_the_clock(terms, severity, embargo or situation.now)
    return wait or (Wait(HoldReason.EMBARGO, embargo) if embargo else None)


def waits(new: Sequence[Routed], situation: Situation, story: Story) -> tuple[dict[str, Wait], tuple[Tally, ...]]:
    """Of the channels that new alerts wait for, why and until when; and the tallies that this moves."""
    found: dict[str, Wait] = {}
    for to in new:
        severity = loudness(to.severity, situation.item)
        if wait := by_itself(to.terms, severity, situation) or _inhibited(to, severity, situation, story, new):
            found[to.channel] = wait
    late, caught_up = catching_up.late([to for to in new if to.channel not in found], situation)
    found |= {channel: Wait(HoldReason.CATCH_UP, end) for channel, end in late.items()}
    slowed, moved = throttling.slow([to for to in new if to.channel not in found], situation, story.id)
    found |= {channel: Wait(HoldReason.THROTTLE, end) for channel, end in slowed.items()}
    return found, (*caught_up, *moved)


def _inhibited(
    to: Routed, severity: Severity, situation: Situation, story: Story, new: Sequence[Routed]
) -> Wait | None:
    """Whether a flash on the story, told to anybody a while ago or with this item, holds back what is less of it."""
    if to.terms.inhibit is None or severity is Severity.FLASH:
        return None
    flashes = [alert.raised_at for alert in story.alerts if alert.severity is Severity.FLASH]
    flashes += [situation.now for other in new if other.severity is Severity.FLASH]
    end = max(flashes, default=0.0) + to.terms.inhibit
    return Wait(HoldReason.INHIBITION, end) if end > situation.now else None
