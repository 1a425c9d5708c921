"""The least quality on the labelled wires; `python -m tests.benchmarks.stories` prints all figures."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.benchmarks.stories.baselines import title_hash
from tests.benchmarks.stories.generated import Shape, of_texts, wire
from tests.benchmarks.stories.labelled import affairs
from tests.benchmarks.stories.measure import Score, b_cubed, measure, pairs, true_texts
from tests.benchmarks.stories.quality import all_events, by_hand, table

LEAST = {Shape.FULL: 0.97, Shape.SUMMARY: 0.90, Shape.MIXED: 0.93}


@pytest.mark.parametrize("shape", Shape)
def test_copies_and_events_are_told_apart(shape: Shape) -> None:
    labelled = wire(shape, all_events("unseen"))
    measured = measure(labelled)
    assert measured.copies.f1 >= LEAST[shape]
    assert measured.copies.f1 > 2 * pairs(title_hash(labelled), true_texts(labelled)).f1
    assert measured.events.precision >= 0.90
    assert measured.updates_swallowed <= 0.08
    assert measured.news_swallowed <= 0.02


def test_affairs_written_by_hand() -> None:
    assert sum(1 for items in affairs().values() for _ in combinations(items, 2)) >= 150
    measured = measure(by_hand())
    assert measured.copies.f1 >= 0.95
    assert measured.updates_swallowed <= 0.08
    assert measured.news_swallowed <= 0.02


def test_there_are_enough_events_of_many_kinds() -> None:
    assert len(all_events()) >= 60


def test_any_folder_can_be_given_and_the_table_has_all_figures(tmp_path: Path) -> None:
    for name, event in all_events("seen").items():
        (tmp_path / f"{name}.txt").write_text(f"{event.text.headline}\n{event.text.body}", encoding="utf-8")
    lines = list(table("any", wire(Shape.SUMMARY, of_texts(tmp_path))))
    assert sum("F1" in line for line in lines) == 6
    assert "alerts spared" in lines[-1]


def test_scores() -> None:
    true = {"a": "1", "b": "1", "c": "2"}
    assert pairs({"a": "x", "b": "x", "c": "x"}, true) == Score(1 / 3, 1.0)
    assert b_cubed({"a": "x", "b": "x", "c": "x"}, true) == Score((4 / 3 + 1 / 3) / 3, 1.0)
    assert b_cubed({"a": "x", "b": "y", "c": "z"}, true) == Score(1.0, 2 / 3)
    assert Score(0.0, 0.0).f1 == 0.0
