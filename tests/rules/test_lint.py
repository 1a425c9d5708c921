"""What is probably not meant in rules that load."""

from __future__ import annotations

import pytest

from monitor import rules
from monitor.rules import query
from monitor.rules.inflections import Inflections
from monitor.rules.lint import Lint, Places, broad, implies, lint, stale
from tests.items import NOON

PEOPLE = """
entities:
  - {id: lavrov, name: Sergey Lavrov, tags: [minister]}
  - {id: wang-yi, name: Wang Yi, tags: [minister], office: china-fm}
  - {id: wang-yibo, name: Wang Yibo Wang Yi}
  - {id: orlova, name: Nadia Orlova}
"""


def a_rule(id_: str, asked: str, more: str = "") -> str:
    return f"  - {{id: {id_}, query: {asked!r}{more and ', ' + more}}}\n"


def linted(*entries: str, people: str = "") -> tuple[Lint, ...]:
    entities, files = [("people.yaml", people)] if people else [], [("rules.yaml", "rules:\n" + "".join(entries))]
    return lint(rules.load(entities, files), Places(entities, "entities"), Places(files, "rules"), NOON)


def told(*entries: str, people: str = "") -> list[tuple[str, int, str]]:
    return [(each.kind, each.fault.line, each.fault.message.split()[0]) for each in linted(*entries, people=people)]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("quake", None),
        ("quake AND NOT film", None),
        ("quake AND NOT quake", "never"),
        ('"big quake" AND NOT quake', "never"),
        ('quake AND NOT "big quake"', None),
        ("(quake OR flood) AND NOT (flood OR quake)", "never"),
        ("quake AND lang:en AND lang:fr", "never"),
        ("quake AND lang:en AND lang:en-us", None),
        ("quake AND feed:a* AND feed:ab", None),
        ("title:(quake AND NOT quake)", "never"),
        ("title:quake NEAR/3 lead:flood", "never"),
        ("lead:quake NEAR/3 (body:flood OR title:flood)", None),
        ("SENTENCE(author:Smith (title:quake OR body:flood))", "never"),
        ("title:quake NOTNEAR/3 body:flood", None),
        ("(quake AND NOT quake) OR flood", None),
        ("lang:en", "no anchor"),
        ("lang:en OR quake", "no anchor"),
    ],
)
def test_a_rule_by_itself(asked: str, kind: str | None) -> None:
    assert [each.kind for each in linted(a_rule("a", asked))] == [kind] * (kind is not None)


