"""The files in rules/ load, are useful as they ship, and rules/README.md tells the truth about them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from monitor import rules, yamldoc
from monitor.alerts.routes import nowhere
from monitor.desk import RoutesFile
from monitor.errors import ConfigError
from monitor.ingest.feeds import load_feeds
from monitor.model import Feed
from monitor.rules import names, query, tree
from monitor.rules.entries import File
from monitor.rules.inflections import Inflections
from monitor.rules.lint import Places, lint, stale
from monitor.rules.schema import EntityEntry, EntityFile, RuleEntry, RuleFile
from monitor.rules.text import Words
from tests.items import NOON, an_item

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "rules"
SAMPLES = ROOT / "tests" / "samples"
README = (SHIPPED / "README.md").read_text(encoding="utf-8")


def _files(folder: Path) -> list[File]:
    return [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]


LOCK_FILES = [file for file in _files(SHIPPED / "entities") if file[0] == "inflect.lock.yaml"]
ENTITY_FILES = [file for file in _files(SHIPPED / "entities") if file not in LOCK_FILES]
RULE_FILES = [file for file in _files(SHIPPED) if file[0] not in ("feeds.yaml", "routes.yaml")]
ENTITIES: list[EntityEntry] = [
    entity for name, text in ENTITY_FILES for entity in yamldoc.validate(yamldoc.read(text, name), EntityFile).entities
]
RULES: list[RuleEntry] = [
    rule for name, text in RULE_FILES for rule in yamldoc.validate(yamldoc.read(text, name), RuleFile).rules
]


def _fired(rule_set: rules.RuleSet, text: str) -> list[str]:
    title, _, body = text.partition("\n")
    return [match.rule for match in rule_set.match(an_item(title, body))]


# ── Rules ───────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def shipped() -> rules.RuleSet:
    """Loading runs every rule's own tests; ids that are used twice and unknown entities are faults of it."""
    return rules.load(ENTITY_FILES, RULE_FILES, [], LOCK_FILES)


def test_all_that_is_written_is_loaded(shipped: rules.RuleSet) -> None:
    assert list(shipped.rules) == [rule.id for rule in RULES]
    assert list(shipped.entities) == [entity.id for entity in ENTITIES]


def test_there_is_nothing_odd_in_it(shipped: rules.RuleSet) -> None:
    odd = lint(shipped, Places(ENTITY_FILES, "entities"), Places(RULE_FILES, "rules"), NOON)
    assert [str(each.fault) for each in odd] == []
    assert stale(shipped, Inflections(LOCK_FILES)) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_who_it_is_for_and_proves_itself(rule: RuleEntry) -> None:
    assert rule.title
    assert rule.tags
    assert any(test.match for test in rule.tests), "no text on which it fires"
    assert any(test.no for test in rule.tests), "no text on which it must not"


def test_a_flash_is_rare() -> None:
    loud = [rule for rule in RULES if rule.severity == "flash"]
    assert 0 < len(loud) <= len(RULES) / 10
    assert all(rule.note for rule in loud), "a rule that may wake people says why"


@pytest.mark.parametrize(
    ("sample", "fires"),
    [
        (
            "one-event.txt",
            {"lavrov", "wang-yi", "wang-wenbin", "lavrov-and-wang-yi", "world-order", "world-order-moscow-beijing"},
        ),
        ("two-wangs.txt", {"wang-wenbin"}),
        ("traps.txt", set()),
    ],
)
def test_the_sample_texts_fire_what_they_should(shipped: rules.RuleSet, sample: str, fires: set[str]) -> None:
    assert set(_fired(shipped, (SAMPLES / sample).read_text(encoding="utf-8"))) == fires


# ── Entities ────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def asking_for_each() -> rules.RuleSet:
    """One rule for each entity, with its id."""
    asking = "\n".join(f"  - {{id: {entity.id}, query: '@{entity.id}'}}" for entity in ENTITIES)
    return rules.load(ENTITY_FILES, [("each.yaml", f"rules:\n{asking}")], [], LOCK_FILES)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.id)
