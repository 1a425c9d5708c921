"""Who hears of a match."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from monitor.alerts.routes import Firing, Route, Routed, When, legs, nowhere, route, unread
from monitor.model import Field, Grouping, Hit, Item, Kind, Match, Relation, Severity
from tests.alerts.clocks import at
from tests.items import an_item


def routes(*written: dict[str, object]) -> list[Route]:
    return [Route.model_validate(line) for line in written]


TUESDAY_NOON = at("2026-03-10 12:00")


def a_match(rule: str, severity: Severity = Severity.NORMAL, *tags: str) -> Match:
    return Match(
        rule, severity, tags, (Hit(rule, Field.TITLE, 0, 6, "Lavrov", "lavrov"), Hit(rule, Field.BODY, 0, 3, "war"))
    )


def told(table: list[Route], *matches: Match, item: Item | None = None) -> tuple[Routed, ...]:
    return route(table, item or an_item(), matches, Relation.NEW, TUESDAY_NOON)


def channels(table: list[Route], *matches: Match) -> list[str]:
    return [routed.channel for routed in told(table, *matches)]


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        pytest.param({}, True, id="nothing asked"),
        pytest.param({"severity": ["high", "flash"]}, True, id="severity listed"),
        pytest.param({"severity": "high"}, True, id="severity alone, no list"),
        pytest.param({"severity": ["low"]}, False, id="severity not listed"),
        pytest.param({"rule": "lavrov"}, True, id="rule"),
        pytest.param({"rule": "lav*"}, True, id="rule by pattern"),
        pytest.param({"rule": "wang-yi"}, False, id="another rule"),
        pytest.param({"tag": ["asia", "russia"]}, True, id="one of the tags"),
        pytest.param({"tag": "asia"}, False, id="tag it lacks"),
        pytest.param({"source": "MERIDIAN"}, True, id="source, case folded"),
        pytest.param({"source": "Harbour*"}, False, id="another source"),
        pytest.param({"feed": ["harbour", "meridian"]}, True, id="one of the feeds"),
        pytest.param({"feed": "harbour"}, False, id="another feed"),
        pytest.param({"lang": "en*"}, True, id="language"),
        pytest.param({"lang": ["ru", "zh"]}, False, id="another language"),
        pytest.param({"kind": "flash"}, True, id="wire kind"),
        pytest.param({"kind": ["update", "correction"]}, False, id="another wire kind"),
        pytest.param({"entity": "lavrov"}, True, id="an entity it found"),
        pytest.param({"entity": ["wang-*"]}, False, id="an entity it did not find"),
        pytest.param({"relation": ["report", "update"]}, True, id="relation to its story"),
        pytest.param({"relation": "new"}, False, id="another relation"),
        pytest.param({"time": {"hours": "11:00-13:00"}}, True, id="within the hours"),
        pytest.param({"time": {"hours": "13:00-14:00"}}, False, id="outside of the hours"),
        pytest.param({"time": [{"days": "sun"}, {"days": "tue"}]}, True, id="one of several times"),
        pytest.param({"time": {"hours": "11:00-13:00", "zone": "Asia/Tokyo"}}, False, id="another zone's hours"),
        pytest.param({"rule": "lavrov", "tag": "asia"}, False, id="all conditions must hold"),
    ],
)
def test_when(when: dict[str, object], fits: bool) -> None:
    match = a_match("lavrov", Severity.HIGH, "russia")
    firing = Firing(an_item(kind=Kind.FLASH), match, Relation.REPORT, TUESDAY_NOON)
    assert (not When.model_validate(when).unmet(firing)) is fits


def test_what_keeps_a_route_from_fitting_is_named() -> None:
    firing = Firing(an_item(), a_match("lavrov"), Relation.NEW, TUESDAY_NOON)
    written = {"rule": "lavrov", "severity": "high", "feed": "harbour", "lang": "en"}
    assert When.model_validate(written).unmet(firing) == ("severity", "feed")


def test_the_first_route_that_fits_is_the_only_one() -> None:
    table = routes({"when": {"severity": "high"}, "to": ["desk"]}, {"to": "night"})
    assert channels(table, a_match("a", Severity.HIGH)) == ["desk"]


def test_continue_reads_on() -> None:
    table = routes({"to": ["archive"], "continue": True}, {"when": {"rule": "a"}, "to": ["desk", "here"]}, {"to": "x"})
    assert channels(table, a_match("a")) == ["archive", "desk", "here"]


def test_two_rules_to_one_channel_are_one_alert_of_the_louder_severity() -> None:
    heard = told(routes({"to": "desk"}), a_match("a", Severity.LOW), a_match("b", Severity.FLASH))
    assert len(heard) == 1
    assert [match.rule for match in heard[0].matches] == ["a", "b"]
    assert heard[0].severity is Severity.FLASH


def test_a_rule_in_the_shadow_alerts_nobody() -> None:
    on_trial = replace(a_match("b", Severity.FLASH), shadow=True)
    heard = told(routes({"to": "desk"}), a_match("a"), on_trial)
    assert [match.rule for routed in heard for match in routed.matches] == ["a"]


def test_no_route_fits() -> None:
    assert told(routes({"when": {"tag": "asia"}, "to": "desk"}), a_match("a")) == ()


# ── The tree ────────────────────────────────────────────────────────────────

TREE: list[dict[str, object]] = [
    {
        "when": {"tag": "asia"},
        "to": "asia",
        "quiet": {"hours": "22:00-06:00"},
        "routes": [
            {"when": {"severity": "flash"}, "to": ["asia", "phone"], "quiet": "off", "continue": True},
            {"when": {"rule": "wang-*"}, "inhibit": "1h"},
            {"when": {"rule": "strike"}, "to": "labour"},
        ],
    },
    {"to": "archive"},
]


@pytest.mark.parametrize(
    ("match", "ways"),
    [
        pytest.param(a_match("strike"), {"archive": (1,)}, id="fits the second route only"),
        pytest.param(a_match("quake", Severity.LOW, "asia"), {"asia": (0,)}, id="fits none below: stays"),
        pytest.param(a_match("wang-yi", Severity.LOW, "asia"), {"asia": (0, 1)}, id="below, to the channel from above"),
        pytest.param(a_match("strike", Severity.LOW, "asia"), {"labour": (0, 2)}, id="below, to another channel"),
        pytest.param(
            a_match("strike", Severity.FLASH, "asia"),
            {"asia": (0, 0), "phone": (0, 0), "labour": (0, 2)},
            id="below, and on to the next there",
        ),
        pytest.param(
            a_match("quake", Severity.FLASH, "asia"), {"asia": (0, 0), "phone": (0, 0)}, id="what went below is gone"
        ),
    ],
)
def test_the_way_through_the_tree(match: Match, ways: dict[str, tuple[int, ...]]) -> None:
    assert {routed.channel: routed.way for routed in told(routes(*TREE), match)} == ways


def test_terms_come_from_the_routes_above() -> None:
    (heard,) = told(routes(*TREE), a_match("wang-yi", Severity.LOW, "asia"))
    assert heard.terms.inhibit == 3600.0
    assert [hours.hours for hours in heard.terms.quiet] == [(22 * 60, 6 * 60)]


def test_a_channel_hears_on_the_terms_of_the_loudest_match() -> None:
    matches = [a_match("quake", Severity.LOW, "asia"), a_match("wang", Severity.FLASH, "asia")]
    for order in (matches, matches[::-1]):
        asia = next(routed for routed in told(routes(*TREE), *order) if routed.channel == "asia")
        assert (asia.way, asia.terms.quiet) == ((0, 0), ())


def test_a_route_may_group_otherwise_than_its_rules_do() -> None:
    table = routes({"to": "desk", "group": "text", "routes": [{"when": {"rule": "b"}, "group": "event"}]})
    heard = told(table, a_match("a"), a_match("b"), replace(a_match("c"), group=Grouping.OFF))
    assert [match.group for match in heard[0].matches] == [Grouping.TEXT, Grouping.EVENT, Grouping.TEXT]
    as_rules_say = told(routes({"to": "desk"}), replace(a_match("c"), group=Grouping.OFF))
    assert [match.group for match in as_rules_say[0].matches] == [Grouping.OFF]


def test_a_rule_that_two_routes_send_to_one_channel_is_told_once() -> None:
    table = routes({"to": "desk", "group": "off", "continue": True}, {"to": "desk"})
    (heard,) = told(table, a_match("a"))
    assert [(match.rule, match.group) for match in heard.matches] == [("a", Grouping.OFF)]


def test_every_route_that_was_read_is_told_with_what_kept_it_from_fitting() -> None:
    firing = Firing(an_item(), a_match("wang-yi", Severity.LOW, "asia"), Relation.NEW, TUESDAY_NOON)
    read = [(leg.way, leg.unmet, leg.terms is not None) for leg in legs(routes(*TREE), firing)]
    assert read == [((0, 0), ("severity",), False), ((0, 1), (), True), ((0,), (), False)]


@pytest.mark.parametrize(
    ("written", "ways"),
    [
        pytest.param([{"to": "a"}], [], id="a channel"),
        pytest.param([{}], [(0,)], id="none"),
        pytest.param([{"to": "a", "routes": [{}]}], [], id="the channel above"),
        pytest.param([{"routes": [{"when": {"rule": "x"}, "to": "a"}]}], [(0,)], id="what fits none below"),
        pytest.param([{"routes": [{"when": {"rule": "x"}, "to": "a"}, {"to": "b"}]}], [], id="all fit the last below"),
        pytest.param([{"to": "a"}, {"routes": [{"routes": [{}]}]}], [(1, 0, 0)], id="three deep"),
    ],
)
def test_routes_to_nowhere(written: list[dict[str, object]], ways: list[tuple[int, ...]]) -> None:
    assert list(nowhere(routes(*written))) == ways


@pytest.mark.parametrize(
    ("written", "ways"),
    [
        pytest.param([{"when": {"rule": "x"}, "to": "a"}, {"to": "a"}], [], id="the last fits everything"),
        pytest.param([{"to": "a"}, {"to": "b"}, {"to": "c"}], [(1,), (2,)], id="the first does"),
        pytest.param([{"to": "a", "continue": True}, {"to": "b"}], [], id="and lets others be read"),
        pytest.param([{"to": "a", "routes": [{}, {"routes": [{}]}]}], [(0, 1)], id="below"),
    ],
)
def test_routes_that_are_never_read(written: list[dict[str, object]], ways: list[tuple[int, ...]]) -> None:
    assert list(unread(routes(*written))) == ways


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"to": []}, id="to nobody"),
        pytest.param({"to": "x", "whem": {}}, id="unknown key"),
        pytest.param({"to": "x", "when": {"severity": "urgent"}}, id="unknown severity"),
        pytest.param({"to": "x", "when": {"kind": "gossip"}}, id="unknown kind"),
        pytest.param({"to": "x", "when": {"relation": "cousin"}}, id="unknown relation"),
        pytest.param({"to": "x", "when": {"time": {"zone": "Mars"}}}, id="unknown zone"),
        pytest.param({"to": "x", "routes": [{"to": []}]}, id="to nobody, below"),
    ],
)
def test_a_wrong_route_is_refused(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Route.model_validate(written)
