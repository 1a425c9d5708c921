"""Which clause found what, and rules that missed by one."""

from __future__ import annotations

import pytest

from monitor import rules
from monitor.cli.clauses import clause_of, near_misses
from monitor.rules import RuleSet, explain
from tests.items import an_item

ITEM = an_item("Quake shakes Lisbon", "A strike began, and long after all of that in Oslo, dockers went home.")


def a_set(asked: str, more: str = "") -> RuleSet:
    return rules.load([], [("rules.yaml", f"rules: [{{id: a, query: {asked!r}{more}}}]")])


@pytest.mark.parametrize(
    ("asked", "lacks"),
    [
        pytest.param("quake AND flood", "flood is not in it", id="a word is missing"),
        pytest.param(
            "quake AND (flood OR fire)", "nothing of (flood OR fire) is in it", id="all of a choice is missing"
        ),
        pytest.param("quake AND NOT strike", "NOT strike forbids what it has", id="a word that must not be there"),
        pytest.param("strike NEAR/2 dockers", "strike NEAR/2 dockers is not so, though", id="too far apart"),
        pytest.param("quake AND flood AND fire", None, id="two are missing"),
        pytest.param("flood", None, id="nothing of it is there"),
        pytest.param("flood OR fire", None, id="nothing of a choice is there"),
        pytest.param("quake AND strike", None, id="it fires"),
    ],
)
def test_rules_that_missed_by_one_clause(asked: str, lacks: str | None) -> None:
    found = [miss.lacks for miss in near_misses(a_set(asked), ITEM)]
    assert len(found) == (lacks is not None)
    assert all(lacks in told for told in found if lacks)


@pytest.mark.parametrize("more", [", status: disabled", ", expires: 2020-01-01"], ids=["off", "expired"])
def test_rules_that_do_not_run_miss_nothing(more: str) -> None:
    assert near_misses(a_set("quake AND flood", more), ITEM) == []


def test_each_hit_has_its_clause() -> None:
    rule_set = a_set("(quake OR flood) AND str*")
    (match,) = rule_set.match(ITEM)
    clause = explain(rule_set, "a", ITEM)
    assert [(hit.text, clause_of(clause, hit)) for hit in match.hits] == [("Quake", "quake"), ("strike", "str*")]
