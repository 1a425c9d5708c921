"""Files to rule sets, and every fault of every file at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import rules
from monitor.errors import ConfigError, Fault
from monitor.model import Severity

PEOPLE = """\
entities:
  - {id: lavrov, name: Sergey Lavrov, aka: [Lavrov, Сергей Лавров], tags: [russia]}
  - {id: wang-yi, name: Wang Yi, not: [王毅博]}
"""


def faults(rule_text: str, entity_text: str = PEOPLE) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        rules.load([("people.yaml", entity_text)], [("r.yaml", rule_text)])
    return list(map(str, caught.value.faults))


def test_a_rule_set_knows_its_rules_and_entities() -> None:
    text = """\
rules:
  - id: order
    query: '"world order" AND @lavrov'
    title: World order
    note: asked for by the foreign desk
    severity: flash
    tags: [geopolitics]
    tests: [{match: Lavrov on the world order}, {no: ''}]
  - {id: plain, query: peace}
"""
    rule_set = rules.load([("people.yaml", PEOPLE)], [("r.yaml", text)])
    assert rule_set.rules["order"] == rules.Rule(
        id="order",
        query='"world order" AND @lavrov',
        severity=Severity.FLASH,
        tags=("geopolitics",),
        title="World order",
        note="asked for by the foreign desk",
        tests=(rules.Example("Lavrov on the world order", fires=True), rules.Example("", fires=False)),
    )
    assert rule_set.rules["plain"] == rules.Rule("plain", "peace")
    assert rule_set.entities["lavrov"].aka == ("Lavrov", "Сергей Лавров")
    assert rule_set.entities["wang-yi"].namesakes == ("王毅博",)


def test_nothing_makes_an_empty_rule_set() -> None:
    rule_set = rules.load([("a.yaml", "")], [("b.yaml", "rules: []")])
    assert not rule_set.rules
    assert not rule_set.entities


def test_the_hash_is_that_of_the_content() -> None:
    one, two = ("one.yaml", "rules: [{id: a, query: a}]"), ("two.yaml", "rules: [{id: b, query: b}]")
    whole = rules.load([], [one, two]).hash
    assert rules.load([], [two, ("renamed.yaml", one[1])]).hash == whole
    assert rules.load([], [one]).hash != whole
    assert rules.load([("e.yaml", PEOPLE)], [one, two]).hash != whole


def test_twenty_faults_are_twenty_messages() -> None:
    text = """\
