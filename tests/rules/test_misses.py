"""Rules that missed by one clause, and what is told of it."""

from __future__ import annotations

import pytest

from monitor import rules
from monitor.rules import Misses, RuleSet, explain
from monitor.rules.explain import BRIEF, brief
from tests.items import an_item

ITEM = an_item("Quake shakes Lisbon", "A strike began, and long after all of that in Oslo, dockers went home.")


def a_set(asked: str, more: str = "") -> RuleSet:
    return rules.load([], [("rules.yaml", f"rules: [{{id: a, query: {asked!r}{more}}}]")])


@pytest.mark.parametrize(
    ("asked", "lacks", "has"),
    [
        pytest.param("quake AND flood", "flood is not in it", ["Quake"], id="a word is missing"),
        pytest.param(
            "quake AND (flood OR fire)", "nothing of (flood OR fire) is in it", ["Quake"], id="all of a choice"
        ),
        pytest.param(
            "(quake AND flood) OR (lisbon AND fire AND ice) OR storm",
            "holds: of (quake AND flood), flood is not in it",
            ["Quake", "Lisbon"],
            id="of a choice of several things the nearest is told",
        ),
        pytest.param("quake AND NOT strike", "NOT strike forbids what it has · “strike”", ["Quake"], id="forbidden"),
        pytest.param("strike NEAR/2 dockers", "is not so, though strike is in it", ["strike", "dockers"], id="too far"),
        pytest.param("storm AND /[Qq]u/ AND home", "storm is not in it", ["Qu", "home"], id="a regex found something"),
        pytest.param("SCORE/3(quake strike storm^2)", "is not reached, with quake", ["Quake", "strike"], id="a sum"),
    ],
)  # fmt: skip
def test_rules_that_missed_by_one_clause(asked: str, lacks: str, has: list[str]) -> None:
    (miss,) = Misses(a_set(asked)).on(ITEM)
    assert miss.rule == "a"
    assert lacks in miss.lacks
    assert [hit.text for hit in miss.hits] == has


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("quake AND flood AND fire", id="two are missing"),
        pytest.param("flood", id="nothing of it is there"),
        pytest.param("flood OR fire", id="nothing of a choice is there"),
        pytest.param("quake AND strike", id="it fires"),
        pytest.param("storm AND NOT strike", id="only what it forbids is there"),
    ],
)
def test_rules_that_are_not_near(asked: str) -> None:
    assert Misses(a_set(asked)).on(ITEM) == []


@pytest.mark.parametrize("more", [", status: disabled", ", expires: 2020-01-01"], ids=["off", "expired"])
def test_rules_that_do_not_run_miss_nothing(more: str) -> None:
    assert Misses(a_set("quake AND flood", more)).on(ITEM) == []


def test_each_hit_has_its_clause() -> None:
    rule_set = a_set("(quake OR flood) AND str*")
    (match,) = rule_set.match(ITEM)
    clause = explain(rule_set, "a", ITEM)
    assert [(hit.text, clause.finder(hit)) for hit in match.hits] == [("Quake", "quake"), ("strike", "str*")]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        pytest.param("a OR b", "a OR b", id="short"),
        pytest.param(f"({' OR '.join(['word'] * 30)})", f"({' OR '.join(['word'] * 10)} …)", id="between terms"),
        pytest.param(f'(one OR "{"two " * 30}")', "(one …)", id="not within a phrase"),
        pytest.param(f"a AND NOT (b OR (c AND {'d' * 80}))", "a AND NOT (b OR (c …))", id="all parentheses closed"),
        pytest.param("b" * 100, "b" * BRIEF + " …", id="one long word"),
        pytest.param(f'"{"b " * 60}"', f'"{"b " * 39}b …', id="one long phrase"),
    ],
)
def test_long_clauses_are_told_by_their_beginning(query: str, told: str) -> None:
    assert brief(query) == told
