"""The JSON Schemas are those of the code, and editors that read them help with the files as they ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.schema import schemas
from tests.servers.editor import Editor

ROOT = Path(__file__).parent.parent
RULES = ROOT / "rules"
SCHEMA = RULES / "schema"
SHIPPED = sorted(RULES.rglob("*.yaml"))
PLAYED = sorted((ROOT / "monitor" / "demo" / "rules").rglob("*.yaml"))


def _kind(path: Path) -> str:
    if path.name == "inflect.lock.yaml":
        return "inflections"
    if path.parent.name == "entities":
        return "entities"
    return path.stem if path.stem in ("feeds", "routes", "filters") else "rules"


def _head(path: Path) -> str:
    """The first lines, which name the schema of a file in rules/ to language servers and to JetBrains IDEs."""
    schema = f"{'../' * (path.parent != RULES)}schema/{_kind(path)}.json"
    return f"# yaml-language-server: $schema={schema}\n# $schema: {schema}\n"


def test_the_schemas_in_the_folder_are_those_of_the_code() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in SCHEMA.iterdir()}
    assert written == schemas(), "run `wirewatch schema` and commit what it wrote"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_each_file_names_its_schema(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith(_head(path))


@pytest.mark.parametrize("path", [*SHIPPED, *PLAYED], ids=lambda path: path.name)
def test_an_editor_has_nothing_to_say_of_what_ships(editor: Editor, path: Path) -> None:
    here = path if path in SHIPPED else RULES / path.relative_to(ROOT / "monitor" / "demo" / "rules")
    assert editor.diagnostics(here, f"{_head(here)}{path.read_text(encoding='utf-8')}") == []


WHOLE = """
rules:
  - id: talks
    structured:
      all:
        - "@lavrov"
        - near: {of: [talks, truce], within: 5}
        - not: football
    status: shadow
    expires: 2026-12-31
    throttle: 2h
    when: {count: 3, distinct: source, within: 90m}
    except: [sport]
    tests:
      - match: {title: Lavrov on talks, body: A truce follows talks., lang: en, at: 2026-03-30T12:00}
        spans: [talks]
      - no: Lavrov on talks about football.
"""
"""A rule with every key."""


def test_an_editor_has_nothing_to_say_of_a_rule_with_every_key(editor: Editor) -> None:
    path = RULES / "mine.yaml"
    assert editor.diagnostics(path, _head(path) + WHOLE) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("mine.yaml", "rules:\n  - {id: a, query: b, severty: high}\n", "4: Property severty", id="key"),
        pytest.param("mine.yaml", "rules:\n  - {id: a, query: b, severity: loud}\n", '"low", "normal"', id="severity"),
        pytest.param("mine.yaml", "rules:\n  - {query: b}\n", 'Missing property "id"', id="missing"),
        pytest.param("feeds.yaml", "feeds: []\ndefaults: {every: 5 minutes}\n", "does not match", id="duration"),
        pytest.param(
            "feeds.yaml", "feeds:\n  - {id: A b, url: 'https://x.example/'}\n", "does not match", id="feed id"
        ),
        pytest.param("routes.yaml", "channels: {a: {type: fax}}\nroutes: []\n", 'must be "slack" | ', id="channel"),
        pytest.param(
            "routes.yaml",
            "channels: {a: {type: console}}\nroutes: [{when: {severity: [loud]}, to: a}]\n",
            '"low"',
            id="a severity in a list",
        ),
        pytest.param("filters.yaml", "filters:\n  - {id: a, query: b, onyl: {}}\n", "Property onyl", id="filter"),
        pytest.param("mine.yaml", "rules:\n  - {id: a, query: b, expires: soon}\n", "does not match", id="date"),
        pytest.param("mine.yaml", "rules:\n  - {id: a, structured: {al: [b]}}\n", "4: Incorrect type", id="structured"),
        pytest.param("entities/mine.yaml", "entities:\n  - {id: a, nmae: A}\n", "Property nmae", id="entity"),
    ],
)
def test_an_editor_underlines_slips(editor: Editor, name: str, text: str, said: str) -> None:
    path = RULES / name
    found = editor.diagnostics(path, f"{_head(path)}{text}")
    assert any(said in diagnostic for diagnostic in found), found


@pytest.mark.parametrize(
    ("name", "text", "offered"),
    [
        pytest.param("mine.yaml", "rules:\n  - id: a\n    |", {"query", "severity", "tags", "tests"}, id="rule"),
        pytest.param(
            "mine.yaml", "rules:\n  - id: a\n    severity: |", {"low", "normal", "high", "flash"}, id="severity"
        ),
        pytest.param(
            "mine.yaml", "rules:\n  - id: a\n    structured:\n      |", {"all", "any", "not", "near"}, id="structured"
        ),
        pytest.param("feeds.yaml", "feeds:\n  - id: a\n    |", {"url", "every", "lang", "source"}, id="feed"),
        pytest.param(
            "routes.yaml", "channels: {}\nroutes:\n  - when:\n      |", {"severity", "tag", "kind", "lang"}, id="route"
        ),
        pytest.param(
            "entities/mine.yaml", "entities:\n  - id: a\n    |", {"name", "aka", "inflect", "not"}, id="entity"
        ),
        pytest.param("entities/mine.yaml", "entities:\n  - id: a\n    inflect:\n      |", {"ru", "uk"}, id="inflect"),
    ],
)
def test_an_editor_offers_what_may_stand_there(editor: Editor, name: str, text: str, offered: set[str]) -> None:
    path = RULES / name
    assert offered <= set(editor.completions(path, f"{_head(path)}{text}\n"))
