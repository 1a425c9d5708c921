"""Names from Wikidata, put into the files that people keep, of which nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest

from monitor.entities.merging import merge
from monitor.entities.wikidata import Named, read
from monitor.errors import ConfigError
from monitor.rules.schema import EntityEntry, EntityFile
from monitor.yamldoc import read as read_yaml
from monitor.yamldoc import validate

INTO = "imported.yaml"
LAVROV = Named("Q58217", "Sergey Lavrov", (("ja", "セルゲイ・ラブロフ"), ("lt", "Sergejus Lavrovas"), ("en", "Lavrov")))


def an_entity(id_: str, labels: Mapping[str, str], **aliases: Sequence[str]) -> dict[str, object]:
    """As Wikidata gives it out, with some of the much else."""
    return {
        "type": "item",
        "id": id_,
        "labels": {lang: {"language": lang, "value": value} for lang, value in labels.items()},
        "aliases": {lang: [{"language": lang, "value": value} for value in values] for lang, values in aliases.items()},
        "claims": {"P31": []},
    }


SERGEY = an_entity("Q58217", {"ru": "Сергей Лавров", "en": "Sergey Lavrov"}, en=["Lavrov"], uk=["Лавров Сергій"])
NADIA = an_entity("Q1", {"uk": "Надія Орлова"})


def entities(text: str) -> tuple[EntityEntry, ...]:
    return validate(read_yaml(text, "x.yaml"), EntityFile).entities


# ── Reading ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps({"entities": {"Q58217": SERGEY, "Q1": NADIA}}), id="entity data"),
        pytest.param(json.dumps([SERGEY, NADIA]), id="a list"),
        pytest.param(f"[\n{json.dumps(SERGEY)},\n{json.dumps(NADIA)}\n]\n", id="a dump"),
    ],
)
def test_the_forms_of_wikidata(text: str) -> None:
    sergey, nadia = read(text, "q.json")
    assert (sergey.id, sergey.name) == ("Q58217", "Sergey Lavrov")
    assert sergey.others == (
        ("en", "Sergey Lavrov"),
        ("en", "Lavrov"),
        ("ru", "Сергей Лавров"),
        ("uk", "Лавров Сергій"),
    )
    assert nadia.name == "Надія Орлова"


def test_one_entity_and_only_some_languages() -> None:
    (sergey,) = read(json.dumps(SERGEY), "q.json", ["uk"])
    assert (sergey.name, sergey.others) == ("Sergey Lavrov", (("uk", "Лавров Сергій"),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('{"a": [1,\n}', "q.json:2:1: is not JSON", id="no JSON"),
        pytest.param('{"a": 1}', "is not an entity of Wikidata", id="something else"),
        pytest.param('[{"id": "Q1", "labels": 5}]', "labels is amiss", id="another shape"),
        pytest.param("7", "is not an entity of Wikidata", id="a number"),
    ],
)
def test_what_is_not_wikidata(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text, "q.json")
    assert said in str(caught.value)


# ── Merging ─────────────────────────────────────────────────────────────────

FLOW = """\
# People. Reviewed in May.

entities:
  - id: other
    name: Somebody Else

  # Not "Lavrov" alone.
  - id: lavrov
    name: Sergey Lavrov   # the minister
    tags: [minister]
    aka: [
      Sergei Lavrov,  # en
      Сергей Лавров  # ru
    ]
"""
ONE_LINE = "entities:\n  - id: lavrov\n    name: Sergey Lavrov\n    aka: [Sergei Lavrov]  # keep\n    tags: [a]\n"
EMPTY = "entities:\n  - {id: lavrov, name: Sergey Lavrov, aka: [], tags: [a]}  # keep\n"
BLOCK = """\
entities:
  - id: lavrov
    name: Sergey Lavrov
    aka:
      - Sergei Lavrov  # en
      - "Сергей Лавров"  # ru
    tags: [a]
