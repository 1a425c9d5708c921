"""Files to rule sets, and every fault of every file at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import rules
from monitor.errors import MOST_FAULTS, ConfigError, Fault
from monitor.model import Accumulation, Distinct, Severity
from monitor.rules.inflections import MEND
from tests.items import NOON, an_item

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
        tests=(rules.Example(fires=True, body="Lavrov on the world order"), rules.Example(fires=False)),
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
        (
            "r.yaml:4:33: unknown key `foo` (known here: id, query, structured, title, note, severity, tags, status, "
            "expires, throttle, group, when, only, except, tests)"
        ),
        "r.yaml:9:11: this ( is never closed (add its ))",
        "r.yaml:10:12: `title` must be text, not the number 5 (put it in quotes)",
        "r.yaml:11:10: `id`: 'Big One' is no id: use small letters, digits and dashes, such as wang-yi",
        'r.yaml:11:29: two terms stand side by side (write "x y" for the phrase, or x AND y for both anywhere)',
        "r.yaml:12:20: this alone would match almost every item (say with AND what must be there: x AND NOT y)",
        "r.yaml:13:5: `id` is missing",
        "r.yaml:14:5: item 7 of `rules`: `query` is missing",
        "r.yaml:15:79: item 3 of `tests`: a test has either `match` or `no`, with a text",
        (
            "r.yaml:16:69: rule f does not fire on this text and should: "
            "NOT (war OR strike) forbids what it has · “war” in body 0-3 (mend the query or the test)"
        ),
        "r.yaml:16:93: rule f does not fire on this text and should: peace is not in it (mend the query or the test)",
        "r.yaml:17:5: item 10 of `rules` must be a mapping, not 'text'",
    ]


def test_everything_that_a_rule_may_say() -> None:
    text = """\
rules:
  - id: a
    structured: {all: ['@lavrov', {not: {title: football}}]}
    status: shadow
    expires: 2022-04-01
    throttle: 2h
    when: {count: 3, distinct: source, within: 1h}
    tests:
      - match: {title: Lavrov, body: spoke, at: 2022-03-30T12:00}
        spans: [Lavrov]
        entities: [lavrov]
      - no: {title: Lavrov, at: 2022-04-01}
      - no: {title: Football, body: with Lavrov, author: me, feed: f, source: s, lang: en}
"""
    rule = rules.load([("people.yaml", PEOPLE)], [("r.yaml", text)]).rules["a"]
    assert rule.query == "@lavrov AND NOT title:football"
    assert (rule.status, rule.expires, rule.throttle) == (rules.Status.SHADOW, 1648771200.0, 7200.0)
    assert rule.when == Accumulation(3, Distinct.SOURCE, 3600.0)
    assert rule.tests[0].at == 1648641600.0


def test_faults_of_what_a_rule_may_say() -> None:
    text = """\
rules:
  - {id: a, query: x, structured: y}
  - {id: b, query: x, status: life, expires: soon, throttle: 5, when: {count: 1, within: 2h}, only: [y], except: [z]}
  - {id: c, query: x, tests: [{no: y, spans: [x]}, {match: {titel: x}}]}
  - id: d
    query: '@lavrov'
    expires: 2026-01-01
    tests:
      - {match: Lavrov spoke, spans: [Sergey], entities: [wang-yi]}
      - {match: {body: Lavrov spoke, at: 2026-01-01}}
"""
    assert faults(text) == [
        "r.yaml:2:5: item 1 of `rules`: a rule has either `query` or `structured`",
        "r.yaml:3:31: `status` must be one of live, shadow, disabled, not 'life' (did you mean live?)",
        "r.yaml:3:46: `expires`: 'soon' is no date: write 2026-12-31 or 2026-12-31T18:00",
        "r.yaml:3:62: `throttle`: 5 is not a duration: write a number and s, m, h or d, such as 90s, 5m, 2h",
        "r.yaml:3:79: `count`: it should be greater than or equal to 2, not the number 1",
        "r.yaml:3:102: there is no filter y (add it to filters.yaml)",
        "r.yaml:3:115: there is no filter z (add it to filters.yaml)",
        "r.yaml:4:31: item 1 of `tests`: `spans` and `entities` go with `match`",
        "r.yaml:4:61: unknown key `titel` (did you mean title?)",
        ("r.yaml:9:17: rule d does not find “Sergey”, @wang-yi here: it found “Lavrov” (mend the query or the test)"),
        "r.yaml:10:17: rule d has expired then (mend the query or the test)",
    ]


def test_faults_of_structured_queries() -> None:
    text = """\
rules:
  - id: a
    structured:
      all:
        - world order
        - any: ['@lavrow', 'a b"', {near: {of: [x], within: 500}}]
  - {id: b, structured: {all: [a], any: [b]}}
  - {id: c, structured: {alll: [a]}}
  - id: d
    structured:
      near: {within: 5, of: ['peace', {all: [a, b]}]}
  - {id: e, structured: {not: war}}
  - {id: f, structured: {any: ['@lavrow', peace AND (@putin)]}}
  - {id: g, structured: {any: [a, 'b AND (']}}
  - {id: h, structured: {all: []}}
