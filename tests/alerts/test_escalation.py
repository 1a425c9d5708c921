"""Who is called next when nobody answers, when, and when not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from monitor.alerts.escalation import chain, comes_from, escalated
from monitor.alerts.policy import decide
from monitor.alerts.routes import Route
from monitor.alerts.terms import Terms
from monitor.model import Alert, AlertEvent, Delivery, EventKind, Hold, HoldReason
from tests.alerts.test_policy import LEAD, situation
from tests.items import NOON, a_match

TOLD = NOON + 60
SITUATION = situation(LEAD, [a_match(LEAD, "ministers", "Ministers")])
DECISION = decide(SITUATION, [Route.model_validate({"to": ["desk", "asia"]})])
DESK, ASIA = zip(DECISION.story.alerts, DECISION.deliveries, strict=True)
NOBODY = replace(DECISION.story, alerts=())


def terms(*to: str, after: str = "10m") -> Terms:
    return Route.model_validate({"to": "desk", "escalate": {"after": after, "to": list(to)}}).over(Terms())


def waiting(
    raised: Sequence[tuple[Alert, Delivery]], by: Mapping[str, Terms], told: tuple[Alert, ...] = ()
) -> list[Delivery]:
    found = escalated(raised, {"desk": Terms(), "asia": Terms(), **by}, SITUATION, replace(NOBODY, alerts=told))
    assert all(alert.id == word.lane and alert.channel == word.channel for alert, word in found)
    return [word for _, word in found]


@pytest.mark.parametrize(
    ("raised", "by", "expected"),
    [
        pytest.param([DESK], {}, [], id="no route asks for it"),
        pytest.param([DESK], {"desk": terms("night")}, [("night", TOLD + 600)], id="the next channel, after so long"),
        pytest.param(
            [DESK], {"desk": terms("night", "chief")}, [("night", TOLD + 600), ("chief", TOLD + 600)], id="two"
        ),
        pytest.param([DESK, ASIA], {"desk": terms("asia")}, [], id="who was told at once"),
        pytest.param(
            [DESK, ASIA],
            {"desk": terms("night", after="5m"), "asia": terms("night")},
            [("night", TOLD + 300)],
            id="by the first only",
        ),
        pytest.param(
            [(replace(DESK[0], alone=False), DESK[1])], {"desk": terms("night")}, [], id="nobody is called by a digest"
        ),
        pytest.param(
            [(DESK[0], replace(DESK[1], hold=Hold("e", "desk", HoldReason.EMBARGO, NOON + 3600)))],
            {"desk": terms("night")},
            [("night", NOON + 3600 + 600)],
            id="counted from when it is told",
        ),
    ],
)
def test_who_is_called_next(
    raised: list[tuple[Alert, Delivery]], by: dict[str, Terms], expected: list[tuple[str, float]]
) -> None:
    words = waiting(raised, by)
    assert [(word.channel, word.due) for word in words] == expected
    assert all(word.hold is not None and word.hold.reason is HoldReason.ESCALATION for word in words)


def test_who_has_an_alert_of_the_story_is_not_called_again() -> None:
    night = replace(ASIA[0], channel="night")
    assert waiting([DESK], {"desk": terms("night")}, told=(night,)) == []


def test_the_alert_says_why_it_comes() -> None:
    (word,) = waiting([DESK], {"desk": terms("night")})
    event = word.event
    assert isinstance(event, AlertEvent)
    assert (event.kind, event.alert_id, event.note) == (
        EventKind.RAISED,
        word.lane,
        "not acknowledged in desk within 10m",
    )
    assert event.card == replace(DESK[0].card, note=event.note)
    assert word.id != DESK[1].id


def test_where_an_alert_comes_from() -> None:
    ((night, _),) = escalated([DESK], {"desk": terms("night")}, SITUATION, NOBODY)
    assert comes_from(night, DESK[0])
    assert not comes_from(night, ASIA[0])
    alerts = (DESK[0], ASIA[0], night)
    assert chain(alerts, [night.id]) == chain(alerts, [DESK[0].id]) == {DESK[0].id, night.id}
    assert chain(alerts, [ASIA[0].id]) == {ASIA[0].id}
