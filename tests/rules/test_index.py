"""The engine against a slow reading of the same rules, on random rules and texts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor import rules
from monitor.model import Field
from monitor.rules.query import parse
from monitor.rules.ruleset import MAX_HITS
from monitor.rules.tokens import spans
from tests.items import an_item
from tests.rules.queries import ENTITY_FILE, QUERIES, TEXTS
from tests.rules.slow import Slow

MOST_AT_A_PLACE = 3
"""Hits at one place: a word, and the entities one or the other of which it is."""
FREQUENT = "((ATLEAST/1 (é OR @group)) AND title:a AND /[aw]+n?/) AND NOT ((ATLEAST/1 b) AND NOT b)"


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # two cores, shared
@given(st.lists(QUERIES, min_size=1, max_size=5), TEXTS, TEXTS, TEXTS)
@example(["SCORE/0.3(a^0.1 b^0.1 c^0.1)"], "a", "b c", "")
@example([FREQUENT], "a é" + " a" * 12, "a" * 7, "")
@example([FREQUENT], "a é" + " a" * 60, " a" * 60, "")
def test_the_engine_finds_what_a_slow_reading_finds(queries: list[str], title: str, body: str, author: str) -> None:
    trees = {query: parse(query, alone=False) for query in queries}
    listed = "".join(f"- id: r{number}\n  query: |-\n    {query}\n" for number, query in enumerate(trees))
    rule_set = rules.load([("people.yaml", ENTITY_FILE)], [("rules.yaml", f"rules:\n{listed}")])
    item = replace(an_item(title, body), author=author, categories=("Sport", "World"))
    item = replace(item, wire=replace(item.wire, credit="Reuters"))
    slow = Slow(item)
    fired = {match.rule: match.hits for match in rule_set.match(item)}
    assert rule_set.tuned([item, an_item("wang yi b")]).match(item) == rule_set.match(item)
    for number, tree in enumerate(trees.values()):
        assert (f"r{number}" in fired) == slow.holds(tree)
        hits = fired.get(f"r{number}", ())
        told = {(hit.field, hit.start, hit.end) for hit in hits}
        if hits:
            expected = {in_characters(found, slow) for found in slow.evidence(tree)}
            assert told <= expected
            assert told == expected or len(expected) > MAX_HITS // MOST_AT_A_PLACE
        assert all(slow.raw[hit.field][hit.start : hit.end] == hit.text for hit in hits)


def in_characters(found: tuple[str, Field, int, int], slow: Slow) -> tuple[Field, int, int]:
    kind, field, start, end = found
    if kind == "regex":
        return field, start, end
    places = spans(slow.raw[field])
    return field, places[start][0], places[end - 1][1]
