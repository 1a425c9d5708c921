"""Who is called next when nobody answers, when, and when not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from monitor.alerts.escalation import chain, comes_from, escalated
from monitor.alerts.policy import decide
from monitor.alerts.routes import Route
from monitor.alerts.terms import Terms
from monitor.model import Alert, AlertEvent, Delivery, EventKind, Fate, Hold, HoldReason, Item, Kind, Relation, Severity
from tests.alerts.newsroom import Newsroom, a_text
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


# ── From one item to the next ───────────────────────────────────────────────

MINUTE, HOUR = 60.0, 3600.0
ESCALATE = {"to": "desk", "escalate": {"after": "10m", "to": "night"}}
QUIET = {**ESCALATE, "quiet": {"hours": "22:00-06:00"}}
DIGEST = {**ESCALATE, "digest": {"every": "1h"}}
LATE = NOON + 11 * HOUR  # 23:00 UTC
MEETING = a_text("Ministers meet", source="Meridian")
FLASH = a_text("Ministers resign", source="Harbour", kind=Kind.FLASH)
UPDATE = Relation.UPDATE
CALLED = ("night raised ping: Ministers meet",)


def again(title: str, kind: Kind) -> Item:
    return a_text(title, MEETING.guid, source=MEETING.source, kind=kind)


def under_embargo(until: float) -> Item:
    return replace(MEETING, wire=replace(MEETING.wire, embargo=until), revision=repr(until))


@pytest.mark.parametrize(("route", "now", "wait"), [(QUIET, LATE, 7 * HOUR), (DIGEST, NOON + 60, HOUR - 60)])
def test_a_digest_calls_nobody_and_is_not_waited_for(route: dict[str, object], now: float, wait: float) -> None:
    room = Newsroom(route, now=now)
    room.hears(MEETING, "ministers")
    assert room.passes(wait) == ("desk digest: raised Ministers meet",)
    assert room.passes(HOUR) == ()


@pytest.mark.parametrize("stood", [False, True], ids=["waits", "stood"])
def test_what_stood_in_a_digest_or_waits_for_one_is_escalated_once_it_calls(stood: bool) -> None:
    room = Newsroom(DIGEST, now=NOON + 60)
    room.hears(MEETING, "ministers")
    if stood:
        room.passes(HOUR)
    (told,) = room.hears(FLASH, "resignations", severity=Severity.FLASH, of=MEETING.key, relation=UPDATE)
    assert told.startswith("desk updated ping" if stood else "desk raised ping")
    assert room.outcome.fate is (Fate.FOLLOWED_UP if stood else Fate.ALERTED)
    assert "held for night until" in room.outcome.reason
    assert room.passes(10 * MINUTE - 1) == ()
    assert room.passes(1) == CALLED
    assert room.alert().note.startswith("not acknowledged in desk within 10m")
    assert room.passes(HOUR) == ()


def test_a_rise_in_severity_is_taken_over_by_what_waits_and_hastens_nothing() -> None:
    room = Newsroom(ESCALATE)
    room.hears(MEETING, "ministers")
    room.passes(5 * MINUTE)
    told = room.hears(FLASH, "resignations", severity=Severity.HIGH, of=MEETING.key, relation=UPDATE)
    assert [word.split(":")[0] for word in told] == ["desk updated ping"]
    assert room.passes(5 * MINUTE - 1) == ()
    assert room.passes(1) == CALLED
    event = room.alert()
    assert (event.severity, event.card.severity, event.rules) == (
        Severity.HIGH,
        Severity.HIGH,
        ("ministers", "resignations"),
    )


def test_who_was_called_is_called_again_when_it_rises() -> None:
    room = Newsroom(ESCALATE)
    room.hears(MEETING, "ministers")
    assert room.passes(10 * MINUTE) == CALLED
    told = room.hears(a_text("Ministers met", "2"), "resignations", severity=Severity.HIGH, of=MEETING.key)
    assert told == ("desk severity_raised ping: Ministers meet", "night severity_raised ping: Ministers meet")


def test_a_route_that_leads_to_it_by_itself_waits_for_nobody() -> None:
    room = Newsroom({**ESCALATE, "continue": True}, {"to": "night", "when": {"rule": "resignations"}})
    room.hears(MEETING, "ministers")
    told = room.hears(a_text("Ministers met", "2"), "resignations", of=MEETING.key)
    assert told[-1:] == CALLED
    assert room.passes(HOUR) == ()


@pytest.mark.parametrize("later", [30 * MINUTE, -15 * MINUTE], ids=["later", "sooner"])
def test_an_embargo_that_is_moved_moves_what_follows_it(later: float) -> None:
    room = Newsroom(ESCALATE)
    room.hears(under_embargo(NOON + HOUR), "ministers")
    room.hears(under_embargo(NOON + HOUR + later), "ministers")
    assert room.passes(HOUR + later) == ("desk raised ping: Ministers meet",)
    assert room.passes(10 * MINUTE - 1) == ()
    assert room.passes(1) == CALLED


def test_a_text_that_is_free_at_once_is_waited_for_from_then_on() -> None:
    room = Newsroom(ESCALATE)
    room.hears(under_embargo(NOON + HOUR), "ministers")
    room.passes(MINUTE)
    assert room.hears(replace(MEETING, revision="free"), "ministers") == ("desk raised ping: Ministers meet",)
    assert room.passes(10 * MINUTE - 1) == ()
    assert room.passes(1) == CALLED


# ── A channel that has it in a digest already ───────────────────────────────

DESK_AND_DIGEST = ({**ESCALATE, "continue": True}, {"to": "night", "digest": {"every": "1h"}})


def test_who_only_has_it_in_a_digest_is_called_all_the_same() -> None:
    room = Newsroom(*DESK_AND_DIGEST)
    room.hears(MEETING, "ministers")
    assert room.passes(10 * MINUTE) == CALLED
    assert room.passes(HOUR) == ("night digest: raised Ministers meet",)


def test_then_only_the_alert_that_called_tells_more() -> None:
    room = Newsroom(*DESK_AND_DIGEST)
    room.hears(MEETING, "ministers")
    room.passes(HOUR)
    told = room.hears(again("Ministers met", Kind.CORRECTION), "ministers")
    assert told == ("desk corrected ping: Ministers met", "night corrected ping: Ministers met")


def test_a_correction_before_the_call_calls_and_nobody_is_called_twice() -> None:
    room = Newsroom({**ESCALATE, "escalate": {"after": "2h", "to": "night"}, "continue": True}, DESK_AND_DIGEST[1])
    room.hears(MEETING, "ministers")
    assert room.passes(HOUR) == ("night digest: raised Ministers meet",)
    told = room.hears(again("Ministers met", Kind.CORRECTION), "ministers")
    assert told == ("desk corrected ping: Ministers met", "night corrected ping: Ministers met")
    assert room.passes(2 * HOUR) == ()


def test_a_route_that_would_gather_it_does_not_put_off_a_call() -> None:
    room = Newsroom(
        {**ESCALATE, "continue": True}, {"to": "night", "when": {"rule": "talks"}, "digest": {"every": "1h"}}
    )
    room.hears(MEETING, "ministers")
    room.hears(a_text("Ministers met", "2"), "talks", of=MEETING.key)
    assert room.passes(10 * MINUTE) == CALLED
    assert room.passes(HOUR) == ()


def test_an_alert_of_its_own_speaks_for_no_other() -> None:
    room = Newsroom(
        {"to": "night", "when": {"severity": "flash"}},
        {"to": "night", "group": "text", "digest": {"every": "1h"}},
    )
    room.hears(MEETING, "ministers")
    assert room.passes(HOUR) == ("night digest: raised Ministers meet",)
    assert room.hears(FLASH, "resignations", severity=Severity.FLASH, of=MEETING.key, relation=Relation.REPORT)
    told = room.hears(again("Ministers met", Kind.CORRECTION), "ministers")
    assert "night corrected ping: Ministers met" in told