"""
    assert faults(text) == [
        "r.yaml:6:48: `of`: two things are near each other, or not: list two",
        "r.yaml:6:61: `within`: it should be less than or equal to 100, not the number 500",
        "r.yaml:7:25: `structured`: a clause has one operator and what it is about, such as `any: [a, b]`",
        "r.yaml:8:26: unknown key `alll` (did you mean all?)",
        "r.yaml:11:39: AND cannot stand in NEAR (write (a NEAR/5 b) AND (a NEAR/5 c))",
        "r.yaml:12:25: this alone would match almost every item (say with AND what must be there: x AND NOT y)",
        "r.yaml:13:33: there is no entity lavrow (did you mean lavrov?)",
        "r.yaml:13:53: there is no entity putin (add it to a file in entities/)",
        "r.yaml:14:42: nothing follows this ( (add a term)",
        "r.yaml:15:31: `all` must not be empty",
    ]


FILTERS = """\
filters:
  - {id: sport, query: category:sport* OR football, except: {rules: [ord*], tags: [geo]}}
  - {id: german, query: lang:de}
"""


def test_filters_keep_items_from_rules() -> None:
    text = """\
rules:
  - {id: order, query: order}
  - {id: peace, query: peace, tags: [geo]}
  - {id: war, query: war, only: [german]}
  - {id: truce, query: truce, except: [german]}
"""
    rule_set = rules.load([], [("r.yaml", text)], [("filters.yaml", FILTERS)])

    def fired(body: str, lang: str = "en") -> list[str]:
        return [match.rule for match in rule_set.match(an_item("", body, lang=lang))]

    assert fired("order peace war truce") == ["order", "peace", "truce"]
    assert fired("order peace war truce", "de") == ["order", "peace", "war"]
    assert fired("order peace football") == []
    told = rules.explain(rule_set, "order", an_item("", "order football"))
    assert list(told.lines()) == ["✗ order", "  ✓ order · “order” in body 0-5", "  ✗ except sport"]
    assert list(told.lacks()) == ["its filter `except sport` keeps this out"]


def test_faults_of_filters() -> None:
    text = """\
filters:
  - {id: a, query: x y, only: {rules: [ordre]}}
  - {id: b, query: '@nobody', tag: [x]}
"""
    with pytest.raises(ConfigError) as caught:
        rules.load([], [("r.yaml", "rules: [{id: order, query: x}]")], [("filters.yaml", text)])
    assert list(map(str, caught.value.faults)) == [
        'filters.yaml:2:22: two terms stand side by side (write "x y" for the phrase, or x AND y for both anywhere)',
        "filters.yaml:2:40: there is no rule ordre (did you mean order?)",
        "filters.yaml:3:21: there is no entity nobody (add it to a file in entities/)",
        "filters.yaml:3:31: unknown key `tag` (known here: id, query, note, only, except)",
    ]


def test_rules_in_the_shadow_disabled_and_expired() -> None:
    text = """\
rules:
  - {id: live, query: x, expires: 2022-03-31}
  - {id: shadow, query: x, status: shadow}
  - {id: disabled, query: x, status: disabled}
  - {id: over, query: x, expires: 2022-03-30T12:00}
"""
    matches = rules.load([], [("r.yaml", text)]).match(an_item("", "x", seen_at=NOON))
    assert [(match.rule, match.shadow) for match in matches] == [("live", False), ("shadow", True)]


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


LOCK = """\
made_with: {pymorphy3: 2.0.6}
inflections:
  orlova:
    uk: {Надія Орлова: [Надії Орлової, Надію Орлову]}
