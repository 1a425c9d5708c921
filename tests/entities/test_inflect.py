"""Names in every case, as pymorphy3 knows them, and the lock file made of them."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from monitor import rules
from monitor.entities.inflect import Declension
from monitor.entities.lock import locked
from monitor.errors import ConfigError
from monitor.rules.inflections import Inflections, Key
from monitor.rules.names import Nominative
from tests.items import an_item


@pytest.fixture(autouse=True, scope="module")
def _pymorphy() -> None:
    """Without the optional extra there is nothing to test; CI has it."""
    if find_spec("pymorphy3") is None or find_spec("pymorphy3_dicts_uk") is None:
        reason = "pymorphy3 is not installed: pip install -e '.[inflect]'"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="module")
def declensions() -> dict[str, Declension]:
    return {lang: Declension(lang) for lang in ("ru", "uk")}


@pytest.mark.parametrize(
    ("lang", "name", "forms"),
    [
        ("ru", "Сергей Лавров", "Сергея Лаврова, Сергею Лаврову, Сергеем Лавровым, Сергее Лаврове"),
        ("ru", "Лавров", "Лаврова, Лаврову, Лавровым, Лаврове"),
        ("ru", "Мария Захарова", "Марии Захаровой, Марию Захарову, Марией Захаровой"),
        ("ru", "Юлия Навальная", "Юлии Навальной, Юлию Навальную, Юлией Навальной"),
        ("ru", "Ангела Меркель", "Ангелы Меркель, Ангеле Меркель, Ангелу Меркель, Ангелой Меркель"),
        ("ru", "Марко Рубио", ""),
        ("ru", "Салтыков-Щедрин", "Салтыкова-Щедрина, Салтыкову-Щедрину, Салтыковым-Щедриным, Салтыкове-Щедрине"),
        ("ru", "министр ЛАВРОВ", "министра ЛАВРОВА, министру ЛАВРОВУ, министром ЛАВРОВЫМ, министре ЛАВРОВЕ"),
        ("ru", "Европейский союз", "Европейского союза, Европейскому союзу, Европейским союзом, Европейском союзе"),
        ("ru", "Соединённые Штаты", "Соединённых Штатов, Соединённым Штатам, Соединёнными Штатами, Соединённых Штатах"),
        ("uk", "Зеленський", "Зеленського, Зеленському, Зеленським, Зеленськім"),
        ("uk", "Юлія Тимошенко", "Юлії Тимошенко, Юлію Тимошенко, Юлією Тимошенко"),
        ("uk", "Дмитро Кулеба",
         "Дмитра Кулеби, Дмитрові Кулебі, Дмитру Кулебі, Дмитра Кулебу, Дмитром Кулебою, Дмитрі Кулебі"),
    ],
)  # fmt: skip
def test_all_words_of_a_name_are_in_one_case(
    declensions: dict[str, Declension], lang: str, name: str, forms: str
) -> None:
    assert declensions[lang].declined([name]) == {name: tuple(filter(None, forms.split(", ")))}


def test_a_family_name_has_the_gender_of_the_full_name_beside_it(declensions: dict[str, Declension]) -> None:
    russian = declensions["ru"]
    assert russian.declined(["Трамп", "Дональд Трамп"])["Трамп"] == ("Трампа", "Трампу", "Трампом", "Трампе")
    assert russian.declined(["Хиллари Клинтон", "Клинтон"])["Клинтон"] == ()
    assert russian.declined(["Билл Клинтон", "Клинтон"])["Клинтон"] == (
        *("Клинтона", "Клинтону", "Клинтоном", "Клинтоне"),
    )


@pytest.mark.parametrize("name", ["Кая Каллас", "Совет Безопасности", "Lavrov", "Лаврова и Захаровой", "2022"])
def test_what_is_no_name_in_the_nominative(declensions: dict[str, Declension], name: str) -> None:
    assert declensions["ru"].declined([name]) == {name: None}


def test_a_language_without_its_dictionary() -> None:
    with pytest.raises(ConfigError, match="pymorphy3-dicts-xx: is not installed"):
        Declension("xx")


# ── The lock file ───────────────────────────────────────────────────────────

PEOPLE = """\
entities:
  - id: lavrov
    name: Sergey Lavrov
    inflect: {ru: [Сергей Лавров, Лавров], uk: [Лавров]}
  - {id: rubio, name: Marco Rubio, inflect: {ru: [Марко Рубио]}}
"""
FILES = [("people.yaml", PEOPLE)]


def test_what_is_locked_is_found_in_every_case() -> None:
    lock = locked(FILES, Inflections())
    loaded = rules.load(FILES, [("r.yaml", "rules: [{id: a, query: '@lavrov'}]")], [], [("lock.yaml", lock.text)])
    (match,) = loaded.match(an_item("", "Сергеем Лавровым, к Лаврову, з Лавровим, no case: Сергею Лавровым"))
    assert [hit.text for hit in match.hits] == ["Сергеем Лавровым", "Лаврову", "Лавровим", "Лавровым"]
    assert "      Лавров: [Лаврова, Лаврову, Лавровым, Лаврове]\n" in lock.text
    assert "      Марко Рубио: []\n" in lock.text
    assert "  pymorphy3-dicts-uk: " in lock.text


def test_what_was_reviewed_stays_and_what_nobody_asks_for_goes() -> None:
    key = Key("lavrov", Nominative("ru", "Лавров"))
    reviewed = """\
made_with: {pymorphy3: 1.0}
inflections:
  lavrov: {ru: {Лавров: [Лаврова]}}
  orlova: {ru: {Орлова: []}}
"""
    before = Inflections([("lock.yaml", reviewed.replace("1.0", "'1.0'"))])
    lock = locked(FILES, before)
    assert lock.forms[key] == ("Лаврова",)
    assert [made.spelling.name for made in lock.made] == ["Сергей Лавров", "Лавров", "Марко Рубио"]
    assert [dropped.entity for dropped in lock.dropped] == ["orlova"]
    anew = locked(FILES, before, again=True)
    assert anew.forms[key] == ("Лаврова", "Лаврову", "Лавровым", "Лаврове")
    assert key in anew.made
    unchanged = locked(FILES, Inflections([("lock.yaml", anew.text)]))
    assert (unchanged.made, unchanged.dropped, unchanged.text) == ([], [], anew.text)


def test_names_that_cannot_be_declined_are_told_by_place() -> None:
    people = "entities:\n  - {id: kallas, name: Kaja Kallas, inflect: {ru: [Кая Каллас]}}\n"
    lock = locked([("people.yaml", people)], Inflections())
    (fault,) = lock.faults
    assert str(fault).startswith("people.yaml:2:52: the dictionary does not know Кая Каллас as a name")
    assert lock.text.endswith("\ninflections: {}\n")
    assert not Inflections([("lock.yaml", lock.text)]).forms
