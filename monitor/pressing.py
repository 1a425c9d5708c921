"""What a pressed button does: somebody is on it, or wants to hear less.

Whoever presses any of them has seen the alert: it is acknowledged, so that it
is escalated to nobody who would be called for what was judged already.
"""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.alerts.silences import silence
from monitor.amending import acknowledged
from monitor.errors import StoreError
from monitor.model import Acknowledgement, Alert, Matcher, Press, Subject, Wish
from monitor.observe.logs import logger
from monitor.observe.metrics import Metrics
from monitor.ports import Store

MUTE_STORY = 4 * 3600.0
MUTE_RULE = 3600.0
_REASON = "muted by a button in Slack"
_UNKNOWN = "This alert is too old: nothing is known of it any more."

log = logger("service")


async def heed(store: Store, metrics: Metrics, press: Press, now: float) -> str:
    """Do it; what to say to who pressed."""
    try:
        alert = await _alert(store, press)
        if alert is None:
            return _UNKNOWN
        log.info("button pressed", wish=press.wish, alert=press.alert, by=press.by)
        who = await _acknowledge(store, press, now)
        match press.wish:
            case Wish.ACK:
                return who
            case Wish.MUTE_STORY:
                return await _mute(store, alert, [Matcher(Subject.STORY, press.story)], press.by, now, MUTE_STORY)
            case Wish.MUTE_RULE:
                rules = [Matcher(Subject.RULE, rule) for rule in alert.rules]
                return await _mute(store, alert, rules, press.by, now, MUTE_RULE)
            case Wish.NOT_RELEVANT:
                for rule in alert.rules:
                    metrics.not_relevant.labels(rule=rule).inc()
                return f"Noted for whoever edits {_listed(alert.rules)}."
    except StoreError as error:
        log.error("a pressed button did nothing", wish=press.wish, alert=press.alert, reason=str(error))
        return "Not now: the store does not answer. Try again in a minute."


async def _alert(store: Store, press: Press) -> Alert | None:
    story = await store.story(press.story)
    return next((alert for alert in story.alerts if alert.id == press.alert), None) if story else None


async def _acknowledge(store: Store, press: Press, now: float) -> str:
    alerts = await acknowledged(store, press.alert, Acknowledgement(press.by, now)) or ()
    said = next((alert.card.acknowledged for alert in alerts), None)
    if said is None:
        return _UNKNOWN
    return "You are on it." if (said.by, said.at) == (press.by, now) else f"{said.by} is on it since {_at(said.at)}."


async def _mute(store: Store, alert: Alert, about: list[Matcher], by: str, now: float, lasts: float) -> str:
    """Only for the channel in which it was asked for."""
    made = silence([*about, Matcher(Subject.CHANNEL, alert.channel)], by, _REASON, now, lasts)
    await store.add_silence(made, now)
    what = "this story" if about[0].subject is Subject.STORY else _listed(alert.rules)
    return (
        f"Muted here until {_at(made.until)}: {what}. Corrections and withdrawals still come. "
        f"`wirewatch silence expire {made.id}` ends it."
    )


def _listed(rules: tuple[str, ...]) -> str:
    return f"the rule{'s' if len(rules) > 1 else ''} {', '.join(rules)}"


def _at(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M UTC")