def test_an_expired_rule_is_told_at_its_date() -> None:
    (found,) = linted(a_rule("a", "quake", "expires: 2022-03-01"), a_rule("b", "flood", "expires: 2022-12-31"))
    assert (found.kind, found.fault.line, found.fault.message) == ("expired", 2, "a has expired")


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        pytest.param((("quake",), ("quake",)), [("duplicate", "b")], id="the same"),
        pytest.param((("quake AND flood",), ("flood AND (quake)",)), [("duplicate", "b")], id="in another order"),
        pytest.param((("quake AND flood",), ("quake",)), [("subsumed", "a")], id="within another"),
        pytest.param((("quake",), ("quake AND flood",)), [("subsumed", "b")], id="the later is within"),
        pytest.param((("quake AND flood", "severity: high"), ("quake",)), [], id="louder"),
        pytest.param((("quake AND flood", "tags: [x]"), ("quake",)), [], id="with a tag of its own"),
        pytest.param((("quake AND flood", "status: shadow"), ("quake",)), [], id="on trial"),
        pytest.param((("quake",), ("quake", "status: disabled")), [], id="one is off"),
        pytest.param((("quake",), ("quake", "throttle: 2h")), [("subsumed", "b")], id="the other is throttled"),
        pytest.param((("quake",), ("quake", "group: off")), [], id="the other groups otherwise"),
        pytest.param((("quake",), ("flood",)), [], id="nothing in common"),
    ],
)
def test_two_rules(rows: tuple[tuple[str, ...], ...], kinds: list[tuple[str, str]]) -> None:
    entries = [a_rule(id_, *row) for id_, row in zip("ab", rows, strict=True)]
    assert [(kind, first) for kind, _, first in told(*entries)] == kinds


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        ('"new world order"', '"world order"', True),
        ('"world order"', '"new world order"', False),
        ('"world order"', "order", True),
        ("sanctions", "sanction*", True),
        ("sanction*", "sanctions", False),
        ("sanction*", "sanc*", True),
        ("cease-fire", "ceasefire", False),
        ("=Quake", "quake", True),
        ("quake", "=quake", False),
        ("a AND b AND c", "a AND c", True),
        ("a AND c", "a AND b AND c", False),
        ("a", "a OR b", True),
        ("a OR b", "b OR c OR a", True),
        ("a OR d", "a OR b", False),
        ("a AND NOT (b OR c)", "a AND NOT b", True),
        ("a AND NOT b", "a AND NOT (b OR c)", False),
        ("a NEAR/3 b", "b NEAR/5 a", True),
        ("a NEAR/5 b", "a NEAR/3 b", False),
        ("a ONEAR/3 b", "b NEAR/3 a", True),
        ("a NEAR/3 b", "a ONEAR/3 b", False),
        ("a NEAR/3 b", "a AND b", True),
        ("a NOTNEAR/5 b", "a NOTNEAR/3 b", True),
        ("a NOTNEAR/3 b", "a NOTNEAR/5 b", False),
        ("a NOTNEAR/3 b", "a", True),
        ("a NOTNEAR/3 b", "b", False),
        ("SENTENCE(a b c)", "SENTENCE(a c)", True),
        ("SENTENCE(a b)", "a AND b", True),
        ("ATLEAST/3 a", "ATLEAST/2 a", True),
        ("ATLEAST/2 a", "ATLEAST/3 a", False),
        ("ATLEAST/2 a", "a", True),
        ("ATLEAST/2(a b c)", "a", False),
        ("title:a", "a", True),
        ("title:(a AND b)", "title:a", True),
        ("a", "title:a", False),
        ("title:a", "body:a", False),
        ("@lavrov AND a", "@lavrov", True),
        ("lang:en AND a", "lang:en AND a", True),
        ("SCORE/2(a b)", "a", False),
    ],
)
def test_what_implies_what(one: str, other: str, *, holds: bool) -> None:
    assert implies(query.parse(one), query.parse(other, alone=False)) is holds


def test_entities_that_nobody_asks_for_are_told_once_a_file() -> None:
    (found,) = linted(a_rule("a", "@lavrov"), people=PEOPLE)
    assert found.fault.message == "no rule asks for wang-yi, orlova", "wang-yibo keeps its name from wang-yi"
    assert told(a_rule("a", "@minister AND @orlova"), people=PEOPLE) == []
    assert told(a_rule("a", "(office:china-fm OR @lavrov) AND @orlova"), people=PEOPLE) == []


def test_cases_that_no_entity_asks_for() -> None:
    people = [("people.yaml", "entities: [{id: orlova, name: Orlova, inflect: {uk: [Орлова]}}]")]
    lock = "inflections:\n  orlova:\n    uk: {Орлова: [], Орлов: []}\n  lavrov: {uk: {Орлова: []}}\n"
    files = [("lock.yaml", lock)]
    found = stale(rules.load(people, [], [], files), Inflections(files))
    assert [str(each.fault).partition(" (")[0] for each in found] == [
        "lock.yaml:4:17: @lavrov does not ask for the cases of Орлова",
        "lock.yaml:3:22: @orlova does not ask for the cases of Орлов",
    ]
    assert {each.kind for each in found} == {"stale"}


@pytest.mark.parametrize(
    ("severity", "rate", "kinds"),
    [("flash", 6.0, ["broad"]), ("flash", 5.0, []), ("low", 100.0, []), ("normal", 101.0, ["broad"])],
)
def test_too_many_alerts_for_their_severity(severity: str, rate: float, kinds: list[str]) -> None:
    files = [("rules.yaml", "rules:\n" + a_rule("a", "quake", f"severity: {severity}"))]
    found = broad({"a": rate}, rules.load([], files), Places(files, "rules"))
    assert [each.kind for each in found] == kinds
