"""What the index is told of how rare words are: wrong figures cost time, never matches."""

from __future__ import annotations

import gc
import weakref

import pytest

from monitor import rules
from monitor.rules.rarity import observed, usual
from monitor.rules.text import Text
from tests.items import an_item


@pytest.mark.parametrize(
    ("often", "seldom"),
    [
        ("the", "said"),
        ("said", "ceasefire"),
        ("le", "ministre"),
        ("и", "президент"),
        ("президент", "перемирие"),
        ("的", "国"),
        ("国", "镍"),
        ("في", "الرييس"),
        ("of", "lavrov"),
        ("7", "2025"),
        ("2025", "minister"),
    ],
)
def test_the_shipped_table_knows_frequent_words_of_many_languages(often: str, seldom: str) -> None:
    assert usual(often) > usual(seldom) > 0


def test_what_was_observed_outweighs_the_table() -> None:
    frequency = observed([["meridian", "news"]] * 900 + [["cricket", "cricket"]] * 100)
    assert frequency("meridian") > frequency("the") > usual("meridian")
    assert 80 < frequency("cricket") < 100  # of a thousand texts, however often it is said in one


def test_without_texts_the_table_holds() -> None:
    assert observed([])("minister") == usual("minister")


def test_tuned_rules_fire_alike_and_are_evaluated_less() -> None:
    query = "zinc AND meridian AND nickel"
    rule_set = rules.load([], [("rules.yaml", f"rules: [{{id: r, query: {query}}}, {{id: s, query: zinc OR tin}}]")])
    usual_news = [an_item("Nickel", "The meridian of nickel", guid=str(number)) for number in range(500)]
    tuned = rule_set.without("s").tuned(usual_news)
    assert len(rule_set.candidates(Text(usual_news[0]))) == 1
    assert tuned.candidates(Text(usual_news[0])) == []
    everything = an_item("Zinc", "nickel, meridian")
    assert [match.rule for match in rule_set.match(everything)] == ["r", "s"]
    assert [match.rule for match in tuned.match(everything)] == ["r"]
    assert (tuned.rules, tuned.hash) == (rule_set.rules, rule_set.hash)


def test_only_rules_whose_rarest_words_are_all_there_are_evaluated() -> None:
    many = " OR ".join(f"mineral{number}" for number in range(9))
    queries = ["nickel AND cobalt", f"nickel AND ({many})", "nickel AND trea*", '"nickel treaty" AND cobalt', "nick*"]
    listed = "".join(f"- {{id: r{number}, query: '{query}'}}\n" for number, query in enumerate(queries))
    rule_set = rules.load([], [("rules.yaml", f"rules:\n{listed}")])
    for text, evaluated in [
        ("Nickel", 1),
        ("Cobalt", 0),
        ("Nickel and cobalt", 2),
        ("Nickel, mineral8", 2),
        ("Nickel treaty", 2),
        ("Treatment of nickel treaty cobalt", 4),
    ]:
        assert (text, len(rule_set.candidates(Text(an_item(text))))) == (text, evaluated)


def test_a_rule_set_that_nobody_holds_is_gone_at_once() -> None:
    """It may be millions of objects: no cycle may leave them to the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        rule_set = rules.load([], [("rules.yaml", "rules: [{id: r, query: zinc NEAR/3 (tin OR =Lead)}]")])
        rule_set.match(an_item("Zinc or tin"))
        gone = weakref.ref(rule_set)
        del rule_set
        assert gone() is None
    finally:
        gc.enable()
