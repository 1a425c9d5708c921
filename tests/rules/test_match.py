"""Rule sets against items: which rules fire, with which hits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor import rules
from monitor.errors import RuleFailed
from monitor.model import Field, Hit, Match, Severity, Span
from monitor.rules.match import Search
from monitor.rules.ruleset import Ready
from tests.items import an_item

PEOPLE = """\
entities:
  - {id: lavrov, name: Sergey Lavrov, aka: [Sergei Lavrov, Lavrov, Лавров, Лаврова, Lawrow, 拉夫罗夫]}
  - {id: wang-yi, name: Wang Yi, aka: [王毅]}
  - {id: wang-wenbin, name: Wang Wenbin}
"""

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


def a_rule_set(*queries: str, more: str = "") -> rules.RuleSet:
    """Rules `r0`, `r1` … with these queries."""
    listed = "".join(f"  - {{id: r{n}, query: '{query}'{more}}}\n" for n, query in enumerate(queries))
    return rules.load([("people.yaml", PEOPLE)], [("rules.yaml", f"rules:\n{listed}")])


def test_a_match_tells_rule_and_places() -> None:
    rule_set = a_rule_set(
        '"world order" AND @lavrov AND NOT wrestling', more=", severity: high, tags: [a, b], title: Order"
    )
    item = an_item("LAVROV’s “World Order”", "Sergei Lavrov spoke. Lavrov went.")
    assert rule_set.match(item) == (
        Match(
            rule="r0",
            severity=Severity.HIGH,
            tags=("a", "b"),
            hits=(
                Hit("r0", Field.TITLE, 0, 6, "LAVROV", "lavrov"),
                Hit("r0", Field.TITLE, 10, 21, "World Order"),
                Hit("r0", Field.BODY, 0, 13, "Sergei Lavrov", "lavrov"),
                Hit("r0", Field.BODY, 21, 27, "Lavrov", "lavrov"),
            ),
            title="Order",
        ),
    )


def test_rules_fire_in_the_order_in_which_they_are_written() -> None:
    rule_set = a_rule_set("truce", "war", "peace", "war AND peace", "strike")
    assert [match.rule for match in rule_set.match(an_item("War and peace"))] == ["r1", "r2", "r3"]


def test_only_what_is_readable_is_read_and_offsets_are_those_of_the_raw_field() -> None:
    item = an_item("Peace at last", "SLUG-PEACE\nTUNXI - Peace, he said.", prefix="UPDATE 2-")
    item = replace(item, author="Peace Writer", wire=replace(item.wire, copy=Span(11, len(item.body))))
    (match,) = a_rule_set("peace").match(item)
    assert [(hit.field, hit.start, hit.end, hit.text) for hit in match.hits] == [
        (Field.TITLE, 9, 14, "Peace"),
        (Field.BODY, 19, 24, "Peace"),
    ]
    assert a_rule_set("update OR slug OR writer").match(item) == ()


def test_a_spelling_of_two_entities_is_a_hit_for_each() -> None:
    people = "entities: [{id: boss, name: The Boss}, {id: springsteen, name: Springsteen, aka: [The Boss]}]"
    rule_set = rules.load([("p", people)], [("r", "rules: [{id: r, query: '@boss OR @springsteen'}]")])
    (match,) = rule_set.match(an_item("", "The Boss sang"))
    assert [(hit.text, hit.entity) for hit in match.hits] == [("The Boss", "boss"), ("The Boss", "springsteen")]


def test_hits_are_capped_and_none_crowds_out_another() -> None:
    (match,) = a_rule_set("war OR peace").match(an_item("", "war " * 500 + "peace"))
    assert len(match.hits) == 26
    assert match.hits[-1].text == "peace"
    many = a_rule_set(" OR ".join(f"w{number}" for number in range(80)))
    (match,) = many.match(an_item("", " ".join(f"w{number}" for number in range(80))))
    assert len(match.hits) == 50


@pytest.mark.parametrize(
    ("title", "body", "fired"),
    [
        ("", "Wang Wenbin said so on Monday. Wang added that talks went on.", ["wenbin"]),
        ("Wang Yi met Wang Wenbin", "", ["yi", "wenbin"]),
        ("Wang said", "Wang Yibo sang.", []),
        ("", "Визит Лаврова", ["lavrov"]),
        ("", "Aussenminister Lawrow", ["lavrov"]),
        ("", "俄外长拉夫罗夫同王毅会谈", ["lavrov", "yi"]),
    ],
    ids=lambda value: str(value)[:20],
)
def test_the_two_wangs(title: str, body: str, fired: list[str]) -> None:
    written = (
        "rules: [{id: lavrov, query: '@lavrov'}, {id: yi, query: '@wang-yi'}, {id: wenbin, query: '@wang-wenbin'}]"
    )
    rule_set = rules.load([("people.yaml", PEOPLE)], [("r.yaml", written)])
    assert [match.rule for match in rule_set.match(an_item(title, body))] == fired


@pytest.mark.skipif(not SEEDS.is_dir(), reason="texts of two reports are not here")
def test_two_reports_of_one_meeting() -> None:
    rule_set = a_rule_set("@lavrov AND @wang-yi AND ‘world order’")
    for path in SEEDS.glob("*.txt"):
        title, _, body = path.read_text(encoding="utf-8").partition("\n")
        (match,) = rule_set.match(an_item(title, body))
        assert {hit.entity for hit in match.hits} == {"", "lavrov", "wang-yi"}
        assert {hit.field for hit in match.hits} == {Field.TITLE, Field.BODY}


# ── Explanations ────────────────────────────────────────────────────────────


def test_an_explanation_tells_what_each_clause_found() -> None:
    rule_set = a_rule_set('(@lavrov OR @wang-yi) AND "world order" AND NOT wrestling')
    told = rules.explain(rule_set, "r0", an_item("Lavrov’s World Order", "Lavrov spoke."))
    assert list(told.lines()) == [
        '✓ (@lavrov OR @wang-yi) AND "world order" AND NOT wrestling',
        "  ✓ (@lavrov OR @wang-yi)",
        "    ✓ @lavrov · “Lavrov” in title 0-6 · “Lavrov” in body 0-6",
        "    ✗ @wang-yi",
        '  ✓ "world order" · “World Order” in title 9-20',
        "  ✓ NOT wrestling",
        "    ✗ wrestling",
    ]
    assert [hit.text for hit in told.all_hits()] == ["Lavrov", "Lavrov", "World Order"]
    assert list(told.lacks()) == []


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        ("world order", ["nothing of (@lavrov OR @wang-yi) is in it"]),
        ("Lavrov", ['"world order" is not in it']),
        (
            "wrestling",
            [
                "nothing of (@lavrov OR @wang-yi) is in it",
                '"world order" is not in it',
                "NOT wrestling forbids what it has · “wrestling” in body 0-9",
            ],
        ),
    ],
)
def test_an_explanation_tells_what_is_lacking(body: str, lacks: list[str]) -> None:
    rule_set = a_rule_set('(@lavrov OR @wang-yi) AND "world order" AND NOT wrestling')
    assert list(rules.explain(rule_set, "r0", an_item("", body)).lacks()) == lacks


@pytest.mark.parametrize(
    ("query", "lacks"),
    [
        ("oil NEAR/1 gas", ["oil NEAR/1 gas is not so, though oil is in it"]),
        ("SENTENCE(coal oil)", ["coal is not in it"]),
        ("SCORE/3(oil^2 coal^1)", ["SCORE/3(oil^2 coal^1) is not reached, with oil"]),
        ("ATLEAST/2(coal tar)", ["ATLEAST/2(coal tar) is not reached, with nothing"]),
        ("title:(oil OR gas)", ["nothing of (oil OR gas) is in it"]),
    ],
)
def test_an_explanation_tells_what_is_not_so(query: str, lacks: list[str]) -> None:
    told = rules.explain(a_rule_set(query), "r0", an_item("", "oil and natural gas"))
    assert list(told.lacks()) == lacks


def test_an_explanation_of_proximity_tells_what_is_near() -> None:
    told = rules.explain(a_rule_set("(oil OR tar) NEAR/1 gas"), "r0", an_item("", "oil gas and oil"))
    assert list(told.lines()) == [
        "✓ (oil OR tar) NEAR/1 gas · “oil” in body 0-3 · “gas” in body 4-7 · “oil” in body 12-15",
        "  ✓ (oil OR tar)",
        "    ✓ oil · “oil” in body 0-3 · “oil” in body 12-15",
        "    ✗ tar",
        "  ✓ gas · “gas” in body 4-7",
    ]
    assert [hit.text for hit in told.all_hits()] == ["oil", "gas", "oil"]


def test_a_rule_that_is_not_there_cannot_be_explained() -> None:
    with pytest.raises(KeyError):
        rules.explain(a_rule_set("peace"), "r7", an_item())


def test_a_rule_that_cannot_be_evaluated_is_told_and_can_be_left_out() -> None:
    """Its regex was never compiled; nothing that loads is like that."""
    broken = Ready(rules.Rule("broken", "x"), Search(None, None, Span(0, 1)))
    sound = rules.load([], [("r.yaml", "rules: [{id: sound, query: quake}]")])
    whole = rules.RuleSet([broken, sound.ready("sound")], (), "hash")
    with pytest.raises(RuleFailed, match="rule broken failed: AttributeError") as caught:
        whole.match(an_item("A quake"))
    fewer = whole.without(caught.value.rule)
    assert [match.rule for match in fewer.match(an_item("A quake"))] == ["sound"]
    assert (fewer.hash, list(fewer.rules)) == (whole.hash, ["broken", "sound"])
