"""Rule files formatted: the same rules, one way of writing, and every comment where it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import rules
from monitor.notation import Notation, formatted
from monitor.rules import query
from monitor.yamldoc import read

SHIPPED = sorted((Path(__file__).parent.parent / "rules").glob("*.yaml"))
PLAYED = sorted((Path(__file__).parent.parent / "monitor" / "demo" / "rules").glob("*.yaml"))
RULES = [path for path in SHIPPED if path.stem not in ("feeds", "routes")]

LOOSE = """\
# Quakes.

rules:
  - id: a   # first
    query:   quake  AND strike OR flood   # loose
    severity: high

  - id: b
    # below
    query: >-
      "world order"
      AND NOT film
    # after the query

  - {id: c, query: a OR b AND c, tags: [x]}  # in braces
  - id: d
    structured:
      any: [quake, "big flood"]
"""
TIGHT = LOOSE.replace("query:   quake  AND strike OR flood ", "query: (quake AND strike) OR flood ").replace(
    "query: a OR b AND c", "query: a OR (b AND c)"
)


def asked(text: str) -> list[object]:
    """What each rule asks for, as a tree."""
    return [query.parse(rule.query) for rule in rules.load([], [("rules.yaml", text)]).rules.values()]


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def test_queries_are_normalised_and_all_else_stays() -> None:
    assert formatted(LOOSE) == TIGHT
    assert formatted(TIGHT) == TIGHT


@pytest.mark.parametrize("to", Notation)
def test_into_the_other_notation_and_the_same_rules(to: Notation) -> None:
    after = formatted(LOOSE, to)
    other = {Notation.QUERY: "structured:", Notation.STRUCTURED: "query:"}[to]
    assert other not in after
    assert asked(after) == asked(LOOSE)
    assert [text for text in comments(LOOSE) if text != " loose"] == [t for t in comments(after) if t != " loose"]
    assert formatted(after, to) == after


def test_there_and_back_is_the_normal_form() -> None:
    there = formatted("rules:\n  - id: a\n    query: a OR b AND c\n", Notation.STRUCTURED)
    assert (
        there == "rules:\n  - id: a\n    structured:\n      any:\n      - a\n      - all:\n        - b\n        - c\n"
    )
    assert formatted(there, Notation.QUERY) == "rules:\n  - id: a\n    query: a OR (b AND c)\n"


def test_comments_within_a_structure_keep_it_one() -> None:
    text = "rules:\n  - id: a\n    structured:\n      any:\n        - quake  # the usual word\n        - seism\n"
    assert formatted(text, Notation.QUERY) == text


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
@pytest.mark.parametrize("to", [None, *Notation], ids=str)
def test_what_ships_asks_the_same_after_formatting(path: Path, to: Notation | None) -> None:
    before = path.read_text(encoding="utf-8")
    after = formatted(before, to)
    assert formatted(after, to) == after
    assert comments(after) == comments(before)
    if to is not Notation.STRUCTURED:
        trees = [
            [query.parse(rule["query"]) for rule in read(text, path.name).value["rules"]]  # type: ignore[index]
            for text in (before, after)
        ]
        assert trees[0] == trees[1]


@pytest.mark.parametrize(
    "path", [*RULES, *(path for path in PLAYED if path.stem != "routes")], ids=lambda path: path.name
)
def test_what_ships_is_in_order(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text) == text


def test_a_long_query_is_folded_between_its_terms() -> None:
    words = " OR ".join(f"word{number}" for number in range(18))
    query = f"""({words}) AND "two words and more" AND NOT ("big flood" OR 'say "storm"') AND /a  b OR c [(]d/ """
    after = formatted(f"rules:\n  - id: a\n    query: |-\n      {query}\n")
    assert after.splitlines()[2:] == [
        "    query: >-",
        "      (word0 OR word1 OR word2 OR word3 OR word4 OR word5 OR word6 OR word7 OR word8 OR word9 OR word10",
        "      OR word11 OR word12 OR word13 OR word14 OR word15 OR word16 OR word17)",
        '      AND "two words and more"',
        """      AND NOT ("big flood" OR 'say "storm"')""",
        "      AND /a  b OR c [(]d/",
    ]
    assert formatted(after) == after


def test_a_long_query_is_folded() -> None:
    long = " OR ".join(f"word{number}" for number in range(40))
    after = formatted(f"rules:\n  - id: a\n    query:  {long.replace(' OR', '  OR  (x  AND y)  OR', 1)}\n    note: n\n")
    assert "query: >-\n      word0" in after
    assert max(map(len, after.splitlines())) <= 110
    assert after.endswith("\n    note: n\n")
