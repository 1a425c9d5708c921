"""Who hears of a match."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from monitor.alerts.routes import Route, When, route
from monitor.model import Kind, Match, Severity
from tests.items import an_item


def routes(*written: dict[str, object]) -> list[Route]:
    return [Route.model_validate(line) for line in written]


def a_match(rule: str, severity: Severity = Severity.NORMAL, *tags: str) -> Match:
    return Match(rule, severity, tags, ())


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
        pytest.param({"feed": "harbour"}, False, id="another feed"),
        pytest.param({"lang": "en*"}, True, id="language"),
        pytest.param({"kind": "flash"}, True, id="wire kind"),
        pytest.param({"kind": ["update", "correction"]}, False, id="another wire kind"),
        pytest.param({"rule": "lavrov", "tag": "asia"}, False, id="all conditions must hold"),
    ],
)
def test_when(when: dict[str, object], fits: bool) -> None:
    item = an_item(kind=Kind.FLASH)
    assert When.model_validate(when).holds(item, a_match("lavrov", Severity.HIGH, "russia")) is fits


def test_the_first_route_that_fits_is_the_only_one() -> None:
    table = routes({"when": {"severity": "high"}, "to": ["desk"]}, {"to": "night"})
    heard = route(table, an_item(), [a_match("a", Severity.HIGH)])
    assert [routed.channel for routed in heard] == ["desk"]


def test_continue_reads_on() -> None:
    table = routes({"to": ["archive"], "continue": True}, {"when": {"rule": "a"}, "to": ["desk", "here"]}, {"to": "x"})
    assert [routed.channel for routed in route(table, an_item(), [a_match("a")])] == ["archive", "desk", "here"]


def test_two_rules_to_one_channel_are_one_alert_of_the_louder_severity() -> None:
    heard = route(routes({"to": "desk"}), an_item(), [a_match("a", Severity.LOW), a_match("b", Severity.FLASH)])
    assert len(heard) == 1
    assert [match.rule for match in heard[0].matches] == ["a", "b"]
    assert heard[0].severity is Severity.FLASH


def test_a_rule_in_the_shadow_alerts_nobody() -> None:
    on_trial = replace(a_match("b", Severity.FLASH), shadow=True)
    heard = route(routes({"to": "desk"}), an_item(), [a_match("a"), on_trial])
    assert [match.rule for routed in heard for match in routed.matches] == ["a"]


def test_no_route_fits() -> None:
    assert route(routes({"when": {"tag": "asia"}, "to": "desk"}), an_item(), [a_match("a")]) == ()


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"to": []}, id="to nobody"),
        pytest.param({}, id="no to"),
        pytest.param({"to": "x", "whem": {}}, id="unknown key"),
        pytest.param({"to": "x", "when": {"severity": "urgent"}}, id="unknown severity"),
        pytest.param({"to": "x", "when": {"kind": "gossip"}}, id="unknown kind"),
    ],
)
def test_a_wrong_route_is_refused(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Route.model_validate(written)