"""
INFLECTED = "entities: [{id: orlova, name: Nadia Orlova, inflect: {uk: [Надія Орлова]}, not: [%s]}]"


def test_cases_come_from_the_lock_file_alone() -> None:
    asked = [("r.yaml", "rules: [{id: r, query: '@orlova'}]")]
    people = [("people.yaml", INFLECTED % "Орлова Брук")]
    rule_set = rules.load(people, asked, [], [("lock.yaml", LOCK)])
    assert rule_set.entities["orlova"].aka == ("Надія Орлова", "Надії Орлової", "Надію Орлову")
    (match,) = rule_set.match(an_item("", "Слова Надії Орлової, не Надією Орловою"))
    assert [hit.text for hit in match.hits] == ["Надії Орлової"]
    edited = LOCK.replace("Надію Орлову", "Надією Орловою")
    assert rules.load(people, asked, [], [("lock.yaml", edited)]).hash != rule_set.hash


@pytest.mark.parametrize(
    ("lock", "namesake", "told"),
    [
        pytest.param(
            "inflections: {orlova: {ru: {Надія Орлова: []}}}", "x",
            [f"people.yaml:1:60: the cases of Надія Орлова are not in the lock file ({MEND})"],
            id="missing",
        ),
        pytest.param(
            LOCK, "Надії Орлової",
            ["people.yaml:1:82: 'Надії Орлової' is also a spelling of orlova itself (keep one of the two)"],
            id="a case that is a namesake",
        ),
        pytest.param(
            "inflections: {orlova: {uk: {Надія Орлова: [--, 5]}}}", "x",
            ["lock.yaml:1:44: item 1 of `Надія Орлова`: a name needs letters or digits",
             "lock.yaml:1:48: item 2 of `Надія Орлова` must be text, not the number 5 (put it in quotes)"],
            id="faults of the lock file, and nothing is called missing",
        ),
        pytest.param("inflections: [", "x", ["lock.yaml:1:15: did not find expected node content"], id="not YAML"),
    ],
)  # fmt: skip
def test_faults_of_cases(lock: str, namesake: str, told: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        rules.load([("people.yaml", INFLECTED % namesake)], [], [], [("lock.yaml", lock)])
    assert list(map(str, caught.value.faults)) == told


def test_languages_without_cases() -> None:
    text = "entities: [{id: a, name: A, inflect: {pl: [A], ru: A}}]"
    assert faults("", text) == [
        "people.yaml:1:39: unknown key `pl` (known here: ru, uk)",
        "people.yaml:1:52: `ru` must be a list, not 'A'",
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
        ("rules:\n" + "- {id: a, query: '@x'}\n" * 20_000, "r.yaml:3:8: the id a is used"),
        (
            "rules:\n" + "".join(f"- {{id: a{n}, query: '@x{n}'}}\n" for n in range(5_000)),
            "r.yaml:2:20: there is no entity x0",
        ),
        ("x" * 20_000_001, "r.yaml:1:1: the file is too long"),
        ("rules:\n- {id: a, query: '" + "x " * 5_000_000 + "'}", "r.yaml:2:19: a query of 10,000,000 characters"),
        ("rules:\n- {id: a, query: x, tests: [" + "{match: y}, " * 20_000 + "]}", "r.yaml:2:37: rule a does"),
        ("rules:\n- {id: a, query: x, " + ", ".join(f"k{n}: 1" for n in range(20_000)) + "}", "r.yaml:2:21: unknown"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_hostile_files_are_refused_in_bounded_time(text: str, told: str) -> None:
    found = faults(text)
    assert found[0].startswith(told)
    assert len(found) <= MOST_FAULTS


def test_of_very_many_faults_the_first_are_told_in_words() -> None:
    text = "rules:\n" + "".join(f"- {{id: a{number}, query: x y}}\n" for number in range(200))
    with pytest.raises(ConfigError) as caught:
        rules.load([], [("r.yaml", text)])
    assert len(caught.value.faults) == 200
    told = str(caught.value).splitlines()
    assert told[-1] == "… and 150 more"
    assert len(told) == 51


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("NOT a", "this alone would match almost every item"),
        ("(" * 100_000 + "a" + ")" * 100_000, "nested deeper than 64 levels"),
        (" OR ".join(f"w{number}" for number in range(100_000)), "a query of 988,886 characters"),
        ("a AND /((a{0,500}){0,500}){0,500}/", "no regex: invalid repetition size"),
        ("a AND /" + "(a|b" * 200 + ")" * 200 + "/x", "this / is never closed"),
        ("/" * 400_000, "this / is never closed"),
        ("'a" * 100_000, "two terms stand side by side"),
        ("title:" * 50_000, "nested deeper than 64 levels"),
        ("ATLEAST/1(a OR " * 60 + "a" + ")" * 60, "ATLEAST cannot stand in ATLEAST"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_hostile_queries_are_refused_in_bounded_time(query: str, told: str) -> None:
    (fault,) = faults(f"rules:\n- id: a\n  query: |-\n    {query}")
    assert told in fault
    assert len(fault) < 400


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("a AND /(a+)+$/", "a" * 200_000 + " a!"),
        ("SENTENCE(a b)", "." * 200_000 + "a b" + "\n " * 100_000),
        ("(the NEAR/100 the) NEAR/100 the", "the " * 5_000),
        ("the NOTNEAR/100 (a NEAR/100 a)", "a a a a the " * 2_000),
        ("ATLEAST/100 the", "the " * 20_000),
    ],
)
def test_hostile_texts_are_matched_in_bounded_time(query: str, body: str) -> None:
    rule_set = rules.load([], [("r.yaml", f"rules: [{{id: a, query: '{query}'}}]")])
    assert len(rule_set.match(an_item("", body))) <= 1


@given(st.text(alphabet="ab :-[]{}'\"\n@(&王", max_size=40), st.text(alphabet="ab@()ANDORT \"'*-", max_size=30))
def test_nothing_raises_anything_but_faults(text: str, query: str) -> None:
    quoted = query.replace("'", "''")
    told: tuple[Fault, ...] = ()
    try:
        rules.load([("e.yaml", text)], [("r.yaml", f"rules: [{{id: a, query: '{quoted}'}}]"), ("s.yaml", text)])
    except ConfigError as error:
        told = error.faults
    assert all(fault.line and fault.column for fault in told)
