"""Somebody is on an alert, or its story is over: which messages say so, and who is not called any more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from monitor.alerts import escalation
from monitor.alerts.amending import OVER, acknowledge, close
from monitor.alerts.policy import decide
from monitor.alerts.routes import Route
from monitor.model import (
    Acknowledgement,
    Alert,
    AlertEvent,
    Delivery,
    EventKind,
    Hold,
    HoldReason,
    Kind,
    Manner,
    Relation,
    Story,
)
from monitor.ports import Amendment
from tests.alerts.test_policy import LEAD, situation
from tests.items import NOON, a_match, an_item

SAID = Acknowledgement("anna", NOON + 300)
ROUTES = [Route.model_validate({"to": ["asia", "desk"]})]
TOLD = decide(situation(LEAD, [a_match(LEAD, "ministers", "Ministers")]), ROUTES).story
ASIA, DESK = TOLD.alerts


def waits(alert: Alert, where: Hold) -> tuple[Alert, Delivery]:
    """An alert in a hold, and what waits of it."""
    held = replace(alert, holds=(where,))
    event = AlertEvent(
        kind=EventKind.RAISED,
        at=NOON,
        alert_id=alert.id,
        story_id=TOLD.id,
        rules=alert.rules,
        severity=alert.severity,
        item=LEAD.ref(),
        relation=TOLD.carriers[0].relation,
        hits=(),
        card=alert.card,
        manner=Manner.PING,
    )
    return held, Delivery(f"d-{alert.id}", alert.id, alert.channel, event, NOON, hold=where)


NIGHT, ESCALATION = waits(replace(DESK, id="night-1", channel="night"), escalation.hold(DESK, "night", NOON + 600))
ESCALATING = replace(TOLD, alerts=(ASIA, DESK, NIGHT))


def said(story: Story, chosen: Collection[str], waiting: Collection[Delivery] = ()) -> Amendment:
    amendment = acknowledge(story, chosen, waiting, {LEAD.key: LEAD.ref()}, SAID)
    assert amendment is not None
    return amendment


def on_it(story: Story) -> list[str]:
    return [alert.channel for alert in story.alerts if alert.card.acknowledged]


def test_the_message_says_who_is_on_it() -> None:
    amendment = said(TOLD, [DESK.id])
    (delivery,) = amendment.deliveries
    event = delivery.event
    assert isinstance(event, AlertEvent)
    assert (delivery.channel, delivery.lane, delivery.created_at) == ("desk", DESK.id, SAID.at)
    assert (event.kind, event.manner, event.note) == (EventKind.ACKNOWLEDGED, Manner.EDIT, "by anna")
    assert (event.item, event.card.acknowledged) == (LEAD.ref(), SAID)
    assert (amendment.story.version, on_it(amendment.story)) == (TOLD.version + 1, ["desk"])
    assert amendment.story.alerts[1].revision == DESK.revision + 1


def test_a_text_that_the_store_forgot_is_told_from_the_card() -> None:
    amendment = acknowledge(TOLD, [DESK.id], (), {}, SAID)
    assert amendment is not None
    event = amendment.deliveries[0].event
    assert isinstance(event, AlertEvent)
    assert (event.item.key, event.item.title, event.item.url) == (LEAD.key, LEAD.headline, LEAD.url)


def test_all_alerts_of_a_story() -> None:
    assert on_it(said(TOLD, [ASIA.id, DESK.id]).story) == ["asia", "desk"]


def test_nobody_is_on_it_twice() -> None:
    once = said(TOLD, [DESK.id]).story
    assert acknowledge(once, [DESK.id], (), {}, Acknowledgement("ben", NOON + 600)) is None
    both = acknowledge(once, [ASIA.id, DESK.id], (), {}, Acknowledgement("ben", NOON + 600))
    assert both is not None
    assert [alert.card.acknowledged and alert.card.acknowledged.by for alert in both.story.alerts] == ["ben", "anna"]


def test_an_escalation_that_waits_is_called_off_as_if_it_had_never_been() -> None:
    amendment = said(ESCALATING, [DESK.id], [ESCALATION])
    assert amendment.lifted == (ESCALATION,)
    assert [alert.channel for alert in amendment.story.alerts] == ["asia", "desk"]
    assert [delivery.channel for delivery in amendment.deliveries] == ["desk"]


def test_the_escalation_of_another_alert_stays() -> None:
    amendment = said(ESCALATING, [ASIA.id], [ESCALATION])
    assert (amendment.lifted, on_it(amendment.story)) == ((), ["asia"])
    assert len(amendment.story.alerts) == 3


@pytest.mark.parametrize("chosen", [DESK.id, NIGHT.id], ids=["by those called first", "by those called next"])
def test_who_was_called_next_and_who_was_called_first_both_see_it(chosen: str) -> None:
    amendment = said(ESCALATING, [chosen])
    assert (amendment.lifted, on_it(amendment.story)) == ((), ["desk", "night"])
    assert [delivery.channel for delivery in amendment.deliveries] == ["desk", "night"]


def test_what_still_waits_for_the_morning_goes_on_waiting() -> None:
    held, waiting = waits(DESK, Hold("h", "desk", HoldReason.QUIET, NOON + 3600))
    amendment = said(replace(TOLD, alerts=(ASIA, held)), [DESK.id], [waiting])
    assert (amendment.deliveries, amendment.lifted, on_it(amendment.story)) == ((), (), ["desk"])


def test_a_correction_of_the_text_on_the_card_leaves_it_said() -> None:
    story = said(TOLD, [DESK.id]).story
    changed = replace(LEAD, body=LEAD.body.replace("Ten", "Nine"), wire=replace(LEAD.wire, kind=Kind.CORRECTION))
    corrected = situation(changed, [a_match(LEAD, "ministers", "Ministers")], story=story, compared=LEAD)
    assert on_it(decide(corrected, ROUTES).story) == ["desk"]


def test_what_is_over_says_so() -> None:
    amendment = close(ESCALATING, [ESCALATION], {LEAD.key: LEAD.ref()}, NOON + OVER)
    assert [(word.channel, word.kind) for word in amendment.deliveries] == [
        ("asia", EventKind.EXPIRED),
        ("desk", EventKind.EXPIRED),
    ]
    event = amendment.deliveries[0].event
    assert isinstance(event, AlertEvent)
    assert (event.manner, event.card.closed, event.item) == (Manner.EDIT, True, LEAD.ref())
    assert (ESCALATING.is_open, amendment.story.is_open) == (True, False)


def test_what_stood_in_a_digest_has_no_message_to_say_so() -> None:
    in_digest = replace(TOLD, alerts=(replace(ASIA, alone=False), DESK))
    assert [word.channel for word in close(in_digest, (), {}, NOON + OVER).deliveries] == ["desk"]


def test_a_text_that_comes_after_all_opens_it_again() -> None:
    closed = close(TOLD, (), {}, NOON + OVER).story
    late = an_item("Ministers met in Tunxi", "Two days on, more of it.", guid="2")
    again = decide(situation(late, story=closed, relation=Relation.REPORT, now=NOON + OVER + 60), ROUTES)
    assert [alert.card.closed for alert in again.story.alerts] == [False, False]
