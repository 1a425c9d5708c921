"""How often one thing may alert a channel: when it may be told, and what counts as one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.follow_up import Situation
from monitor.alerts.policy import Decision, decide, wanted
from monitor.alerts.routes import Route
from monitor.alerts.throttling import MOST_MARKS, Brake, Pace, free_at, told
from monitor.model import (
    Fate,
    Field,
    Grouping,
    Hit,
    HoldReason,
    Kind,
    Mark,
    Match,
    Outcome,
    Relation,
    Severity,
    Story,
    Tally,
    Verdict,
)
from tests.items import NOON, an_item

HOUR = 3600.0
HOURLY = Pace(HOUR, HOUR)
DOUBLING = Pace(HOUR, 5 * HOUR)


# ── When it may be told ─────────────────────────────────────────────────────


def alerts(*hours: float, waited: int = 0) -> Tally:
    """Alerts told so many hours before noon, or to be told after it when negative; the last few had to wait."""
    at_once = len(hours) - waited
    marks = (Mark("", NOON - hour * HOUR, spent=number < at_once) for number, hour in enumerate(hours))
    return Tally("t", len(hours), tuple(marks))


@pytest.mark.parametrize(
    ("tally", "pace", "hours"),
    [
        pytest.param(alerts(), HOURLY, 0.0, id="nothing yet"),
        pytest.param(alerts(0.25), HOURLY, 0.75, id="too soon"),
        pytest.param(alerts(1.0), HOURLY, 0.0, id="just late enough"),
        pytest.param(alerts(0.25, -0.75, waited=1), HOURLY, 0.75, id="others wait already"),
        pytest.param(alerts(1.25, 0.25, waited=1), HOURLY, 0.75, id="what waited was told"),
        pytest.param(alerts(-0.001), HOURLY, 1.001, id="told by a replica whose clock is ahead"),
        pytest.param(alerts(0.25), DOUBLING, 0.75, id="the first time"),
        pytest.param(alerts(1.25, 0.25, waited=1), DOUBLING, 1.75, id="twice as long after others waited"),
        pytest.param(alerts(3.25, 2.25, 0.25, waited=2), DOUBLING, 3.75, id="and again"),
        pytest.param(alerts(7.25, 6.25, 4.25, 0.25, waited=3), DOUBLING, 4.75, id="up to the longest"),
        pytest.param(alerts(9.0, 8.0, waited=1), DOUBLING, 0.0, id="quiet since"),
    ],
)
def test_when_something_may_be_told_that_comes_at_noon(tally: Tally, pace: Pace, hours: float) -> None:
    assert free_at(tally, pace, NOON) == pytest.approx(NOON + hours * HOUR)


steps = st.lists(st.sampled_from([0, 1, 3, 7, 10, 11, 25, 90]), max_size=60)


@given(steps, st.sampled_from([Pace(10, 10), Pace(10, 75), Pace(7, 7 * 2**40)]))
@settings(deadline=None)
def test_nothing_is_told_too_soon_nor_waits_too_long_and_nothing_is_forgotten(pauses: list[int], pace: Pace) -> None:
    tally, now = Tally("t"), 0.0
    tellings: list[tuple[float, bool]] = []  # when, and whether it had waited
    for pause in pauses:
        now += pause
        at = free_at(tally, pace, now)
        assert now <= at <= now + pace.longest
        if not tellings or tellings[-1][0] != at:
            tellings.append((at, at > now))
        for moved in told([Brake(((pace, tally),), binds=True)], at, now):
            assert moved.version == tally.version + 1
            assert len(moved.marks) <= MOST_MARKS
            assert moved.keep >= at - now + pace.every
            tally = moved
        assert tally.marks[-1].at == at
    in_a_row = 0
    for (earlier, waited_before), (later, waited) in pairwise(tellings):
        in_a_row = in_a_row + 1 if waited_before else 0
        apart = later - earlier
        assert apart == pace.after(in_a_row) if waited else apart >= pace.after(in_a_row)


def test_what_is_told_with_others_moves_nothing_back() -> None:
    pending = alerts(0.5, -2.0, waited=1)
    assert told([Brake(((HOURLY, pending),), binds=True)], NOON + HOUR, NOON) == ()


# ── What counts as one thing ────────────────────────────────────────────────


class Desk:
    """News decided one after the other, ten minutes apart; tallies are kept as the store keeps them."""

    def __init__(self, throttle: dict[str, Any] | None = None) -> None:
        self.routes = [Route.model_validate({"to": "desk", "throttle": throttle or "off"})]
        self.now = NOON
        self.tallies: dict[str, Tally] = {}

    def hears(self, *matches: Match, story: Story | None = None, kind: Kind = Kind.NEWS) -> Decision:
        self.now += 600
        item = an_item(guid=f"{self.now}", kind=kind)
        verdict = Verdict(Relation.REPORT if story else Relation.NEW, story.id if story else "", "same lead")
        situation = Situation(item, self.now, matches, verdict, None, None, story, None)
        keys = wanted(situation, self.routes)
        known = {key: self.tallies.get(key, Tally(key)) for key in keys}
        decision = decide(replace(situation, tallies=known), self.routes)
        for tally in decision.tallies:
            assert tally.version == self.tallies.get(tally.key, Tally(tally.key)).version + 1, "as the store demands"
            self.tallies[tally.key] = tally
        return decision

    def fates(self, *news: Sequence[Match]) -> list[Fate]:
        return [self.hears(*matches).outcome.fate for matches in news]


def rule(name: str, *entities: str, throttle: float = 0.0, severity: Severity = Severity.NORMAL) -> Match:
    hits = tuple(Hit(name, Field.TITLE, 0, 9, "Ministers", entity) for entity in entities)
    return Match(name, severity, (), hits, throttle=throttle)


TOLD, LATE = Fate.ALERTED, Fate.THROTTLED


def test_after_an_alert_of_a_rule_none_for_so_long() -> None:
    desk = Desk()
    quakes = rule("quakes", throttle=2 * HOUR)
    assert desk.fates([quakes]) == [TOLD]
    late = desk.hears(quakes)
    (waiting,) = late.deliveries
    assert waiting.hold
    assert (waiting.hold.reason, waiting.hold.until) == (HoldReason.THROTTLE, desk.now - 600 + 2 * HOUR)
    said = "matched quakes; held for desk until 2022-03-30 14:10 UTC: throttle"
    assert late.outcome == Outcome(Fate.THROTTLED, said)
    assert [mark.spent for mark in late.tallies[0].marks] == [True, False]
    assert desk.fates([rule("strikes")]) == [TOLD]
    desk.now += 4 * HOUR  # what waited began the time anew
    assert desk.fates([quakes], [quakes]) == [TOLD, LATE]


@pytest.mark.parametrize(
    ("by", "news", "fates"),
    [
        ("rule", [[rule("a")], [rule("b")], [rule("a")]], [TOLD, TOLD, LATE]),
        ("rule", [[rule("a")], [rule("a"), rule("b")], [rule("b")]], [TOLD, TOLD, LATE]),
        ("entity", [[rule("a", "wang")], [rule("b", "wang")], [rule("b", "lavrov")]], [TOLD, LATE, TOLD]),
        ("entity", [[rule("a", "wang")], [rule("a", "lavrov", "wang")], [rule("a", "lavrov")]], [TOLD, TOLD, LATE]),
        ("entity", [[rule("a")], [rule("a")]], [TOLD, TOLD]),
        ("story", [[rule("a")], [rule("a")]], [TOLD, TOLD]),
        ("rule", [[rule("a")], [rule("a", severity=Severity.FLASH)]], [TOLD, TOLD]),
    ],
    ids=["rules", "one of two rules", "entities", "one of two entities", "nobody named", "stories", "a flash passes"],
)
def test_a_route_counts_by(by: str, news: list[list[Match]], fates: list[Fate]) -> None:
    assert Desk({"by": by, "every": "1h"}).fates(*news) == fates


def test_alerts_of_one_story_count_as_one_thing() -> None:
    each = replace(rule("a"), group=Grouping.OFF)
    for throttle, raised in ({"by": "story", "every": "1h"}, 1), (None, 2):
        desk = Desk(throttle)
        first = desk.hears(each)
        second = desk.hears(each, story=first.story)
        assert sum(not delivery.hold for delivery in (*first.deliveries, *second.deliveries)) == raised


def test_a_rule_may_be_slower_than_its_route() -> None:
    slow = rule("a", throttle=3 * HOUR)
    desk = Desk({"every": "30m"})
    assert desk.fates([slow]) == [TOLD]
    desk.now += HOUR
    assert desk.fates([slow], [slow, rule("b")], [rule("b")]) == [LATE, TOLD, LATE]


def test_a_flash_passes_whatever_the_severity_of_its_rule() -> None:
    desk = Desk({"every": "1h"})
    assert desk.fates([rule("a")]) == [TOLD]
    assert desk.hears(rule("a"), kind=Kind.FLASH).outcome.fate is TOLD


def test_a_flash_heeds_the_throttle_of_its_own_rule() -> None:
    flash = rule("a", throttle=HOUR, severity=Severity.FLASH)
    assert Desk().fates([flash], [flash]) == [TOLD, LATE]


def test_each_channel_counts_for_itself_and_the_reason_says_for_whom_it_came_too_soon() -> None:
    desk = Desk()
    desk.routes = [
        Route.model_validate({"to": "desk", "continue": True, "throttle": {"every": "1h"}}),
        Route.model_validate({"to": "asia", "when": {"rule": "quakes"}}),
    ]
    assert desk.fates([rule("strikes")], [rule("quakes")]) == [TOLD, TOLD]
    told_one = desk.hears(rule("quakes"))
    assert [delivery.channel for delivery in told_one.deliveries if not delivery.hold] == ["asia"]
    reason = "matched quakes; told asia; held for desk until 2022-03-30 13:20 UTC: throttle"
    assert told_one.outcome == Outcome(Fate.ALERTED, reason)


def test_what_came_too_soon_waits_for_the_same_time_and_an_alert_told_goes_on() -> None:
    desk = Desk({"every": "1h"})
    first = desk.hears(rule("a"))
    held = [desk.hears(rule("a")).deliveries[0].hold for _ in range(3)]
    assert len(set(held)) == 1
    follow_up = desk.hears(rule("a"), story=first.story)
    assert (follow_up.outcome.fate, len(follow_up.deliveries)) == (Fate.ATTACHED, 1)


def test_exponential_throttles_and_their_longest_time() -> None:
    desk = Desk({"every": "1h", "exponential": True, "longest": "3h"})
    desk.hears(rule("a"))
    assert [tally.keep for tally in desk.tallies.values()] == [3 * HOUR]


def test_without_a_throttle_nothing_is_counted() -> None:
    desk = Desk()
    assert desk.hears(rule("a", "wang")).tallies == ()
    situation = Situation(an_item(), NOON, (rule("a"),), Verdict(Relation.NEW, "", ""), None, None, None, None)
    assert wanted(situation, desk.routes) == ()