rule: []
rules:
  - {id: a, query: '@lavrow AND @nobody', severity: loud, tags: [7], tests: [{match: a, no: b}]}
  - {id: a, query: world order, foo: 1}
  - id: b
    query: >-
      "world order"
      AND @lavrov
      AND (peace
    title: 5
  - {id: Big One, query: 'x y'}
  - {id: c, query: NOT x}
  - {query: x}
  - {id: d}
  - {id: e, query: '@lavrov', tests: [{match: Wang Yi}, {no: Lavrov's peace}, {}]}
  - {id: f, query: 'peace AND NOT (war OR strike)', tests: [{match: war and peace}, {match: ''}]}
  - text
"""
    assert faults(text) == [
        "r.yaml:1:1: unknown key `rule` (did you mean rules?)",
        "r.yaml:3:21: there is no entity lavrow (did you mean lavrov?)",
        "r.yaml:3:33: there is no entity nobody (add it to a file in entities/)",
        "r.yaml:3:53: `severity` must be one of low, normal, high, flash, not 'loud'",
        "r.yaml:3:66: item 1 of `tags` must be text, not the number 7 (put it in quotes)",
        "r.yaml:3:78: item 1 of `tests`: a test has either `match` or `no`, with a text",
        "r.yaml:4:10: the id a is used for the second time (the first is at r.yaml:3:10)",
        (
            'r.yaml:4:26: two terms stand side by side (write "world order" for the phrase, or world AND order '
            "for both anywhere)"
        ),
        "r.yaml:4:33: unknown key `foo` (known here: id, query, title, note, severity, tags, tests)",
        "r.yaml:9:11: this ( is never closed (add its ))",
        "r.yaml:10:12: `title` must be text, not the number 5 (put it in quotes)",
        "r.yaml:11:10: `id`: 'Big One' is no id: use small letters, digits and dashes, such as wang-yi",
        'r.yaml:11:29: two terms stand side by side (write "x y" for the phrase, or x AND y for both anywhere)',
        "r.yaml:12:20: this alone would match almost every item (say with AND what must be there: x AND NOT y)",
        "r.yaml:13:5: `id` is missing",
        "r.yaml:14:5: `query` is missing",
        "r.yaml:15:79: item 3 of `tests`: a test has either `match` or `no`, with a text",
        (
            "r.yaml:16:69: rule f does not fire on this text and should: "
            "NOT (war OR strike) forbids what it has · “war” in body 0-3 (mend the query or the test)"
        ),
        "r.yaml:16:93: rule f does not fire on this text and should: peace is not in it (mend the query or the test)",
        "r.yaml:17:5: item 10 of `rules` must be a mapping, not 'text'",
    ]


def test_failing_tests_tell_what_happened() -> None:
    text = """\
rules:
  - id: both
    query: '@lavrov AND ("world order" OR summit)'
    tests:
      - match: Lavrov alone
      - no: Lavrov's “World Order”
"""
    assert faults(text) == [
        (
            "r.yaml:5:16: rule both does not fire on this text and should: "
            'nothing of ("world order" OR summit) is in it (mend the query or the test)'
        ),
        (
            "r.yaml:6:13: rule both fires on this text and should not: "
            "it found “Lavrov”, “World Order” (mend the query or the test)"
        ),
    ]


def test_faults_of_entities() -> None:
    text = """\
entities:
  - {id: a, name: ''}
  - {id: b, name: B, aka: ['--', 王。毅], nott: []}
  - {id: c, name: Wang Yi, not: [Wang Yibo, wang-yi]}
  - {id: c, name: C}
  - {id: d, name: D D D}
  - {id: e, name: 5}
  - {id: f, name: Ann Lee, aka: [Lee], short: {forms: [Lee, '.'], need: nothing, of_near: [x]}}
  - {id: g, name: Bo Lee, short: [{forms: []}], office: Big Office, wikidata: 58217}
"""
    text = text.replace("D D D", "D " * 70)
    assert faults("rules: [{id: r, query: '@a AND @c AND @x'}]", text) == [
        "people.yaml:2:19: `name`: a name needs letters or digits",
        "people.yaml:3:28: item 1 of `aka`: a name needs letters or digits",
        "people.yaml:3:40: unknown key `nott` (did you mean not?)",
        "people.yaml:4:45: 'wang-yi' is also a spelling of c itself (keep one of the two)",
        "people.yaml:5:10: the id c is used for the second time (the first is at people.yaml:4:10)",
        "people.yaml:6:19: `name`: a name of 70 words: use at most 64",
        "people.yaml:7:19: `name` must be text, not the number 5 (put it in quotes)",
        "people.yaml:8:61: item 2 of `forms`: a name needs letters or digits",
        "people.yaml:8:73: `need` must be one of full_name_in_item, not 'nothing'",
        "people.yaml:8:82: unknown key `of_near` (did you mean or_near?)",
        "people.yaml:9:43: `forms` must not be empty",
        "people.yaml:9:57: `office`: 'Big Office' is no id: use small letters, digits and dashes, such as wang-yi",
        "people.yaml:9:79: `wikidata` must be text, not the number 58217 (put it in quotes)",
        "r.yaml:1:39: there is no entity x (add it to a file in entities/)",
    ]


def test_a_short_form_that_needs_nothing_is_none() -> None:
    text = "entities: [{id: lee, name: Ann Lee, aka: [Lee], short: {forms: [Li, lee]}}]"
    assert faults("", text) == [
        "people.yaml:1:69: 'lee' is also a spelling of lee that needs nothing else (keep one of the two)"
    ]


def test_groups_and_offices_that_nobody_is_in() -> None:
    assert faults("rules: [{id: r, query: '@russian AND office:fm AND @russia'}]") == [
        "r.yaml:1:25: there is no entity russian (did you mean russia?)",
        "r.yaml:1:38: nobody holds the office fm (add it to a file in entities/)",
    ]


def test_an_entity_in_a_file_that_cannot_be_read_is_not_called_unknown() -> None:
    assert faults("rules: [{id: r, query: '@lavrov OR ('}, {id: s, query: '@lavrov'}]", "entities: [") == [
        "people.yaml:1:12: did not find expected node content",
        "r.yaml:1:36: nothing follows this ( (add a term)",
    ]


def test_ids_are_unique_across_files() -> None:
    one, two = ("one.yaml", "rules: [{id: a, query: a}]"), ("two.yaml", "rules: [{id: a, query: b}]")
    with pytest.raises(ConfigError) as caught:
        rules.load([], [one, two])
    message, hint = "the id a is used for the second time", "the first is at one.yaml:1:14"
    assert caught.value.faults == (Fault("two.yaml", 1, 14, message, hint),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [{id: a, query: '" + "(" * 100_000 + "'}]", "r.yaml:1:89: nested deeper than 64 levels"),
        ("rules: " + "[" * 100_000, "r.yaml:1:71: nested deeper than 64 levels"),
        ("a: &a [x]\n" + "b: [*a, *a]\n" * 60, "r.yaml:1:4: the anchor &a"),
        ("- x", "r.yaml:1:1: the file must be a mapping, not a list"),
        ("rules: {id: a}", "r.yaml:1:8: `rules` must be a list, not a mapping"),
        ("rules:\n" + "- {id: a, query: '@x'}\n" * 20_000, "r.yaml:2:19: there is no entity x"),
        (
            "rules:\n" + "".join(f"- {{id: a{n}, query: '@x{n}'}}\n" for n in range(5_000)),
            "r.yaml:2:20: there is no entity x0",
        ),
        ("x" * 20_000_001, "r.yaml:1:1: the file is too long"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_hostile_files_are_refused_in_bounded_time(text: str, told: str) -> None:
    assert faults(text)[0].startswith(told)


@given(st.text(alphabet="ab :-[]{}'\"\n@(&王", max_size=40), st.text(alphabet="ab@()ANDORT \"'*-", max_size=30))
def test_nothing_raises_anything_but_faults(text: str, query: str) -> None:
    quoted = query.replace("'", "''")
    told: tuple[Fault, ...] = ()
    try:
        rules.load([("e.yaml", text)], [("r.yaml", f"rules: [{{id: a, query: '{quoted}'}}]"), ("s.yaml", text)])
    except ConfigError as error:
        told = error.faults
    assert all(fault.line and fault.column for fault in told)