def test_each_spelling_means_its_entity_and_no_other(entity: EntityEntry, asking_for_each: rules.RuleSet) -> None:
    spellings = (entity.name, *asking_for_each.entities[entity.id].aka)
    means = {spelling: _fired(asking_for_each, f"News\n{spelling}") for spelling in spellings}
    assert {spelling: meant for spelling, meant in means.items() if meant != [entity.id]} == {}


@pytest.mark.parametrize("entity", [entity for entity in ENTITIES if entity.namesakes], ids=lambda entity: entity.id)
def test_a_namesake_is_nobody_we_watch(entity: EntityEntry, asking_for_each: rules.RuleSet) -> None:
    means = {namesake: _fired(asking_for_each, f"News\n{namesake}") for namesake in entity.namesakes}
    assert {namesake: meant for namesake, meant in means.items() if meant} == {}


def test_no_spelling_is_listed_twice() -> None:
    listed: dict[Words, list[str]] = defaultdict(list)
    for entity in ENTITIES:
        for spelling in (entity.name, *entity.aka):
            listed[names.spellings(spelling)[0]].append(f"{entity.id}: {spelling}")
    assert [twice for twice in listed.values() if len(twice) > 1] == []


def test_an_entity_is_asked_for_or_can_be_found_by_its_tags() -> None:
    asked_for = {entity.id for rule in RULES for entity in tree.entities(query.parse(rule.query))}
    assert [entity.id for entity in ENTITIES if entity.id not in asked_for and not entity.tags] == []


def test_people_can_be_found_by_role_and_by_country() -> None:
    roles = {"foreign-minister", "head-of-government", "head-of-state", "spokesperson", "high-representative"}
    roles |= {f"former-{role}" for role in roles} | {"organisation-head", "organisation", "namesake"}
    for entity in ENTITIES:
        assert roles.intersection(entity.tags), f"{entity.id} has no role"
        assert "organisation" in entity.tags or set(entity.tags) - roles, f"{entity.id} has no country"


@pytest.mark.parametrize(
    "text",
    [
        "The actor Wang Yibo danced.",
        "Wang said nothing. XI players entered the field.",
        "I meloni di Mantova sono maturi, i modi cambiano.",
        "Der Saarbrücker Zoo im Saarland, die Kaiserin Sisi, ein Stoßzahn (tusk).",
        "Un chanteur blond, dit El Rubio, gagne au circuit de Motegi.",
        "На Камчатке началась лососевая путина, победители сняли лавры с зыбучих песков. Ван и его друг молчат.",
        "当地时间8时，震中东北约20公里处有震感，四川普通话播报。萨尔瓦多沙拉很好吃。",
        "米国連邦議会で議論。コモディティ価格が下落、カラスが鳴く。トランプで遊ぶ。",
        "조현병 환자, 왕이 되다. 밭에 시비하기.",
        "From Trump Tower, Ivanka Trump played her trump card.",
    ],
    ids=["actor", "surnames", "it", "de", "fr", "ru", "zh", "ja", "ko", "family"],
)
def test_words_that_look_like_names_are_nobody(text: str, asking_for_each: rules.RuleSet) -> None:
    assert set(_fired(asking_for_each, text)) <= {"wang-yibo"}


# ── Feeds and routes ────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def feeds() -> tuple[Feed, ...]:
    text = (SHIPPED / "feeds.yaml").read_text(encoding="utf-8")
    return load_feeds(yamldoc.read(text, "feeds.yaml"), 60.0)


def test_the_feeds_speak_many_languages_and_are_asked_politely(feeds: tuple[Feed, ...]) -> None:
    assert len(feeds) >= 15
    assert len({feed.url for feed in feeds}) == len(feeds)
    assert {"en", "fr", "de", "es", "ru", "zh", "ja", "ar"} <= {feed.lang for feed in feeds}
    for feed in feeds:
        assert feed.url.startswith("https://")
        assert feed.every >= 300
        assert feed.backfill == 0, "a first poll floods nobody"
        assert feed.source
        assert feed.tags


def test_alerts_are_heard_without_any_account() -> None:
    text = (SHIPPED / "routes.yaml").read_text(encoding="utf-8")
    wiring = yamldoc.validate(yamldoc.read(text, "routes.yaml"), RoutesFile)
    assert {name: config.type for name, config in wiring.channels.items()} == {"here": "console"}
    assert [route.to for route in wiring.routes if route.when == type(route.when)()] == [("here",)]
    assert wiring.ops == ["here"]