"""
NO_LIST = "entities:\n- id: lavrov\n  name: Sergey Lavrov\n  tags: [a]  # keep\n"
IN_BRACES = "entities:\n  - {id: lavrov, name: Sergey Lavrov, tags: [a]}  # keep\n"
LAST_LINE = "entities:\n  - id: lavrov\n    name: Sergey Lavrov"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FLOW, id="a list over lines"),
        pytest.param(ONE_LINE, id="a list on one line"),
        pytest.param(EMPTY, id="an empty list"),
        pytest.param(BLOCK, id="a list of dashes"),
        pytest.param(NO_LIST, id="no list"),
        pytest.param(IN_BRACES, id="an entity in braces"),
        pytest.param(LAST_LINE, id="no line end"),
        pytest.param(FLOW.replace("\n", "\r\n"), id="lines of Windows"),
    ],
)
def test_spellings_are_added_and_nothing_else_changes(text: str) -> None:
    merged = merge({"people.yaml": text}, [LAVROV], INTO)
    assert list(merged.texts) == ["people.yaml"]
    after = merged.texts["people.yaml"]
    before, now = (next(e for e in entities(each) if e.id == "lavrov") for each in (text, after))
    assert now.aka == (*before.aka, "セルゲイ・ラブロフ", "Sergejus Lavrovas")
    assert now.wikidata == "Q58217"
    assert now.model_copy(update={"aka": before.aka, "wikidata": None}) == before
    left = iter(after)
    assert all(letter in left for letter in text), "what was there stands there still, in its order"
    (done,) = merged.done
    assert (done.entity, done.names, done.is_new, done.bare) == ("lavrov", 2, False, ("Lavrov",))


def test_where_the_lines_go() -> None:
    after = merge({"people.yaml": FLOW}, [LAVROV], INTO).texts["people.yaml"]
    assert after.endswith("""\
    name: Sergey Lavrov   # the minister
    wikidata: Q58217
    tags: [minister]
    aka: [
      Sergei Lavrov,  # en
      Сергей Лавров,  # ru
      セルゲイ・ラブロフ,  # ja
      Sergejus Lavrovas,  # lt
    ]
""")


@pytest.mark.parametrize("text", [FLOW, EMPTY, BLOCK, NO_LIST], ids=["flow", "empty", "block", "none"])
def test_a_second_import_changes_nothing(text: str) -> None:
    once = merge({"people.yaml": text}, [LAVROV], INTO)
    assert merge(once.texts, [LAVROV], INTO).texts == once.texts


def test_who_is_not_known_is_added_to_a_file_of_its_own() -> None:
    merged = merge(
        {"people.yaml": NO_LIST},
        [LAVROV, Named("Q1", "Nadia Orlova", (("uk", "Надія Орлова"), ("en", "Orlova")))],
        INTO,
    )
    assert merged.texts[INTO].startswith("# yaml-language-server: $schema=../schema/entities.json\n")
    (nadia,) = entities(merged.texts[INTO])
    assert (nadia.id, nadia.aka, nadia.short[0].forms) == ("nadia-orlova", ("Надія Орлова",), ("Orlova",))
    assert [done.is_new for done in merged.done] == [False, True]
    again = merge(
        merged.texts, [Named("Q1", "Nadia Orlova", (("en", "Orlova"),)), Named("Q2", "Nadia Orlova", ())], INTO
    )
    assert [entity.id for entity in entities(again.texts[INTO])] == ["nadia-orlova", "q2"]


def test_known_by_its_number_whatever_its_name() -> None:
    text = "entities:\n  - id: minister\n    name: Sergei V. Lavrov\n    wikidata: Q58217\n"
    (minister,) = entities(merge({"people.yaml": text}, [LAVROV], INTO).texts["people.yaml"])
    assert minister.aka == ("セルゲイ・ラブロフ", "Sergejus Lavrovas")


def test_a_name_that_is_listed_as_somebody_elses_is_not_added() -> None:
    text = "entities:\n  - {id: lavrov, name: Sergey Lavrov, not: [Sergejus Lavrovas]}\n"
    (lavrov,) = entities(merge({"people.yaml": text}, [LAVROV], INTO).texts["people.yaml"])
    assert lavrov.aka == ("セルゲイ・ラブロフ",)


def test_a_faulty_file_is_told() -> None:
    with pytest.raises(ConfigError, match=r"people\.yaml:1:12"):
        merge({"people.yaml": "entities: [5]"}, [LAVROV], INTO)
