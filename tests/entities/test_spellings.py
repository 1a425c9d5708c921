"""Romanisations and cases, on names whose spellings the press agrees on."""

from __future__ import annotations

import pytest

from monitor import rules
from monitor.entities.cases import cases
from monitor.entities.entry import Entry, unlike
from monitor.entities.romanise import to_cyrillic, to_latin
from monitor.entities.suggest import language, suggest
from monitor.rules.schema import EntityFile
from monitor.yamldoc import read, validate
from monitor.yamldoc.writing import scalar


@pytest.mark.parametrize(
    ("name", "lang", "written"),
    [
        ("Сергей Лавров", "ru", {"en": "Sergey Lavrov", "de": "Sergei Lawrow", "pl": "Siergiej Ławrow"}),
        ("Дмитрий Песков", "ru", {"en": "Dmitry Peskov", "de": "Dmitri Peskow", "cs": "Dmitrij Peskov"}),
        ("Владимир Путин", "ru", {"de": "Wladimir Putin", "fr": "Vladimir Poutine", "pl": "Władimir Putin"}),
        ("Никита Хрущёв", "ru", {"en": "Nikita Khrushchev", "de": "Nikita Chruschtschow", "pl": "Nikita Chruszczow"}),
        ("Михаил Мишустин", "ru", {"fr": "Mikhail Michoustine", "pl": "Michaił Miszustin"}),
        ("Евгений Пригожин", "ru", {"en": "Yevgeny Prigozhin", "de": "Jewgeni Prigoschin", "pl": "Jewgienij Prigożyn"}),
        ("Мария Захарова", "ru", {"en": "Maria Zakharova", "de": "Marija Sacharowa", "pl": "Marija Zacharowa"}),
        ("Владимир Зеленский", "ru", {"en": "Vladimir Zelensky", "fr": "Vladimir Zelenski"}),
        ("Володимир Зеленський", "uk", {"en": "Volodymyr Zelensky", "de": "Wolodymyr Selenskyj"}),
        ("Андрій Єрмак", "uk", {"en": "Andrii Yermak", "de": "Andrij Jermak", "pl": "Andrij Jermak"}),
        ("Петро Порошенко", "uk", {"en": "Petro Poroshenko", "de": "Petro Poroschenko", "pl": "Petro Poroszenko"}),
        ("Салтыков-Щедрин", "ru", {"en": "Saltykov-Shchedrin"}),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) > 2 else "",
)
def test_as_other_languages_write_it(name: str, lang: str, written: dict[str, str]) -> None:
    spellings = list(to_latin(name, lang))
    assert {lang: spelling for lang, spelling in written.items() if (lang, spelling) in spellings} == written


@pytest.mark.parametrize(
    ("latin", "lang", "cyrillic"),
    [
        ("Sergey Lavrov", "ru", "Сергей Лавров"),
        ("Dmitry Peskov", "ru", "Дмитрий Песков"),
        ("Maria Zakharova", "ru", "Мария Захарова"),
        ("Yevgeny Prigozhin", "ru", "Евгений Пригожин"),
        ("Volodymyr Zelensky", "uk", "Володимир Зеленський"),
        ("Andriy Yermak", "uk", "Андрій Єрмак"),
    ],
)
def test_back_to_cyrillic(latin: str, lang: str, cyrillic: str) -> None:
    assert to_cyrillic(latin, lang) == cyrillic


