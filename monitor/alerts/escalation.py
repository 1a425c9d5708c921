"""Who hears of an alert when nobody says that they are on it: `escalate: {after: 10m, to: night}`.

The same alert waits for each of the next channels in a hold of its own. An
acknowledgement lifts it; so does a withdrawal, as from any other hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from monitor.model import Alert, Hold, HoldReason, digest


def hold(origin: Alert, channel: str, until: float) -> Hold:
    """Where an alert waits for the next channel."""
    return Hold(digest("escalation", origin.id, channel, length=12), channel, HoldReason.ESCALATION, until)


def comes_from(alert: Alert, origin: Alert) -> bool:
    """Whether an alert is what another one is, or was, to become when nobody answers."""
    return any(waits.id == hold(origin, alert.channel, 0.0).id for waits in alert.holds)


def chain(alerts: Iterable[Alert], chosen: Collection[str]) -> set[str]:
    """Ids of these alerts, of those that they were escalated to, and of those that they come from."""
    alerts = tuple(alerts)
    pairs = [(alert.id, origin.id) for alert in alerts for origin in alerts if comes_from(alert, origin)]
    return {*chosen, *(each for pair in pairs if not set(pair).isdisjoint(chosen) for each in pair)}
