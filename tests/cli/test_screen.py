"""How places in texts are shown where there are no colours."""

from __future__ import annotations

import pytest

from monitor.cli.screen import counted, marked, passage
from monitor.model import Field, Hit, Span
from tests.items import an_item


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        pytest.param([], "a new world order", id="none"),
        pytest.param([(6, 11), (0, 1)], "*a* new *world* order", id="in any order"),
        pytest.param([(2, 11), (6, 17)], "a *new world order*", id="overlapping"),
        pytest.param([(6, 11), (12, 17)], "a new *world* *order*", id="side by side"),
    ],
)
def test_places_stand_between_asterisks(spans: list[tuple[int, int]], shown: str) -> None:
    assert marked("a new world order", [Span(*span) for span in spans]).plain == shown


@pytest.mark.parametrize(
    ("body", "word", "shown"),
    [
        pytest.param("A quake.", "quake", "A *quake*.", id="short"),
        pytest.param("one two three quake four five six", "quake", "…three *quake* four…", id="whole words"),
        pytest.param("一" * 12 + "地震" + "二" * 12, "地震", f"…{'一' * 10}*地震*{'二' * 10}…", id="no spaces"),
        pytest.param("x" * 30 + "quake" + "y" * 30, "quake", f"…{'x' * 10}*quake*{'y' * 10}…", id="one long word"),
        pytest.param("three quake\nfour", "quake", "three *quake* four", id="lines"),
    ],
)  # fmt: skip
def test_passages_are_of_whole_words(body: str, word: str, shown: str) -> None:
    start = body.index(word)
    hit = Hit("r", Field.BODY, start, start + len(word), word)
    assert passage(an_item("", body), hit, around=10).plain == shown


def test_things_are_counted() -> None:
    assert [counted(number, "rule") for number in (0, 1, 1200)] == ["0 rules", "1 rule", "1,200 rules"]
    assert counted(2, "entity", "entities") == "2 entities"