@pytest.mark.parametrize(
    ("name", "lang", "forms"),
    [
        ("Сергей Лавров", "ru", "Сергея Лаврова, Сергею Лаврову, Сергеем Лавровым, Сергее Лаврове"),
        ("Мария Захарова", "ru", "Марии Захаровой, Марию Захарову, Марией Захаровой"),
        ("Алексей Навальный", "ru", "Алексея Навального, Алексею Навальному, Алексеем Навальным, Алексее Навальном"),
        ("Юлия Навальная", "ru", "Юлии Навальной, Юлию Навальную, Юлией Навальной"),
        ("Сергей Шойгу", "ru", "Сергея Шойгу, Сергею Шойгу, Сергеем Шойгу, Сергее Шойгу"),
        ("Илья Яшин", "ru", "Ильи Яшина, Илье Яшину, Илью Яшина, Ильей Яшиным, Илье Яшине"),
        ("Анна Шмидт", "ru", "Анны Шмидт, Анне Шмидт, Анну Шмидт, Анной Шмидт"),
        ("Дмитро Кулеба", "uk", "Дмитра Кулеби, Дмитру Кулебі, Дмитра Кулебу, Дмитром Кулебою, Дмитрові Кулебі"),
        ("Юлія Тимошенко", "uk", "Юлії Тимошенко, Юлію Тимошенко, Юлією Тимошенко"),
        ("Петро Порошенко", "uk", "Петра Порошенка, Петру Порошенку, Петром Порошенком, Петрові Порошенкові"),
        ("Donald Tusk", "pl", "Donalda Tuska, Donaldowi Tuskowi, Donaldem Tuskiem"),
        ("Radosław Sikorski", "pl", "Radosława Sikorskiego, Radosławowi Sikorskiemu, Radosławem Sikorskim"),
        ("Anna Fotyga", "pl", "Anny Fotygi, Annę Fotygę, Anną Fotygą"),
        ("Ewa Kowalczyk", "pl", "Ewy Kowalczyk, Ewę Kowalczyk, Ewą Kowalczyk"),
        ("Лавров", "ru", "Лаврова, Лаврову, Лавровым, Лаврове"),
        ("Дюма", "ru", "Дюмы, Дюме, Дюму, Дюмой"),
        ("Ли", "ru", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) > 2 else "",
)  # fmt: skip
def test_the_other_cases(name: str, lang: str, forms: str) -> None:
    assert ", ".join(cases(name, lang)) == forms


@pytest.mark.parametrize(
    ("name", "lang"),
    [("Сергей Лавров", "ru"), ("Зеленський", "uk"), ("Кулеба Їжак", "uk"), ("Wałęsa", "pl"), ("Sergey Lavrov", "ru")],
)
def test_the_language_is_guessed_by_the_letters(name: str, lang: str) -> None:
    assert language(name) == lang


@pytest.mark.parametrize("name", ["Сергей Лавров", "Sergey Lavrov"])
def test_what_is_suggested_loads_and_finds_what_the_press_writes(name: str) -> None:
    text = suggest(name, "ru").text()
    asked = (
        "rules: [{id: a, query: '@sergey-lavrov', tests: [{match: Sergei Lawrow sagte}, {match: к Сергею Лаврову}]}]"
    )
    rules.load([("people.yaml", f"entities:\n{text}")], [("rules.yaml", asked)])


def test_of_a_family_name_come_short_forms_which_need_the_full_name() -> None:
    entry = suggest("Лавров", "ru")
    assert (entry.id, entry.name, entry.aka) == ("lavrov", "Lavrov", {})
    assert {"Lavrov", "Lawrow", "Лавров", "Лаврова"} <= set(entry.short)


def test_a_polish_name_has_no_cyrillic() -> None:
    assert suggest("Donald Tusk", "pl").aka == {"pl": ["Donalda Tuska", "Donaldowi Tuskowi", "Donaldem Tuskiem"]}


@pytest.mark.parametrize(
    "name",
    [
        "Wang Yi",
        "O’Neill",
        "Jean-Luc",
        "U.N.",
        "null",
        "True",
        "a: b",
        "x #1",
        "[a]",
        'the "x"',
        "@a",
        "安·世",
        "",
        "10",
        "a,b",
    ],
)
def test_any_name_is_written_so_that_it_is_read_again(name: str) -> None:
    document = read(f"- [{scalar(name)},  # en\n]", "names.yaml")
    assert document.value == [[name]]


def test_an_entry_is_an_entity() -> None:
    entry = Entry("orlova", "Nadia Orlova", {"uk": ["Надія Орлова"], "x": ["[odd], name"]}, ["Orlova"], "Q1")
    (entity,) = validate(read(f"entities:\n{entry.text()}", "people.yaml"), EntityFile).entities
    assert (entity.id, entity.name, entity.wikidata) == ("orlova", "Nadia Orlova", "Q1")
    assert entity.aka == ("Надія Орлова", "[odd], name")
    assert entity.short[0].forms == ("Orlova",)


def test_spellings_that_are_found_anyway_are_not_listed() -> None:
    names = [
        ("en", "Sergei Lavrov"),
        ("cs", "SERGEI Lavröv"),
        ("de", "Sergej Lawrow"),
        ("fr", "Sergej Lawrow"),
        ("x", "…"),
    ]
    assert unlike(names, known=["sergei lavrov"]) == {"de": ["Sergej Lawrow"]}