def test_the_examples_in_the_routes_work_once_their_marks_are_taken_off() -> None:
    text = (SHIPPED / "routes.yaml").read_text(encoding="utf-8")
    unmarked = re.sub(r"(?m)^  # ", "  ", text)
    wiring = yamldoc.validate(yamldoc.read(unmarked, "routes.yaml"), RoutesFile)
    assert {config.type for config in wiring.channels.values()} == {"slack", "email", "console"}
    assert not list(nowhere(wiring.routes))
    below = [route for above in wiring.routes for route in above.routes]
    heard = {channel for route in wiring.routes for channel in route.to}
    assert heard == set(wiring.channels) >= {to for route in below if route.escalate for to in route.escalate.to}


# ── The README ──────────────────────────────────────────────────────────────

EXAMPLES = re.findall(r"(?s)```yaml\n(.*?)```", README)


def test_the_examples_in_the_readme_load() -> None:
    people = [(f"example {number}", text) for number, text in enumerate(EXAMPLES) if text.startswith("entities:")]
    asked = [(f"example {number}", text) for number, text in enumerate(EXAMPLES) if text.startswith("rules:")]
    shared = [(f"example {number}", text) for number, text in enumerate(EXAMPLES) if text.startswith("filters:")]
    cases = [(f"example {number}", text) for number, text in enumerate(EXAMPLES) if text.startswith("inflections:")]
    routed = [text for text in EXAMPLES if text.startswith("routes:")]
    polled = [text for text in EXAMPLES if text.startswith("defaults:")]
    assert len(people) + len(asked) + len(shared) + len(cases) + len(routed) + len(polled) == len(EXAMPLES)
    assert all(load_feeds(yamldoc.read(text, "feeds.yaml"), floor=60.0) for text in polled)
    for text in routed:
        wiring = yamldoc.validate(yamldoc.read(f"channels: {{}}\n{text}", "routes.yaml"), RoutesFile)
        assert not list(nowhere(wiring.routes))
    loaded = rules.load(people, asked, shared, cases)
    assert len(loaded.rules) >= 10
    assert all(rule.tests for rule in loaded.rules.values())


def test_the_faults_in_the_readme_are_told_in_these_words() -> None:
    person = "entities: [{id: lavrov, name: Sergey Lavrov}]"
    faulty = """\
rules:
  - id: talks
    query: '"world order" AND @lavrow'

  - id: order
    query: NATO AND world order
    severty: high
"""
    with pytest.raises(ConfigError) as caught:
        rules.load([("rules/entities/mine.yaml", person)], [("rules/mine.yaml", faulty)])
    assert len(caught.value.faults) == 3
    for fault in caught.value.faults:
        assert f"{fault.file}:{fault.line}:{fault.column}: {fault.message}\n" in README
        assert f"\n    {fault.hint}\n" in README


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("Erdogan", "ERDOĞAN SPEAKS"),
        ('"world order"', "A new ‘World‑Order’"),
        ("cease-fire", "The ceasefire holds"),
        ("Orlova", "Orlova's answer"),
        ("北约", "在震中东北约二十公里处"),
    ],
)
def test_text_is_read_as_the_readme_says(asked: str, text: str) -> None:
    loaded = rules.load([], [("mine.yaml", f"rules:\n  - id: mine\n    query: {asked!r}")])
    assert _fired(loaded, text) == ["mine"]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("sanctions", "The council sanctioned it"),
        ('"world order"', "The world\nOrder was restored"),
        ('"world order"', "Мировой порядок"),
    ],
    ids=["no stemming", "a phrase ends with its field", "no translation"],
)
def test_what_the_readme_says_is_not_found(asked: str, text: str) -> None:
    loaded = rules.load([], [("mine.yaml", f"rules:\n  - id: mine\n    query: {asked!r}")])
    assert _fired(loaded, text) == []


def test_the_samples_that_the_readme_names_are_there() -> None:
    named = re.findall(r"tests/samples/\S+", README)
    assert named
    assert all((ROOT / path).is_file() for path in named)
